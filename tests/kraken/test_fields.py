"""Kraken: the values that each field accepts and rejects, at the edges of its rules."""

from typing import Any

import pytest

from tests.clients import KRAKEN_USER
from tests.kraken.calls import SUCCESS, invalid, outcome, patch
from tests.running_gateway import RunningGateway

RESIDENCE = {"line1": "1 Main St", "city": "Oslo", "postal_code": "0026", "country": "NO"}
CONCAT = {"type": "concat", "value": "ADZOE19901225", "calculated_at": "2023-11-07T05:31:56Z"}

# A field, a valid value, and the path under which the shared profile keeps it.
ACCEPTED: dict[str, tuple[str, Any, str]] = {
    "the smallest int32": ("tos_version_accepted", -2147483648, "account.tos_version_accepted"),
    "the largest int32": ("tos_version_accepted", 2147483647, "account.tos_version_accepted"),
    "version zero": ("tos_version_accepted", 0, "account.tos_version_accepted"),
    "a leap day": ("date_of_birth", "2024-02-29", "birth.date"),
    "a city of any letters": ("city_of_birth", "Ōsaka 大阪", "birth.city"),
    "an empty city": ("city_of_birth", "", "birth.city"),
    "a country of birth": ("country_of_birth", "AD", "birth.country"),
    "a country that begins with a zero": ("country_of_birth", "0C", "birth.country"),
    "a withdrawn country": ("country_of_birth", "AN", "birth.country"),
    "a phone number": ("phone", "+12025550123", "phone"),
    "no nationality": ("nationalities", [], "nationalities"),
    "two nationalities": ("nationalities", ["NO", "XK"], "nationalities"),
    "no tax number": ("tax_ids", [], "tax.ids"),
    "an employer": ("employer_name", "Ünïted & Söns", "employer.name"),
    "an empty employer": ("employer_name", "", "employer.name"),
    "an occupation": ("occupation", "self_employed", "occupation"),
    "a language": ("language", "nb", "language"),
    "an identifier made of parts": ("client_identifier", CONCAT, "account.client_identifier"),
    "an identifier made of parts, in another zone": (
        "client_identifier",
        {**CONCAT, "calculated_at": "2023-11-07T05:31:56.123+01:00"},
        "account.client_identifier",
    ),
    "a passport": (
        "client_identifier",
        {"type": "passport", "value": "X1"},
        "account.client_identifier",
    ),
    "a national id": (
        "client_identifier",
        {"type": "national_id", "value": "N1"},
        "account.client_identifier",
    ),
    "a tax number as identifier": (
        "client_identifier",
        {"type": "tax_id", "value": "T1"},
        "account.client_identifier",
    ),
    "a legal entity": (
        "client_identifier",
        {"type": "lei", "value": "529900T8BM49AURSDO55"},
        "account.client_identifier",
    ),
    "an unknown identifier": (
        "client_identifier",
        {"type": "unknown"},
        "account.client_identifier",
    ),
    "a plain identifier": ("client_identifier", "user-1", "account.client_identifier"),
}


@pytest.mark.parametrize(("field", "value", "path"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_valid_value_is_stored(gateway: RunningGateway, field: str, value: Any, path: str):
    """
    Kraken never shows the details of a user, so the test reads the store.
    """
    response = patch(gateway, {field: value})

    assert (200, SUCCESS) == outcome(response)
    assert value == gateway.fields("kraken", KRAKEN_USER)[path]


# A body, and the fields that its error response names.
REJECTED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "below int32": ({"tos_version_accepted": -2147483649}, ["tos_version_accepted"]),
    "above int32": ({"tos_version_accepted": 2147483648}, ["tos_version_accepted"]),
    "far above int32": ({"tos_version_accepted": 10**30}, ["tos_version_accepted"]),
    "a fraction": ({"tos_version_accepted": 1.5}, ["tos_version_accepted"]),
    "a version as text": ({"tos_version_accepted": "1"}, ["tos_version_accepted"]),
    "true is no version": ({"tos_version_accepted": True}, ["tos_version_accepted"]),
    "a date that is none": ({"date_of_birth": "2023-02-29"}, ["date_of_birth"]),
    "a date with a time": ({"date_of_birth": "2000-01-01T00:00:00Z"}, ["date_of_birth"]),
    "an empty date": ({"date_of_birth": ""}, ["date_of_birth"]),
    "a city as a number": ({"city_of_birth": 1}, ["city_of_birth"]),
    "a country in small letters": ({"country_of_birth": "ad"}, ["country_of_birth"]),
    "a country of three letters": ({"country_of_birth": "AND"}, ["country_of_birth"]),
    "a country by its name": ({"country_of_birth": "Andorra"}, ["country_of_birth"]),
    "a country that is a number": ({"country_of_birth": 0}, ["country_of_birth"]),
    "no country": ({"country_of_birth": ""}, ["country_of_birth"]),
    "one digit": ({"phone": "1"}, ["phone"]),
    "one digit and a plus": ({"phone": "+1"}, ["phone"]),
    "16 digits": ({"phone": "9" * 16}, ["phone"]),
    "16 digits and a plus": ({"phone": "+" + "9" * 16}, ["phone"]),
    "a zero first": ({"phone": "+0123456"}, ["phone"]),
    "two pluses": ({"phone": "++123456"}, ["phone"]),
    "a plus only": ({"phone": "+"}, ["phone"]),
    "an empty phone number": ({"phone": ""}, ["phone"]),
    "blanks in a phone number": ({"phone": "+1 202 555 0123"}, ["phone"]),
    "a line's end behind": ({"phone": "+12025550123\n"}, ["phone"]),
    "digits that are not ASCII": ({"phone": "1２３４５６"}, ["phone"]),
    "a phone number as a number": ({"phone": 12025550123}, ["phone"]),
    "one nationality as text": ({"nationalities": "AD"}, ["nationalities"]),
    "some nationalities": (
        {"nationalities": ["AD", "UK", "NO", "no"]},
        ["nationalities[1]", "nationalities[3]"],
    ),
    "one tax number as an object": (
        {"tax_ids": {"id": "1", "issuing_country": "AD"}},
        ["tax_ids"],
    ),
    "half tax numbers": (
        {"tax_ids": [{"id": "1"}, {"issuing_country": "AD"}, {}]},
        [
            "tax_ids[0].issuing_country",
            "tax_ids[1].id",
            "tax_ids[2].id",
            "tax_ids[2].issuing_country",
        ],
    ),
    "a tax number of nowhere": (
        {"tax_ids": [{"id": "1", "issuing_country": "ZZ"}]},
        ["tax_ids[0].issuing_country"],
    ),
    "an occupation with a blank": ({"occupation": "self employed"}, ["occupation"]),
    "an empty occupation": ({"occupation": ""}, ["occupation"]),
    "an employer as an object": ({"employer_name": {"name": "ACME"}}, ["employer_name"]),
    "a language in capital letters": ({"language": "EN"}, ["language"]),
    "a language of three letters": ({"language": "eng"}, ["language"]),
    "a language of one letter": ({"language": "e"}, ["language"]),
    "a language with a region": ({"language": "en-US"}, ["language"]),
    "no language": ({"language": ""}, ["language"]),
    "an empty name": ({"full_name": {}}, ["full_name.first_name", "full_name.last_name"]),
    "a first name alone": ({"full_name": {"first_name": "Zoe"}}, ["full_name.last_name"]),
    "a name as text": ({"full_name": "Zoe Quinn"}, ["full_name"]),
    "an empty residence": (
        {"residence": {}},
        ["residence.city", "residence.country", "residence.line1", "residence.postal_code"],
    ),
    "a residence nowhere": ({"residence": {**RESIDENCE, "country": "ZZ"}}, ["residence.country"]),
    "a residence as a list": ({"residence": [RESIDENCE]}, ["residence"]),
    "an identifier without its parts": (
        {"client_identifier": {"type": "concat", "value": "1"}},
        ["client_identifier"],
    ),
    "an identifier made at no time": (
        {"client_identifier": {**CONCAT, "calculated_at": "2023-11-07"}},
        ["client_identifier"],
    ),
    "an identifier of an unknown type": (
        {"client_identifier": {"type": "library_card", "value": "1"}},
        ["client_identifier"],
    ),
    "an identifier without a type": ({"client_identifier": {"value": "1"}}, ["client_identifier"]),
    "a passport without a number": (
        {"client_identifier": {"type": "passport"}},
        ["client_identifier"],
    ),
    "an identifier as a number": ({"client_identifier": 1}, ["client_identifier"]),
}


@pytest.mark.parametrize(("body", "fields"), REJECTED.values(), ids=REJECTED)
def test_an_invalid_value_is_named_by_its_field(
    gateway: RunningGateway, body: dict[str, Any], fields: list[str]
):
    """
    The error response names the field of each violation and nothing else; nothing is stored.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    response = patch(gateway, {"occupation": "student", **body})

    assert fields == invalid(response)
    assert before == gateway.fields("kraken", KRAKEN_USER)


def test_all_violations_are_reported_at_once(gateway: RunningGateway):
    """
    One entry for each, in parameters and in the body.
    """
    body = {
        "tos_version_accepted": 2**31,
        "date_of_birth": "2023-02-29",
        "residence": {**RESIDENCE, "country": "ZZ"},
        "phone": "0",
        "nationalities": ["ZZ"],
        "tax_ids": [{"id": "1", "issuing_country": "ZZ"}],
        "occupation": "astronaut",
        "language": "english",
    }
    response = patch(gateway, body, user="A" * 13, headers={"Payward-Version": "2020-01-01"})
    words = response.json()["error"]

    assert "ENexus:Invalid user ID" in words
    assert sorted(
        [
            "Payward-Version",
            "tos_version_accepted",
            "date_of_birth",
            "residence.country",
            "phone",
            "nationalities[0]",
            "tax_ids[0].issuing_country",
            "occupation",
            "language",
        ]
    ) == sorted(
        word.removeprefix("EGeneral:Invalid arguments:")
        for word in words
        if word != "ENexus:Invalid user ID"
    )


# Bodies that are stored otherwise than they are written.
STORED: dict[str, tuple[dict[str, Any], str, Any]] = {
    "a phone of two digits": ({"phone": "12"}, "phone", {"phone-e164": "12"}),
    "a phone of two digits and a plus": ({"phone": "+12"}, "phone", {"phone-e164": "+12"}),
    "a phone of 15 digits": ({"phone": "9" * 15}, "phone", {"phone-e164": "9" * 15}),
    "E.164 without its plus": ({"phone": "4930123456"}, "phone", {"phone-e164": "4930123456"}),
    "an identifier with parts of another kind": (
        {"client_identifier": {"type": "unknown", "value": "x", "more": 1}},
        "account.client_identifier",
        {"type": "unknown"},
    ),
    "an unknown field in a name": (
        {"full_name": {"first_name": "Kai", "last_name": "Krause", "title": "Dr"}},
        "name.given",
        "Kai",
    ),
    "an unknown field in a list": (
        {"tax_ids": [{"id": "1", "issuing_country": "AD", "since": "2020"}]},
        "tax.ids",
        [{"id": "1", "country": "AD"}],
    ),
}


@pytest.mark.parametrize(("body", "path", "stored"), STORED.values(), ids=STORED)
def test_a_value_keeps_its_form_and_loses_unknown_fields(
    gateway: RunningGateway, body: dict[str, Any], path: str, stored: Any
):
    """
    ``^\\+?[1-9]\\d{1,14}$`` allows phone numbers that are not E.164: they are kept as written,
    for Kraken alone. Unknown fields are ignored everywhere.
    """
    assert (200, SUCCESS) == outcome(patch(gateway, body))
    assert stored == gateway.fields("kraken", KRAKEN_USER)[path]


def test_the_fields_of_create_user_are_unknown_here(gateway: RunningGateway):
    """
    Create User has an ``email`` and an ``external_id``; Update User has neither.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    body = {"email": "zoe@example.com", "external_id": "1", "nickname": {"a": [1, None]}}

    assert (200, SUCCESS) == outcome(patch(gateway, body))
    assert before == gateway.fields("kraken", KRAKEN_USER)
