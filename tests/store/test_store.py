"""What every store promises, on every backend."""

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
    LoginTakenError,
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
    """The response of one call, in an event loop of its own."""
    return asyncio.run(call)


def created(store, key, fields=None, **more):
    """The fields of an account that was just created."""
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
    """The fields after asking for a login change and nothing else."""
    return write(store, accounts.update, Update(key, {}, login=change))


# --- Reading and writing -----------------------------------------------------------------


def test_what_is_written_is_read(store):
    """
    An update gives back the fields afterwards, and a read gives the same.
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
    A change to None removes the field, shared or the account's own; all others are untouched.
    """
    created(store, KAI, {"name.given": "Kai", "phone": "+1", "account.status": "open"})

    response = run(
        store.write(accounts.update, Update(KAI, {"phone": None, "account.status": None}))
    )

    assert {"name.given": "Kai", "account.id": KAI.external_id} == response
    assert response == read(store, accounts.fields_of, KAI, ANY_TENANT)


def test_linked_accounts_share_all_but_their_own_fields(store):
    """
    What one provider writes into the profile, the other reads; what is an account's own, it
    does not.
    """
    created(store, KAI, {"name.given": "Lena", "account.status": "open"})
    created(store, VERA, {"account.status": "UNVERIFIED", "phone": "+2"}, profile_of=KAI)

    run(
        store.write(accounts.update, Update(VERA, {"name.given": "Elena", "account.country": "US"}))
    )

    expected = {
        "name.given": "Elena",
        "phone": "+2",
        "account.status": "open",
        "account.id": KAI.external_id,
    }
    assert expected == read(store, accounts.fields_of, KAI, ANY_TENANT)


def test_creating_again_is_once(store):
    """
    An account that is there is left as it is, whatever a second creation says.
    """
    first = created(store, KAI, {"name.given": "Kai", "account.login": "kai@example.com"})

    second = created(store, KAI, {"name.given": "Other", "account.login": "kai@example.com"})

    assert first == second


def test_what_is_given_out_is_a_copy(store):
    """
    Changing what the store gave out, or what it was given, changes nothing in it.
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


def test_namespaces_do_not_meet(store, clock):
    """
    The same account, login, credential and token can be in two namespaces and know nothing of
    each other.
    """
    elsewhere = IVAN._replace(namespace="elsewhere")
    for key in (IVAN, elsewhere):
        created(store, key, {"name.given": key.namespace, "account.login": "ivan@kontur.ru"})
        ask(store, key, login_change(clock))
    write(store, credentials.put, API_KEY)

    write(store, accounts.confirm_login, "elsewhere", "diadoc", "token-1")

    assert "ivan@kontur.ru" == read(store, accounts.fields_of, IVAN, ANY_TENANT)["account.login"]
    assert (
        "new@kontur.ru" == read(store, accounts.fields_of, elsewhere, ANY_TENANT)["account.login"]
    )
    assert "elsewhere" == read(store, accounts.fields_of, elsewhere, ANY_TENANT)["name.given"]
    assert 1 == len(read(store, outbox.page, "elsewhere"))
    assert read(store, credentials.find, replace(API_KEY.key, namespace="elsewhere")) is None


def test_an_account_cannot_be_linked_across_namespaces(store):
    """
    A profile of another namespace is as unknown as one that does not exist.
    """
    created(store, KAI)

    with pytest.raises(AccountUnknownError):
        created(store, VERA._replace(namespace="elsewhere"), profile_of=KAI)


@pytest.mark.parametrize(
    "text", ["Zoë", "", "\0", "'; DROP TABLE accounts; --", "名前", "🦑", "a" * 100_000]
)
def test_any_text_comes_back_as_it_is(store, text):
    """
    Values and external ids are data, never anything else.
    """
    key = AccountKey("default", "kraken", text)

    assert {"phone": text, "account.id": text} == created(store, key, {"phone": text})


# --- Who may -----------------------------------------------------------------------------


@pytest.mark.parametrize("tenant", ["other", ""])
def test_another_tenants_account_is_unknown(store, tenant):
    """
    An account of another tenant and one that does not exist get one response.
    """
    created(store, KAI, tenant="demo")

    with pytest.raises(AccountUnknownError):
        read(store, accounts.fields_of, KAI, tenant)
    with pytest.raises(AccountUnknownError):
        write(store, accounts.update, Update(KAI, {"phone": "+1"}, tenant=tenant))
    with pytest.raises(AccountUnknownError):
        read(store, accounts.fields_of, KAI._replace(external_id="nobody"), tenant)


def test_the_own_tenant_is_authenticated(store):
    """
    The tenant that owns an account reads and writes it, and so does who asks for no tenant.
    """
    created(store, KAI, tenant="demo")

    response = write(store, accounts.update, Update(KAI, {"phone": "+1"}, tenant="demo"))

    assert response == read(store, accounts.fields_of, KAI, "demo")
    assert response == read(store, accounts.fields_of, KAI, ANY_TENANT)


def test_a_requirement_is_met_by_a_value_or_by_a_member(store):
    """
    The account's field must equal what is wanted or, being a list, hold it.
    """
    created(store, KAI, {"account.plugins": [7, 45], "account.status": "open"})
    met = (("account.plugins", 45), ("account.status", "open"))

    assert (
        "+1" == write(store, accounts.update, Update(KAI, {"phone": "+1"}, requires=met))["phone"]
    )


@pytest.mark.parametrize("unmet", [("account.plugins", 4), ("account.nothing", "x")])
def test_an_unmet_requirement_is_rejected(store, unmet):
    """
    A list that lacks what is wanted, and a field that is not there, reject the update.
    """
    created(store, KAI, {"account.plugins": [45]})

    with pytest.raises(RequirementUnmetError, match=unmet[0]):
        write(store, accounts.update, Update(KAI, {"phone": "+1"}, requires=[unmet]))


# --- Credentials and nonces --------------------------------------------------------------


def test_a_credential_is_found_by_its_text(store):
    """
    A credential comes back whole, secret bytes and all, and one that nobody has is None.
    """
    write(store, credentials.put, API_KEY)

    assert API_KEY == read(store, credentials.find, API_KEY.key)
    assert read(store, credentials.find, replace(API_KEY.key, text="DEMO-API-KEY")) is None
    assert read(store, credentials.find, replace(API_KEY.key, kind="token")) is None


def test_a_credential_that_is_there_stays_as_it_is(store):
    """
    Putting it again changes neither its secret nor its nonce.
    """
    write(store, credentials.put, API_KEY)

    write(store, credentials.put, replace(API_KEY, secret=None, nonce=9))

    assert API_KEY == read(store, credentials.find, API_KEY.key)


def test_a_credential_without_a_secret_has_none(store):
    """
    No secret and an empty secret are two things.
    """
    bare = replace(API_KEY, key=replace(API_KEY.key, text="bare"), secret=None)
    empty = replace(API_KEY, key=replace(API_KEY.key, text="empty"), secret=b"")
    for credential in (bare, empty):
        write(store, credentials.put, credential)

    assert [bare, empty] == [read(store, credentials.find, c.key) for c in (bare, empty)]


@pytest.mark.parametrize(
    ("last", "accepted"), [(0, 1), (255, 256), (2**63 - 1, 2**63), (2**64 - 2, 2**64 - 1)]
)
def test_a_larger_nonce_is_accepted_once(store, last, accepted):
    """
    Nonces are unsigned and have 64 bits; each must be above the last one, to the very end.
    """
    created(store, KAI)
    write(store, credentials.put, replace(API_KEY, nonce=last))
    update = Update(KAI, {"phone": "+1"}, nonce=NonceUse(API_KEY.key, accepted))

    write(store, accounts.update, update)

    assert replace(API_KEY, nonce=accepted) == read(store, credentials.find, API_KEY.key)
    with pytest.raises(NonceNotIncreasingError):
        write(store, accounts.update, update)


def test_a_nonce_is_used_up_by_an_update_that_changes_nothing(store):
    """
    The same value again is accepted, and so is its nonce.
    """
    created(store, KAI, {"phone": "+1"})
    write(store, credentials.put, API_KEY)

    write(store, accounts.update, Update(KAI, {"phone": "+1"}, nonce=NonceUse(API_KEY.key, 5)))

    assert replace(API_KEY, nonce=5) == read(store, credentials.find, API_KEY.key)


# --- All or nothing ----------------------------------------------------------------------

ERROR_RESPONSES: dict[str, tuple[type[ProfilegateError], dict[str, Any]]] = {
    "a nonce that is not above the last": (
        NonceNotIncreasingError,
        {"nonce": NonceUse(API_KEY.key, 3)},
    ),
    "an unmet requirement": (RequirementUnmetError, {"requires": [("account.plugins", 45)]}),
    "a locked field": (FieldsLockedError, {"changes": {"phone": "+9", "name.given": "Eve"}}),
    "another account's id": (FieldsLockedError, {"changes": {"phone": "+9", "account.id": "x"}}),
    "a login past its link": (FieldsLockedError, {"changes": {"account.login": "e@x.org"}}),
    "another tenant's account": (AccountUnknownError, {"tenant": "other"}),
}


@pytest.mark.parametrize("why", ERROR_RESPONSES)
def test_a_rejected_update_leaves_no_trace(store, clock, why):
    """
    Whatever rejects an update: fields, nonce, waiting logins and outbox stay as they were.
    """
    error, more = ERROR_RESPONSES[why]
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


def test_a_taken_login_rejects_the_whole_update(store, clock):
    """
    The fields that were sent along with a taken login are not written, nor is the nonce used.
    """
    before = created(store, IVAN, {"account.login": "login@kontur.ru"})
    created(store, OLGA, {"account.login": "taken@kontur.ru"})
    write(store, credentials.put, API_KEY)
    nonce = NonceUse(API_KEY.key, 1)
    change = login_change(clock, "Taken@Kontur.ru")

    with pytest.raises(LoginTakenError):
        write(store, accounts.update, Update(IVAN, {"phone": "+9"}, login=change, nonce=nonce))

    assert before == read(store, accounts.fields_of, IVAN, ANY_TENANT)
    assert API_KEY == read(store, credentials.find, API_KEY.key)


def test_a_rejected_creation_leaves_no_trace(store):
    """
    An account whose login is taken is not created, and the login stays with its owner.
    """
    created(store, IVAN, {"account.login": "straße@kontur.ru"})

    with pytest.raises(LoginTakenError):
        created(store, OLGA, {"account.login": "STRASSE@kontur.ru"})

    with pytest.raises(AccountUnknownError):
        read(store, accounts.fields_of, OLGA, ANY_TENANT)


def test_the_earlier_reason_wins(store):
    """
    Account and tenant are asked before the nonce, the nonce before requirements, those before
    locks.
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
    error_responses: list[type[Exception]] = []
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
            error_responses.append(type(error))

    assert [
        AccountUnknownError,
        NonceNotIncreasingError,
        RequirementUnmetError,
        FieldsLockedError,
    ] == error_responses


# --- Locks -------------------------------------------------------------------------------


def test_a_lock_of_one_provider_holds_at_another(store):
    """
    Machnet locks the given name of a verified person, so Kraken cannot change it either.
    """
    created(store, KAI, {"name.given": "Lena"})
    created(store, VERA, {"account.status": "VERIFIED", "account.business": False}, profile_of=KAI)

    with pytest.raises(FieldsLockedError) as rejected:
        write(store, accounts.update, Update(KAI, {"name.given": "Eve", "phone": "+1"}))

    assert ("name.given",) == rejected.value.paths
    assert "Lena" == read(store, accounts.fields_of, KAI, ANY_TENANT)["name.given"]


def test_a_lock_on_an_accounts_own_field_stays_its_own(store):
    """
    Machnet never lets its ``account.country`` change; Kraken's is another field.
    """
    created(store, KAI, {"account.country": "DE"})
    created(store, VERA, {"account.country": "US", "account.business": False}, profile_of=KAI)

    response = write(store, accounts.update, Update(KAI, {"account.country": "FR"}))

    assert "FR" == response["account.country"]
    with pytest.raises(FieldsLockedError, match=r"account\.country"):
        write(store, accounts.update, Update(VERA, {"account.country": "FR"}))


def test_a_lock_begins_with_its_state(store):
    """
    Until the account is verified its fields are free; from the moment it is, they are not.
    """
    created(store, VERA, {"account.status": "UNVERIFIED", "account.business": False})

    run(
        store.write(
            accounts.update, Update(VERA, {"name.given": "Vera", "account.status": "VERIFIED"})
        )
    )

    with pytest.raises(FieldsLockedError, match=r"name\.given"):
        write(store, accounts.update, Update(VERA, {"name.given": "Eve"}))


def test_a_link_cannot_bring_what_is_locked(store):
    """
    A new account of a locked profile may say the same again, and no other value.
    """
    created(
        store,
        VERA,
        {"name.given": "Vera", "account.status": "VERIFIED", "account.business": False},
    )

    with pytest.raises(FieldsLockedError):
        created(store, KAI, {"name.given": "Kai"}, profile_of=VERA)

    assert "Vera" == created(store, KAI, {"name.given": "Vera"}, profile_of=VERA)["name.given"]


def test_the_own_id_and_login_again_are_no_change(store):
    """
    Writing back what was read is accepted, the account's id and login among it.
    """
    fields = created(store, IVAN, {"account.login": "login@kontur.ru", "phone": "+1"})

    assert fields == write(store, accounts.update, Update(IVAN, fields))


# --- Logins ------------------------------------------------------------------------------


def test_a_login_waits_for_its_link(store, clock):
    """
    The old login stays until the mailed link is opened; then the new one is there, as written.
    """
    created(store, IVAN, {"account.login": "login@kontur.ru"})

    waiting = ask(store, IVAN, login_change(clock, "New@kontur.ru"))
    confirmed = write(store, accounts.confirm_login, "default", "diadoc", "token-1")

    assert "login@kontur.ru" == waiting["account.login"]
    assert "New@kontur.ru" == confirmed["account.login"]
    assert confirmed == read(store, accounts.fields_of, IVAN, ANY_TENANT)


def test_a_login_change_mails_its_link(store, clock):
    """
    The mail lies in the outbox with the update, and an attempt is counted until it is sent.
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


def test_the_outbox_is_in_order(store, clock):
    """
    Mails come oldest first, sent ones and waiting ones alike.
    """
    created(store, IVAN)
    for number in range(3):
        ask(store, IVAN, login_change(clock, token=f"token-{number}"))
        clock.advance(hours=1)

    assert ["open token-0", "open token-1", "open token-2"] == [
        mail.text for mail in read(store, outbox.page, "default")
    ]


def test_a_login_equal_but_for_case_is_no_change(store, clock):
    """
    Nothing waits, nothing is mailed, and an older waiting change stays alive.
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


@pytest.mark.parametrize("again", ["new@kontur.ru", "newer@kontur.ru"])
def test_a_newer_change_replaces_the_older(store, clock, again):
    """
    The older link is dead, the newer one works, also when both ask for the same login.
    """
    created(store, IVAN, {"account.login": "login@kontur.ru"})
    ask(store, IVAN, login_change(clock, token="older"))

    ask(store, IVAN, login_change(clock, again, "newer"))

    with pytest.raises(LoginLinkInvalidError):
        write(store, accounts.confirm_login, "default", "diadoc", "older")
    assert (
        again == write(store, accounts.confirm_login, "default", "diadoc", "newer")["account.login"]
    )


def test_a_replaced_login_is_free(store, clock):
    """
    What an account no longer waits for, another may have.
    """
    for key in (IVAN, OLGA):
        created(store, key)
    ask(store, IVAN, login_change(clock, token="older"))
    ask(store, IVAN, login_change(clock, "other@kontur.ru", "newer"))

    ask(store, OLGA, login_change(clock, token="olga"))

    assert (
        "new@kontur.ru"
        == write(store, accounts.confirm_login, "default", "diadoc", "olga")["account.login"]
    )


def test_a_link_works_once(store, clock):
    """
    A link that was opened is dead from then on.
    """
    created(store, IVAN)
    ask(store, IVAN, login_change(clock))
    write(store, accounts.confirm_login, "default", "diadoc", "token-1")

    with pytest.raises(LoginLinkInvalidError):
        write(store, accounts.confirm_login, "default", "diadoc", "token-1")


def test_a_link_grows_old(store, clock):
    """
    A link lives until ``expires_at`` and not a moment longer.
    """
    for key, token in ((IVAN, "in time"), (OLGA, "too late")):
        created(store, key)
        ask(store, key, login_change(clock, f"{key.external_id}@x.org", token))
    clock.advance(hours=24)
    write(store, accounts.confirm_login, "default", "diadoc", "in time")
    clock.advance(hours=1)

    with pytest.raises(LoginLinkInvalidError):
        write(store, accounts.confirm_login, "default", "diadoc", "too late")


@pytest.mark.parametrize(("provider", "token"), [("diadoc", "nothing"), ("kraken", "token-1")])
def test_a_link_that_was_never_mailed_is_unknown(store, clock, provider, token):
    """
    A token counts for its provider only.
    """
    created(store, IVAN)
    ask(store, IVAN, login_change(clock))

    with pytest.raises(LoginLinkUnknownError):
        write(store, accounts.confirm_login, "default", provider, token)


def test_a_login_that_is_waited_for_is_taken(store, clock):
    """
    While somebody waits for a login, nobody else gets it: by a change or by a creation.
    """
    for key in (IVAN, OLGA):
        created(store, key)
    ask(store, IVAN, login_change(clock))

    with pytest.raises(LoginTakenError):
        ask(store, OLGA, login_change(clock, "NEW@kontur.ru", "token-2"))
    with pytest.raises(LoginTakenError):
        created(store, OLGA._replace(external_id="third"), {"account.login": "new@Kontur.ru"})


def test_a_login_that_was_waited_for_too_long_is_free(store, clock):
    """
    After ``expires_at`` whoever asks gets it, and the old link cannot take it back, not even
    if the clock is set back.
    """
    for key in (IVAN, OLGA):
        created(store, key)
    ask(store, IVAN, login_change(clock))
    clock.advance(hours=25)

    ask(store, OLGA, login_change(clock, token="token-2"))
    clock.advance(hours=-2)

    assert (
        "new@kontur.ru"
        == write(store, accounts.confirm_login, "default", "diadoc", "token-2")["account.login"]
    )
    with pytest.raises(LoginLinkInvalidError):
        write(store, accounts.confirm_login, "default", "diadoc", "token-1")


def test_the_old_login_is_free_after_the_change(store, clock):
    """
    Once the link is opened, the login that was left is anybody's.
    """
    created(store, IVAN, {"account.login": "login@kontur.ru"})
    ask(store, IVAN, login_change(clock))
    write(store, accounts.confirm_login, "default", "diadoc", "token-1")

    assert (
        "login@kontur.ru"
        == created(store, OLGA, {"account.login": "login@kontur.ru"})["account.login"]
    )


def test_providers_have_logins_of_their_own(store):
    """
    One address may log in at two providers.
    """
    created(store, IVAN, {"account.login": "lena@example.com"})
    navixy = AccountKey("default", "navixy", "7")

    assert (
        "lena@example.com"
        == created(store, navixy, {"account.login": "lena@example.com"})["account.login"]
    )


# --- Documents ---------------------------------------------------------------------------


def test_the_contents_of_a_document_are_kept_apart(store):
    """
    A read shows a document with its id and digest, and never its pages.
    """
    created(store, VERA)
    document = {"type": "PASSPORT", "country": "DE", "front": "data:front", "back": "data:back"}

    response = write(store, accounts.update, Update(VERA, {"documents.physical": [document]}))

    (kept,) = response["documents.physical"]
    assert {"id", "type", "country", "digest"} == kept.keys()
    assert response == read(store, accounts.fields_of, VERA, ANY_TENANT)


# --- One at a time, and several ----------------------------------------------------------


def test_no_update_is_lost(store):
    """
    Eight callers who write fields of their own fifty times each lose none of it.
    """
    created(store, KAI)

    async def write(caller: int) -> None:
        for number in range(50):
            path = "phone" if caller == 0 else f"account.field{caller}"
            await store.write(accounts.update, Update(KAI, {path: f"{caller}:{number}"}))

    async def all_at_once() -> None:
        await asyncio.gather(*(write(caller) for caller in range(8)))

    run(all_at_once())

    expected = {f"account.field{caller}": f"{caller}:49" for caller in range(1, 8)}
    assert {"account.id": KAI.external_id, "phone": "0:49", **expected} == run(
        store.read(accounts.fields_of, KAI, ANY_TENANT)
    )


def test_each_update_decides_on_the_result_of_the_one_before(store):
    """
    Of many who use one nonce at the same moment, exactly one is authenticated.
    """
    created(store, KAI)
    write(store, credentials.put, API_KEY)

    async def all_at_once():
        nonce = NonceUse(API_KEY.key, 7)
        return await asyncio.gather(
            *(
                store.write(accounts.update, Update(KAI, {"phone": f"+{n}"}, nonce=nonce))
                for n in range(20)
            ),
            return_exceptions=True,
        )

    outcomes = run(all_at_once())

    assert 19 == sum(isinstance(outcome, NonceNotIncreasingError) for outcome in outcomes)


def test_two_stores_on_one_database_both_write(open_store):
    """
    Two processes write side by side; what one writes, the other reads at once.
    """
    one, other = open_store(), open_store()
    created(one, KAI)

    async def write(store, path):
        for number in range(50):
            await store.write(accounts.update, Update(KAI, {path: number}))

    async def both() -> None:
        await asyncio.gather(write(one, "account.one"), write(other, "account.other"))

    run(both())

    expected = {"account.id": KAI.external_id, "account.one": 49, "account.other": 49}
    assert [expected, expected] == [
        read(store, accounts.fields_of, KAI, ANY_TENANT) for store in (one, other)
    ]


def test_a_closed_store_is_unavailable(store):
    """
    After closing, which may be done twice, every call says that there is no store.
    """
    created(store, KAI)
    run(store.close())
    run(store.close())

    with pytest.raises(StoreUnavailableError):
        read(store, accounts.fields_of, KAI, ANY_TENANT)
    with pytest.raises(StoreUnavailableError):
        write(store, accounts.update, Update(KAI, {"phone": "+1"}))


def test_closing_finishes_what_waits(open_store):
    """
    Updates that were asked for before closing are done, and told so.
    """
    store = open_store()
    created(store, KAI)

    async def ask_and_close():
        waiting = [
            asyncio.ensure_future(
                store.write(accounts.update, Update(KAI, {f"account.field{n}": n}))
            )
            for n in range(100)
        ]
        await asyncio.sleep(0)
        await store.close()
        return await asyncio.gather(*waiting)

    outcomes = run(ask_and_close())

    assert 101 == len(read(open_store(), accounts.fields_of, KAI, ANY_TENANT))
    assert 100 == len(outcomes)
