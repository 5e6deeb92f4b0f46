"""Accounts join a profile and leave it: nothing is lost, and nothing that is locked changes."""

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
    """The profile after an account has joined it."""
    return write(store, linking.link, account, target.id, ADMIN, prefer=prefer)


def test_a_join_is_one_event_of_the_profile(store: Store) -> None:
    """
    Who came, with what of its own, and what it brought.
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
    Neither for those who are there nor for the one who comes; nothing is written.
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
    A verified account whose name stays as it is joins, whatever it does to the profile.
    """
    target = create(store, KAI, {"name.given": "Kai"})
    create(store, VERA, {"name.given": "Vera", **VERIFIED})

    assert {"name.given": "Vera"} == link(store, VERA, target, "account").fields


def test_a_locked_document_type_holds_at_linking(store: Store) -> None:
    """
    Machnet's verified account keeps its SSN document: a profile with another one rejects it.
    """
    target = create(store, KAI, {"documents.virtual": [{**SSN, "number": "999-99-0002"}]})
    create(store, VERA, {"documents.virtual": [SSN], **VERIFIED})
    with pytest.raises(FieldsLockedError) as rejected:
        link(store, VERA, target, "profile")

    assert ("documents.virtual:SSN",) == rejected.value.paths


def test_the_same_documents_are_no_conflict(store: Store) -> None:
    """
    Sent through two providers they have two ids, and are still the same.
    """
    target = create(store, KAI, {"documents.physical": [PASSPORT]})
    create(store, VERA, {"documents.physical": [PASSPORT]})

    assert target.fields == link(store, VERA, target).fields


@pytest.mark.parametrize("prefer", ["profile", "account"])
def test_no_content_of_a_document_is_lost_by_linking(store: Store, prefer: str) -> None:
    """
    The side that is not preferred has its documents archived, with their contents.
    """
    licence = {**PASSPORT, "type": "LICENSE", "front": "TElDRU5TRQ=="}
    target = create(store, KAI, {"documents.physical": [PASSPORT]})
    create(store, VERA, {"documents.physical": [licence]})
    linked = link(store, VERA, target, prefer)
    documents = read(store, transfer.export_profile, "default", linked.id)["documents"]
    state = {each["document"]["front"]: each["archived_at"] is None for each in documents}

    expected = {PASSPORT["front"]: prefer == "profile", licence["front"]: prefer == "account"}
    assert expected == state


def test_a_profile_with_other_accounts_stays(store: Store) -> None:
    """
    Who stays behind keeps everything; that one has left is an event there.
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


def test_to_join_where_one_is_is_no_change(store: Store) -> None:
    """
    Linking twice is once.
    """
    profile = create(store, KAI, {"name.given": "Kai"})

    assert profile == link(store, KAI, profile)


def test_a_login_that_waits_can_be_confirmed_after_linking(store: Store, clock: Clock) -> None:
    """
    The link was mailed and promised; it and the mail come along to the new profile's key.
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
    A new profile with the same values and documents; from then on they are two.
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


def test_to_leave_and_to_come_back_changes_nothing(store: Store) -> None:
    """
    Link after unlink: the copy is the same, so there is no conflict, locks or not.
    """
    create(store, KAI, {"name.given": "Kai", "documents.physical": [PASSPORT],
                        "documents.virtual": [SSN]})  # fmt: skip
    old = create(store, VERA, VERIFIED, profile_of=KAI)
    write(store, linking.unlink, VERA, ADMIN)
    back = link(store, VERA, old)

    assert (old.fields, old.accounts, 4) == (back.fields, back.accounts, back.version)
    assert 1 == len(read(store, transfer.export_profile, "default", old.id)["documents"])
