"""Children: accounts that belong to another account of their provider."""

import random

import pytest

from profilegate.errors import AccountUnknownError
from profilegate.profile.fields import ACCOUNT_PARENT, Fields
from profilegate.store import AccountKey, NewAccount, Store, accounts, erasure, linking, transfer
from tests.raw_database import RawDatabase
from tests.store.people import ADMIN, KAI, VERA, create, read, run, write

CHILD = AccountKey("default", "machnet", "child")
OF_VERA: Fields = {ACCOUNT_PARENT: VERA.external_id}


def children(store: Store, parent: AccountKey = VERA, tenant: str | None = None) -> list[str]:
    """The ids of the accounts that belong to an account."""
    found = read(store, accounts.fields_of_children, parent, tenant, limit=10)
    return sorted(fields["account.id"] for fields in found)


def test_an_account_lists_those_that_belong_to_it(store: Store) -> None:
    """
    A child is one of the same provider, of the same tenant and in the same namespace.
    """
    create(store, VERA)
    create(store, CHILD, {"email": "child@example.com", **OF_VERA})
    others = (
        NewAccount(AccountKey("default", "machnet", "of-a-tenant"), OF_VERA, "tenant"),
        NewAccount(AccountKey("other", "machnet", "elsewhere"), OF_VERA),
        NewAccount(AccountKey("default", "kraken", "of-another-provider"), OF_VERA),
    )
    for other in others:
        write(store, accounts.create, other)
    (fields,) = read(store, accounts.fields_of_children, VERA, limit=10)

    assert ("child", "child@example.com") == (fields["account.id"], fields["email"])
    assert [] == read(store, accounts.fields_of_children, VERA, limit=0)
    with pytest.raises(AccountUnknownError):
        children(store, tenant="tenant")


def test_the_oldest_children_are_listed_oldest_first(store: Store) -> None:
    """
    Of more than the limit it is the oldest ones, and not those that an index has first; also where
    an older and a younger one are accounts of one profile.
    """
    create(store, VERA)
    for number in random.Random(7).sample(range(12), 12):
        made = {"account.created_at": f"2026-01-02T03:04:{number:02}", **OF_VERA}
        of = None if number != 11 else CHILD._replace(external_id="0")
        new = NewAccount(CHILD._replace(external_id=str(number)), made, profile_of=of)
        write(store, accounts.create, new)

    found = read(store, accounts.fields_of_children, VERA, limit=5)

    assert ["0", "1", "2", "3", "4"] == [fields["account.id"] for fields in found]


def test_a_child_stays_one_when_it_moves(store: Store) -> None:
    """
    Linking moves an account to another profile, an import to another store; an erasure ends it.
    """
    create(store, VERA)
    create(store, CHILD, OF_VERA)
    target = create(store, KAI)
    linked = write(store, linking.link, CHILD, target.id, ADMIN, prefer=None)
    after_linking = children(store)
    exported = read(store, transfer.export_profile, "default", linked.id)
    write(store, erasure.erase, "default", linked.id)
    after_erasing = children(store)
    exported["id"] = "d2f0a7f4-0a5e-4d0c-9a65-4c6d2b8d0001"
    exported["accounts"] = [each for each in exported["accounts"] if each["provider"] == "machnet"]
    write(store, transfer.import_profile, "default", exported)

    assert (["child"], [], ["child"]) == (after_linking, after_erasing, children(store))


def test_an_audit_notices_a_wrong_parent(store: Store, raw: RawDatabase) -> None:
    """
    A digest must be that of the sealed id, and a time the sealed one; an account of an older
    version has neither.
    """
    create(store, VERA)
    create(store, CHILD, OF_VERA)
    raw.run("UPDATE accounts SET parent = NULL")
    of_an_older_version = children(store), run(store.audit("default")).damaged
    raw.run("UPDATE accounts SET parent = digest")
    damaged = run(store.audit("default")).damaged
    raw.run("UPDATE accounts SET parent = NULL, created_at = '2026'")
    with_wrong_times = run(store.audit("default")).damaged

    assert ([], ()) == of_an_older_version
    assert {"its parent is wrong"} == {each.what for each in damaged}
    assert {"its time of creation is wrong"} == {each.what for each in with_wrong_times}
