"""Linking and unlinking accounts: no value is lost, and no locked field changes."""

from datetime import timedelta
from typing import Any

import pytest

from profilegate.errors import (
    FieldsLockedError,
)
from profilegate.profile.fields import Fields
from profilegate.store import (
    ANY_TENANT,
    AccountKey,
    LoginChange,
    OutgoingMail,
    ProfileRecord,
    Store,
    Update,
    accounts,
    linking,
    outbox,
    profiles,
    transfer,
)
from tests.store.conftest import Clock
from tests.store.people import (
    ADMIN,
    IVAN,
    KAI,
    PASSPORT,
    SSN,
    VERA,
    changes_of,
    create,
    read,
    write,
)

VERIFIED = {"account.status": "VERIFIED", "account.business": False}


def link(
    store: Store, account: AccountKey, target: ProfileRecord, prefer: Any = None
) -> ProfileRecord:
    """Link an account; the profile afterwards."""
    return write(store, linking.link, account, target.id, ADMIN, prefer=prefer)


def test_a_link_is_one_event_of_the_profile(store: Store) -> None:
    """
    The event has the id and the own fields of the account, and the shared fields that it adds.
    """
    target = create(store, KAI, {"name.given": "Kai"})
    create(store, VERA, {"email": "k@example.com", "account.status": "VERIFIED"})
    linked = link(store, VERA, target)

    expected = {
        "email": (None, "k@example.com"),
        "machnet:account.id": (None, VERA.external_id),
        "machnet:account.status": (None, "VERIFIED"),
    }
    assert (2, expected) == (linked.version, changes_of(store, target.id)[-1])


LOCKED = {
    "the profile's account locks what the other side's preference would change": (
        {"name.given": "Kai"}, {"name.given": "Vera", **VERIFIED}, KAI, "account",
    ),
    "the profile's account locks a field that is empty": (
        {"name.given": "Kai"}, VERIFIED, KAI, None,
    ),
    "the joining account locks what the profile's preference would change": (
        {"name.given": "Vera", **VERIFIED}, {"name.given": "Kai"}, VERA, "profile",
    ),
    "the joining account locks a field that is empty there": (
        VERIFIED, {"name.given": "Kai"}, VERA, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("joins", "there", "account", "prefer"), LOCKED.values(), ids=LOCKED)
def test_a_locked_field_never_changes(
    store: Store, joins: Fields, there: Fields, account: AccountKey, prefer: Any
) -> None:
    """
    The locks of the linked accounts and of the new account hold; nothing is written.
    """
    other = KAI if account == VERA else VERA
    old, target = create(store, account, joins), create(store, other, there)
    with pytest.raises(FieldsLockedError) as rejected:
        link(store, account, target, prefer)

    assert ("name.given",) == rejected.value.paths
    assert [old, target] == [
        read(store, profiles.find_of, account),
        read(store, profiles.find_of, other),
    ]


def test_the_winning_side_of_a_lock_may_be_preferred(store: Store) -> None:
    """
    A verified account may be linked if its own name stays.
    """
    target = create(store, KAI, {"name.given": "Kai"})
    create(store, VERA, {"name.given": "Vera", **VERIFIED})

    assert {"name.given": "Vera"} == link(store, VERA, target, "account").fields


def test_a_locked_document_type_holds_at_linking(store: Store) -> None:
    """
    A verified Machnet account cannot be linked to a profile with another SSN document.
    """
    target = create(store, KAI, {"documents.virtual": [{**SSN, "value": "999-99-0002"}]})
    create(store, VERA, {"documents.virtual": [SSN], **VERIFIED})
    with pytest.raises(FieldsLockedError) as rejected:
        link(store, VERA, target, "profile")

    assert ("documents.virtual:SSN",) == rejected.value.paths


def test_the_same_documents_are_no_conflict(store: Store) -> None:
    """
    Documents that differ in their ids only are equal.
    """
    target = create(store, KAI, {"documents.physical": [PASSPORT]})
    create(store, VERA, {"documents.physical": [PASSPORT]})

    assert target.fields == link(store, VERA, target).fields


@pytest.mark.parametrize("prefer", ["profile", "account"])
def test_no_content_of_a_document_is_lost_by_linking(store: Store, prefer: str) -> None:
    """
    The documents of the side that is not preferred are archived with their contents.
    """
    licence = {**PASSPORT, "type": "LICENSE", "front": "TElDRU5TRQ=="}
    target = create(store, KAI, {"documents.physical": [PASSPORT]})
    create(store, VERA, {"documents.physical": [licence]})
    linked = link(store, VERA, target, prefer)
    documents = read(store, transfer.export_profile, "default", linked.id)["documents"]
    state = {each["document"]["front"]: each["archived_at"] is None for each in documents}

    expected = {PASSPORT["front"]: prefer == "profile", licence["front"]: prefer == "account"}
    assert expected == state


def test_a_profile_with_other_accounts_remains(store: Store) -> None:
    """
    The old profile keeps its values and gets an event without the account.
    """
    old = create(store, IVAN, {"name.given": "Ivan", "documents.physical": [PASSPORT]})
    create(store, VERA, {"account.status": "UNVERIFIED"}, profile_of=IVAN)
    target = create(store, KAI)
    linked = link(store, VERA, target)
    left = read(store, profiles.find, "default", old.id)

    assert (old.fields, old.fields, 3) == (linked.fields, left.fields, left.version)
    expected = {
        "machnet:account.id": (VERA.external_id, None),
        "machnet:account.status": ("UNVERIFIED", None),
    }
    assert expected == changes_of(store, old.id)[-1]
    for profile in (left, linked):
        (document,) = read(store, transfer.export_profile, "default", profile.id)["documents"]
        assert PASSPORT == document["document"]


def test_linking_twice_changes_nothing(store: Store) -> None:
    """
    A link to the present profile is no change.
    """
    profile = create(store, KAI, {"name.given": "Kai"})

    assert profile == link(store, KAI, profile)


def test_a_pending_login_can_be_confirmed_after_linking(store: Store, clock: Clock) -> None:
    """
    The pending login and its mail are sealed again with the new profile's key.
    """
    create(store, IVAN, {"account.login": "old@kontur.ru"})
    mail = OutgoingMail("new@kontur.ru", "subject", "text")
    change = LoginChange("new@kontur.ru", "token-1", clock() + timedelta(hours=1), mail)
    write(store, accounts.update, Update(IVAN, {}, login=change))
    link(store, IVAN, create(store, KAI))
    write(store, linking.unlink, IVAN, ADMIN)
    fields = write(store, accounts.confirm_login, "default", "diadoc", "token-1")

    assert "new@kontur.ru" == fields["account.login"]
    assert ["new@kontur.ru"] == [each.to for each in read(store, outbox.page, "default")]


def test_an_account_leaves_with_a_copy(store: Store) -> None:
    """
    The new profile has the same values and documents, and changes independently.
    """
    old = create(store, KAI, {"name.given": "Kai", "documents.physical": [PASSPORT]})
    create(store, VERA, VERIFIED, profile_of=KAI)
    seen = read(store, accounts.fields_of, VERA, ANY_TENANT)
    new = write(store, linking.unlink, VERA, ADMIN)
    write(store, accounts.update, Update(KAI, {"name.given": "Zoe"}))

    assert seen == read(store, accounts.fields_of, VERA, ANY_TENANT)
    assert ([VERA], 1, old.fields) == ([each.key for each in new.accounts], new.version, new.fields)
    (document,) = read(store, transfer.export_profile, "default", new.id)["documents"]
    assert PASSPORT == document["document"]
    assert [KAI] == [each.key for each in read(store, profiles.find, "default", old.id).accounts]


def test_unlinking_and_linking_again_changes_nothing(store: Store) -> None:
    """
    The copy has equal values, so there is no conflict, even with locks.
    """
    create(store, KAI, {"name.given": "Kai", "documents.physical": [PASSPORT],
                        "documents.virtual": [SSN]})  # fmt: skip
    old = create(store, VERA, VERIFIED, profile_of=KAI)
    write(store, linking.unlink, VERA, ADMIN)
    back = link(store, VERA, old)

    assert (old.fields, old.accounts, 4) == (back.fields, back.accounts, back.version)
    assert 1 == len(read(store, transfer.export_profile, "default", old.id)["documents"])
