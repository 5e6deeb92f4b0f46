"""OpenAPI 3.0 schemas as JSON Schema 2020-12, so that a validator can be compiled from them.

Four things differ: ``$ref`` is resolved in place, ``nullable`` becomes a type, private use in a
pattern is that of all planes, and a ``oneOf`` with a discriminator, or an ``anyOf`` of kinds of
accounts, becomes a choice by one property, so that a violation is named where it is and not as
"none of the three matches".
"""

from typing import Any

from profilegate.openapi.schema import Discriminator, Node, Schema
from profilegate.openapi.spec import Spec

_KEPT = frozenset(
    """
    type required enum format pattern minLength maxLength minimum maximum
    minItems maxItems uniqueItems
    """.split()
)
EXACT_INTEGER = "x-exact-integer"
"""A keyword of our own beside ``type: integer``: 1.0 is an integer to JSON Schema since draft 6,
but not to the drafts that OpenAPI 3.0 follows, nor to the store."""

_NESTED = ("oneOf", "anyOf", "allOf")

_PRIVATE_USE = r"\ue000-\uf8ff"
_ALL_PRIVATE_USE = rf"{_PRIVATE_USE}\u{{f0000}}-\u{{ffffd}}\u{{100000}}-\u{{10fffd}}"
"""In a class of a pattern the one stands for the other: ECMA 262 names planes 15 and 16 only with
its flag u, or as surrogates, which other engines reject. Foreign tools are that much laxer."""


def json_schema(spec: Spec, node: Node) -> Node:
    """
    The JSON Schema of an OpenAPI schema, without references.

    Raises:
        SpecError: a schema contains itself, or a discriminator does not fit its branches.
    """
    return _json_schema(spec.schema(node))


def _json_schema(schema: Schema) -> Node:
    if schema.discriminator is not None:
        return _choice(schema.discriminator)
    if (kinds := schema.kinds()) is not None:
        return _choice_of_kind(*kinds)
    made: Node = {key: value for key, value in schema.node.items() if key in _KEPT}
    if schema.type == "integer":
        made[EXACT_INTEGER] = True
    if "pattern" in made:
        made["pattern"] = pattern_of_validator(made["pattern"])
    if "properties" in schema.node:
        made["properties"] = {p.name: _json_schema(p.schema) for p in schema.own_properties}
    if schema.items is not None:
        made["items"] = _json_schema(schema.items)
    for key, branches in zip(_NESTED, (schema.one_of, schema.any_of, schema.all_of), strict=True):
        if branches:
            made[key] = [_json_schema(branch) for branch in branches]
    if made.keys() == {"anyOf"}:
        forms = [form for form in made["anyOf"] if form.get("enum") != [None]]
        if len(forms) == 1 < len(made["anyOf"]):
            # The one way to accept null beside a reference; a violation is then one of the form.
            return _or_null(dict(forms[0]))
    return _or_null(made) if schema.is_nullable else made


def pattern_of_validator(pattern: str) -> str:
    """A pattern of a spec as the validator reads it."""
    return pattern.replace(_PRIVATE_USE, _ALL_PRIVATE_USE)


def pattern_of_spec(pattern: str) -> str:
    """A pattern of the validator as the spec has it."""
    return pattern.replace(_ALL_PRIVATE_USE, _PRIVATE_USE)


def _or_null(schema: Node) -> Node:
    """The schema, with null as another valid value."""
    if not isinstance(schema.get("type"), str) or not schema.keys().isdisjoint(_NESTED):
        return {"anyOf": [schema, {"type": "null"}]}
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _choice(discriminator: Discriminator) -> Node:
    """A ``oneOf`` with a discriminator, as ``if``/``then`` by the discriminator's value.

    Without a known value the first branch's rules are checked all the same, so that a body
    without the discriminator gets its other violations at once.
    """
    name = discriminator.property_name
    branches = [
        (value, _without_property(_json_schema(branch), name))
        for value, branch in discriminator.branches.items()
    ]
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"type": "string", "enum": [value for value, _ in branches]}},
        "allOf": [_by_value(name, branches)],
    }


def _choice_of_kind(name: str, kinds: list[tuple[Any, Schema]]) -> Node:
    """An ``anyOf`` of kinds as ``if``/``then``; a body without the property is of the first."""
    schemas = [(value, _json_schema(branch)) for value, branch in kinds]
    kind = schemas[0][1]["properties"][name]["type"]
    branches = [(value, _without_property(schema, name)) for value, schema in schemas]
    return {
        "type": "object",
        "properties": {name: {"type": kind}},
        "allOf": [_by_value(name, branches)],
    }


def _by_value(name: str, branches: list[tuple[Any, Node]]) -> Node:
    """The branch that a property's value chooses, else the first one."""
    (_, chosen), *others = branches
    for value, branch in reversed(others):
        chosen = {
            "if": {"properties": {name: {"const": value}}, "required": [name]},
            "then": branch,
            "else": chosen,
        }
    return chosen


def _without_property(schema: Node, name: str) -> Node:
    """The branch without the discriminator, which the choice itself checks."""
    fixed = dict(schema)
    if "properties" in fixed:
        fixed["properties"] = {k: v for k, v in fixed["properties"].items() if k != name}
    if "required" in fixed:
        fixed["required"] = [k for k in fixed["required"] if k != name]
    if "allOf" in fixed:
        fixed["allOf"] = [_without_property(part, name) for part in fixed["allOf"]]
    return fixed
