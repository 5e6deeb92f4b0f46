"""OpenAPI schemas as JSON Schema: which values they accept, and the place of a violation."""

from typing import Any

import pytest
import yaml

from profilegate.errors import SpecError, Violation
from profilegate.openapi import Node, Spec, json_schema
from profilegate.openapi.validator import compile_validator

TEXT: Node = {"type": "string"}

SCHEMAS: Node = yaml.safe_load("""
Word: {type: string, minLength: 1}
Code: {type: string, enum: [AD, "NO"]}
Person:
  type: object
  required: [kind, name]
  properties: {kind: {type: string, enum: [person]}, name: {type: string, maxLength: 3}}
Company:
  type: object
  allOf: [{$ref: "#/components/schemas/Registered"}]
  required: [kind]
  properties: {kind: {type: string, enum: [company, society]}}
Registered:
  type: object
  required: [tin]
  properties: {tin: {type: string}, place: {$ref: "#/components/schemas/Place"}}
Place:
  type: object
  properties: {country: {$ref: "#/components/schemas/Code"}}
Either:
  oneOf: [{$ref: "#/components/schemas/Person"}, {$ref: "#/components/schemas/Company"}]
  discriminator:
    propertyName: kind
    mapping:
      person: "#/components/schemas/Person"
      company: "#/components/schemas/Company"
      society: "#/components/schemas/Company"
""")

SPEC = Spec("test", {"components": {"schemas": SCHEMAS}})

OBJECT = {"type": "object", "required": ["a"], "properties": {"a": TEXT}}

LETS_IN: dict[str, tuple[Node, list[Any], list[Any]]] = {
    "null is rejected unless it is allowed": (TEXT, ["", "a"], [None, 1]),
    "nullable allows null": ({"type": "string", "nullable": True}, ["", None], [1, False]),
    "nullable allows null beside the type's other rules": (
        {"type": "string", "nullable": True, "minLength": 2, "pattern": "^a"},
        ["ab", None],
        ["a", "ba"],
    ),
    "a nullable enumeration that lists null": (
        {"type": "string", "nullable": True, "enum": ["a", None]},
        ["a", None],
        ["b", ""],
    ),
    "a nullable enumeration without null allows it too": (
        {"type": "string", "nullable": True, "enum": ["a"]},
        ["a", None],
        ["b", ""],
    ),
    "a nullable list": (
        {"type": "array", "nullable": True, "items": TEXT, "minItems": 1},
        [["a"], None],
        [[], [None]],
    ),
    "a nullable object": ({**OBJECT, "nullable": True}, [{"a": "b"}, None], [{}, {"a": None}]),
    "nullable without a type": (
        {"nullable": True, "anyOf": [TEXT, {"type": "integer"}]},
        ["a", 1, None],
        [[], 1.5],
    ),
    "nullable beside allOf": (
        {"type": "object", "nullable": True, "allOf": [OBJECT]},
        [{"a": "b"}, None],
        [{}],
    ),
    "a reference is what it names": (
        {"$ref": "#/components/schemas/Word"},
        ["a"],
        ["", None],
    ),
    "null may be one of several": (
        {
            "anyOf": [
                {"$ref": "#/components/schemas/Code"},
                {"type": "string", "nullable": True, "enum": [None]},
            ]
        },
        ["AD", "NO", None],
        ["XX", "", False],
    ),
    "a description asks for nothing": (
        {"description": "Any.", "example": 1, "x-pii": True, "x-note": "minLength"},
        [None, 1, "a"],
        [],
    ),
    "a property that is not listed is authenticated": (OBJECT, [{"a": "b", "c": 1}], [{"c": 1}]),
    "a date is a day that there is": (
        {"type": "string", "format": "date"},
        ["2024-02-29"],
        ["2023-02-29", "2023-2-1", "20230201", ""],
    ),
    "a whole number has no fraction, not even zero": (
        {"type": "integer", "minimum": 0, "maximum": 2147483647},
        [0, 2147483647],
        [-1, 2147483648, 1.5, 1.0, "1", True],
    ),
}

CHOICES: dict[str, tuple[Any, list[Violation]]] = {
    "a good person": ({"kind": "person", "name": "Zoe"}, []),
    "a good company, by either value": ({"kind": "society", "tin": "1"}, []),
    "violations of the branch are named where they are": (
        {"kind": "company", "place": {"country": "XX"}},
        [Violation(("tin",), "required"), Violation(("place", "country"), "enum", ("AD", "NO"))],
    ),
    "the other branch's rules do not count": (
        {"kind": "person", "name": "Zoe", "place": {"country": "XX"}},
        [],
    ),
    "without the discriminator, it and the first branch's violations are named": (
        {"name": "Zoe Quinn"},
        [Violation(("kind",), "required"), Violation(("name",), "maxLength", 3)],
    ),
    "with an unknown discriminator, its values and the first branch's violations are named": (
        {"kind": "animal"},
        [
            Violation(("kind",), "enum", ("person", "company", "society")),
            Violation(("name",), "required"),
        ],
    ),
    "a discriminator of another type": (
        {"kind": 1, "name": "Zoe"},
        [
            Violation(("kind",), "type", ("string",)),
            Violation(("kind",), "enum", ("person", "company", "society")),
        ],
    ),
    "no object at all": ("person", [Violation((), "type", ("object",))]),
}


@pytest.mark.parametrize(("node", "good", "bad"), LETS_IN.values(), ids=LETS_IN)
def test_a_schema_authenticates_what_openapi_means(
    node: Node, good: list[Any], bad: list[Any]
) -> None:
    """
    OpenAPI 3.0 has `nullable` where JSON Schema has a type, and a reference has no siblings.
    """
    validate = compile_validator(SPEC, node)

    assert (good, bad) == (
        [value for value in good if not validate(value)],
        [value for value in bad if validate(value)],
    )


@pytest.mark.parametrize(("body", "violations"), CHOICES.values(), ids=CHOICES)
def test_a_choice_names_violations_where_they_are(body: Any, violations: list[Violation]) -> None:
    """
    "None of the three matches" helps nobody: the discriminator names the branch.
    """
    validate = compile_validator(SPEC, {"$ref": "#/components/schemas/Either"})

    assert sorted(violations, key=str) == sorted(validate(body), key=str)


def test_null_beside_a_form_leaves_the_violations_to_the_form() -> None:
    """
    "None of the two forms fits" helps nobody where the second is null.
    """
    node = {
        "anyOf": [
            {"$ref": "#/components/schemas/Code"},
            {"type": "string", "nullable": True, "enum": [None]},
        ]
    }

    assert [Violation((), "enum", ("AD", "NO", None))] == compile_validator(SPEC, node)("XX")


def test_a_schema_is_translated_without_changing_the_spec() -> None:
    """
    The document is served as it was read.
    """
    node = {"type": "string", "nullable": True, "enum": ["a"]}
    json_schema(SPEC, node)

    assert {"type": "string", "nullable": True, "enum": ["a"]} == node


@pytest.mark.parametrize(
    ("schemas", "pointer"),
    [
        (
            {"A": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A"}}}},
            "/components/schemas/A/properties/next",
        ),
        (
            {
                "A": {"type": "array", "items": {"$ref": "#/components/schemas/B"}},
                "B": {"oneOf": [TEXT, {"$ref": "#/components/schemas/A"}]},
            },
            "/components/schemas/B/oneOf/1",
        ),
        (
            {
                "A": {"type": "array", "items": {"$ref": "#/components/schemas/B"}},
                "B": {"anyOf": [TEXT, {"$ref": "#/components/schemas/B"}]},
            },
            "/components/schemas/B/anyOf/1",
        ),
    ],
    ids=["directly", "by way of another", "further down"],
)
def test_a_schema_that_contains_itself_is_rejected(schemas: Node, pointer: str) -> None:
    """
    References are resolved in place, which for a circle would never end.
    """
    spec = Spec("test", {"components": {"schemas": schemas}})
    with pytest.raises(SpecError) as caught:
        json_schema(spec, {"$ref": "#/components/schemas/A"})

    assert ("specs/test.yaml", pointer) == (caught.value.file, caught.value.pointer)


def test_a_schema_may_be_used_twice() -> None:
    """
    Only a circle is rejected, not a second use.
    """
    word = {"$ref": "#/components/schemas/Word"}
    schema = json_schema(SPEC, {"type": "object", "properties": {"a": word, "b": word}})

    assert [{"type": "string", "minLength": 1}] * 2 == list(schema["properties"].values())
