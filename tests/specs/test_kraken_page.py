"""specs/kraken.yaml against Kraken's page "Update User"."""

import json
from typing import Any

import pytest

from profilegate.openapi import Node
from profilegate.openapi.validator import compile_validator
from tests.kraken.page import COUNTRIES, OCCUPATIONS, REQUEST
from tests.specs.all_specs import SPECS

SPEC = SPECS["kraken"]
SCHEMAS = SPEC.schemas()
OPERATION = SPEC.document["paths"]["/b2b/users/{user}"]["patch"]
BODY = SCHEMAS["UserUpdate"]["properties"]

FIELDS: dict[str, tuple[str, bool]] = {
    "tos_version_accepted": ("integer<int32>", True),
    "full_name": ("object", False),
    "date_of_birth": ("string<date>", True),
    "city_of_birth": ("string", True),
    "country_of_birth": ("enum<string>", True),
    "residence": ("object", False),
    "phone": ("string", True),
    "nationalities": ("enum<string>[]", True),
    "tax_ids": ("object[]", True),
    "occupation": ("enum<string>", True),
    "employer_name": ("string", True),
    "client_identifier": ("object", False),
    "language": ("string", True),
}
"""The page's "Body", in its order: each field's type, and whether it says "| null"."""

PARTS: dict[str, list[str]] = {
    "FullName": ["first_name", "last_name", "middle_name"],
    "Residence": ["line1", "city", "postal_code", "country", "line2", "province"],
    "TaxId": ["id", "issuing_country"],
    "ConcatIdentifier": ["type", "value", "calculated_at"],
}
"""The parts of objects, as the page's sample shows them."""

SAMPLE: dict[str, Any] = json.loads(REQUEST)

GOOD: dict[str, Any] = {
    "integer<int32>": 123,
    "object": None,
    "string<date>": "2023-12-25",
    "string": "en",
    "enum<string>": None,
    "enum<string>[]": ["AD"],
    "object[]": [{"id": "1", "issuing_country": "AD"}],
}

PHONES = {
    "in E.164 format": ("+12025550123", True),
    "without its plus": ("12025550123", True),
    "of two digits": ("12", True),
    "of fifteen digits": ("+123456789012345", True),
    "of one digit": ("1", False),
    "of sixteen digits": ("+1234567890123456", False),
    "that begins with a zero": ("0123456789", False),
    "with blanks": ("+1 202 555 0123", False),
    "the page's own sample": ("<string>", False),
    "empty": ("", False),
    "with a line end": ("+12025550123\n", False),
    "in Arabic digits": ("+١٢٣٤٥", False),
}


def parameter(name: str) -> Node:
    """A parameter of the operation."""
    parameters = [SPEC.resolve(node) for node in OPERATION["parameters"]]
    [found] = [node for node in parameters if node["name"] == name]
    return dict(found)


def rejected(node: Node, value: Any) -> bool:
    """Whether a schema rejects a value."""
    return bool(compile_validator(SPEC, node)(value))


def test_the_codes_are_the_pages_262_in_its_order() -> None:
    """
    "An ISO 3166-1 alpha-2 country code. Available options": 249 by the alphabet, then thirteen
    more, of which the last begins with a zero.
    """

    assert (262, COUNTRIES) == (len(COUNTRIES), SCHEMAS["CountryCode"]["enum"])


@pytest.mark.parametrize(
    "node",
    [
        BODY["country_of_birth"],
        BODY["nationalities"]["items"],
        SCHEMAS["Residence"]["properties"]["country"],
        SCHEMAS["TaxId"]["properties"]["issuing_country"],
    ],
    ids=["country_of_birth", "nationalities", "residence", "tax_ids"],
)
def test_every_country_is_one_of_the_codes(node: Node) -> None:
    """
    The page repeats one list; its sample has "AD" in all four places.
    """

    assert COUNTRIES == [
        code for code in [*COUNTRIES, "UK", "ad", "ZZ", "00", ""] if not rejected(node, code)
    ]


def test_the_occupations_are_the_pages_nineteen_in_its_order() -> None:
    """
    "User's occupation. Available options": unsorted at the end, where `employed` was added.
    """

    assert (19, OCCUPATIONS) == (len(OCCUPATIONS), SCHEMAS["Occupation"]["enum"])
    assert {"$ref": "#/components/schemas/Occupation"} in BODY["occupation"]["anyOf"]


def test_the_body_has_the_pages_fields_in_its_order() -> None:
    """
    None of them is required.
    """

    assert (list(FIELDS), None) == (list(BODY), SCHEMAS["UserUpdate"].get("required"))


@pytest.mark.parametrize(("field", "is_nullable"), [(f, null) for f, (_, null) in FIELDS.items()])
def test_null_is_taken_where_the_page_says_so(field: str, is_nullable: bool) -> None:
    """
    All fields are "| null" but full_name, residence and client_identifier.
    """

    assert is_nullable != rejected(BODY[field], None)


@pytest.mark.parametrize(
    ("field", "kind"), [(f, kind) for f, (kind, _) in FIELDS.items() if GOOD[kind] is not None]
)
def test_a_field_takes_its_own_type_alone(field: str, kind: str) -> None:
    """
    "string<date>", "integer<int32>", "enum<string>[]": as the page prints them.
    """
    good = "+12025550123" if field == "phone" else GOOD[kind]
    wrong: list[Any] = [1.5, True, {}, [1]]
    others = [value for value in wrong if type(value) is not type(good)]

    assert [False, *[True] * len(others)] == [
        rejected(BODY[field], value) for value in (good, *others)
    ]


@pytest.mark.parametrize("number", [-(2**31), 2**31 - 1])
def test_an_int32_has_its_bounds(number: int) -> None:
    """
    "integer<int32>" is a signed number of 32 bits.
    """
    beyond = number + (1 if number > 0 else -1)

    assert [False, True] == [
        rejected(BODY["tos_version_accepted"], value) for value in (number, beyond)
    ]


@pytest.mark.parametrize(("schema", "parts"), PARTS.items(), ids=PARTS)
def test_an_object_has_the_parts_of_the_sample(schema: str, parts: list[str]) -> None:
    """
    The page says "object"; its sample shows the parts, and their order.
    """

    assert parts == list(SCHEMAS[schema]["properties"])


@pytest.mark.parametrize(("phone", "is_good"), PHONES.values(), ids=PHONES)
def test_a_phone_is_what_the_pattern_takes(phone: str, is_good: bool) -> None:
    r"""
    "Phone number in E.164 format. Pattern: ^\+?[1-9]\d{1,14}$"; its \d is ECMAScript's 0-9, its
    $ the very end.
    """

    assert is_good != rejected(BODY["phone"], phone)


def test_the_published_example_is_the_pages_sample() -> None:
    """
    But for phone and language, where the page's "<string>" breaks the page's own rules.
    """
    content = OPERATION["requestBody"]["content"]["application/json"]
    value = content["examples"]["published"]["value"]

    assert {**SAMPLE, "phone": "+12025550123", "language": "en"} == value
    assert list(SAMPLE) == list(value)


def test_the_response_is_the_pages() -> None:
    """
    "result enum<string> | null. Available options: success"; the sample is
    {"result": "success"}.
    """
    response = SPEC.resolve(OPERATION["responses"]["200"])["content"]["application/json"]

    assert ({"result": "success"}, ["success", None]) == (
        response["examples"]["published"]["value"],
        SCHEMAS["UpdateResult"]["properties"]["result"]["enum"],
    )


def test_the_user_is_an_iiban_of_14_to_42_characters() -> None:
    """
    "Internet International Bank Account Number (IIBAN). Required string length: 14 - 42".
    """
    lengths = (0, 13, 14, 16, 19, 42, 43)

    assert [14, 16, 19, 42] == [
        length for length in lengths if not rejected(parameter("user")["schema"], "A" * length)
    ]


def test_the_version_header_has_one_value_and_may_be_left_out() -> None:
    """
    "Payward-Version, enum<string>, default:2025-04-15. Available options: 2025-04-15"; the
    authentication guide calls the same header Kraken-Version.
    """
    header = parameter("Payward-Version")

    assert ("header", False, ["2025-04-15"], ["Kraken-Version"]) == (
        header["in"],
        header["required"],
        header["schema"]["enum"],
        header["x-also-named"],
    )


def test_three_headers_authorize_a_request_together() -> None:
    """
    "API-Key, header, required. API-Sign, header, required"; the nonce, which API-Sign speaks
    of, is the authentication guide's API-Nonce.
    """
    [requirement] = OPERATION["security"]
    schemes = SPEC.document["components"]["securitySchemes"]

    assert [("header", "API-Key"), ("header", "API-Sign"), ("header", "API-Nonce")] == [
        (schemes[name]["in"], schemes[name]["name"]) for name in requirement
    ]


def test_the_statuses_are_those_of_the_reference_and_of_http() -> None:
    """
    The page lists the success; copies of the reference 400, 401, 403, 404, 408, 409, 429, 500
    and 503; a gateway cannot do without 405, 413 and 415.
    """

    assert [200, 400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 500, 503] == [
        int(status) for status in OPERATION["responses"]
    ]
