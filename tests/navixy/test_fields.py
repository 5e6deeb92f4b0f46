"""Navixy: required, optional and ignored fields of each legal type, and the limits of fields."""

import json

import pytest

from tests.clients import NAVIXY_USER
from tests.navixy.bodies import (
    INDIVIDUAL,
    LEGAL_ENTITY,
    PATHS,
    SOLE_TRADER,
    code,
    invalid_parameters,
    update,
    without,
)
from tests.navixy.page import FIELDS, REQUIRED, SAMPLE

OPTIONAL = sorted(FIELDS.keys() - REQUIRED)

BODIES = {"individual": INDIVIDUAL, "sole_trader": SOLE_TRADER, "legal_entity": LEGAL_ENTITY}


# The shortest and longest valid lengths, and the invalid lengths next to them.
LENGTHS = {
    "first_name": ([100], [101]),
    "middle_name": ([0, 100], [101]),
    "last_name": ([100], [101]),
    "post_street_address": ([0, 200], [201]),
    "registered_street_address": ([200], [201]),
    "tin": ([255], [256]),
    "iec": ([0, 255], [256]),
    "legal_name": ([1, 255], [0, 256]),
    "okpo_code": ([0, 8, 10], [7, 9, 11]),
    "state_reg_num": ([0, 15], [16]),
}


def stored(gateway):
    """The stored fields of the user of the published sample."""
    return gateway.fields("navixy", NAVIXY_USER)


# --- Required ----------------------------------------------------------------------------


@pytest.mark.parametrize("legal_type", BODIES)
def test_the_required_fields_are_enough(gateway, legal_type):
    """
    All optional fields of a legal type may be left out.
    """
    required = {name: BODIES[legal_type][name] for name in REQUIRED}
    response = update(gateway, required)

    assert {"success": True} == response.json()
    assert legal_type == stored(gateway)["account.legal_type"]


@pytest.mark.parametrize("legal_type", BODIES)
def test_every_missing_field_is_named(gateway, legal_type):
    """
    Code 7, "Invalid parameters", with all missing fields at once; nothing is stored.
    """
    before = stored(gateway)
    response = update(gateway, {"legal_type": legal_type})

    assert 400 == response.status
    assert {"code": 7, "description": "Invalid parameters"} == response.json()["status"]
    assert ["first_name", "last_name"] == invalid_parameters(response)
    assert {"is required"} == {error["error"] for error in response.json()["errors"]}
    assert before == stored(gateway)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(without(INDIVIDUAL, "legal_type"), id="left out"),
        pytest.param({**INDIVIDUAL, "legal_type": "wizard"}, id="not one of the three"),
        pytest.param({**INDIVIDUAL, "legal_type": "Individual"}, id="with a capital letter"),
        pytest.param({**INDIVIDUAL, "legal_type": ""}, id="empty"),
        pytest.param({**INDIVIDUAL, "legal_type": None}, id="null"),
        pytest.param({**INDIVIDUAL, "legal_type": ["individual"]}, id="a list"),
    ],
)
def test_legal_type_is_one_of_three(gateway, body):
    """
    The page: 'Either "legal_entity", "sole_trader" or "individual"'.
    """
    response = update(gateway, body)
    nothing = update(gateway, {})

    assert (7, {"legal_type"}) == (code(response), set(invalid_parameters(response)))
    assert ["first_name", "last_name", "legal_type"] == invalid_parameters(nothing)


# --- Ignored -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("legal_type", "foreign"),
    [
        ("sole_trader", {"iec": "770", "legal_name": "Smith AG"}),
        ("sole_trader", {"iec": "7" * 256, "legal_name": ""}),
        (
            "individual",
            {
                **without(LEGAL_ENTITY, *INDIVIDUAL),
                "okpo_code": "12345678",
                "state_reg_num": "12-3456789",
            },
        ),
        ("individual", {"tin": 5, "okpo_code": "1", "registered_country": None}),
    ],
    ids=[
        "those of a legal entity, from a sole trader",
        "the same, against their own limits",
        "those of a business, from an individual",
        "the same, against their own rules",
    ],
)
def test_fields_of_another_legal_type_are_ignored(gateway, legal_type, foreign):
    """
    The page lists them "for legal_entity or sole_trader" or "for legal_entity only"; for other
    legal types they are accepted and not stored.
    """
    response = update(gateway, {**BODIES[legal_type], **foreign})

    assert {"success": True} == response.json()
    assert set() == {PATHS[name] for name in foreign} & stored(gateway).keys()


def test_unknown_fields_are_ignored(gateway):
    """
    They are accepted and change nothing.
    """
    update(gateway, INDIVIDUAL)
    before = stored(gateway)
    unknown = {"nickname": "Ad", "account.login": "a@example.com", "email": {"a": [1]}, "": None}
    response = update(gateway, {**INDIVIDUAL, **unknown})

    assert ({"success": True}, before) == (response.json(), stored(gateway))


# --- Empty -------------------------------------------------------------------------------


def test_an_optional_field_that_is_sent_empty_becomes_empty(gateway):
    """
    The page's "0-15 digits" allows no digit at all; "" empties every optional field but the legal
    name, which the panel wants with one character at least.
    """
    names = [name for name in OPTIONAL if name != "legal_name"]
    # A phone or country that is not in the common form is kept under its codec's name.
    country = {"country-name": ""}
    empty = {
        "phone": {"phone-digits": ""},
        "post_country": country,
        "registered_country": country,
    }
    response = update(gateway, {**json.loads(SAMPLE), **dict.fromkeys(names, "")})

    assert {"success": True} == response.json()
    assert {name: empty.get(name, "") for name in names} == {
        name: stored(gateway)[PATHS[name]] for name in names
    }


# --- Rules of one field ------------------------------------------------------------------


@pytest.mark.parametrize("value", [7, True, ["a"], {"a": "b"}], ids=json.dumps)
def test_every_field_is_a_text(gateway, value):
    """
    The page calls each of them a "string".
    """
    response = update(gateway, {**dict.fromkeys(PATHS, value), "legal_type": "legal_entity"})

    assert (400, 7, sorted(PATHS)) == (
        response.status,
        code(response),
        invalid_parameters(response),
    )


@pytest.mark.parametrize(
    ("name", "length"),
    [(name, length) for name, (taken, _) in LENGTHS.items() for length in taken],
)
def test_a_text_up_to_its_limit_is_stored(gateway, name, length):
    """
    A limit counts characters, not bytes: each "ё" is one.
    """
    text = "ё" * length
    response = update(gateway, {**LEGAL_ENTITY, name: text})

    assert {"success": True} == response.json()
    assert text == stored(gateway)[PATHS[name]]


@pytest.mark.parametrize(
    ("name", "length"),
    [(name, length) for name, (_, rejected) in LENGTHS.items() for length in rejected],
)
def test_a_text_beyond_its_limit_is_rejected(gateway, name, length):
    """
    The page's limits ("8 or 10 characters", "15 characters maximum") or else those of Navixy's
    panel; nothing is stored.
    """
    before = stored(gateway)
    response = update(gateway, {**LEGAL_ENTITY, name: "ё" * length})

    assert (400, 7, [name]) == (response.status, code(response), invalid_parameters(response))
    assert before == stored(gateway)


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        pytest.param("491761234567", "+491761234567", id="a number that exists"),
        pytest.param("7", {"phone-digits": "7"}, id="one digit"),
        pytest.param("0" * 15, {"phone-digits": "0" * 15}, id="15 digits, no calling code"),
        pytest.param("", {"phone-digits": ""}, id="no digit"),
    ],
)
def test_a_phone_has_up_to_15_digits(gateway, phone, kept):
    """
    The page: "0-15 digits". A text that is not an E.164 number is kept as it was written.
    """
    response = update(gateway, {**INDIVIDUAL, "phone": phone})

    assert {"success": True} == response.json()
    assert kept == stored(gateway)["phone"]


@pytest.mark.parametrize(
    "phone",
    [
        pytest.param("1" * 16, id="16 digits"),
        pytest.param("49176letters", id="letters"),
        pytest.param("+491761234567", id="a plus sign"),
        pytest.param("49 176", id="a blank"),
        pytest.param("491761234567\n", id="a line end"),
        pytest.param("٤٩١٧٦", id="digits of another script"),
        pytest.param(491761234567, id="a number"),
    ],
)
def test_a_phone_that_is_not_digits_is_rejected(gateway, phone):
    """
    The page: "string. 0-15 digits".
    """
    before = stored(gateway)
    response = update(gateway, {**INDIVIDUAL, "phone": phone})

    assert (400, 7, ["phone"]) == (
        response.status,
        code(response),
        invalid_parameters(response),
    )
    assert before == stored(gateway)


def test_many_violations_are_named_at_once_with_their_reasons(gateway):
    """
    All errors at once, each with its field and its rule.
    """
    body = {**without(LEGAL_ENTITY, "last_name"), "phone": "letters", "legal_name": "", "tin": 5}
    response = update(gateway, {**body, "iec": "7" * 256})
    errors = {error["parameter"]: error["error"] for error in response.json()["errors"]}

    assert {
        "last_name": "is required",
        "phone": "must match ^[0-9]{0,15}$",
        "legal_name": "must not be empty",
        "tin": "must be text",
        "iec": "must have at most 255 characters",
    } == errors


@pytest.mark.parametrize("name", ["post_country", "registered_country"])
@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Germany", "DE"),
        ("Wakanda", {"country-name": "Wakanda"}),
        ("germany", {"country-name": "germany"}),
        ("DE", {"country-name": "DE"}),
    ],
)
def test_a_country_is_read_back_as_written(gateway, name, written, kept):
    """
    It is stored in the common form only if that gives the same text back.
    """
    response = update(gateway, {**LEGAL_ENTITY, name: written})

    assert {"success": True} == response.json()
    assert kept == stored(gateway)[PATHS[name]]
