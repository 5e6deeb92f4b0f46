"""Kraken: null changes nothing; an object or a list replaces the stored one."""

from typing import Any

import pytest

from tests.clients import KRAKEN_USER, KrakenPartner
from tests.kraken.calls import SUCCESS, invalid, outcome, patch
from tests.running_gateway import RunningGateway

# The fields that the page prints as "| null", each with a value.
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

# The fields that it does not.
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
    """The demo partner, after it has sent every field of its user."""
    partner = KrakenPartner()
    assert 200 == patch(gateway, {**NULLABLE, **NOT_NULLABLE}, partner=partner).status
    return partner


def test_null_changes_nothing(gateway: RunningGateway, partner: KrakenPartner):
    """
    "string | null" in a reference that is generated from Rust means "not given". The other fields
    of the same body change.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    nulls = patch(gateway, dict.fromkeys(NULLABLE), partner=partner)
    patch(gateway, {**dict.fromkeys(NULLABLE), "language": "en"}, partner=partner)

    assert (200, SUCCESS) == outcome(nulls)
    assert {**before, "language": "en"} == gateway.fields("kraken", KRAKEN_USER)


def test_null_creates_no_value(gateway: RunningGateway):
    """
    A detail that was never given stays absent.
    """
    before = gateway.fields("kraken", KRAKEN_USER)

    assert (200, SUCCESS) == outcome(patch(gateway, dict.fromkeys(NULLABLE)))
    assert before == gateway.fields("kraken", KRAKEN_USER)


@pytest.mark.parametrize("field", NOT_NULLABLE)
def test_a_field_that_is_not_nullable_rejects_null(
    gateway: RunningGateway, partner: KrakenPartner, field: str
):
    """
    The page prints "| null" after every field except these three.
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
def test_a_required_part_rejects_null(gateway: RunningGateway, field: str):
    """
    Null counts as not sent, and these parts must be sent.
    """
    assert [field] == invalid(patch(gateway, NULLS_INSIDE[field]))


RESIDENCE = "addresses.residential"
MOVED = {"line1": "1 Main St", "city": "Reno", "postal_code": "89501", "country": "US"}

# A body, the stored values that it sets, and those that it removes.
REPLACED: dict[str, tuple[dict[str, Any], dict[str, Any], set[str]]] = {
    "a name": (
        {"full_name": {"first_name": "Ada", "last_name": "King"}},
        {"name.given": "Ada", "name.family": "King"},
        {"name.middle"},
    ),
    "a name with a null": (
        {"full_name": {"first_name": "Ada", "last_name": "King", "middle_name": None}},
        {"name.given": "Ada", "name.family": "King"},
        {"name.middle"},
    ),
    "a residence": (
        {"residence": MOVED},
        {f"{RESIDENCE}.{part}": value for part, value in MOVED.items()},
        {f"{RESIDENCE}.line2", f"{RESIDENCE}.region"},
    ),
    "a residence with nulls": (
        {"residence": {**MOVED, "line2": None, "province": None}},
        {f"{RESIDENCE}.{part}": value for part, value in MOVED.items()},
        {f"{RESIDENCE}.line2", f"{RESIDENCE}.region"},
    ),
    "lists": (
        {"nationalities": ["SE", "FI"], "tax_ids": [{"id": "2", "issuing_country": "SE"}]},
        {"nationalities": ["SE", "FI"], "tax.ids": [{"id": "2", "country": "SE"}]},
        set(),
    ),
    "an identifier": (
        {"client_identifier": {"type": "unknown"}},
        {"account.client_identifier": {"type": "unknown"}},
        set(),
    ),
}


@pytest.mark.parametrize(("body", "new", "removed"), REPLACED.values(), ids=REPLACED)
def test_an_object_or_a_list_replaces_the_stored_one(
    gateway: RunningGateway,
    partner: KrakenPartner,
    body: dict[str, Any],
    new: dict[str, Any],
    removed: set[str],
):
    """
    A part that is not sent with the others is removed: a person who moves does not take the
    floor and the province along.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    kept = {path: value for path, value in before.items() if path not in removed}

    assert (200, SUCCESS) == outcome(patch(gateway, body, partner=partner))
    assert removed <= before.keys()
    assert kept | new == gateway.fields("kraken", KRAKEN_USER)
