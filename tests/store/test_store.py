"""The contract of the store, on every backend."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from profilegate.errors import (
    AccountUnknownError,
    FieldsLockedError,
    LoginLinkInvalidError,
    LoginLinkUnknownError,
    NonceNotIncreasingError,
    ProfilegateError,
    RequirementUnmetError,
    StoreUnavailableError,
)
from profilegate.profile.fields import Fields
from profilegate.store import (
    ANY_TENANT,
    AccountKey,
    Credential,
    CredentialKey,
    LoginChange,
    Mail,
    NewAccount,
    NonceUse,
    OutgoingMail,
    Update,
    accounts,
    credentials,
    outbox,
)
from tests.store.people import read, write

KAI = AccountKey("default", "kraken", "AA08 N84G CPAR UN7A")
VERA = AccountKey("default", "machnet", "0c7cb1a2")
IVAN = AccountKey("default", "diadoc", "d064f6ba")
OLGA = AccountKey("default", "diadoc", "5b2f0a7e")

API_KEY = Credential(
    CredentialKey("default", "kraken", "api-key", "demo-api-key"), tenant="demo", secret=b"\0\xff"
)

T = TypeVar("T")


def run(call: Coroutine[Any, Any, T]) -> T:
    """The result of one call, in its own event loop."""
    return asyncio.run(call)


def created(store, key, fields=None, **more):
    """Create an account; its fields."""
    write(store, accounts.create, NewAccount(key, fields or {}, **more))
    return read(store, accounts.fields_of, key, ANY_TENANT)


def login_change(clock, login="new@kontur.ru", token="token-1"):
    """A change that may be confirmed within a day."""
    return LoginChange(
        login=login,
        token=token,
        expires_at=clock() + timedelta(hours=24),
        mail=OutgoingMail(to=login, subject="Подтвердите", text=f"open {token}"),
    )


def ask(store, key, change):
    """Request a login change and nothing else; the fields afterwards."""
    return write(store, accounts.update, Update(key, {}, login=change))


# --- Reading and writing -----------------------------------------------------------------


def test_what_is_written_is_read(store):
    """
    An update returns the new fields, and a read returns the same.
    """
    created(store, KAI, {"name.given": "Kai", "account.status": "open"})

    response = run(
        store.write(
            accounts.update, Update(KAI, {"name.family": "Krause", "account.plugins": [45]})
        )
    )

    expected = {
        "name.given": "Kai",
        "name.family": "Krause",
        "account.id": KAI.external_id,
        "account.status": "open",
        "account.plugins": [45],
    }
    assert expected == response
    assert expected == read(store, accounts.fields_of, KAI, ANY_TENANT)


def test_none_removes_a_field(store):
    """
    A change to None removes the field, shared or the account's own; no other field changes.
    """
    created(store, KAI, {"name.given": "Kai", "phone": "+1", "account.status": "open"})

    response = run(
        store.write(accounts.update, Update(KAI, {"phone": None, "account.status": None}))
    )

    assert {"name.given": "Kai", "account.id": KAI.external_id} == response
    assert response == read(store, accounts.fields_of, KAI, ANY_TENANT)


def test_creating_an_account_again_changes_nothing(store):
    """
    An existing account keeps its fields, whatever the second creation sends.
    """
    first = created(store, KAI, {"name.given": "Kai", "account.login": "kai@example.com"})

    second = created(store, KAI, {"name.given": "Other", "account.login": "kai@example.com"})

    assert first == second


def test_the_store_copies_its_arguments_and_results(store):
    """
    A caller that modifies an argument or a result does not modify the store.
    """
    created(store, KAI)
    changes: Fields = {"nationalities": ["DE"], "account.plugins": [45]}
    given_out = write(store, accounts.update, Update(KAI, changes))
    fields_read = read(store, accounts.fields_of, KAI, ANY_TENANT)
    for fields in (changes, given_out, fields_read):
        fields["nationalities"].append("FR")
        fields.clear()

    assert {
        "nationalities": ["DE"],
        "account.plugins": [45],
        "account.id": KAI.external_id,
    } == read(store, accounts.fields_of, KAI, ANY_TENANT)


def test_namespaces_are_separate(store, clock):
    """
    Two namespaces can have the same account, password and pending login, independently.
    """
    elsewhere = IVAN._replace(namespace="elsewhere")
    for key in (IVAN, elsewhere):
        login = f"{key.namespace}@kontur.ru"
        created(store, key, {"name.given": key.namespace, "account.login": login})
        ask(store, key, login_change(clock))
    write(store, credentials.put, API_KEY)

    write(store, accounts.confirm_login, "elsewhere", "diadoc", "token-1")

    assert "default@kontur.ru" == read(store, accounts.fields_of, IVAN, ANY_TENANT)["account.login"]
    assert (
        "new@kontur.ru" == read(store, accounts.fields_of, elsewhere, ANY_TENANT)["account.login"]
    )
    assert "elsewhere" == read(store, accounts.fields_of, elsewhere, ANY_TENANT)["name.given"]
    assert 1 == len(read(store, outbox.page, "elsewhere"))
    assert read(store, credentials.find, replace(API_KEY.key, namespace="elsewhere")) is None


def test_an_account_cannot_be_linked_across_namespaces(store):
    """
    A profile of another namespace is unknown, like one that does not exist.
    """
    created(store, KAI)

    with pytest.raises(AccountUnknownError):
        created(store, VERA._replace(namespace="elsewhere"), profile_of=KAI)


@pytest.mark.parametrize(
    "text", ["Zoë", "", "\0", "'; DROP TABLE accounts; --", "名前", "🦑", "a" * 100_000]
)
def test_any_text_is_read_as_it_was_written(store, text):
    """
    No value and no external id is interpreted.
    """
    key = AccountKey("default", "kraken", text)

    assert {"phone": text, "account.id": text} == created(store, key, {"phone": text})


# --- Who may -----------------------------------------------------------------------------


# --- Credentials and nonces --------------------------------------------------------------


def test_a_credential_is_found_by_its_text(store):
    """
    A credential is read with its secret; an unknown one is None.
    """
    write(store, credentials.put, API_KEY)

    assert API_KEY == read(store, credentials.find, API_KEY.key)
    assert read(store, credentials.find, replace(API_KEY.key, text="DEMO-API-KEY")) is None
    assert read(store, credentials.find, replace(API_KEY.key, kind="token")) is None


def test_an_existing_credential_is_not_overwritten(store):
    """
    A second put changes neither its secret nor its nonce.
    """
    write(store, credentials.put, API_KEY)

    write(store, credentials.put, replace(API_KEY, secret=None, nonce=9))

    assert API_KEY == read(store, credentials.find, API_KEY.key)


def test_a_credential_without_a_secret_has_none(store):
    """
    No secret differs from an empty secret.
    """
    bare = replace(API_KEY, key=replace(API_KEY.key, text="bare"), secret=None)
    empty = replace(API_KEY, key=replace(API_KEY.key, text="empty"), secret=b"")
    for credential in (bare, empty):
        write(store, credentials.put, credential)

    assert [bare, empty] == [read(store, credentials.find, c.key) for c in (bare, empty)]


# --- All or nothing ----------------------------------------------------------------------

REJECTED: dict[str, tuple[type[ProfilegateError], dict[str, Any]]] = {
    "the last nonce": (NonceNotIncreasingError, {"nonce": NonceUse(API_KEY.key, 3)}),
    "a smaller nonce": (NonceNotIncreasingError, {"nonce": NonceUse(API_KEY.key, 2)}),
    "an unmet requirement": (RequirementUnmetError, {"requires": [("account.plugins", 45)]}),
    "a locked field": (FieldsLockedError, {"changes": {"phone": "+9", "name.given": "Eve"}}),
    "another account's id": (FieldsLockedError, {"changes": {"phone": "+9", "account.id": "x"}}),
    "a login past its link": (FieldsLockedError, {"changes": {"account.login": "e@x.org"}}),
    "another tenant's account": (AccountUnknownError, {"tenant": "other"}),
    "a tenant's account, without a tenant": (AccountUnknownError, {"tenant": None}),
}


@pytest.mark.parametrize("why", REJECTED)
def test_a_rejected_update_leaves_no_trace(store, clock, why):
    """
    Fields, nonce, pending logins and outbox do not change, for any reason of rejection.
    """
    error, more = REJECTED[why]
    write(store, credentials.put, replace(API_KEY, nonce=3))
    before = created(
        store,
        VERA,
        {
            "name.given": "Vera",
            "account.status": "VERIFIED",
            "account.business": False,
            "account.login": "vera@example.com",
        },
        tenant="demo",
    )
    update = replace(
        Update(
            VERA,
            {"phone": "+9"},
            tenant="demo",
            nonce=NonceUse(API_KEY.key, 4),
            login=login_change(clock, "v@x.org"),
        ),
        **more,
    )

    with pytest.raises(error):
        write(store, accounts.update, update)

    assert before == read(store, accounts.fields_of, VERA, ANY_TENANT)
    assert replace(API_KEY, nonce=3) == read(store, credentials.find, API_KEY.key)
    assert [] == read(store, outbox.page, "default")
    with pytest.raises(LoginLinkUnknownError):
        write(store, accounts.confirm_login, "default", "machnet", "token-1")


def test_the_checks_of_an_update_have_an_order(store):
    """
    The store checks account and tenant first, then the nonce, the requirements and the locks.
    """
    created(store, KAI, tenant="demo")
    write(store, credentials.put, API_KEY)
    update = Update(
        KAI,
        {"account.id": "x"},
        tenant="other",
        nonce=NonceUse(API_KEY.key, 0),
        requires=[("account.plugins", 45)],
    )
    errors: list[type[Exception]] = []
    fixes: list[dict[str, Any]] = [
        {},
        {"tenant": "demo"},
        {"nonce": None},
        {"requires": ()},
        {"changes": {}},
    ]
    for fixed in fixes:
        update = replace(update, **fixed)
        try:
            write(store, accounts.update, update)
        except ProfilegateError as error:
            errors.append(type(error))

    assert [
        AccountUnknownError,
        NonceNotIncreasingError,
        RequirementUnmetError,
        FieldsLockedError,
    ] == errors


# --- Locks -------------------------------------------------------------------------------


def test_a_lock_on_an_accounts_own_field_affects_no_other_account(store):
    """
    Machnet locks its ``account.country``; Kraken's field of that name is another field.
    """
    created(store, KAI, {"account.country": "DE"})
    created(store, VERA, {"account.country": "US", "account.business": False}, profile_of=KAI)

    response = write(store, accounts.update, Update(KAI, {"account.country": "FR"}))

    assert "FR" == response["account.country"]
    with pytest.raises(FieldsLockedError, match=r"account\.country"):
        write(store, accounts.update, Update(VERA, {"account.country": "FR"}))


def test_the_present_id_and_login_are_no_change(store):
    """
    An update with all fields as they were read is accepted, including the id and the login.
    """
    fields = created(store, IVAN, {"account.login": "login@kontur.ru", "phone": "+1"})

    assert fields == write(store, accounts.update, Update(IVAN, fields))


# --- Logins ------------------------------------------------------------------------------


def test_a_login_change_mails_its_link(store, clock):
    """
    The update writes the mail into the outbox; attempts are counted until it is sent.
    """
    created(store, IVAN, {"account.login": "login@kontur.ru"})
    ask(store, IVAN, login_change(clock))
    asked_at = clock()
    (mail,) = read(store, outbox.due, "default", limit=9).mails
    clock.advance(hours=1)

    write(store, outbox.mark_failed, mail.id, rejected=False)
    write(store, outbox.mark_sent, mail.id)

    expected = Mail(mail.id, "new@kontur.ru", "Подтвердите", "open token-1", asked_at)
    assert replace(expected, next_attempt_at=asked_at) == mail
    assert [] == read(store, outbox.due, "default", limit=9).mails
    sent = replace(mail, sent_at=clock(), attempts=2, next_attempt_at=None)
    assert [sent] == read(store, outbox.page, "default")


def test_a_due_mail_is_sent_by_one_process(open_store, clock):
    """
    Of several processes that look at the outbox at once, one gets a mail; if it ends before it has
    sent the mail, the mail is due again a minute later.
    """
    stores = [open_store() for _ in range(3)]
    created(stores[0], IVAN, {"account.login": "login@kontur.ru"})
    ask(stores[0], IVAN, login_change(clock))
    (mail,) = read(stores[0], outbox.due, "default", limit=9).mails

    async def claim_at_once():
        claims = (store.write(outbox.claim, mail.id) for store in stores for _ in range(2))
        return await asyncio.gather(*claims)

    first = asyncio.run(claim_at_once())
    clock.advance(hours=1)
    second = asyncio.run(claim_at_once())

    assert 1 == first.count(True) == second.count(True)


def test_the_outbox_is_in_order(store, clock):
    """
    A page of the outbox lists sent and waiting mails, oldest first.
    """
    created(store, IVAN)
    for number in range(3):
        ask(store, IVAN, login_change(clock, token=f"token-{number}"))
        clock.advance(hours=1)

    assert ["open token-0", "open token-1", "open token-2"] == [
        mail.text for mail in read(store, outbox.page, "default")
    ]


def test_a_login_that_differs_in_case_only_is_no_change(store, clock):
    """
    No mail is written, and an older pending change stays valid.
    """
    created(store, IVAN, {"account.login": "login@kontur.ru"})
    ask(store, IVAN, login_change(clock, token="older"))

    ask(store, IVAN, login_change(clock, "LOGIN@kontur.ru", "newer"))

    assert 1 == len(read(store, outbox.page, "default"))
    with pytest.raises(LoginLinkUnknownError):
        write(store, accounts.confirm_login, "default", "diadoc", "newer")
    assert (
        "new@kontur.ru"
        == write(store, accounts.confirm_login, "default", "diadoc", "older")["account.login"]
    )


def test_a_replaced_login_is_free(store, clock):
    """
    A login is free as soon as its pending change is replaced.
    """
    for key in (IVAN, OLGA):
        created(store, key)
    ask(store, IVAN, login_change(clock, token="older"))
    clock.advance(hours=1)
    ask(store, IVAN, login_change(clock, "other@kontur.ru", "newer"))

    ask(store, OLGA, login_change(clock, token="olga"))

    assert (
        "new@kontur.ru"
        == write(store, accounts.confirm_login, "default", "diadoc", "olga")["account.login"]
    )


def test_a_link_of_another_provider_is_unknown(store, clock):
    """
    A token is valid for its provider only.
    """
    created(store, IVAN)
    ask(store, IVAN, login_change(clock))

    with pytest.raises(LoginLinkUnknownError):
        write(store, accounts.confirm_login, "default", "kraken", "token-1")


def test_a_pending_login_is_not_taken(store, clock):
    """
    A stranger who waits for a login does not keep it from its owner, whose account may be created.
    """
    created(store, IVAN)
    ask(store, IVAN, login_change(clock))
    created(store, OLGA, {"account.login": "new@Kontur.ru"})

    with pytest.raises(LoginLinkInvalidError):
        write(store, accounts.confirm_login, "default", "diadoc", "token-1")


def test_providers_have_logins_of_their_own(store):
    """
    Two providers may have accounts with the same login.
    """
    created(store, IVAN, {"account.login": "lena@example.com"})
    navixy = AccountKey("default", "navixy", "7")

    assert (
        "lena@example.com"
        == created(store, navixy, {"account.login": "lena@example.com"})["account.login"]
    )


# --- Documents ---------------------------------------------------------------------------


def test_a_read_shows_no_contents_of_a_document(store):
    """
    A read returns the id and the digest of a document, never its pages.
    """
    created(store, VERA)
    document = {"type": "PASSPORT", "country": "DE", "front": "data:front", "back": "data:back"}

    response = write(store, accounts.update, Update(VERA, {"documents.physical": [document]}))

    (kept,) = response["documents.physical"]
    assert {"id", "type", "country", "digest"} == kept.keys()
    assert response == read(store, accounts.fields_of, VERA, ANY_TENANT)


# --- One at a time, and several ----------------------------------------------------------


def test_a_closed_store_is_unavailable(store):
    """
    close() may be called twice; every later call raises StoreUnavailableError.
    """
    created(store, KAI)
    run(store.close())
    run(store.close())

    with pytest.raises(StoreUnavailableError):
        read(store, accounts.fields_of, KAI, ANY_TENANT)
    with pytest.raises(StoreUnavailableError):
        write(store, accounts.update, Update(KAI, {"phone": "+1"}))
