"""Accounts on a profile: created, linked, changed, unlinked."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients import JSON as JSON_BODY
from tests.profiles.client import (
    CHARLES,
    KAI,
    LENA,
    LENA_AT_MACHNET,
    NOBODY,
    VERA,
    account_at,
    create,
    gist,
    id_of,
    profile,
    send,
    violations,
)
from tests.running_gateway import RunningGateway

USER_ID = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e77"

NEW: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "machnet, an individual": (
        {"provider": "machnet", "external_id": USER_ID, "tenant": "demo-client"},
        {"business": False, "type": "SEND", "status": "UNVERIFIED"},
    ),
    "machnet, a verified business": (
        {
            "provider": "machnet",
            "external_id": USER_ID,
            "tenant": "demo-client",
            "fields": {"business": True, "status": "VERIFIED"},
        },
        {"business": True, "type": "SEND", "status": "VERIFIED"},
    ),
    "navixy": (
        {"provider": "navixy", "external_id": "77", "fields": {"login": "zoe@example.com"}},
        {"login": "zoe@example.com", "plugins": []},
    ),
    "diadoc": (
        {"provider": "diadoc", "external_id": USER_ID, "fields": {"login": "zoe@example.com"}},
        {"login": "zoe@example.com", "registered": True},
    ),
    "kraken": ({"provider": "kraken", "external_id": "AA08N84GCPARUN7Z", "tenant": "demo"}, {}),
}


@pytest.mark.parametrize("many", [False, True], ids=["the first one", "another one"])
@pytest.mark.parametrize(("body", "own"), NEW.values(), ids=NEW)
def test_a_new_account_sees_the_profile(
    gateway: RunningGateway, body: dict[str, Any], own: dict[str, Any], many: bool
) -> None:
    """
    An account is one provider's view of the profile, with that provider's own fields.
    """
    made = create(
        gateway, {"name": {"given": "Zoe", "family": "Quinn"}, "email": "zoe@example.com"}
    )
    place = f"/profiles/{made['id']}"
    profiles = len(gateway.rows("SELECT id FROM profiles"))
    if many:
        before = {"provider": "kraken", "external_id": "AA08N84GCPARUN7Y", "tenant": "demo"}
        send(gateway, "POST", f"{place}/accounts", before)

    response = send(gateway, "POST", f"{place}/accounts", body)

    assert (201, own) == (response.status, response.json()["fields"])
    assert (
        f"{place}/accounts/{body['provider']}/{body['external_id']}"
        == (response.headers["location"])
    )
    assert response.json() in send(gateway, "GET", f"{place}/accounts").json()["accounts"]
    fields = gateway.fields(body["provider"], body["external_id"])
    assert ("Zoe", "zoe@example.com") == (fields["name.given"], fields["email"])
    assert profiles == len(gateway.rows("SELECT id FROM profiles WHERE erased_at IS NULL"))


UNFIT: Mapping[str, tuple[dict[str, Any], set[str]]] = {
    "no provider": ({"provider": "museum", "external_id": "1"}, {"/provider"}),
    "the admin API, which is no provider": (
        {"provider": "profiles", "external_id": "1"},
        {"/provider"},
    ),
    "nothing": ({}, {"/provider", "/external_id"}),
    "every violation at Machnet": (
        {"provider": "machnet", "external_id": "1", "fields": {"plugins": [], "login": "a"}},
        {"/external_id", "/tenant", "/fields/plugins", "/fields/login"},
    ),
    "every violation at Navixy": (
        {"provider": "navixy", "external_id": "x", "tenant": "t", "fields": {"status": "VERIFIED"}},
        {"/external_id", "/tenant", "/fields/status", "/fields/login"},
    ),
    "a status that Machnet does not have": (
        {"provider": "machnet", "external_id": USER_ID, "fields": {"status": "FINE"}},
        {"/fields/status"},
    ),
}


@pytest.mark.parametrize(("body", "fields"), UNFIT.values(), ids=UNFIT)
def test_an_account_that_its_provider_could_not_have_is_rejected(
    gateway: RunningGateway, body: dict[str, Any], fields: set[str]
) -> None:
    """
    Each provider has its own rules for ids, tenants and fields; every violation is named.
    """
    made = create(gateway)

    response = send(gateway, "POST", f"/profiles/{made['id']}/accounts", body)

    assert (400, "invalid") == gist(response)
    assert fields == violations(response).keys()
    assert [] == profile(gateway, made["id"])["accounts"]


def test_an_existing_account_is_not_created_again(gateway: RunningGateway) -> None:
    """
    An external id names one account of a provider.
    """
    body = {"provider": KAI[0], "external_id": KAI[1], "tenant": "demo"}

    response = send(gateway, "POST", f"/profiles/{create(gateway)['id']}/accounts", body)

    assert (409, "account-exists") == gist(response)


def test_a_link_adds_the_values_that_the_profile_lacks(gateway: RunningGateway) -> None:
    """
    No value is lost, and the old profile, which has no account any more, is erased.
    """
    made = create(gateway, {"email": "kai@example.com"})
    old = id_of(gateway, KAI)

    response = send(gateway, "PUT", account_at(made["id"], KAI))

    assert 200 == response.status
    body = response.json()
    assert ({"given": "Kai", "family": "Krause"}, "kai@example.com") == (
        body["name"],
        body["email"],
    )
    assert made["id"] == id_of(gateway, KAI)
    assert 404 == send(gateway, "GET", f"/profiles/{old}").status


SIDES: Mapping[str, tuple[dict[str, str], str]] = {
    "the profile": ({"prefer": "profile"}, "Zoe"),
    "the account": ({"prefer": "account"}, "Kai"),
}


@pytest.mark.parametrize(("body", "given"), SIDES.values(), ids=SIDES)
def test_prefer_decides_where_the_values_differ(
    gateway: RunningGateway, body: dict[str, str], given: str
) -> None:
    """
    `prefer` names the side whose value stays.
    """
    made = create(gateway, {"name": {"given": "Zoe"}})

    response = send(gateway, "PUT", account_at(made["id"], KAI), body)

    assert (200, given) == (response.status, response.json()["name"]["given"])


@pytest.mark.parametrize("body", [None, {}], ids=["no body", "an empty one"])
def test_a_link_without_prefer_reports_the_differences(gateway: RunningGateway, body: Any) -> None:
    """
    The response lists both values of each field that differs, and nothing is written.
    """
    made = create(gateway, {"name": {"given": "Zoe", "family": "Krause"}})

    response = send(gateway, "PUT", account_at(made["id"], KAI), body)

    assert (409, "sides-differ") == gist(response)
    assert [{"field": "name.given", "profile": "Zoe", "account": "Kai"}] == (
        response.json()["differences"]
    )
    assert made == profile(gateway, made["id"])
    assert "Kai" == gateway.fields(*KAI)["name.given"]


def test_a_lock_of_the_linked_account_holds(gateway: RunningGateway) -> None:
    """
    Machnet locks the name of a verified user, also against `prefer`.
    """
    made = create(gateway, {"name": {"given": "Zoe"}})

    response = send(gateway, "PUT", account_at(made["id"], VERA), {"prefer": "profile"})

    assert (409, "locked") == gist(response)
    assert "/name/given" in violations(response)
    assert "Vera" == gateway.fields(*VERA)["name.given"]


MISSING: Mapping[str, tuple[str, str]] = {
    "no such account": (NOBODY, "kraken/AA00"),
    "no such provider": (NOBODY, "museum/1"),
    "no such profile": (NOBODY, "/".join(KAI)),
}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(("profile_id", "account"), MISSING.values(), ids=MISSING)
def test_an_unknown_account_or_profile_is_not_found(
    gateway: RunningGateway, method: str, profile_id: str, account: str
) -> None:
    """
    404, as for every unknown resource.
    """
    response = send(gateway, method, f"/profiles/{profile_id}/accounts/{account}", {})

    assert (404, "about:blank") == gist(response)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_account_of_another_profile_is_not_found(gateway: RunningGateway, method: str) -> None:
    """
    The path names a profile and an account; the account must belong to the profile.
    """
    response = send(gateway, method, account_at(id_of(gateway, KAI), CHARLES), {})

    assert 404 == response.status
    assert "1001" == gateway.fields(*CHARLES)["account.id"]


def test_an_account_leaves_with_a_copy(gateway: RunningGateway) -> None:
    """
    The two profiles are independent: a change of one is not visible in the other.
    """
    profile_id = id_of(gateway, LENA)

    response = send(gateway, "DELETE", account_at(profile_id, LENA))
    copy = response.json()
    send(gateway, "PATCH", f"/profiles/{copy['id']}", {"name": {"given": "Helena"}})

    assert 200 == response.status
    assert profile_id != copy["id"]
    assert ("Lena", "Helena") == (
        gateway.fields(*LENA_AT_MACHNET)["name.given"],
        gateway.fields(*LENA)["name.given"],
    )


def test_a_status_that_verifies_locks_from_then_on(gateway: RunningGateway) -> None:
    """
    As soon as a user is verified, Machnet's lock table holds for every provider.
    """
    made = create(gateway, {"name": {"given": "Zoe"}})
    place = f"/profiles/{made['id']}"
    user = {"provider": "machnet", "external_id": USER_ID, "tenant": "demo-client"}
    send(gateway, "POST", f"{place}/accounts", user)

    response = send(gateway, "PATCH", f"{place}/accounts/machnet/{USER_ID}", {"status": "VERIFIED"})

    assert (200, "VERIFIED") == (response.status, response.json()["fields"]["status"])
    assert 409 == send(gateway, "PATCH", place, {"name": {"given": "Ada"}}).status
    send(gateway, "PATCH", f"{place}/accounts/machnet/{USER_ID}", {"status": "UNVERIFIED"})
    assert 200 == send(gateway, "PATCH", place, {"name": {"given": "Ada"}}).status


def test_plugin_45_lets_a_navixy_user_update(gateway: RunningGateway) -> None:
    """
    Navixy: an update needs plugin 45; without it the response is code 222.
    """
    place = account_at(id_of(gateway, CHARLES), CHARLES)
    body = (
        b'{"hash": "22eac1c27af4be7b9d04da2ce1af111b", "legal_type": "individual",'
        b' "first_name": "Charles", "middle_name": "", "last_name": "Pearson"}'
    )

    def update() -> int:
        target = "/v2/user/personal_info/update"
        headers = {"Content-Type": "application/json"}
        return gateway.send("POST", target, body=body, headers=headers).status

    without = send(gateway, "PATCH", place, {"plugins": []}).json()["fields"]["plugins"], update()
    with_it = send(gateway, "PATCH", place, {"plugins": [45]}).json()["fields"]["plugins"], update()

    assert (([], 400), ([45], 200)) == (without, with_it)


OWN: Mapping[str, tuple[tuple[str, str], dict[str, Any], str]] = {
    "a status at Navixy": (CHARLES, {"status": "VERIFIED"}, "/status"),
    "plugins at Machnet": (VERA, {"plugins": [45]}, "/plugins"),
    "anything at Kraken": (KAI, {"status": "VERIFIED"}, "/status"),
    "an unknown status": (VERA, {"status": "verified"}, "/status"),
    "plugins that are no list": (CHARLES, {"plugins": 45}, "/plugins"),
    "a plugin that is no number": (CHARLES, {"plugins": [45, "46"]}, "/plugins/1"),
    "a plugin with a fraction": (CHARLES, {"plugins": [45.0]}, "/plugins/0"),
    "a plugin twice": (CHARLES, {"plugins": [45, 45]}, "/plugins"),
}


@pytest.mark.parametrize(("account", "body", "pointer"), OWN.values(), ids=OWN)
def test_an_account_has_its_own_providers_fields_only(
    gateway: RunningGateway, account: tuple[str, str], body: dict[str, Any], pointer: str
) -> None:
    """
    A field or value that the provider does not have is rejected and not stored.
    """
    before = gateway.fields(*account)

    response = send(gateway, "PATCH", account_at(id_of(gateway, account), account), body)

    assert (400, [pointer]) == (response.status, list(violations(response)))
    assert before == gateway.fields(*account)


# --- By provider and external id ---------------------------------------------------------


@pytest.mark.parametrize("external_id", ["AA39N84GC4XO6B2V", "AA39%20N84G%20C4XO%206B2V"])
def test_an_account_is_found_by_its_external_id(gateway: RunningGateway, external_id: str) -> None:
    """
    The providers' clients know external ids, not ids of profiles; an IIBAN may have its blanks.
    """
    response = send(gateway, "GET", f"/accounts/kraken/{external_id}")

    assert 200 == response.status
    assert id_of(gateway, LENA) == response.json()["id"]
    assert f'"{response.json()["version"]}"' == response.headers["etag"]


@pytest.mark.parametrize("account", ["kraken/AA00NOBODY000000", "nobody/1", "kraken/%20"])
def test_an_unknown_account_is_not_found(gateway: RunningGateway, account: str) -> None:
    """
    No such account, or no such provider: there is nothing at this path.
    """
    assert 404 == send(gateway, "GET", f"/accounts/{account}").status


def test_a_spaced_iiban_names_an_account_on_a_profile(gateway: RunningGateway) -> None:
    """
    Wherever an external id is sent, it may be written as people type it.
    """
    profile_id = id_of(gateway, KAI)
    target = f"/profiles/{profile_id}/accounts/kraken/AA08%20N84G%20CPAR%20UN7A"

    assert 200 == send(gateway, "DELETE", target).status
    assert profile_id != id_of(gateway, KAI)


# --- Passwords ---------------------------------------------------------------------------

NEW_PASSWORD = "correct horse battery"


def log_in(gateway: RunningGateway, password: str) -> int:
    """The status of a login of Charles."""
    login = {"login": "charles.pearson@example.com", "password": password}
    response = gateway.send(
        "POST", "/v2/user/auth", body=json.dumps(login).encode(), headers=JSON_BODY
    )
    return response.status


def test_an_account_gets_a_password(gateway: RunningGateway) -> None:
    """
    Its user logs in with the new one, and not with the old one any more.
    """
    target = f"{account_at(id_of(gateway, CHARLES), CHARLES)}/password"
    response = send(gateway, "PUT", target, {"password": NEW_PASSWORD})

    assert (204, b"") == (response.status, response.body)
    assert (200, 400) == (log_in(gateway, NEW_PASSWORD), log_in(gateway, "demo-password"))


def test_an_account_without_a_password_gets_its_first(gateway: RunningGateway) -> None:
    """
    An account that the admin API has created has none.
    """
    profile = create(gateway)
    new = {"provider": "navixy", "external_id": "7001", "fields": {"login": "new@example.com"}}
    send(gateway, "POST", f"/profiles/{profile['id']}/accounts", new)
    target = f"/profiles/{profile['id']}/accounts/navixy/7001/password"
    set_at = send(gateway, "PUT", target, {"password": NEW_PASSWORD})
    login = {"login": "new@example.com", "password": NEW_PASSWORD}
    response = gateway.send(
        "POST", "/v2/user/auth", body=json.dumps(login).encode(), headers=JSON_BODY
    )

    assert (204, 200) == (set_at.status, response.status)


PASSWORDS_REJECTED = {
    "an account without a password": (KAI, "secret", "this provider's accounts have no passwords"),
    "more than Navixy takes": (CHARLES, "x" * 41, "must have at most 40 characters"),
    "a character that cannot be printed": (CHARLES, "a\tb", "must not contain control characters"),
    "an empty one": (CHARLES, "", "must not be empty"),
}


@pytest.mark.parametrize(
    ("account", "password", "words"), PASSWORDS_REJECTED.values(), ids=PASSWORDS_REJECTED
)
def test_a_password_must_be_one_that_the_provider_takes(
    gateway: RunningGateway, account: tuple[str, str], password: str, words: str
) -> None:
    """
    A password that no login can send would lock its user out. The error never repeats it.
    """
    target = f"{account_at(id_of(gateway, account), account)}/password"
    response = send(gateway, "PUT", target, {"password": password})

    assert 400 == response.status
    assert words in violations(response)["/password"]
    assert not password or password not in response.text


def test_a_password_is_set_on_the_accounts_own_profile(gateway: RunningGateway) -> None:
    """
    As every operation below a profile: an account of another profile is not there.
    """
    target = f"{account_at(id_of(gateway, KAI), CHARLES)}/password"

    assert 404 == send(gateway, "PUT", target, {"password": NEW_PASSWORD}).status
    assert 200 == log_in(gateway, "demo-password")
