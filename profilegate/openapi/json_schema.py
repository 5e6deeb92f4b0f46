"""OpenAPI 3.0 schemas as JSON Schema 2020-12, so that a validator can be compiled from them.

Three things differ: ``$ref`` is resolved in place, ``nullable`` becomes a type, and a
``oneOf`` with a discriminator, or an ``anyOf`` of kinds of accounts, becomes a choice by one
property, so that a violation is named where it is and not as "none of the three fits".
"""

from typing import Any

from profilegate.openapi.spec import Node, Spec

_KEPT = frozenset(
    """
    type required enum format pattern minLength maxLength minimum maximum
    minItems maxItems uniqueItems
    """.split()
)
EXACT_INTEGER = "x-exact-integer"
"""A keyword of our own beside ``type: integer``: 1.0 is an integer to JSON Schema since draft 6,
but not to the drafts that OpenAPI 3.0 speaks, nor to whoever stores it."""

_NESTED = ("oneOf", "anyOf", "allOf")


def json_schema(spec: Spec, node: Node, _above: tuple[str, ...] = ()) -> Node:
    """
    The JSON Schema of an OpenAPI schema, without references.

    Raises:
        SpecError: a schema contains itself.
    """
    if (reference := node.get("$ref")) is not None:
        if reference in _above:
            raise spec.error(
                spec.where(node),
                f"{reference} contains itself",
                "a body of endless depth cannot be checked: break the circle",
            )
        _above = (*_above, reference)
        node = spec.resolve(node)
    if "discriminator" in node:
        return _choice(spec, node, _above)
    if (kinds := _kinds(spec, node)) is not None:
        return _choice_of_kind(spec, kinds, _above)
    schema: Node = {key: value for key, value in node.items() if key in _KEPT}
    if schema.get("type") == "integer":
        schema[EXACT_INTEGER] = True
    if "properties" in node:
        schema["properties"] = {
            name: json_schema(spec, child, _above) for name, child in node["properties"].items()
        }
    if "items" in node:
        schema["items"] = json_schema(spec, node["items"], _above)
    for key in _NESTED:
        if key in node:
            schema[key] = [json_schema(spec, child, _above) for child in node[key]]
    if schema.keys() == {"anyOf"}:
        forms = [form for form in schema["anyOf"] if form.get("enum") != [None]]
        if len(forms) == 1 < len(schema["anyOf"]):
            # The one way to accept null beside a reference; a violation is then one of the form.
            return _or_null(dict(forms[0]))
    return _or_null(schema) if node.get("nullable") else schema


def _or_null(schema: Node) -> Node:
    """The schema with null let in, whatever else it says."""
    if not isinstance(schema.get("type"), str) or not schema.keys().isdisjoint(_NESTED):
        return {"anyOf": [schema, {"type": "null"}]}
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _choice(spec: Spec, node: Node, above: tuple[str, ...]) -> Node:
    """A ``oneOf`` with a discriminator, as ``if``/``then`` by the discriminator's value.

    Without a known value the first branch's rules are checked all the same, so that whoever
    forgot the discriminator hears of the other violations at once.

    Raises:
        SpecError: the discriminator does not give a value to each branch.
    """
    at = (*spec.where(node), "discriminator")
    if node["discriminator"].keys() != {"propertyName", "mapping"}:
        raise spec.error(
            at,
            "a choice needs a property, and a value of it for each branch",
            "write propertyName and mapping",
        )
    mapped = dict.fromkeys(node["discriminator"]["mapping"].values())
    if list(mapped) != [branch.get("$ref") for branch in node.get("oneOf", ())]:
        raise spec.error(
            (*at, "mapping"),
            "these are not the branches of the oneOf",
            "list the same references here, in the same order",
        )
    name = node["discriminator"]["propertyName"]
    branches = {
        value: _without_property(json_schema(spec, {"$ref": reference}, above), name)
        for value, reference in node["discriminator"]["mapping"].items()
    }
    values = list(branches)
    rest: Any = branches[values[0]]
    for value in values[:0:-1]:
        rest = {
            "if": {"properties": {name: {"const": value}}, "required": [name]},
            "then": branches[value],
            "else": rest,
        }
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"type": "string", "enum": values}},
        "allOf": [rest],
    }


def _kinds(spec: Spec, node: Node) -> tuple[str, list[tuple[Any, Node]]] | None:
    """The property by which the branches of an ``anyOf`` differ, and its value in each of them.

    Each branch says for which accounts it speaks (``x-applies``), and one property of its own
    lives at just that path; None for any other ``anyOf``.
    """
    names = set()
    kinds = []
    for branch in node.get("anyOf", ()):
        resolved = spec.resolve(branch)
        for path, value in resolved.get("x-applies", {}).items():
            for name, child in resolved.get("properties", {}).items():
                if child.get("x-profile") == path:
                    names.add(name)
                    kinds.append((value, branch))
    if len(names) != 1 or len(kinds) != len(node["anyOf"]):
        return None
    return names.pop(), kinds


def _choice_of_kind(
    spec: Spec, kinds: tuple[str, list[tuple[Any, Node]]], above: tuple[str, ...]
) -> Node:
    """An ``anyOf`` of kinds as ``if``/``then``; the first is meant where nothing is said."""
    name, branches = kinds
    schemas = [(value, json_schema(spec, branch, above)) for value, branch in branches]
    rest = _without_property(schemas[0][1], name)
    for value, schema in schemas[:0:-1]:
        rest = {
            "if": {"properties": {name: {"const": value}}, "required": [name]},
            "then": _without_property(schema, name),
            "else": rest,
        }
    kind = schemas[0][1]["properties"][name]["type"]
    return {"type": "object", "properties": {name: {"type": kind}}, "allOf": [rest]}


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
