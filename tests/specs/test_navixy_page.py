"""specs/navixy.yaml against Navixy's page "User personal info"."""

import json
from typing import Any

import pytest

from profilegate.openapi.validator import compile_validator
from tests.navixy.page import FIELDS, REQUIRED, SAMPLE
from tests.specs.all_specs import SPECS

SPEC = SPECS["navixy"]
PATH = "/user/personal_info/update"
OPERATION = SPEC.document["paths"][PATH]["post"]

SCHEMA_OF = {
    "individual": "Individual",
    "sole_trader": "SoleTrader",
    "legal_entity": "LegalEntity",
}

SENT: dict[str, Any] = json.loads(SAMPLE)

LIMITS: dict[str, tuple[str, list[str], list[str]]] = {
    "phone: 0-15 digits": (
        "phone",
        ["", "4", "491761234567", "123456789012345"],
        ["1234567890123456", "+491761234567", "49 176", "٤٩", "4\n"],
    ),
    "okpo_code: 8 or 10 characters, or empty as in the sample": (
        "okpo_code",
        ["", "12345678", "1234567890"],
        ["1", "1234567", "123456789", "12345678901"],
    ),
    "state_reg_num: 15 characters maximum, the sample's has a hyphen": (
        "state_reg_num",
        ["", "12-3456789", "123456789012345"],
        ["1234567890123456"],
    ),
    'legal_type: "legal_entity", "sole_trader" or "individual"': (
        "legal_type",
        ["legal_entity"],
        ["", "LEGAL_ENTITY", "company"],
    ),
    "middle_name: people without one may send it empty": ("middle_name", ["", "Henry"], []),
    "iec: empty in the sample": ("iec", ["", "616901001"], []),
}


def violations(body: dict[str, Any]) -> list[tuple[str, str]]:
    """The fields of a body that break a rule, with the rule."""
    check = compile_validator(SPEC, {"$ref": "#/components/schemas/PersonalInfoUpdate"})
    return [(violation.field, violation.rule) for violation in check(body)]


@pytest.mark.parametrize("legal_type", SCHEMA_OF)
def test_a_legal_type_has_the_pages_fields(legal_type: str) -> None:
    """
    The first list is everyone's; the second "for legal_entity or sole_trader", and iec and
    legal_name in it "For legal_entity only".
    """
    wanted = {field for field, types in FIELDS.items() if legal_type in types}
    members = SPEC.component(SCHEMA_OF[legal_type]).properties

    assert wanted | {"hash"} == {member.name for member in members}


@pytest.mark.parametrize("legal_type", SCHEMA_OF)
def test_the_required_fields_are_those_of_the_reference_without_phone(legal_type: str) -> None:
    """
    The reference's "required" are legal_type, first_name, last_name and phone; the page calls the
    phone "Optional".
    """
    wanted = {(field, "required") for field in REQUIRED - {"legal_type"}}

    assert wanted == set(violations({"legal_type": legal_type}))


def test_without_legal_type_the_first_thing_to_say_is_that() -> None:
    """
    'legal_type – string. Either "legal_entity", "sole_trader" or "individual"'.
    """

    assert ("legal_type", "required") in violations({})


@pytest.mark.parametrize(("field", "good", "bad"), LIMITS.values(), ids=LIMITS)
def test_a_field_keeps_the_pages_limits(field: str, good: list[str], bad: list[str]) -> None:
    """
    Limits that the page gives, tried on its own sample.
    """

    assert (good, bad) == (
        [value for value in good if not violations({**SENT, field: value})],
        [
            value
            for value in bad
            if {field} == {name for name, _ in violations({**SENT, field: value})}
        ],
    )


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_text(field: str) -> None:
    """
    The page calls each of them "string".
    """

    assert {field} == {name for name, _ in violations({**SENT, field: 12345678})}


def test_the_published_example_is_the_pages_sample() -> None:
    """
    The page's curl call, key by key.
    """
    content = OPERATION["requestBody"]["content"]["application/json"]
    value = content["examples"]["published_legal_entity"]["value"]

    assert (SENT, list(SENT)) == (value, list(value))


def test_the_response_is_the_pages() -> None:
    """
    { "success": true }.
    """
    content = SPEC.resolve(OPERATION["responses"]["200"])["content"]["application/json"]

    assert {"success": True} == content["examples"]["published"]["value"]


def test_the_update_requires_plugin_45() -> None:
    """
    "Require a plugin with id=45".
    """

    assert {"account.plugins": 45} == OPERATION["x-requires"]


def test_without_the_plugin_the_code_is_222() -> None:
    """
    "222 - Plugin not found – when plugin 45 not available for user".
    """
    content = SPEC.resolve(OPERATION["responses"]["400"])["content"]["application/json"]

    assert {
        "success": False,
        "status": {"code": 222, "description": "Plugin not found"},
    } == content["examples"]["plugin_not_found"]["value"]


def test_the_path_is_the_pages_below_every_base() -> None:
    """
    "API path: /user/personal_info", and the action `update`; "Getting started" has bases with
    /v2 and without, and the provider's JavaScript client has one with /api-v2.
    """
    methods = {
        operation.method: operation.paths
        for operation in SPEC.operations()
        if operation.path == PATH
    }
    paths = (f"/v2{PATH}", f"/api-v2{PATH}", PATH)

    assert {"GET": paths, "POST": paths} == methods
