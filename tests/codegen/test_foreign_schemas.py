"""Schemas of OpenAPI 3.1 in the words of 3.0: the same values stay valid."""

from typing import Any

import jsonschema_rs
import pytest

from profilegate.codegen.foreign.schema_rules import to_3_0
from profilegate.openapi import Node
from profilegate.openapi.reader import parse_spec
from profilegate.openapi.validator import compile_validator

SCHEMAS: dict[str, Node] = {
    "a type or null": {"type": ["string", "null"], "maxLength": 3},
    "several types": {"type": ["string", "integer"]},
    "a constant": {"const": "a"},
    "null alone": {"type": "null"},
    "a branch that is null": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    "bounds that exclude themselves": {"type": "integer", "exclusiveMinimum": 1},
    "a bound beside an excluded one": {
        "type": "integer",
        "minimum": 3,
        "exclusiveMinimum": 1,
    },
    "a condition": {
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "if": {"properties": {"a": {"enum": [1]}}, "required": ["a"]},
        "then": {"required": ["b"]},
        "else": {"required": ["c"]},
    },
    "a property that requires another": {
        "type": "object",
        "dependentRequired": {"a": ["b"]},
    },
    "an item of a kind": {"type": "array", "items": {}, "contains": {"type": "string"}},
    "no other properties": {
        "type": "object",
        "properties": {"a": {}},
        "unevaluatedProperties": False,
    },
    "nothing": {"not": {}},
}

VALUES: list[Any] = [
    *(None, "", "a", "abcd", 0, 1, 2, 3, 4, True),
    *({}, {"a": 1}, {"a": 1, "b": 1}, {"a": 2, "c": 1}, {"b": 1}, {"c": 1}),
    *([], [1], [1, "a"]),
]


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_a_converted_schema_takes_the_same_values(schema: Node) -> None:
    """
    "A rule is never dropped silently": each value is checked by JSON Schema 2020-12 too.
    """
    notes: list[str] = []
    spec = parse_spec("acme", "{openapi: 3.0.3, info: {title: T, version: '1'}, paths: {}}")
    converted = compile_validator(spec, to_3_0(schema, notes.append))
    original = jsonschema_rs.Draft202012Validator(schema)

    assert [each for each in VALUES if original.is_valid(each)] == [
        each for each in VALUES if not converted(each)
    ]
    assert [] == notes
