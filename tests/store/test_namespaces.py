"""Namespaces in the store: what a moved clock must not touch, and what a snapshot keeps."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from profilegate.errors import (
    CredentialTakenError,
    NamespaceLimitExceededError,
    SnapshotUnknownError,
)
from profilegate.store import (
    AccountKey,
    Credential,
    CredentialKey,
    Store,
    credentials,
    namespaces,
    profiles,
    snapshots,
)
from profilegate.store.namespace_store import NamespaceStore
from tests.store.conftest import Clock
from tests.store.people import create, read, run, write

THERE = AccountKey("there", "kraken", "AA08N84GCPARUN7A")
TOKEN = CredentialKey("there", "kraken", "api-key", "token")


def namespace_of(store: Store) -> NamespaceStore:
    """The store as the namespace ``there`` sees it."""
    return NamespaceStore(store, run(store.read(namespaces.clock, "there")))


def test_nothing_expires_by_the_clock_of_the_gateway(store: Store, clock: Clock) -> None:
    """
    "Tokens, sessions […] follow" the namespace's clock: while it stands still, none ends.
    """
    run(store.write(namespaces.create, "there"))
    run(store.write(namespaces.set_clock, "there", is_frozen=True))
    token = Credential(TOKEN, tenant="t", expires_at=clock() + timedelta(hours=1))
    run(namespace_of(store).write(credentials.put, token))
    clock.advance(hours=2)
    run(store.maintain())

    found = run(namespace_of(store).read(credentials.find, TOKEN))
    assert found is not None
    assert token.expires_at == found.expires_at
    assert run(store.read(credentials.find, TOKEN)) is None


def test_a_namespace_that_is_ahead_takes_no_other_along(
    open_store: Callable[[], Store], store: Store, clock: Clock
) -> None:
    """
    The gateway's clock "is never earlier than that of a finished transaction": of its own ones.
    """
    run(store.write(namespaces.create, "there"))
    run(store.write(namespaces.set_clock, "there", to=clock() + timedelta(days=365)))
    create(namespace_of(store), THERE, {})
    clock.advance(hours=1)

    assert clock() == open_store().now()
    assert clock() + timedelta(days=365) == namespace_of(store).now()


def test_a_clock_that_runs_on_goes_on_from_where_it_stood(store: Store, clock: Clock) -> None:
    """
    "Freeze and move forward, never backwards": what passed meanwhile has not passed there.
    """
    run(store.write(namespaces.create, "there"))
    run(store.write(namespaces.set_clock, "there", is_frozen=True))
    start = clock()
    clock.advance(hours=5)
    run(store.write(namespaces.set_clock, "there", is_frozen=False))
    clock.advance(hours=1)

    assert start + timedelta(hours=1) == namespace_of(store).now()


def test_a_snapshot_that_does_not_exist_changes_nothing(store: Store) -> None:
    """
    "Nothing half-done": an unknown snapshot leaves the namespace as it is.
    """
    run(store.write(namespaces.create, "there"))
    create(store, THERE, {"name.given": "Zoe"})
    with pytest.raises(SnapshotUnknownError):
        run(store.write(snapshots.restore, "there", "nothing"))

    assert 1 == len(read(store, profiles.page, "there", limit=9).profiles)


def test_a_namespace_has_so_many_snapshots(store: Store) -> None:
    """
    A bound for each list; one that exists may be replaced.
    """
    run(store.write(namespaces.create, "there"))
    for number in range(snapshots.SNAPSHOTS_MAX):
        run(store.write(snapshots.take, "there", f"s{number}"))
    run(store.write(snapshots.take, "there", "s0"))
    with pytest.raises(NamespaceLimitExceededError):
        run(store.write(snapshots.take, "there", "one more"))


@pytest.mark.parametrize(
    ("first", "second"), [("default", "there"), ("there", "default"), ("there", "elsewhere")]
)
def test_no_two_namespaces_have_one_credential(store: Store, first: str, second: str) -> None:
    """
    "A credential belongs to exactly one namespace", so that its text tells which.
    """
    one, other = (replace(TOKEN, namespace=each) for each in (first, second))
    write(store, credentials.put, Credential(one, tenant="t"))
    with pytest.raises(CredentialTakenError):
        write(store, credentials.put, Credential(other, tenant="t"))

    assert read(store, credentials.find, one) is not None


def test_a_rotation_leaves_no_snapshot(store: Store) -> None:
    """
    Rotation: "what was sealed under the old key is sealed anew", which a snapshot is not.
    """
    write(store, namespaces.create, "there")
    write(store, snapshots.take, "there", "before")
    run(store.rotate_master_key(lambda done, total: None))

    assert [] == read(store, snapshots.names, "there")
