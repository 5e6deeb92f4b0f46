"""The history: one event for each change, profiles as they were, undo and preview."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profilegate.errors import (
    FieldsLockedError,
    LoginTakenError,
    ProfileUnknownError,
    RequirementUnmetError,
    UndoAccountMoveError,
    UndoConflictError,
)
from profilegate.store import (
    ANY_TENANT,
    AccountKey,
    LoginChange,
    NewAccount,
    Origin,
    OutgoingMail,
    Preview,
    Store,
    Update,
    accounts,
    linking,
    profiles,
    transfer,
)
from tests.store.conftest import Clock
from tests.store.people import (
    ADMIN,
    IVAN,
    KAI,
    PARTNER,
    PASSPORT,
    SSN,
    VERA,
    changes_of,
    create,
    read,
    run,
    write,
)


def login_change(clock: Clock, login: str = "new@kontur.ru") -> LoginChange:
    """A login change that is pending."""
    return LoginChange(
        login, "token-1", clock() + timedelta(hours=24), OutgoingMail(login, "s", "t")
    )


# --- Events ------------------------------------------------------------------------------


def test_a_creation_is_the_first_event(store: Store, clock: Clock) -> None:
    """
    The first event has every value of the profile and of the account, from None.
    """
    profile = create(store, KAI, {"name.given": "Kai", "account.status": "open"}, origin=PARTNER)
    (event,) = read(store, profiles.events, "default", profile.id)

    expected = {
        "name.given": (None, "Kai"),
        "kraken:account.id": (None, KAI.external_id),
        "kraken:account.status": (None, "open"),
    }
    assert (1, clock(), PARTNER, expected, KAI) == (
        event.version,
        event.at,
        event.origin,
        event.changes,
        event.account,
    )


def test_no_change_is_no_event(store: Store) -> None:
    """
    "The same value again is no change": there is neither a new version nor an event.
    """
    profile = create(store, KAI, {"name.given": "Kai"})
    write(store, accounts.update, Update(KAI, {"name.given": "Kai", "phone": None}))
    write(store, profiles.update, "default", profile.id, {"name.given": "Kai"}, ADMIN)

    assert (profile, 1) == (
        read(store, profiles.find_of, KAI),
        len(changes_of(store, profile.id)),
    )


def test_a_confirmed_login_is_an_event_of_the_account(store: Store, clock: Clock) -> None:
    """
    Nobody authenticates to open the mailed link, so the account itself is the author.
    """
    profile = create(store, IVAN, {"account.login": "old@kontur.ru"})
    write(store, accounts.update, Update(IVAN, {}, login=login_change(clock)))
    run(
        store.write(
            accounts.confirm_login,
            "default",
            "diadoc",
            "token-1",
            origin=Origin("diadoc", "", "request-9"),
        )
    )
    event = read(store, profiles.events, "default", profile.id)[-1]

    assert (
        {"diadoc:account.login": ("old@kontur.ru", "new@kontur.ru")},
        Origin("diadoc", IVAN.external_id, "request-9"),
    ) == (event.changes, event.origin)


def test_a_change_without_an_origin_is_the_accounts_own(store: Store) -> None:
    """
    ``origin``: "without it, the account itself, through its own provider API".
    """
    profile = create(store, KAI)
    (event,) = read(store, profiles.events, "default", profile.id)

    assert Origin("kraken", KAI.external_id, "") == event.origin


def test_a_second_account_is_an_event(store: Store) -> None:
    """
    The event has the fields that the account adds to the profile.
    """
    profile = create(store, KAI, {"name.given": "Kai"})
    create(store, VERA, {"account.status": "UNVERIFIED", "phone": "+2"}, profile_of=KAI)

    expected = {
        "phone": (None, "+2"),
        "machnet:account.id": (None, VERA.external_id),
        "machnet:account.status": (None, "UNVERIFIED"),
    }
    assert expected == changes_of(store, profile.id)[1]


def test_history_comes_in_pages_from_a_version_on(store: Store) -> None:
    """
    Oldest first, from the first event after ``after``, at most ``limit``.
    """
    profile = create(store, KAI)
    for number in range(5):
        write(store, accounts.update, Update(KAI, {"phone": str(number)}))
    events = read(store, profiles.events, "default", profile.id, after=2, limit=3)

    assert [3, 4, 5] == [event.version for event in events]
    assert [] == read(store, profiles.events, "default", profile.id, after=2**80, limit=2**80)


def test_a_profile_is_unknown_in_another_namespace(store: Store) -> None:
    """
    Neither a list nor an id leads to a profile of another namespace.
    """
    profile = create(store, KAI)

    assert [] == read(store, profiles.page, "other", after=None, limit=9).profiles
    with pytest.raises(ProfileUnknownError):
        read(store, profiles.events, "other", profile.id)


# --- As it was ---------------------------------------------------------------------------


VALUES = st.dictionaries(
    st.sampled_from(["name.given", "phone", "nationalities", "account.status"]),
    st.none() | st.sampled_from(["a", "b", ["DE"], ["DE", "FR"]]),
    max_size=3,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(VALUES, max_size=6))
def test_a_profile_at_a_past_time_is_what_was_read_then(
    store: Store, clock: Clock, steps: list[dict[str, Any]]
) -> None:
    """
    For any changes, ``fields_at`` returns for each past time what a read returned then.
    """
    key = AccountKey("default", "kraken", str(clock.time.timestamp()))
    clock.advance(hours=1)
    profile = create(store, key, {"name.given": "Kai"})
    seen = [(clock(), profile.fields)]
    for changes in steps:
        clock.advance(hours=1)
        write(store, accounts.update, Update(key, changes))
        seen.append((clock(), read(store, profiles.find_of, key).fields))
    was = [(at, read(store, profiles.fields_at, "default", profile.id, at)) for at, _ in seen]
    clock.advance(hours=1)

    assert (seen, ()) == (was, run(store.audit("default")).broken)


# --- Undo --------------------------------------------------------------------------------


def test_an_undo_can_be_undone(store: Store) -> None:
    """
    An undo is a change of its own, in the history.
    """
    profile = create(store, KAI, {"name.given": "Kai", "phone": "+1"})
    changes = {"name.given": "Zoe", "phone": None, "email": "z@example.com", "account.status": "x"}
    changed = write(store, accounts.update, Update(KAI, changes))
    undone = write(store, profiles.undo, "default", profile.id, 2, ADMIN)
    again = write(store, profiles.undo, "default", profile.id, 3, ADMIN)
    origins = [
        event.origin for event in read(store, profiles.events, "default", profile.id, after=2)
    ]

    assert (3, profile.fields, profile.accounts) == (
        undone.version,
        undone.fields,
        undone.accounts,
    )
    assert (4, changed) == (again.version, read(store, accounts.fields_of, KAI, ANY_TENANT))
    assert [ADMIN, ADMIN] == origins


def test_a_locked_own_field_is_not_undone(store: Store) -> None:
    """
    The account's own locks hold for an undo of its own fields.
    """
    profile = create(store, VERA, {"account.business": False, "account.note": "old"})
    write(store, accounts.update, Update(VERA, {"account.note": "new"}))
    write(store, accounts.update, Update(VERA, {"account.status": "VERIFIED"}))

    with pytest.raises(FieldsLockedError, match=r"account\.note"):
        write(store, profiles.undo, "default", profile.id, 2, ADMIN)


def test_another_accounts_field_of_the_same_name_is_no_conflict(store: Store) -> None:
    """
    ``account.status`` of one account is not that of another, of the same provider even.
    """
    other = KAI._replace(external_id="AA39N84GC4XO6B2V")
    profile = create(store, KAI, {"account.status": "open"})
    create(store, other, {"account.status": "open"}, profile_of=KAI)
    write(store, accounts.update, Update(KAI, {"account.status": "closed"}))
    write(store, accounts.update, Update(other, {"account.status": "frozen"}))
    write(store, profiles.undo, "default", profile.id, 3, ADMIN)

    assert ("open", "frozen") == (
        read(store, accounts.fields_of, KAI, ANY_TENANT)["account.status"],
        read(store, accounts.fields_of, other, ANY_TENANT)["account.status"],
    )


def test_a_change_of_an_unlinked_account_is_not_undone(store: Store) -> None:
    """
    The account has left the profile, so its own fields cannot be restored there.
    """
    profile = create(store, KAI)
    create(store, VERA, profile_of=KAI)
    write(store, accounts.update, Update(VERA, {"account.status": "VERIFIED"}))
    write(store, linking.unlink, VERA, ADMIN)
    with pytest.raises(UndoConflictError) as rejected:
        write(store, profiles.undo, "default", profile.id, 3, ADMIN)

    assert ("machnet:account.status",) == rejected.value.paths


def test_the_creation_of_an_account_is_not_undone(store: Store) -> None:
    """
    "An account's id is for ever, and its login changes by its mailed link only". Unlinking the
    account is the way out, and linking it again undoes that.
    """
    profile = create(store, IVAN, {"name.given": "Ivan", "account.login": "ivan@kontur.ru"})
    account = f"the diadoc account {IVAN.external_id}"
    joined = f"an event that created or linked {account} cannot be undone; unlink it instead"
    with pytest.raises(UndoAccountMoveError, match=joined):
        write(store, profiles.undo, "default", profile.id, 1, ADMIN)
    assert profile == read(store, profiles.find_of, IVAN)

    write(store, linking.unlink, IVAN, ADMIN)
    left = f"an event that unlinked {account} cannot be undone; link it again instead"
    with pytest.raises(UndoAccountMoveError, match=left):
        write(store, profiles.undo, "default", profile.id, 2, ADMIN)


def test_an_own_field_is_locked_by_its_own_account_only(store: Store) -> None:
    """
    What another account of the profile locks of its own is no reason.
    """
    other = VERA._replace(external_id="0c7cb1a2-1f2e-4c55-9b0e-6a1f5d2c3b4b")
    verified = {"account.business": False, "account.status": "VERIFIED"}
    create(store, VERA, verified)
    create(store, other, verified, profile_of=VERA)
    with pytest.raises(FieldsLockedError) as rejected:
        write(store, accounts.update, Update(other, {"account.note": "new"}))

    assert [other.external_id] == [holder.external_id for holder in rejected.value.holders]


def test_an_undo_restores_an_archived_document_with_its_contents(store: Store) -> None:
    """
    A replaced document is archived, so an undo can restore it.
    """
    profile = create(store, VERA, {"documents.physical": [PASSPORT]})
    run(
        store.write(
            accounts.update, Update(VERA, {"documents.physical": [{**PASSPORT, "number": "NEW"}]})
        )
    )
    undone = write(store, profiles.undo, "default", profile.id, 2, ADMIN)
    documents = read(store, transfer.export_profile, "default", profile.id)["documents"]
    live = [each["document"] for each in documents if each["archived_at"] is None]

    assert (profile.fields, [PASSPORT]) == (undone.fields, live)


# --- Preview -----------------------------------------------------------------------------


def test_a_preview_reports_an_update_and_writes_nothing(store: Store) -> None:
    """
    "What `update` would do; nothing is written".
    """
    profile = create(store, KAI, {"name.given": "Kai", "phone": "+1"})
    update = Update(KAI, {"name.given": "Zoe", "phone": "+1", "account.status": "open"})
    preview = read(store, accounts.preview, update)

    assert profile == read(store, profiles.find_of, KAI)
    assert (write(store, accounts.update, update), ()) == (preview.fields, preview.locked)
    assert {"name.given": ("Kai", "Zoe"), "account.status": (None, "open")} == preview.changed


def test_a_preview_lists_the_locked_fields(store: Store) -> None:
    """
    "Locked paths do not raise here but are listed"; no other field would change either.
    """
    fields = {"name.given": "Vera", "account.status": "VERIFIED", "account.business": False,
              "documents.virtual": [SSN]}  # fmt: skip
    create(store, VERA, fields)
    present = read(store, accounts.fields_of, VERA, ANY_TENANT)
    changes = {"name.given": "Eva", "phone": "+1",
               "documents.virtual": [{**SSN, "value": "999-99-0002"}]}  # fmt: skip

    reason = f"locked by machnet account {VERA.external_id}, whose account.status is VERIFIED"
    expected = Preview(present, {}, ("name.given", "documents.virtual:SSN"), reason)
    assert expected == read(store, accounts.preview, Update(VERA, changes))


def test_a_preview_rejects_what_an_update_rejects(store: Store) -> None:
    """
    An unmet requirement, and a login of another account.
    """
    create(store, IVAN, {"account.login": "ivan@kontur.ru"})
    create(store, IVAN._replace(external_id="2"), {"account.login": "taken@kontur.ru"})
    with pytest.raises(RequirementUnmetError):
        read(store, accounts.preview, Update(IVAN, {}, requires=[("account.plugins", 45)]))
    with pytest.raises(LoginTakenError):
        run(store.read(accounts.preview, Update(IVAN, {}), login="Taken@kontur.ru"))


# --- Concurrency -------------------------------------------------------------------------


def test_of_two_concurrent_undos_one_succeeds(store: Store) -> None:
    """
    "One at a time": the first undo is a later change of the same field.
    """
    profile = create(store, KAI, {"name.given": "Kai"})
    write(store, accounts.update, Update(KAI, {"name.given": "Zoe"}))

    async def race() -> list[Any]:
        undo = (store.write(profiles.undo, "default", profile.id, 2, ADMIN) for _ in range(2))
        return await asyncio.gather(*undo, return_exceptions=True)

    outcomes = run(race())

    assert [UndoConflictError] == [type(each) for each in outcomes if isinstance(each, Exception)]


def test_a_rejected_creation_leaves_no_profile(store: Store) -> None:
    """
    The store notices a taken login after it has written the profile's rows, and removes them.
    """
    create(store, IVAN, {"account.login": "straße@kontur.ru"})
    with pytest.raises(LoginTakenError):
        write(store, accounts.create, NewAccount(KAI._replace(provider="diadoc"),
                                    {"account.login": "STRASSE@kontur.ru"}))  # fmt: skip
    audit = run(store.audit("default"))

    assert (1, 1, ()) == (audit.profiles, audit.events, audit.broken)
