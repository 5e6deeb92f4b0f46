"""Kraken: the sample request of its page, signed as its guide says."""

import pytest

from tests.clients import KRAKEN_USER, KrakenPartner
from tests.kraken.calls import SUCCESS, invalid, outcome, patch
from tests.kraken.page import COUNTRIES, OCCUPATIONS, REQUEST
from tests.running_gateway import RunningGateway

SPACED_USER = "AA08%20N84G%20CPAR%20UN7A"

FILLED_IN = [
    "Zoe",
    "Quinn",
    "Maria",
    "Andorra la Vella",
    "Carrer Major 1",
    "Escaldes",
    "AD700",
    "2n 1a",
    "Escaldes-Engordany",
    "+376312345",
    "F-123456-Z",
    "Farm Coop",
    "ADZOE19901225",
    "ca",
]
"""For each ``<string>`` of the sample, in its order."""


def filled_in() -> bytes:
    """The sample with a word in each placeholder."""
    body = REQUEST
    for word in FILLED_IN:
        body = body.replace(b"<string>", word.encode(), 1)
    return body


SAMPLE = filled_in()

STORED = {
    "account.id": KRAKEN_USER,
    "account.created_at": "2025-04-15T08:00:00Z",
    "account.tos_version_accepted": 123,
    "account.client_identifier": {
        "type": "concat",
        "value": "ADZOE19901225",
        "calculated_at": "2023-11-07T05:31:56Z",
    },
    "name.given": "Zoe",
    "name.family": "Quinn",
    "name.middle": "Maria",
    "birth.date": "2023-12-25",
    "birth.city": "Andorra la Vella",
    "birth.country": "AD",
    "addresses.residential.line1": "Carrer Major 1",
    "addresses.residential.city": "Escaldes",
    "addresses.residential.postal_code": "AD700",
    "addresses.residential.country": "AD",
    "addresses.residential.line2": "2n 1a",
    "addresses.residential.region": "Escaldes-Engordany",
    "phone": "+376312345",
    "nationalities": ["AD"],
    "tax.ids": [{"id": "F-123456-Z", "country": "AD"}],
    "occupation": "agriculture",
    "employer.name": "Farm Coop",
    "language": "ca",
}


@pytest.mark.parametrize("user", [KRAKEN_USER, SPACED_USER], ids=["unspaced", "spaced"])
def test_the_sample_succeeds(gateway: RunningGateway, user: str):
    """
    ``{"result": "success"}`` and nothing else, for both forms of the IIBAN.
    """
    response = patch(gateway, SAMPLE, user=user)

    assert 0 == SAMPLE.count(b"<string>")
    assert (200, SUCCESS) == outcome(response)
    assert "application/json" == response.headers["content-type"]
    assert STORED == gateway.fields("kraken", KRAKEN_USER)


def test_the_sample_as_published_breaks_its_own_rules(gateway: RunningGateway):
    """
    ``<string>`` is neither a phone number by the page's own pattern nor an ISO 639-1 code.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    response = patch(gateway, REQUEST)

    assert ["language", "phone"] == invalid(response)
    assert before == gateway.fields("kraken", KRAKEN_USER)


def test_the_sample_may_be_sent_twice(gateway: RunningGateway):
    """
    The same values again are no change.
    """
    partner = KrakenPartner()
    patch(gateway, SAMPLE, partner=partner)

    assert (200, SUCCESS) == outcome(patch(gateway, SAMPLE, partner=partner))
    assert STORED == gateway.fields("kraken", KRAKEN_USER)


def test_an_empty_body_changes_nothing(gateway: RunningGateway):
    """
    No field is required.
    """
    before = gateway.fields("kraken", KRAKEN_USER)

    assert (200, SUCCESS) == outcome(patch(gateway, {}))
    assert before == gateway.fields("kraken", KRAKEN_USER)


def test_only_what_is_sent_changes(gateway: RunningGateway):
    """
    "Only fields included in the request body will be updated".
    """
    partner = KrakenPartner()
    patch(gateway, SAMPLE, partner=partner)
    patch(gateway, {"city_of_birth": "Canillo"}, partner=partner)

    assert {**STORED, "birth.city": "Canillo"} == gateway.fields("kraken", KRAKEN_USER)


def test_every_country_of_the_page_is_accepted(gateway: RunningGateway):
    """
    "Available options": 262 codes, thirteen of them not ISO's, and no 263rd.
    """
    partner = KrakenPartner()
    accepted = patch(gateway, {"nationalities": COUNTRIES}, partner=partner)
    rejected = patch(gateway, {"nationalities": [*COUNTRIES, "ZZ"]}, partner=partner)

    assert 262 == len(set(COUNTRIES))
    assert (200, SUCCESS) == outcome(accepted)
    assert ["nationalities", "nationalities[262]"] == invalid(rejected)
    assert COUNTRIES == gateway.fields("kraken", KRAKEN_USER)["nationalities"]


def test_every_occupation_of_the_page_is_accepted(gateway: RunningGateway):
    """
    "Available options": 19 words, and no twentieth.
    """
    partner = KrakenPartner()
    stored = []
    for occupation in OCCUPATIONS:
        patch(gateway, {"occupation": occupation}, partner=partner)
        stored.append(gateway.fields("kraken", KRAKEN_USER)["occupation"])

    assert 19 == len(set(OCCUPATIONS))
    assert OCCUPATIONS == stored
    assert ["occupation"] == invalid(patch(gateway, {"occupation": "astronaut"}, partner=partner))
