"""One person with four provider APIs: Lena of the demo data, as her four clients see her."""

import json

import pytest

from tests.clients import JSON, MACHNET, KrakenPartner, diadoc_authorization
from tests.running_gateway import Response, RunningGateway

HASH = "11ee11ee22ff22ff33aa33aa44bb44bb"
MACHNET_USER = "/users/0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e04"
KRAKEN_USER = "/b2b/users/AA39N84GC4XO6B2V"
DIADOC = diadoc_authorization("ZGVtby10b2tlbi9saW5rZWQ=")


def machnet(gateway: RunningGateway, body: object) -> Response:
    """Machnet's update of Lena."""
    raw = json.dumps(body).encode()
    return gateway.send("PATCH", MACHNET_USER, body=raw, headers={**MACHNET, **JSON})


def navixy(gateway: RunningGateway, **fields: str) -> Response:
    """Navixy's update of Lena; the names that are not given are hers."""
    body = {"hash": HASH, "legal_type": "individual", "first_name": "Lena", "middle_name": ""}
    raw = json.dumps({**body, "last_name": "Linked", **fields}).encode()
    return gateway.send("POST", "/v2/user/personal_info/update", body=raw, headers=JSON)


def kraken(gateway: RunningGateway, body: object) -> Response:
    """Kraken's update of Lena, signed."""
    raw = json.dumps(body).encode()
    signed = KrakenPartner().headers(KRAKEN_USER, raw)
    return gateway.send("PATCH", KRAKEN_USER, body=raw, headers={**signed, **JSON})


def diadoc(gateway: RunningGateway, body: object) -> Response:
    """Diadoc's update of Lena."""
    raw = json.dumps(body).encode()
    return gateway.send("POST", "/UpdateMyUser", body=raw, headers={**DIADOC, **JSON})


def full_name(first: str) -> dict[str, object]:
    """Diadoc's body for a first name."""
    return {"FullName": {"FullName": {"FirstName": first, "LastName": "Linked", "MiddleName": ""}}}


def test_a_phone_by_machnet_is_read_by_navixy_and_kept_by_kraken(gateway: RunningGateway) -> None:
    """
    Ten digits at Machnet are a number of the United States: digits at Navixy, E.164 at Kraken.
    """
    machnet(gateway, {"mobile_phone": "2125550100"})
    info = gateway.send("POST", f"/v2/user/get_info?hash={HASH}").json()["user_info"]
    same = kraken(gateway, {"phone": "+12125550100"})

    assert "12125550100" == info["phone"]
    assert {"result": "success"} == same.json()
    assert "2125550100" == machnet(gateway, {}).json()["mobile_phone"]


def test_a_verified_name_is_locked_at_every_other_provider(
    gateway: RunningGateway,
) -> None:
    """
    "When any linked account locks a field, no provider may change it; each provider rejects in
    its own words", names the locked fields alone, and stores nothing of the request.
    """
    before = gateway.fields("navixy", "1003")
    at_navixy = navixy(gateway, first_name="Lea", post_city="Graz")
    at_diadoc = diadoc(gateway, {"Login": {"Login": "lea@kontur.ru"}, **full_name("Lea")})
    new = {"first_name": "Lea", "last_name": "Linked"}
    at_kraken = kraken(gateway, {"full_name": new, "language": "en"})

    assert (403, 13) == (at_navixy.status, at_navixy.json()["status"]["code"])
    assert ["first_name"] == [violation["parameter"] for violation in at_navixy.json()["errors"]]
    assert 400 == at_diadoc.status
    assert at_diadoc.text.endswith(": FullName.FullName.FirstName")
    assert 403 == at_kraken.status
    assert {"error": ["EGeneral:Permission denied:full_name.first_name"]} == at_kraken.json()
    assert (before, []) == (gateway.fields("navixy", "1003"), gateway.mails())


@pytest.mark.parametrize("middle_name", [{}, {"middle_name": ""}])
def test_the_same_name_is_accepted_at_every_provider(
    gateway: RunningGateway, middle_name: dict[str, str]
) -> None:
    """
    "The same value again is no change and is accepted", also where a part is left out.
    """
    again = {"first_name": "Lena", "last_name": "Linked", **middle_name}

    assert {"success": True} == navixy(gateway, post_city="Graz").json()
    assert {"result": "success"} == kraken(gateway, {"full_name": again}).json()
    assert 200 == diadoc(gateway, full_name("Lena")).status
    assert "Graz" == gateway.fields("navixy", "1003")["addresses.postal.city"]


def test_an_address_by_kraken_appears_in_machnets_response(gateway: RunningGateway) -> None:
    """
    Kraken's residence is Machnet's address, part by part.
    """
    residence = {"line1": "Main St 1", "city": "Austin", "postal_code": "73301", "country": "US"}
    taken = kraken(gateway, {"residence": residence})
    shown = machnet(gateway, {}).json()

    assert {"result": "success"} == taken.json()
    assert ("Main St 1", "Austin", "73301", "US") == (
        shown["address_line1"],
        shown["city"],
        shown["zipcode"],
        shown["country"],
    )
