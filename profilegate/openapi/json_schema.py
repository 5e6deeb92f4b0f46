"""OpenAPI 3.0 schemas as JSON Schema 2020-12, so that a validator can be compiled from them.

``$ref`` is resolved in place (a schema that contains itself is a definition), ``nullable`` becomes
a type, ``readOnly`` and ``writeOnly`` lose their place among the required properties, the formats
``int32`` and ``int64`` become bounds, patterns are those of the validator's engine, and a choice by
a discriminator, or an ``anyOf`` of kinds of accounts, becomes one by a property, so that a
violation is named where it is and not as "none of the three matches".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from profilegate.openapi.keywords import SCHEMA_ANNOTATIONS, TEXT_FORMATS
from profilegate.openapi.patterns import pattern_of_validator
from profilegate.openapi.schema import Discriminator, Node, Schema
from profilegate.openapi.spec import Spec

Direction = Literal["request", "response"]

EXACT_INTEGER = "x-exact-integer"
"""A keyword of our own beside ``type: integer``: 1.0 is an integer to JSON Schema since draft 6,
but not to the drafts that OpenAPI 3.0 follows, nor to the store."""

SAME: Final = frozenset(
    """
    type enum pattern minLength maxLength minimum maximum multipleOf
    minItems maxItems uniqueItems minProperties maxProperties
    """.split()
)
"""Rules that JSON Schema has too, with the same meaning."""

CONVERTED: Final = SAME | frozenset(
    """
    nullable format required properties items additionalProperties readOnly writeOnly
    exclusiveMinimum exclusiveMaximum oneOf anyOf allOf not discriminator
    """.split()
)
"""All rules that the validator checks."""

INTEGER_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
}
"""OpenAPI 3.0.3, Data Types: signed 32 bits, and signed 64 bits."""

INLINE_SCHEMAS_MAX: Final = 2000
"""Beyond it a named schema is a definition, and no longer written out wherever it is used: schemas
that refer to each other have more paths than there is memory. We chose more than the largest
operation of an ordinary spec has."""

INLINE_DEPTH_MAX: Final = 16
"""The same for schemas within each other, of which the validator's compiler takes some hundred."""

_NESTED: Final = ("oneOf", "anyOf", "allOf")


def json_schema(spec: Spec, node: Node, direction: Direction = "request") -> Node:
    """
    The JSON Schema of an OpenAPI schema, for a request or for a response.

    Raises:
        SpecError: a rule is none that can be checked, a schema is one of its own parts, or a
            discriminator does not fit its branches.
    """
    converter = _Converter(spec, direction)
    made = converter.convert(spec.schema(node))
    return {**made, "$defs": converter.definitions} if converter.definitions else made


@dataclass(slots=True)
class _Converter:
    """Converts the schemas of one spec; ``definitions`` are those that contain themselves."""

    spec: Spec
    direction: Direction
    definitions: dict[str, Node] = field(default_factory=dict)
    _open: dict[tuple[int, bool], str | None] = field(default_factory=dict)
    """The schemas that are being converted -> their definitions' names, if one refers to them."""
    _defined: dict[tuple[int, bool], str] = field(default_factory=dict)
    """The schemas that are definitions already -> their names."""
    _converted: int = 0
    _names: int = 0

    def convert(self, schema: Schema, *, as_part: bool = False) -> Node:
        """
        The JSON Schema of a schema.

        ``as_part``: it is one of an ``allOf``, so a discriminator of its own does not choose among
        the schemas that have it in their ``allOf``.
        """
        key = (id(schema), as_part)
        if key in self._defined:
            return {"$ref": f"#/$defs/{self._defined[key]}"}
        if key in self._open:
            name = self._open[key] or self._new_name(schema)
            self._open[key] = name
            return {"$ref": f"#/$defs/{name}"}
        self._converted += 1
        is_large = self._converted > INLINE_SCHEMAS_MAX or len(self._open) > INLINE_DEPTH_MAX
        self._open[key] = self._new_name(schema) if is_large and schema.name else None
        made = self._convert(schema, as_part=as_part)
        definition = self._open.pop(key)
        if definition is None:
            return made
        self.definitions[definition] = made
        self._defined[key] = definition
        return {"$ref": f"#/$defs/{definition}"}

    def _new_name(self, schema: Schema) -> str:
        self._names += 1
        return f"{schema.name or 'schema'}-{self._names}"

    def _convert(self, schema: Schema, *, as_part: bool) -> Node:
        if (kinds := schema.kinds()) is not None:
            return self._choice_of_kind(*kinds)
        made = self._own_rules(schema)
        chosen = schema.discriminator
        if chosen is None or (as_part and chosen.is_of_base):
            branches = (schema.one_of, schema.any_of)
            for key, options in zip(_NESTED, branches, strict=False):
                if options:
                    made[key] = [self.convert(option) for option in options]
        if schema.all_of:
            made["allOf"] = [self.convert(part, as_part=True) for part in schema.all_of]
        if chosen is not None and not (as_part and chosen.is_of_base):
            made = _with_choice(made, self._choice(schema, chosen))
        if made.keys() == {"anyOf"}:
            forms = [form for form in made["anyOf"] if form.get("enum") != [None]]
            if len(forms) == 1 < len(made["anyOf"]):
                # A way to accept null beside a reference; a violation is then one of the form.
                return _or_null(dict(forms[0]))
        return _or_null(made) if schema.is_nullable else made

    def _own_rules(self, schema: Schema) -> Node:
        """The rules of a schema without those of its branches and parts."""
        node = schema.node
        for key in node:
            if not (key in CONVERTED or key in SCHEMA_ANNOTATIONS or key.startswith("x-")):
                raise self.spec.error(
                    (*self.spec.where(node), key),
                    f'the rule "{key}" is not checked',
                    "profilegate/openapi/json_schema.py must convert it first",
                )
        made: Node = {key: node[key] for key in node if key in SAME}
        if "pattern" in made:
            made["pattern"] = pattern_of_validator(made["pattern"])
        if schema.type == "integer":
            made[EXACT_INTEGER] = True
        _add_numeric_bounds(node, made)
        if node.get("format") in TEXT_FORMATS and schema.type in ("string", None):
            made["format"] = node["format"]
        if "required" in node:
            made["required"] = [
                name for name in node["required"] if self._is_required(schema, name)
            ]
        if "properties" in node:
            made["properties"] = {p.name: self.convert(p.schema) for p in schema.own_properties}
        if schema.items is not None:
            made["items"] = self.convert(schema.items)
        if schema.additional is not None:
            made["additionalProperties"] = self.convert(schema.additional)
        elif node.get("additionalProperties") is False:
            made["additionalProperties"] = False
        if schema.negated is not None:
            made["not"] = self.convert(schema.negated)
        return made

    def _is_required(self, schema: Schema, name: str) -> bool:
        """OpenAPI 3.0.3, readOnly: "the required will take effect on the response only"."""
        for each in schema.properties:
            if each.name == name:
                if self.direction == "request":
                    return not each.schema.is_read_only
                return not each.schema.is_write_only
        return True

    def _choice(self, schema: Schema, chosen: Discriminator) -> Node:
        """A choice by a discriminator, as ``if``/``then`` by its value.

        Without a known value the first branch's rules are checked all the same, so that a body
        without the discriminator gets its other violations at once.
        """
        name = chosen.property_name
        branches: list[tuple[Any, Node]] = []
        for value, branch in chosen.branches.items():
            word = typed_value(value, branch, name)
            branches.append((word, self.convert(branch, as_part=branch is schema)))
        types = sorted({_TYPE_NAMES[type(value)] for value, _ in branches})
        first = {} if chosen.is_of_base else _without_property(branches[0][1], name)
        return {
            "type": "object",
            "required": [name],
            "properties": {
                name: {
                    "type": types[0] if len(types) == 1 else types,
                    "enum": [value for value, _ in branches],
                }
            },
            "allOf": [_by_value(name, branches, first)],
        }

    def _choice_of_kind(self, name: str, kinds: list[tuple[Any, Schema]]) -> Node:
        """An ``anyOf`` of kinds as ``if``/``then``; a body without the property is of the first."""
        schemas = [(value, self.convert(branch)) for value, branch in kinds]
        kind = schemas[0][1]["properties"][name]["type"]
        branches = [(value, _without_property(schema, name)) for value, schema in schemas]
        return {
            "type": "object",
            "properties": {name: {"type": kind}},
            "allOf": [_by_value(name, branches[1:], branches[0][1])],
        }


_TYPE_NAMES: Final[Mapping[type, str]] = {str: "string", int: "integer", bool: "boolean"}


def typed_value(value: str, branch: Schema, name: str) -> str | int | bool:
    """The value of a discriminator as its property has it: a mapping's keys are always texts."""
    types = {each.schema.type for each in branch.properties if each.name == name}
    if types == {"integer"} and value.lstrip("-").isdigit():
        return int(value)
    if types == {"boolean"} and value in ("true", "false"):
        return value == "true"
    return value


def _add_numeric_bounds(node: Node, made: Node) -> None:
    """``exclusiveMinimum: true`` beside ``minimum`` is a bound of its own in JSON Schema."""
    for exclusive, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if node.get(exclusive) and inclusive in made:
            made[exclusive] = made.pop(inclusive)
    bounds = INTEGER_BOUNDS.get(node.get("format", ""))
    if bounds is not None and node.get("type") == "integer":
        made["minimum"] = max(made.get("minimum", bounds[0]), bounds[0])
        made["maximum"] = min(made.get("maximum", bounds[1]), bounds[1])


def _with_choice(made: Node, choice: Node) -> Node:
    """The choice alone, or as one more part of what stands beside it."""
    if made.keys() <= {"type"}:
        return choice
    return {**made, "allOf": [*made.get("allOf", ()), choice]}


def _or_null(schema: Node) -> Node:
    """The schema, with null as another valid value."""
    if schema.get("enum") == [None] and "type" not in schema:
        return schema
    parts = schema.get("allOf", ())
    if schema.keys() == {"allOf"} and len(parts) == 1:
        # The usual way to make a reference nullable: its violations are those of the one part.
        return _or_null(dict(parts[0]))
    if not isinstance(schema.get("type"), str) or not schema.keys().isdisjoint(_NESTED):
        return {"if": {"type": "null"}, "else": schema}
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


CHAINED_BRANCHES_MAX: Final = 16
"""Branches that are one within the ``else`` of another: the validator's compiler takes some hundred
levels of a schema. More branches stand beside each other."""


def _by_value(name: str, branches: list[tuple[Any, Node]], otherwise: Node) -> Node:
    """The branch that a property's value chooses, else another schema."""
    if len(branches) > CHAINED_BRANCHES_MAX:
        rules = [{"if": _has_value(name, value), "then": branch} for value, branch in branches]
        known = {"properties": {name: {"enum": [value for value, _ in branches]}}}
        if otherwise:
            rules.append({"if": {**known, "required": [name]}, "else": otherwise})
        return {"allOf": rules}
    chosen = otherwise
    for value, branch in reversed(branches):
        chosen = {"if": _has_value(name, value), "then": branch, "else": chosen}
    return chosen


def _has_value(name: str, value: Any) -> Node:
    return {"properties": {name: {"const": value}}, "required": [name]}


def _without_property(schema: Node, name: str) -> Node:
    """A branch without the discriminator, which the choice itself checks."""
    fixed = dict(schema)
    if "$ref" in fixed:
        return {}
    if "properties" in fixed:
        fixed["properties"] = {k: v for k, v in fixed["properties"].items() if k != name}
    if "required" in fixed:
        fixed["required"] = [k for k in fixed["required"] if k != name]
    if "allOf" in fixed:
        fixed["allOf"] = [_without_property(part, name) for part in fixed["allOf"]]
    return fixed
