"""Batches: tasks that are committed together are as independent as if each were alone."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from profilegate.errors import (
    AccountUnknownError,
    FieldsLockedError,
    NonceNotIncreasingError,
    ProfilegateError,
)
from profilegate.store import (
    ANY_TENANT,
    AccountKey,
    Credential,
    CredentialKey,
    NonceUse,
    Origin,
    Store,
    Update,
    accounts,
    credentials,
    linking,
    nonces,
    profiles,
)
from tests.store.people import ADMIN, KAI, VERA, create, read, run, write

PARTNER = CredentialKey("default", "kraken", "api-key", "partner")
OTHERS = [KAI._replace(external_id=f"other-{number}") for number in range(6)]
ROUNDS = 10


def at_once(*calls: Coroutine[Any, Any, Any]) -> list[Any]:
    """The results or errors of calls that begin in one turn of the event loop."""

    async def gather() -> list[Any]:
        return await asyncio.gather(*calls, return_exceptions=True)

    return run(gather())


def test_accounts_of_one_profile_in_one_batch_lose_nothing(store: Store) -> None:
    """
    "One after another, each to the result of the previous one": also if different accounts of the
    profile change it, at once, among updates of others.
    """
    profile = create(store, KAI)
    for other in (VERA, *OTHERS):
        create(store, other)
    write(store, linking.link, VERA, profile.id, ADMIN, prefer=None)
    for number in range(ROUNDS):
        updates = [
            Update(key, {f"{path}{place}": number}, ANY_TENANT)
            for place in range(2)
            for key, path in ((KAI, "account.a"), (OTHERS[0], "x"), (VERA, "addresses.postal.line"))
        ]
        found = at_once(*(store.write(accounts.update, update) for update in updates))
        assert [] == [each for each in found if isinstance(each, BaseException)]
    fields = read(store, profiles.find, "default", profile.id).fields
    own = read(store, accounts.fields_of, KAI, ANY_TENANT)
    audit = run(store.audit("default"))

    assert [ROUNDS - 1] * 2 == [fields[f"addresses.postal.line{place}"] for place in range(2)]
    assert [ROUNDS - 1] * 2 == [own[f"account.a{place}"] for place in range(2)]
    assert 2 + 4 * ROUNDS == read(store, profiles.find, "default", profile.id).version
    assert ((), ()) == (audit.broken, audit.damaged)


def test_a_task_that_fails_leaves_nothing_and_disturbs_no_other(store: Store) -> None:
    """
    "If the function raises, it writes nothing": not the nonce that it used first either; the others
    of its batch are written once, and report their events once.
    """
    status = {"account.status": "VERIFIED", "account.business": False}
    create(store, VERA, {"name.given": "Vera", **status})
    for other in OTHERS:
        create(store, other)
    write(store, credentials.put, Credential(PARTNER, secret=b"secret", nonce=10))
    seen: list[list[tuple[str, int]]] = [[] for _ in OTHERS]

    def good(number: int, nonce: int | None = None) -> Update:
        use = None if nonce is None else NonceUse(PARTNER, nonce)
        origin = Origin("kraken", "demo", str(number), seen[number])
        return Update(OTHERS[number], {"phone": str(number)}, ANY_TENANT, nonce=use, origin=origin)

    unknown = AccountKey("default", "kraken", "unknown")
    tasks: list[Update] = [
        good(0, 11),
        Update(VERA, {"name.given": "Zoe"}, ANY_TENANT, nonce=NonceUse(PARTNER, 20)),
        good(1, 12),
        Update(unknown, {"phone": "1"}, ANY_TENANT, nonce=NonceUse(PARTNER, 30)),
        good(2),
        good(3, 12),
        good(4, 13),
    ]
    found = at_once(*(store.write(accounts.update, task) for task in tasks))
    errors = [type(each) if isinstance(each, ProfilegateError) else None for each in found]
    stored = read(store, credentials.find, PARTNER)

    assert [None, FieldsLockedError, None, AccountUnknownError, None] == errors[:5]
    assert [NonceNotIncreasingError, None] == errors[5:]
    assert stored is not None
    assert 13 == stored.nonce
    assert [1, 1, 1, 0, 1, 0] == [len(each) for each in seen]
    assert ((), ()) == ((audit := run(store.audit("default"))).broken, audit.damaged)


@pytest.mark.parametrize("window", [0, 5], ids=["in order", "out of order"])
def test_a_nonce_is_accepted_once_in_a_batch(store: Store, window: int) -> None:
    """
    "Each nonce once": of several requests with the same nonce that arrive at once, one is accepted;
    and one that is below the window of a nonce just before it is not.
    """
    key = Credential(PARTNER, secret=b"secret", nonce=10, nonce_window=window)
    write(store, credentials.put, key)
    found = []
    for values in ((11, 11, 14, 14, 14, 15), (100, 12)):
        uses = [NonceUse(PARTNER, value, window) for value in values]
        found += at_once(*(store.write(nonces.use, use) for use in uses))

    assert [None, NonceNotIncreasingError, None, NonceNotIncreasingError] == [
        each and type(each) for each in found[:4]
    ]
    assert [NonceNotIncreasingError, None, None, NonceNotIncreasingError] == [
        each and type(each) for each in found[4:]
    ]
