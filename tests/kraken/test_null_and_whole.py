"""Kraken's nulls, which change nothing, and its objects and lists, which are replaced whole."""

from typing import Any

import pytest

from tests.clients import KRAKEN_USER, KrakenPartner
from tests.kraken.calls import SUCCESS, invalid, outcome, patch
from tests.running_gateway import RunningGate

# What the page prints as "| null", each with a value.
NULLABLE: dict[str, Any] = {
    "tos_version_accepted": 123,
    "date_of_birth": "1990-12-25",
    "city_of_birth": "Oslo",
    "country_of_birth": "NO",
    "phone": "+12025550123",
    "nationalities": ["NO"],
    "tax_ids": [{"id": "1", "issuing_country": "NO"}],
    "occupation": "student",
    "employer_name": "ACME",
    "language": "nb",
}

# What it does not.
NOT_NULLABLE: dict[str, Any] = {
    "full_name": {"first_name": "Zoe", "last_name": "Quinn", "middle_name": "Maria"},
    "residence": {
        "line1": "Karl Johans gate 22",
        "city": "Oslo",
        "postal_code": "0026",
        "country": "NO",
        "line2": "3rd floor",
        "province": "Oslo",
    },
    "client_identifier": {"type": "passport", "value": "X1"},
}


@pytest.fixture
def partner(gate: RunningGate) -> KrakenPartner:
    """The demo partner, after it has sent all that its user has."""
    partner = KrakenPartner()
    assert 200 == patch(gate, {**NULLABLE, **NOT_NULLABLE}, partner=partner).status
    return partner


@pytest.mark.parametrize("field", NULLABLE)
def test_null_changes_nothing(gate: RunningGate, partner: KrakenPartner, field: str):
    """
    "string | null" in a reference that is generated from Rust means "not given".
    """
    before = gate.fields("kraken", KRAKEN_USER)
    answer = patch(gate, {field: None}, partner=partner)

    assert (200, SUCCESS) == outcome(answer)
    assert before == gate.fields("kraken", KRAKEN_USER)


def test_all_nulls_at_once_change_nothing(gate: RunningGate, partner: KrakenPartner):
    """
    Nor do they stand in the way of what is sent beside them.
    """
    before = gate.fields("kraken", KRAKEN_USER)
    nulls = patch(gate, dict.fromkeys(NULLABLE), partner=partner)
    patch(gate, {**dict.fromkeys(NULLABLE), "language": "en"}, partner=partner)

    assert (200, SUCCESS) == outcome(nulls)
    assert {**before, "language": "en"} == gate.fields("kraken", KRAKEN_USER)


def test_null_does_not_bring_a_value_about(gate: RunningGate):
    """
    A detail that was never given is still absent.
    """
    before = gate.fields("kraken", KRAKEN_USER)

    assert (200, SUCCESS) == outcome(patch(gate, dict.fromkeys(NULLABLE)))
    assert before == gate.fields("kraken", KRAKEN_USER)


@pytest.mark.parametrize("field", NOT_NULLABLE)
def test_what_is_not_nullable_takes_no_null(gate: RunningGate, partner: KrakenPartner, field: str):
    """
    The page prints "| null" behind every field but these three.
    """
    before = gate.fields("kraken", KRAKEN_USER)
    answer = patch(gate, {field: None}, partner=partner)

    assert [field] == invalid(answer)
    assert before == gate.fields("kraken", KRAKEN_USER)


NULLS_INSIDE: dict[str, dict[str, Any]] = {
    "full_name.first_name": {"full_name": {"first_name": None, "last_name": "Quinn"}},
    "full_name.last_name": {"full_name": {"first_name": "Zoe", "last_name": None}},
    **{
        f"residence.{part}": {"residence": {**NOT_NULLABLE["residence"], part: None}}
        for part in ("line1", "city", "postal_code", "country")
    },
    "nationalities[1]": {"nationalities": ["NO", None]},
    "tax_ids[0]": {"tax_ids": [None]},
    "tax_ids[0].id": {"tax_ids": [{"id": None, "issuing_country": "NO"}]},
    "tax_ids[0].issuing_country": {"tax_ids": [{"id": "1", "issuing_country": None}]},
    "client_identifier": {"client_identifier": {"type": "passport", "value": None}},
}


@pytest.mark.parametrize("field", NULLS_INSIDE)
def test_a_required_part_takes_no_null(gate: RunningGate, field: str):
    """
    Null is as good as not sent, and these must be sent.
    """
    assert [field] == invalid(patch(gate, NULLS_INSIDE[field]))


def without(fields: dict[str, Any], *paths: str) -> dict[str, Any]:
    """The fields without some of them."""
    return {path: value for path, value in fields.items() if path not in paths}


@pytest.mark.parametrize("null", [True, False], ids=["null", "not sent"])
def test_a_name_is_replaced_whole(gate: RunningGate, partner: KrakenPartner, null: bool):
    """
    A middle name that is not sent with the others is none any more.
    """
    before = gate.fields("kraken", KRAKEN_USER)
    name = {"first_name": "Ada", "last_name": "King"} | ({"middle_name": None} if null else {})
    answer = patch(gate, {"full_name": name}, partner=partner)
    expected = {**without(before, "name.middle"), "name.given": "Ada", "name.family": "King"}

    assert (200, SUCCESS) == outcome(answer)
    assert "name.middle" in before
    assert expected == gate.fields("kraken", KRAKEN_USER)


@pytest.mark.parametrize("null", [True, False], ids=["null", "not sent"])
def test_a_residence_is_replaced_whole(gate: RunningGate, partner: KrakenPartner, null: bool):
    """
    Somebody who moves does not take floor and province along.
    """
    place = "addresses.residential"
    before = gate.fields("kraken", KRAKEN_USER)
    residence = {"line1": "1 Main St", "city": "Reno", "postal_code": "89501", "country": "US"}
    nulls = {"line2": None, "province": None} if null else {}
    answer = patch(gate, {"residence": {**residence, **nulls}}, partner=partner)
    expected = {
        **without(before, f"{place}.line2", f"{place}.region"),
        **{f"{place}.{part}": value for part, value in residence.items()},
    }

    assert (200, SUCCESS) == outcome(answer)
    assert {f"{place}.line2", f"{place}.region"} <= before.keys()
    assert expected == gate.fields("kraken", KRAKEN_USER)


def test_lists_are_replaced_whole(gate: RunningGate, partner: KrakenPartner):
    """
    What is not in the new list is not there any more.
    """
    before = gate.fields("kraken", KRAKEN_USER)
    tax_id = {"id": "2", "issuing_country": "SE"}
    patch(gate, {"nationalities": ["SE", "FI"], "tax_ids": [tax_id]}, partner=partner)

    assert {
        **before,
        "nationalities": ["SE", "FI"],
        "tax.ids": [{"id": "2", "country": "SE"}],
    } == gate.fields("kraken", KRAKEN_USER)


def test_a_client_identifier_is_replaced_whole(gate: RunningGate, partner: KrakenPartner):
    """
    Its value goes with its type.
    """
    patch(gate, {"client_identifier": {"type": "unknown"}}, partner=partner)
    stored = gate.fields("kraken", KRAKEN_USER)["account.client_identifier"]

    assert {"type": "unknown"} == stored
