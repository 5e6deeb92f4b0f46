"""Credentials: issued in each provider's own form, listed, replaced, revoked."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from profilegate.store.outbox import MAIL_EVERY
from tests.clients import JSON, KRAKEN_USER, KrakenPartner, diadoc_authorization
from tests.profiles.client import KAI, gist, send, violations
from tests.running_gateway import Response, RunningGateway

USER = "d064f6ba-7b81-432d-a41d-93b23eebe579"
MACHNET_USER = "f45680e1-014d-42c7-be86-3b2899e911c3"

HOLDERS: Mapping[str, dict[str, str]] = {
    "navixy": {"provider": "navixy", "external_id": "1001"},
    "machnet": {"provider": "machnet", "tenant": "demo-client"},
    "diadoc, a user": {"provider": "diadoc", "external_id": USER},
    "diadoc, a bearer": {"provider": "diadoc", "external_id": USER, "kind": "bearer"},
    "diadoc, an integrator": {"provider": "diadoc"},
    "kraken": {"provider": "kraken", "tenant": "demo"},
}


def use(gateway: RunningGateway, holder: str, shown: Mapping[str, str]) -> Response:
    """Call at the provider's API with what was shown."""
    if holder == "navixy":
        return gateway.send("GET", f"/v2/user/get_info?hash={shown['hash']}")
    if holder == "machnet":
        return gateway.send("GET", f"/users/{MACHNET_USER}", headers=shown)
    if holder == "diadoc, a user":
        headers = diadoc_authorization(token=shown["ddauth_token"])
        return gateway.send("GET", "/GetMyUser", headers=headers)
    if holder == "diadoc, a bearer":
        headers = {"Authorization": f"Bearer {shown['access_token']}"}
        return gateway.send("GET", "/GetMyUser", headers=headers)
    if holder == "diadoc, an integrator":
        headers = diadoc_authorization(client_id=shown["ddauth_api_client_id"])
        return gateway.send("GET", "/GetMyUser", headers=headers)
    partner = KrakenPartner(shown["API-Key"], shown["private_key"])
    target = f"/b2b/users/{KRAKEN_USER}"
    return gateway.send("GET", target, headers=partner.headers(target, b""))


def issue(gateway: RunningGateway, body: Any) -> Any:
    """A new credential."""
    response = send(gateway, "POST", "/credentials", body)
    assert 201 == response.status
    return response.json()


def listed(gateway: RunningGateway, query: str = "?limit=100") -> dict[str, Any]:
    """The credentials by their ids."""
    found = send(gateway, "GET", f"/credentials{query}").json()["credentials"]
    return {credential["id"]: credential for credential in found}


@pytest.mark.parametrize("holder", HOLDERS)
def test_an_issued_credential_authenticates_at_its_provider(
    gateway: RunningGateway, holder: str
) -> None:
    """
    The response shows the credential in the form in which the provider's clients send it.
    """
    issued = issue(gateway, HOLDERS[holder])

    assert 200 == use(gateway, holder, issued["shown"]).status


@pytest.mark.parametrize(
    ("place", "items"), [("/credentials", "credentials"), ("/outbox", "mails")]
)
def test_a_list_by_time_is_read_page_by_page(
    gateway: RunningGateway, place: str, items: str
) -> None:
    """
    Following `next` gives every item once, oldest first; a cursor needs no escaping in a query.
    """
    for name in ("a", "b", "c"):
        gateway.clock.advance(MAIL_EVERY)
        body = json.dumps({"Login": {"Login": f"{name}@kontur.ru"}}).encode()
        gateway.send("POST", "/UpdateMyUser", body=body, headers={**diadoc_authorization(), **JSON})
    whole = [each["id"] for each in send(gateway, "GET", f"{place}?limit=100").json()[items]]
    page = send(gateway, "GET", f"{place}?limit=2").json()
    found = [each["id"] for each in page[items]]
    while "next" in page:
        page = send(gateway, "GET", f"{place}?limit=2&cursor={page['next']}").json()
        found += [each["id"] for each in page[items]]

    assert len(whole) > 2
    assert whole == found


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_secret_is_shown_once(gateway: RunningGateway, holder: str) -> None:
    """
    The list shows the holder and never the secret; no cache may store the response.
    """
    response = send(gateway, "POST", "/credentials", HOLDERS[holder])
    issued = response.json()
    shown = issued.pop("shown")

    assert "no-store" == response.headers["cache-control"]
    assert issued == listed(gateway)[issued["id"]]
    text = send(gateway, "GET", "/credentials?limit=100").text
    assert not any(json.dumps(secret)[1:-1] in text for secret in shown.values())


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_rotated_credential_is_replaced(gateway: RunningGateway, holder: str) -> None:
    """
    The holder gets another secret, and the old one authenticates no longer.
    """
    old = issue(gateway, HOLDERS[holder])

    response = send(gateway, "POST", f"/credentials/{old['id']}/rotate")

    new = response.json()
    assert (201, "no-store") == (response.status, response.headers["cache-control"])
    assert old["id"] not in listed(gateway)
    assert [old.get("tenant"), old.get("external_id")] == [
        new.get("tenant"),
        new.get("external_id"),
    ]
    assert use(gateway, holder, old["shown"]).status in (400, 401)
    assert 200 == use(gateway, holder, new["shown"]).status


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_revoked_credential_authenticates_no_longer(gateway: RunningGateway, holder: str) -> None:
    """
    Afterwards it is unknown to every operation.
    """
    issued = issue(gateway, HOLDERS[holder])

    response = send(gateway, "DELETE", f"/credentials/{issued['id']}")

    assert (204, b"") == (response.status, response.body)
    assert use(gateway, holder, issued["shown"]).status in (400, 401)
    assert 404 == gist(send(gateway, "DELETE", f"/credentials/{issued['id']}"))[0]
    assert 404 == gist(send(gateway, "POST", f"/credentials/{issued['id']}/rotate"))[0]


def test_the_list_can_be_of_one_provider(gateway: RunningGateway) -> None:
    """
    `?provider=` filters the list.
    """
    assert {"machnet"} == {
        each["provider"] for each in listed(gateway, "?provider=machnet").values()
    }


def test_a_credential_may_expire(gateway: RunningGateway) -> None:
    """
    From `expires_at` on it authenticates nobody and is not listed.
    """
    body = {**HOLDERS["machnet"], "expires_at": "2026-01-02T04:04:05+00:00"}
    issued = issue(gateway, body)

    assert "2026-01-02T04:04:05Z" == issued["expires_at"]
    assert 200 == use(gateway, "machnet", issued["shown"]).status
    gateway.clock.advance(timedelta(hours=1))
    assert 401 == use(gateway, "machnet", issued["shown"]).status
    assert issued["id"] not in listed(gateway)


UNFIT: Mapping[str, tuple[dict[str, str], set[str]]] = {
    "nothing": ({}, {"/provider"}),
    "no provider": ({"provider": "museum"}, {"/provider"}),
    "the admin API": ({"provider": "profiles"}, {"/provider"}),
    "no tenant at Machnet": ({"provider": "machnet"}, {"/tenant"}),
    "an account at Machnet": (
        {"provider": "machnet", "external_id": MACHNET_USER},
        {"/external_id"},
    ),
    "a tenant at Navixy": ({"provider": "navixy", "tenant": "demo"}, {"/tenant"}),
    "both at Kraken": (
        {"provider": "kraken", "tenant": "demo", "external_id": KAI[1]},
        {"/external_id"},
    ),
    "an end in the past": (
        {"provider": "diadoc", "expires_at": "2026-01-02T03:04:05Z"},
        {"/expires_at"},
    ),
    "an end that is no time": ({"provider": "diadoc", "expires_at": "soon"}, {"/expires_at"}),
}


@pytest.mark.parametrize(("body", "fields"), UNFIT.values(), ids=UNFIT)
def test_a_credential_of_the_wrong_holder_is_rejected(
    gateway: RunningGateway, body: dict[str, str], fields: set[str]
) -> None:
    """
    Credentials of Machnet and Kraken belong to tenants, those of Navixy and Diadoc to accounts.
    """
    before = listed(gateway)

    response = send(gateway, "POST", "/credentials", body)

    assert (400, fields) == (response.status, set(violations(response)))
    assert before == listed(gateway)


def test_a_credential_of_an_unknown_account_is_rejected(gateway: RunningGateway) -> None:
    """
    It could authenticate no request.
    """
    response = send(gateway, "POST", "/credentials", {"provider": "navixy", "external_id": "9"})

    assert 404 == gist(response)[0]


def test_a_password_is_not_rotated(gateway: RunningGateway) -> None:
    """
    A person chooses a password, so it can only be revoked.
    """
    (password, *_) = [each for each in listed(gateway).values() if each["kind"] == "password"]

    response = send(gateway, "POST", f"/credentials/{password['id']}/rotate")

    assert (409, "not-issued") == gist(response)
    assert password["id"] in listed(gateway)


def test_the_outbox_shows_a_waiting_mail(gateway: RunningGateway) -> None:
    """
    Without a mail server the links to confirm a login stay in the outbox.
    """
    body = b'{"Login": {"Login": "new@example.com"}}'
    headers = {"Content-Type": "application/json", **diadoc_authorization()}
    gateway.send("POST", "/UpdateMyUser", body=body, headers=headers)

    (mail,) = send(gateway, "GET", "/outbox").json()["mails"]

    assert (gateway.mails()[0].text, 0) == (mail["text"], mail["attempts"])
    assert "sent_at" not in mail


# --- Nonces ------------------------------------------------------------------------------


def test_a_credential_shows_its_last_nonce_and_forgets_it(gateway: RunningGateway) -> None:
    """
    A client that used nanoseconds once locks out one that counts milliseconds: the last nonce shows
    it, and a reset ends it.
    """
    made = issue(gateway, HOLDERS["kraken"])
    partner = KrakenPartner(made["shown"]["API-Key"], made["shown"]["private_key"])
    target = f"/b2b/users/{KRAKEN_USER}"

    def call(nonce: int) -> int:
        headers = partner.headers(target, b"", nonce)
        return gateway.send("GET", target, headers=headers).status

    before = [call(1764126000000000000), call(1764126000001)]
    shown = listed(gateway)[made["id"]]
    reset = send(gateway, "POST", f"/credentials/{made['id']}/reset-nonce")

    assert [200, 401] == before
    assert "1764126000000000000" == shown["last_nonce"]
    assert (200, made["id"]) == (reset.status, reset.json()["id"])
    assert "last_nonce" not in reset.json()
    assert 200 == call(1764126000001)


def test_an_unknown_credential_has_no_nonces(gateway: RunningGateway) -> None:
    """
    A credential that was revoked is not there.
    """
    made = issue(gateway, HOLDERS["kraken"])
    send(gateway, "DELETE", f"/credentials/{made['id']}")

    assert 404 == send(gateway, "POST", f"/credentials/{made['id']}/reset-nonce").status


def test_a_replaced_credential_keeps_its_nonce_window(gateway: RunningGateway) -> None:
    """
    A rotation changes what is secret, and nothing else.
    """
    made = issue(gateway, {**HOLDERS["kraken"], "nonce_window": 1000})
    replaced = send(gateway, "POST", f"/credentials/{made['id']}/rotate").json()

    assert 1000 == made["nonce_window"] == replaced["nonce_window"]


def test_only_credentials_with_nonces_have_a_window(gateway: RunningGateway) -> None:
    """
    Machnet's clients send no nonces.
    """
    response = send(gateway, "POST", "/credentials", {**HOLDERS["machnet"], "nonce_window": 5})

    assert 400 == response.status
    assert {
        "/nonce_window": "must be absent: this provider's credentials have no nonces"
    } == violations(response)


def test_a_credential_without_nonces_forgets_none(gateway: RunningGateway) -> None:
    """
    A success would say that something was done.
    """
    made = issue(gateway, HOLDERS["machnet"])
    response = send(gateway, "POST", f"/credentials/{made['id']}/reset-nonce")

    assert 400 == response.status
    assert {"credential_id": "must be that of a credential with nonces"} == violations(response)


def test_an_unknown_provider_has_no_list(gateway: RunningGateway) -> None:
    """
    An empty list would say that the provider has no credentials.
    """
    response = send(gateway, "GET", "/credentials?provider=zz")

    assert 400 == response.status
    assert violations(response)["provider"].startswith("must be one of")
