"""Navixy: what each legal type must send, what is ignored, what stays, and every limit."""

import json

import pytest

from tests.clients import NAVIXY_USER
from tests.navixy.bodies import (
    INDIVIDUAL,
    LEGAL_ENTITY,
    PATHS,
    SAMPLE,
    SOLE_TRADER,
    code,
    invalid_parameters,
    update,
    without,
)

BODIES = {"individual": INDIVIDUAL, "sole_trader": SOLE_TRADER, "legal_entity": LEGAL_ENTITY}

# What the page's two lists do not call "optional"; legal_type itself is looked at on its own.
REQUIRED = {
    "individual": ["first_name", "last_name", "middle_name"],
    "sole_trader": [
        "first_name",
        "last_name",
        "middle_name",
        "registered_city",
        "registered_country",
        "registered_index",
        "registered_region",
        "registered_street_address",
        "tin",
    ],
    "legal_entity": [
        "first_name",
        "iec",
        "last_name",
        "legal_name",
        "middle_name",
        "registered_city",
        "registered_country",
        "registered_index",
        "registered_region",
        "registered_street_address",
        "tin",
    ],
}

OPTIONAL = [
    "phone",
    "post_country",
    "post_index",
    "post_region",
    "post_city",
    "post_street_address",
    "okpo_code",
    "state_reg_num",
]

# Shortest and longest that are taken, and the lengths beside them that are not.
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
    """What the store holds for the user of the published sample."""
    return gateway.fields("navixy", NAVIXY_USER)


# --- Required ----------------------------------------------------------------------------


@pytest.mark.parametrize("legal_type", BODIES)
def test_no_more_is_needed_than_is_required(gateway, legal_type):
    """
    Of the fields that a legal type has, the optional ones may all be left out.
    """
    body = BODIES[legal_type]
    response = update(gateway, body)

    assert {"legal_type", *REQUIRED[legal_type]} == set(body)
    assert {"success": True} == response.json()
    assert legal_type == stored(gateway)["account.legal_type"]


@pytest.mark.parametrize(
    ("legal_type", "name"),
    [(legal_type, name) for legal_type, names in REQUIRED.items() for name in names],
)
def test_a_required_field_that_is_left_out_is_named(gateway, legal_type, name):
    """
    Code 7, "Invalid parameters", with the field that is missing; nothing is stored.
    """
    before = stored(gateway)
    response = update(gateway, without(BODIES[legal_type], name))

    assert 400 == response.status
    assert {
        "success": False,
        "status": {"code": 7, "description": "Invalid parameters"},
        "errors": [{"parameter": name, "error": "is required"}],
    } == response.json()
    assert before == stored(gateway)


@pytest.mark.parametrize("legal_type", BODIES)
def test_all_that_is_missing_is_named_at_once(gateway, legal_type):
    """
    Every error at once: who forgot all fields hears of all of them.
    """
    response = update(gateway, {"legal_type": legal_type})

    assert REQUIRED[legal_type] == invalid_parameters(response)


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

    assert (7, {"legal_type"}) == (code(response), set(invalid_parameters(response)))


def test_without_a_legal_type_the_other_violations_are_named_too(gateway):
    """
    Every error at once: what all three legal types must send is asked for at once.
    """
    response = update(gateway, {})

    assert ["first_name", "last_name", "legal_type", "middle_name"] == invalid_parameters(response)


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
    The page lists them "for legal_entity or sole_trader" or "for legal_entity only": from others
    they are accepted and not stored.
    """
    response = update(gateway, {**BODIES[legal_type], **foreign})

    assert {"success": True} == response.json()
    assert set() == {PATHS[name] for name in foreign} & stored(gateway).keys()


def test_what_a_legal_type_cannot_say_is_not_lost(gateway):
    """
    No silent loss: a legal entity that becomes an individual keeps its registration.
    """
    update(gateway, json.loads(SAMPLE))
    before = stored(gateway)
    update(gateway, INDIVIDUAL)

    assert {
        **before,
        "account.legal_type": "individual",
        "name.given": "Ada",
        "name.middle": "",
        "name.family": "Smith",
    } == stored(gateway)


def test_fields_that_nobody_knows_are_ignored(gateway):
    """
    Clients must tolerate unknown fields, and so does the gateway: they change nothing.
    """
    update(gateway, INDIVIDUAL)
    before = stored(gateway)
    unknown = {"nickname": "Ad", "account.login": "a@example.com", "email": {"a": [1]}, "": None}
    response = update(gateway, {**INDIVIDUAL, **unknown})

    assert ({"success": True}, before) == (response.json(), stored(gateway))


# --- Left out, or empty ------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_optional_field_that_is_not_sent_stays(gateway, name):
    """
    The page, of phone: "Not changes if not passed."; we take it so for every optional field.
    """
    sample = {**json.loads(SAMPLE), "okpo_code": "12345678"}
    update(gateway, sample)
    before = stored(gateway)
    response = update(gateway, without(sample, name))

    assert ({"success": True}, before) == (response.json(), stored(gateway))
    assert before[PATHS[name]]


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_optional_field_that_is_sent_empty_is_emptied(gateway, name):
    """
    The page's "0-15 digits" takes no digit at all; "" empties every optional field.
    """
    # What has a common form is kept as written, under its codec's name: nothing is no phone.
    empty = {"phone": {"phone-digits": ""}, "post_country": {"country-name": ""}}
    sample = {**json.loads(SAMPLE), "okpo_code": "12345678"}
    update(gateway, sample)
    response = update(gateway, {**sample, name: ""})

    assert {"success": True} == response.json()
    assert empty.get(name, "") == stored(gateway)[PATHS[name]]


# --- Rules of one field ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "length"),
    [(name, length) for name, (taken, _) in LENGTHS.items() for length in taken],
)
def test_a_text_up_to_its_limit_is_kept(gateway, name, length):
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
    The page's limits ("8 or 10 characters", "15 characters maximum"), and where it gives none,
    the panel's; nothing is stored.
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
    The page: "0-15 digits". What is no E.164 number is kept as it was written.
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
        pytest.param(None, id="null"),
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


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("value", [7, None, ["a"], {"a": "b"}], ids=json.dumps)
def test_every_field_is_a_text(gateway, name, value):
    """
    The page calls each of them a "string".
    """
    response = update(gateway, {**LEGAL_ENTITY, name: value})

    assert (400, 7, [name]) == (response.status, code(response), invalid_parameters(response))


def test_many_violations_are_named_at_once_with_their_reasons(gateway):
    """
    Every error at once, each with the field and what it must be.
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
def test_a_country_is_kept_so_that_it_reads_back_as_written(gateway, name, written, kept):
    """
    Lossless: in the common form only if that gives the very same text back, else as written.
    """
    response = update(gateway, {**LEGAL_ENTITY, name: written})

    assert {"success": True} == response.json()
    assert kept == stored(gateway)[PATHS[name]]
