"""Export and import of profiles, each in one transaction; the list of credentials."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from profilegate.errors import (
    BodyUnreadableError,
    CredentialIdUnknownError,
    ImportConflictError,
    ReferenceTakenError,
)
from profilegate.store import (
    ANY_TENANT,
    Credential,
    CredentialInfo,
    CredentialKey,
    NewAccount,
    Store,
    Update,
    accounts,
    credentials,
    erasure,
    logins,
    profiles,
    transfer,
)
from profilegate.store.sqlite import open_store as open_sqlite
from tests.store.conftest import RULES, Clock
from tests.store.people import IVAN, KAI, PASSPORT, create, read, run, write

API_KEY = CredentialKey("default", "kraken", "api-key", "demo-api-key")
TOKEN = CredentialKey("default", "diadoc", "token", "demo-token")


@pytest.fixture
def elsewhere(tmp_path: Path, clock: Clock) -> Any:
    """Another store with another master key."""
    folder = tmp_path / "elsewhere"
    store = open_sqlite(folder / "p.db", key_file=folder / "key", rules=RULES, now=clock)
    yield store
    run(store.close())


def a_person(store: Store) -> dict[str, Any]:
    """Export a person with two accounts, two documents (one archived) and a reference."""
    fields = {
        "name.given": "Kai",
        "documents.physical": [PASSPORT],
        "account.external_id": "user-1",
    }
    create(store, KAI, fields, tenant="demo", reference="user-1")
    profile = create(store, IVAN, {"account.login": "kai@kontur.ru"}, profile_of=KAI)
    run(
        store.write(
            accounts.update,
            Update(KAI, {"documents.physical": [{**PASSPORT, "number": "NEW"}]}, ANY_TENANT),
        )
    )
    return read(store, transfer.export_profile, "default", profile.id)


def test_an_import_restores_an_export(store: Store, elsewhere: Store) -> None:
    """
    Fields, accounts and documents are equal in a store with another master key.
    """
    exported = a_person(store)
    is_new = write(elsewhere, transfer.import_profile, "default", json.loads(json.dumps(exported)))
    there = read(elsewhere, transfer.export_profile, "default", exported["id"])

    assert (True, exported) == (is_new, there)
    assert read(store, accounts.fields_of, KAI, ANY_TENANT) == read(
        elsewhere, accounts.fields_of, KAI, ANY_TENANT
    )
    assert IVAN.external_id == read(elsewhere, logins.holder, "default", "diadoc", "KAI@kontur.ru")
    assert () == run(elsewhere.audit("default")).broken


def test_an_import_restores_the_reference(store: Store, elsewhere: Store) -> None:
    """
    A reference stays unique for its tenant after the import.
    """
    write(elsewhere, transfer.import_profile, "default", a_person(store))
    new = NewAccount(KAI._replace(external_id="2"), {}, "demo", reference="user-1")
    with pytest.raises(ReferenceTakenError):
        write(elsewhere, accounts.create, new)


def test_a_conflicting_import_writes_nothing(store: Store, elsewhere: Store) -> None:
    """
    The profile has other values or is erased, or its account or login exists already.
    """
    exported = a_person(store)
    write(store, accounts.update, Update(KAI, {"phone": "+1"}, ANY_TENANT))
    changed = read(store, profiles.find_of, KAI)
    create(elsewhere, IVAN._replace(external_id="2"), {"account.login": "kai@kontur.ru"})
    for each in (store, elsewhere):
        with pytest.raises(ImportConflictError):
            write(each, transfer.import_profile, "default", exported)

    assert changed == read(store, profiles.find_of, KAI)
    assert 1 == run(elsewhere.audit("default")).profiles
    write(store, erasure.erase, "default", exported["id"])
    with pytest.raises(ImportConflictError):
        write(store, transfer.import_profile, "default", exported)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "no-uuid"},
        {"id": 5},
        {"fields": []},
        {"more": 1},
        {"accounts": [{}]},
        {"fields": {"documents.physical": ["x"]}},
    ],
)
def test_a_document_that_is_not_an_export_is_rejected(store: Store, change: dict[str, Any]) -> None:
    """
    A document of another shape is rejected before anything is written.
    """
    document = {"id": "7a1c5c5e-9d0b-4f4e-8f0e-0d6b1b8f0c11", "version": 1, "fields": {},
                "accounts": [], "documents": []}  # fmt: skip
    with pytest.raises(BodyUnreadableError):
        write(store, transfer.import_profile, "default", document | change)

    assert write(store, transfer.import_profile, "default", document)


def test_a_credential_is_listed_with_its_holder_and_its_times(store: Store, clock: Clock) -> None:
    """
    The list shows the holder, the kind, the start and the end; another namespace sees nothing.
    """
    ends = clock() + timedelta(hours=2)
    write(store, credentials.put, Credential(API_KEY, tenant="demo", secret=b"s"))
    clock.advance(hours=1)
    create(store, IVAN)
    write(store, credentials.put, Credential(TOKEN, external_id=IVAN.external_id, expires_at=ends))
    first, second = read(store, credentials.page, "default")

    assert CredentialInfo(
        first.id, "kraken", "api-key", "demo", None, clock() - timedelta(hours=1), None
    ) == first  # fmt: skip
    assert (
        CredentialInfo(second.id, "diadoc", "token", None, IVAN.external_id, clock(), ends)
        == second
    )
    assert [] == read(store, credentials.page, "other")
    with pytest.raises(CredentialIdUnknownError):
        write(store, credentials.revoke_by_id, "other", second.id)
