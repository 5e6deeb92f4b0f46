"""One person behind four doors: Lena of the demo world, over HTTP as her four clients see her."""

import json

import pytest

from tests.clients import JSON, MACHNET, KrakenPartner, diadoc_authorization
from tests.running_gateway import Answer, RunningGate

HASH = "11ee11ee22ff22ff33aa33aa44bb44bb"
MACHNET_USER = "/users/0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e04"
KRAKEN_USER = "/b2b/users/AA39N84GC4XO6B2V"
DIADOC = diadoc_authorization("ZGVtby10b2tlbi9saW5rZWQ=")


def machnet(gate: RunningGate, body: object) -> Answer:
    """Machnet's update of Lena."""
    raw = json.dumps(body).encode()
    return gate.send("PATCH", MACHNET_USER, body=raw, headers={**MACHNET, **JSON})


def navixy(gate: RunningGate, **fields: str) -> Answer:
    """Navixy's update of Lena; the names that are not given are hers."""
    body = {"hash": HASH, "legal_type": "individual", "first_name": "Lena", "middle_name": ""}
    raw = json.dumps({**body, "last_name": "Linked", **fields}).encode()
    return gate.send("POST", "/v2/user/personal_info/update", body=raw, headers=JSON)


def kraken(gate: RunningGate, body: object) -> Answer:
    """Kraken's update of Lena, signed."""
    raw = json.dumps(body).encode()
    signed = KrakenPartner().headers(KRAKEN_USER, raw)
    return gate.send("PATCH", KRAKEN_USER, body=raw, headers={**signed, **JSON})


def test_a_phone_by_machnet_is_read_by_navixy_and_taken_by_kraken(gate: RunningGate) -> None:
    """
    Ten digits at Machnet are a number of the United States: digits at Navixy, E.164 at Kraken.
    """
    machnet(gate, {"mobile_phone": "2125550100"})
    info = gate.send("POST", f"/v2/user/get_info?hash={HASH}").json()["user_info"]
    same = kraken(gate, {"phone": "+12125550100"})

    assert "12125550100" == info["phone"]
    assert {"result": "success"} == same.json()
    assert "2125550100" == machnet(gate, {}).json()["mobile_phone"]


def test_a_verified_name_is_refused_at_every_other_door_in_its_own_envelope(
    gate: RunningGate,
) -> None:
    """
    "When any linked account locks a field, no door may change it; each door refuses in its own
    words."
    """
    before = gate.fields("navixy", "1003")
    at_navixy = navixy(gate, first_name="Lea")
    full_name = {"FullName": {"FullName": {"FirstName": "Lea", "LastName": "Linked"}}}
    at_diadoc = gate.send(
        "POST", "/UpdateMyUser", body=json.dumps(full_name).encode(), headers={**DIADOC, **JSON}
    )
    at_kraken = kraken(gate, {"full_name": {"first_name": "Lea", "last_name": "Linked"}})

    assert (403, 13) == (at_navixy.status, at_navixy.json()["status"]["code"])
    assert ["first_name"] == [fault["parameter"] for fault in at_navixy.json()["errors"]]
    assert 400 == at_diadoc.status
    assert at_diadoc.text.endswith(": FullName.FullName.FirstName")
    assert 403 == at_kraken.status
    assert {"error": ["EGeneral:Permission denied:full_name.first_name"]} == at_kraken.json()
    assert before == gate.fields("navixy", "1003")


@pytest.mark.parametrize("middle_name", [{}, {"middle_name": ""}])
def test_her_own_name_again_is_taken_at_every_door(
    gate: RunningGate, middle_name: dict[str, str]
) -> None:
    """
    "The same value again is no change and is accepted", also where a part of it is left out.
    """
    again = {"first_name": "Lena", "last_name": "Linked", **middle_name}

    assert {"success": True} == navixy(gate).json()
    assert {"result": "success"} == kraken(gate, {"full_name": again}).json()


def test_an_address_by_kraken_appears_in_machnets_answer(gate: RunningGate) -> None:
    """
    Kraken's residence is Machnet's address, part by part.
    """
    residence = {"line1": "Main St 1", "city": "Austin", "postal_code": "73301", "country": "US"}
    taken = kraken(gate, {"residence": residence})
    shown = machnet(gate, {}).json()

    assert {"result": "success"} == taken.json()
    assert ("Main St 1", "Austin", "73301", "US") == (
        shown["address_line1"],
        shown["city"],
        shown["zipcode"],
        shown["country"],
    )


def test_a_country_that_machnet_locks_is_refused_at_kraken(gate: RunningGate) -> None:
    """
    The page's table says No to `country` whether a user is verified or not; so does every door.
    """
    residence = {"line1": "Rue 1", "city": "Paris", "postal_code": "75001", "country": "FR"}
    refused = kraken(gate, {"residence": residence})

    assert (403, {"error": ["EGeneral:Permission denied:residence.country"]}) == (
        refused.status,
        refused.json(),
    )
    assert "address_line1" not in machnet(gate, {}).json()
