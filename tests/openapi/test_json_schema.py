"""OpenAPI schemas as JSON Schema: which values they accept, and the place of a violation."""

from typing import Any

import pytest
import yaml

from profilegate.errors import SpecError, Violation
from profilegate.openapi import Node, Spec, json_schema
from profilegate.openapi.json_schema import CONVERTED
from profilegate.openapi.keywords import SCHEMA_RULES
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
    "additionalProperties: false": (
        {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
        [{}, {"a": "b"}],
        [{"b": 1}, {"a": "b", "c": None}],
    ),
    "additionalProperties: true, and a schema": (
        {
            "type": "object",
            "properties": {
                "any": {"type": "object", "additionalProperties": True},
                "numbers": {"type": "object", "additionalProperties": {"type": "integer"}},
            },
        },
        [{"any": {"x": [1]}, "numbers": {"x": 1}}],
        [{"numbers": {"x": "1"}}],
    ),
    "numbers": (
        {"type": "number", "minimum": 0, "exclusiveMinimum": True, "multipleOf": 0.5},
        [0.5, 1, 2.5],
        [0, -1, 0.75, "1", None],
    ),
    "exclusive maxima": (
        {"type": "integer", "maximum": 10, "exclusiveMaximum": True},
        [9],
        [10],
    ),
    "a bound that is inclusive, in words": (
        {"type": "integer", "maximum": 10, "exclusiveMaximum": False},
        [10],
        [11],
    ),
    "int32 is a bound": (
        {"type": "integer", "format": "int32"},
        [2**31 - 1],
        [2**31, -(2**31) - 1],
    ),
    "int64 is a bound": ({"type": "integer", "format": "int64"}, [-(2**63)], [2**63]),
    "the tighter bound holds": (
        {"type": "integer", "format": "int32", "minimum": 0, "maximum": 5000000000},
        [0, 2**31 - 1],
        [-1, 4000000000],
    ),
    "int64 of a text is a word to readers": ({"type": "string", "format": "int64"}, ["abc"], [1]),
    "a format that nobody knows is a word to readers": (
        {"type": "string", "format": "ulid"},
        ["abc"],
        [1],
    ),
    "members are counted": (
        {"type": "object", "minProperties": 1, "maxProperties": 2},
        [{"a": 1}, {"a": 1, "b": 2}],
        [{}, {"a": 1, "b": 2, "c": 3}],
    ),
    "not": ({"not": {"type": "string", "maxLength": 2}}, ["abc", 1, None], ["ab"]),
    "base64": ({"type": "string", "format": "byte"}, ["", "YQ=="], ["YQ", "a b", "é"]),
    "binary is any text": ({"type": "string", "format": "binary"}, ["\x00é"], [1]),
    "a URI": ({"type": "string", "format": "uri"}, ["https://a.example/b?c#d"], ["a b", "b/c"]),
    "a host name": ({"type": "string", "format": "hostname"}, ["a.example"], ["a_b", "-a"]),
    "IP addresses": (
        {
            "type": "object",
            "properties": {
                "a": {"type": "string", "format": "ipv4"},
                "b": {"type": "string", "format": "ipv6"},
            },
        },
        [{"a": "10.0.0.1", "b": "::1"}],
        [{"a": "10.0.0.256"}, {"b": ":::"}],
    ),
    "a request does not need what is read only": (
        {
            "type": "object",
            "required": ["id", "name"],
            "properties": {"id": {"type": "string", "readOnly": True}, "name": TEXT},
        },
        [{"name": "a"}, {"id": "1", "name": "a"}],
        [{"id": "1"}],
    ),
    "what is inherited may be read only": (
        {
            "allOf": [{"properties": {"id": {"type": "string", "readOnly": True}}}],
            "required": ["id"],
        },
        [{}],
        [],
    ),
    "title, default and deprecated are words to readers": (
        {"title": "T", "default": 1, "deprecated": True, "externalDocs": {"url": "u"}, "xml": {}},
        [1, "a", None],
        [],
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
            {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}},
            "/components/schemas/A/allOf/0",
        ),
        (
            {
                "A": {"type": "array", "items": {"$ref": "#/components/schemas/B"}},
                "B": {"anyOf": [TEXT, {"$ref": "#/components/schemas/B"}]},
            },
            "/components/schemas/B/anyOf/1",
        ),
    ],
    ids=["directly", "further down"],
)
def test_a_schema_that_is_one_of_its_own_parts_is_rejected(schemas: Node, pointer: str) -> None:
    """
    No property and no item is between: checking a value would never end.
    """
    spec = Spec("test", {"components": {"schemas": schemas}})
    with pytest.raises(SpecError) as caught:
        json_schema(spec, {"$ref": "#/components/schemas/A"})

    assert ("specs/test.yaml", pointer) == (caught.value.file, caught.value.pointer)


CIRCLES: dict[str, tuple[Node, list[Any], list[Any]]] = {
    "a tree": (
        {"A": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A"}}}},
        [{}, {"next": {"next": {}}}],
        [{"next": {"next": 1}}],
    ),
    "lists in lists": (
        {
            "A": {"type": "array", "items": {"$ref": "#/components/schemas/B"}},
            "B": {"oneOf": [TEXT, {"$ref": "#/components/schemas/A"}]},
        },
        [["a", ["b", []]]],
        [["a", ["b", 1]]],
    ),
    "a base whose child has a property of the base": (
        {
            "A": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"type": "string"}},
                "discriminator": {"propertyName": "kind"},
            },
            "Dog": {
                "allOf": [{"$ref": "#/components/schemas/A"}],
                "properties": {"friend": {"$ref": "#/components/schemas/A"}},
            },
        },
        [{"kind": "A"}, {"kind": "Dog", "friend": {"kind": "Dog", "friend": {"kind": "A"}}}],
        [{}, {"kind": "Cat"}, {"kind": "Dog", "friend": {"kind": "Dog", "friend": {}}}],
    ),
}


@pytest.mark.parametrize(("schemas", "valid", "invalid"), CIRCLES.values(), ids=CIRCLES)
def test_a_schema_may_contain_itself(schemas: Node, valid: list[Any], invalid: list[Any]) -> None:
    """
    A tree of comments is a usual form; the depth of JSON ends it.
    """
    validate = compile_validator(
        Spec("test", {"components": {"schemas": schemas}}), {"$ref": "#/components/schemas/A"}
    )

    assert [[]] * len(valid) == [validate(value) for value in valid]
    assert [] not in [validate(value) for value in invalid]


def test_a_schema_may_be_used_twice() -> None:
    """
    Only a circle is rejected, not a second use.
    """
    word = {"$ref": "#/components/schemas/Word"}
    schema = json_schema(SPEC, {"type": "object", "properties": {"a": word, "b": word}})

    assert [{"type": "string", "minLength": 1}] * 2 == list(schema["properties"].values())


# --- Rules ---------------------------------------------------------------------------------


def test_every_rule_of_a_schema_is_converted() -> None:
    """
    "No rule is ever silently ignored": the table of keywords and this conversion agree.
    """
    assert SCHEMA_RULES.keys() == CONVERTED


def test_a_rule_that_is_only_in_the_table_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A new row in the table of keywords does not switch a rule on, and must not switch it off.
    """
    monkeypatch.setitem(SCHEMA_RULES, "contains", None)
    spec = Spec("test", {"components": {"schemas": {"A": {"contains": TEXT}}}})
    with pytest.raises(SpecError) as caught:
        json_schema(spec, {"$ref": "#/components/schemas/A"})

    assert "/components/schemas/A/contains" == caught.value.pointer
    assert 'the rule "contains" is not checked' in str(caught.value)


def test_a_response_does_not_have_what_is_write_only() -> None:
    """
    OpenAPI 3.0.3, writeOnly: "the required will take effect on the request only"; of readOnly, on
    the response only.
    """
    node: Node = {
        "type": "object",
        "required": ["id", "password"],
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "password": {"type": "string", "writeOnly": True},
        },
    }

    assert ["password"] == json_schema(SPEC, node)["required"]
    assert ["id"] == json_schema(SPEC, node, "response")["required"]


NULLABLE: dict[str, Node] = {
    "allOf": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Registered"}]},
    "allOf and a type": {
        "type": "object",
        "nullable": True,
        "allOf": [{"$ref": "#/components/schemas/Registered"}],
    },
    "anyOf with null": {
        "anyOf": [{"$ref": "#/components/schemas/Registered"}, {"enum": [None], "nullable": True}]
    },
}


@pytest.mark.parametrize("node", NULLABLE.values(), ids=NULLABLE)
def test_violations_of_a_nullable_reference_are_named_where_they_are(node: Node) -> None:
    """
    All violations at once, also in what may be null.
    """
    validate = compile_validator(SPEC, node)

    assert [] == validate(None)
    assert {
        Violation(("tin",), "type", ("string",)),
        Violation(("place", "country"), "enum", ("AD", "NO")),
    } == set(validate({"tin": 1, "place": {"country": "XX"}}))


BESIDE: Node = {
    "type": "object",
    "nullable": True,
    "required": ["id"],
    "properties": {"id": {"type": "string", "minLength": 3}},
    "oneOf": [{"$ref": "#/components/schemas/Person"}, {"$ref": "#/components/schemas/Company"}],
    "discriminator": {"propertyName": "kind", "mapping": {"society": "Company"}},
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ({"id": "abc", "kind": "Person"}, [Violation(("kind",), "enum", ("person",)),
                                          Violation(("name",), "required")]),
        ({"id": "abc", "kind": "society", "tin": "1"}, []),
        ({"id": "ab", "kind": "society", "tin": "1"}, [Violation(("id",), "minLength", 3)]),
        ({"kind": "society", "tin": "1"}, [Violation(("id",), "required")]),
    ],
    ids=["null", "the branch's own rule", "a bare name", "a sibling's rule", "a required sibling"],
)  # fmt: skip
def test_what_stands_beside_a_choice_counts(value: Any, expected: list[Violation]) -> None:
    """
    A discriminator chooses a branch; it does not replace the rules of the schema it is in.
    """
    assert set(expected) == set(compile_validator(SPEC, BESIDE)(value))


def test_a_discriminator_may_be_a_number() -> None:
    """
    The keys of a mapping are texts, the property may be an integer.
    """
    one: Node = {"type": "object", "properties": {"k": {"type": "integer", "enum": [1]}}}
    two: Node = {"type": "object", "properties": {"k": {"type": "integer", "enum": [2]}}}
    choice: Node = {
        "oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}],
        "discriminator": {"propertyName": "k", "mapping": {"1": "One", "2": "Two"}},
    }
    spec = Spec("test", {"components": {"schemas": {"One": one, "Two": two, "Choice": choice}}})
    validate = compile_validator(spec, {"$ref": "#/components/schemas/Choice"})

    assert [] == validate({"k": 1})
    assert [] != validate({"k": "1"})
