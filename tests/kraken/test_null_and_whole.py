"""Kraken's nulls, which change nothing, and its objects and lists, which are replaced whole."""

from typing import Any

import pytest

from tests.clients import KRAKEN_USER, KrakenPartner
from tests.kraken.calls import SUCCESS, invalid, outcome, patch
from tests.running_gateway import RunningGateway

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
def partner(gateway: RunningGateway) -> KrakenPartner:
    """The demo partner, after it has sent all that its user has."""
    partner = KrakenPartner()
    assert 200 == patch(gateway, {**NULLABLE, **NOT_NULLABLE}, partner=partner).status
    return partner


@pytest.mark.parametrize("field", NULLABLE)
def test_null_changes_nothing(gateway: RunningGateway, partner: KrakenPartner, field: str):
    """
    "string | null" in a reference that is generated from Rust means "not given".
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    response = patch(gateway, {field: None}, partner=partner)

    assert (200, SUCCESS) == outcome(response)
    assert before == gateway.fields("kraken", KRAKEN_USER)


def test_all_nulls_at_once_change_nothing(gateway: RunningGateway, partner: KrakenPartner):
    """
    Nor do they stand in the way of what is sent beside them.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    nulls = patch(gateway, dict.fromkeys(NULLABLE), partner=partner)
    patch(gateway, {**dict.fromkeys(NULLABLE), "language": "en"}, partner=partner)

    assert (200, SUCCESS) == outcome(nulls)
    assert {**before, "language": "en"} == gateway.fields("kraken", KRAKEN_USER)


def test_null_does_not_bring_a_value_about(gateway: RunningGateway):
    """
    A detail that was never given is still absent.
    """
    before = gateway.fields("kraken", KRAKEN_USER)

    assert (200, SUCCESS) == outcome(patch(gateway, dict.fromkeys(NULLABLE)))
    assert before == gateway.fields("kraken", KRAKEN_USER)


@pytest.mark.parametrize("field", NOT_NULLABLE)
def test_what_is_not_nullable_takes_no_null(
    gateway: RunningGateway, partner: KrakenPartner, field: str
):
    """
    The page prints "| null" behind every field but these three.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    response = patch(gateway, {field: None}, partner=partner)

    assert [field] == invalid(response)
    assert before == gateway.fields("kraken", KRAKEN_USER)


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
def test_a_required_part_takes_no_null(gateway: RunningGateway, field: str):
    """
    Null is as good as not sent, and these must be sent.
    """
    assert [field] == invalid(patch(gateway, NULLS_INSIDE[field]))


def without(fields: dict[str, Any], *paths: str) -> dict[str, Any]:
    """The fields without some of them."""
    return {path: value for path, value in fields.items() if path not in paths}


@pytest.mark.parametrize("null", [True, False], ids=["null", "not sent"])
def test_a_name_is_replaced_whole(gateway: RunningGateway, partner: KrakenPartner, null: bool):
    """
    A middle name that is not sent with the others is none any more.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    name = {"first_name": "Ada", "last_name": "King"} | ({"middle_name": None} if null else {})
    response = patch(gateway, {"full_name": name}, partner=partner)
    expected = {**without(before, "name.middle"), "name.given": "Ada", "name.family": "King"}

    assert (200, SUCCESS) == outcome(response)
    assert "name.middle" in before
    assert expected == gateway.fields("kraken", KRAKEN_USER)


@pytest.mark.parametrize("null", [True, False], ids=["null", "not sent"])
def test_a_residence_is_replaced_whole(gateway: RunningGateway, partner: KrakenPartner, null: bool):
    """
    Somebody who moves does not take floor and province along.
    """
    place = "addresses.residential"
    before = gateway.fields("kraken", KRAKEN_USER)
    residence = {"line1": "1 Main St", "city": "Reno", "postal_code": "89501", "country": "US"}
    nulls = {"line2": None, "province": None} if null else {}
    response = patch(gateway, {"residence": {**residence, **nulls}}, partner=partner)
    expected = {
        **without(before, f"{place}.line2", f"{place}.region"),
        **{f"{place}.{part}": value for part, value in residence.items()},
    }

    assert (200, SUCCESS) == outcome(response)
    assert {f"{place}.line2", f"{place}.region"} <= before.keys()
    assert expected == gateway.fields("kraken", KRAKEN_USER)


def test_lists_are_replaced_whole(gateway: RunningGateway, partner: KrakenPartner):
    """
    What is not in the new list is not there any more.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    tax_id = {"id": "2", "issuing_country": "SE"}
    patch(gateway, {"nationalities": ["SE", "FI"], "tax_ids": [tax_id]}, partner=partner)

    assert {
        **before,
        "nationalities": ["SE", "FI"],
        "tax.ids": [{"id": "2", "country": "SE"}],
    } == gateway.fields("kraken", KRAKEN_USER)


def test_a_client_identifier_is_replaced_whole(gateway: RunningGateway, partner: KrakenPartner):
    """
    Its value goes with its type.
    """
    patch(gateway, {"client_identifier": {"type": "unknown"}}, partner=partner)
    stored = gateway.fields("kraken", KRAKEN_USER)["account.client_identifier"]

    assert {"type": "unknown"} == stored
