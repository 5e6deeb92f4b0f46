"""Schemas as unions of flat shapes: allOf is merged, each branch of a choice is a shape of its own.

So it makes no difference to a comparison whether a rule is written in place, in a component, or in
a part of an ``allOf``.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

from profilegate.contract.compat.document import Part
from profilegate.openapi import Node
from profilegate.openapi.json_schema import INTEGER_BOUNDS

SHAPES_MAX: Final = 32
"""Shapes of one schema; the product of several choices has no end. We chose more than any public
spec that we know has, and compare such schemas by their text."""

TYPES: Final = frozenset("array boolean integer null number object string".split())

SILENT_FORMATS: Final = frozenset("binary double float int32 int64 password".split())
"""Formats that no text violates; those of integers are bounds."""

LOWER: Final = ("minimum", "minLength", "minItems", "minProperties")
UPPER: Final = ("maximum", "maxLength", "maxItems", "maxProperties")

TYPE_OF_RULE: Final = {
    "minLength": "string", "maxLength": "string", "pattern": "string", "format": "string",
    "minItems": "array", "maxItems": "array", "uniqueItems": "array",
    "minProperties": "object", "maxProperties": "object",
}  # fmt: skip
"""Rules that hold for values of one type alone."""

OWN: Final = (
    "x-any-case", "x-applies", "x-lock", "x-mask", "x-omitted", "x-only", "x-whole",
)  # fmt: skip
"""Keywords of our own that change what a client meets."""

Bound = tuple[float, int]
"""A bound, and 1 (from below) or -1 (from above) if it is excluded itself."""


@dataclass(slots=True)
class Shape:
    """
    The values of one form.

    ``types`` are None for any. ``properties``, ``items``, ``additional`` and ``negated`` hold each
    part as often as there are schemas for it: a value must satisfy all of them.
    """

    types: frozenset[str] = TYPES
    enum: tuple[Any, ...] | None = None
    bounds: dict[str, Bound] = field(default_factory=dict)
    words: dict[str, frozenset[str]] = field(default_factory=dict)
    """Patterns, formats and ``multipleOf``, by their keyword."""
    is_unique: bool = False
    properties: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: tuple[Part, ...] = ()
    additional: tuple[Part, ...] = ()
    is_closed: bool = False
    """Whether other properties are rejected."""
    negated: frozenset[str] = frozenset()
    own: dict[str, Any] = field(default_factory=dict)
    uncompared: frozenset[str] = frozenset()
    """Choices that are too large to be shapes, as text."""

    def merged(self, other: "Shape") -> "Shape | None":
        """The values that are of both forms; None if there are none."""
        types = self.types & other.types
        if "number" in self.types and "integer" in other.types:
            types |= {"integer"}
        if "integer" in self.types and "number" in other.types:
            types |= {"integer"}
        if not types:
            return None
        enum = self.enum if other.enum is None else other.enum
        if self.enum is not None and other.enum is not None:
            known = set(map(_text, other.enum))
            enum = tuple(word for word in self.enum if _text(word) in known)
        names = dict.fromkeys((*self.properties, *other.properties))
        keys = self.words.keys() | other.words.keys()
        return Shape(
            types,
            enum,
            _tightest(self.bounds, other.bounds),
            {k: self.words.get(k, frozenset()) | other.words.get(k, frozenset()) for k in keys},
            self.is_unique or other.is_unique,
            {
                name: (*self.properties.get(name, ()), *other.properties.get(name, ()))
                for name in names
            },
            self.required | other.required,
            (*self.items, *other.items),
            (*self.additional, *other.additional),
            self.is_closed or other.is_closed,
            self.negated | other.negated,
            {**self.own, **other.own},
            self.uncompared | other.uncompared,
        )


def shapes_of(parts: Sequence[Part]) -> list[Shape]:
    """The shapes of the values that satisfy some schemas at once; none for any value."""
    return _Expansion().all_of(parts)


class _Expansion:
    """Expands schemas; ``_open`` are those that are being expanded: one may refer to itself."""

    def __init__(self) -> None:
        self._open: list[int] = []

    def all_of(self, parts: Iterable[Part], *, as_part: bool = False) -> list[Shape]:
        shapes = [Shape()]
        for part in parts:
            shapes = _product(shapes, self.of(part, as_part=as_part), part)
        return shapes

    def of(self, part: Part, *, as_part: bool = False) -> list[Shape]:
        if id(part.node) in self._open:
            return [Shape()]
        self._open.append(id(part.node))
        try:
            return self._of(part, as_part)
        finally:
            self._open.pop()

    def _of(self, part: Part, as_part: bool) -> list[Shape]:
        node: Node = part.node
        shapes = [own_shape(part)]
        inherited = [part.schema("allOf", n) for n in range(len(node.get("allOf", ())))]
        for each in inherited:
            shapes = _product(shapes, self.of(each, as_part=True), each)
        for key in ("oneOf", "anyOf"):
            if key in node:
                branches = [part.schema(key, n) for n in range(len(node[key]))]
                found = [shape for branch in branches for shape in self.of(branch)]
                shapes = _product(shapes, found, part)
        if "discriminator" in node and not as_part and node.keys().isdisjoint({"oneOf", "anyOf"}):
            shapes = self._of_children(part) or shapes
        if node.get("nullable"):
            shapes = [_or_null(shape) for shape in shapes] or [Shape(frozenset({"null"}))]
        return shapes

    def _of_children(self, base: Part) -> list[Shape]:
        """The component schemas that have this one in their ``allOf``; the base chooses by them."""
        found: list[Shape] = []
        schemas = base.document.root.part("components", "schemas")
        for name in schemas.node:
            child = schemas.schema(name)
            parts = child.node.get("allOf", ()) if isinstance(child.node, dict) else ()
            if any(child.schema("allOf", n).node is base.node for n in range(len(parts))):
                found += self.of(child)
        return found if len(found) <= SHAPES_MAX else []


def _product(shapes: list[Shape], others: list[Shape], part: Part) -> list[Shape]:
    if len(shapes) * len(others) > SHAPES_MAX:
        text = json.dumps(without_annotations(part.node), sort_keys=True, default=str)
        return [
            each
            for shape in shapes
            if (each := shape.merged(Shape(uncompared=frozenset({text})))) is not None
        ]
    pairs = product(shapes, others)
    return [both for one, other in pairs if (both := one.merged(other)) is not None]


def own_shape(part: Part) -> Shape:
    """A schema without its parts and branches."""
    node = part.node
    types = _types(node)
    shape = Shape(types, own={key: node[key] for key in OWN if key in node})
    if node.get("enum"):
        shape.enum = tuple(word for word in node["enum"] if word is not None)
        if not shape.enum:
            shape.enum = None
    shape.bounds = _bounds(node, types)
    shape.words = _words(node, types)
    shape.is_unique = "array" in types and bool(node.get("uniqueItems"))
    shape.required = frozenset(node.get("required", ()))
    shape.properties = {
        name: (part.schema("properties", name),) for name in node.get("properties", {})
    }
    if "items" in node and "array" in types:
        shape.items = (part.schema("items"),)
    if "object" in types:
        additional = node.get("additionalProperties", True)
        shape.is_closed = additional is False
        if isinstance(additional, dict) and additional:
            shape.additional = (part.schema("additionalProperties"),)
    if "not" in node:
        text = json.dumps(without_annotations(part.schema("not").node), sort_keys=True)
        shape.negated = frozenset({text})
    return shape


def _types(node: Node) -> frozenset[str]:
    said = node.get("type")
    types = TYPES if said is None else frozenset({said})
    if node.get("enum"):
        kinds = frozenset(_type_of(word) for word in node["enum"])
        if "number" in types:
            kinds |= {"number"} if "integer" in kinds else frozenset()
        types = (types & kinds) | (kinds & {"null"})
    return types


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _or_null(shape: Shape) -> Shape:
    shape.types |= {"null"}
    return shape


def _bounds(node: Node, types: frozenset[str]) -> dict[str, Bound]:
    found: dict[str, Bound] = {}
    for keys, excluded in ((LOWER, 1), (UPPER, -1)):
        for key in keys:
            if key not in node or not (TYPE_OF_RULE.get(key, "number") in types or key in _NUMERIC):
                continue
            if key in _NUMERIC and types.isdisjoint({"integer", "number"}):
                continue
            is_excluded = node.get(f"exclusive{key[0].upper()}{key[1:]}") is True
            found[key] = _bound(node[key], excluded if is_excluded else 0, types)
    if "integer" in types and node.get("format") in INTEGER_BOUNDS:
        low, high = INTEGER_BOUNDS[node["format"]]
        found = _tightest(found, {"minimum": (low, 0), "maximum": (high, 0)})
    # At least 0 characters, items or properties: that is no rule.
    return {k: bound for k, bound in found.items() if k not in LOWER[1:] or bound != (0, 0)}


_NUMERIC: Final = ("minimum", "maximum")


def _bound(value: float, excluded: int, types: frozenset[str]) -> Bound:
    """More than 4 is at least 5 to an integer."""
    if excluded and "number" not in types and isinstance(value, int):
        return value + excluded, 0
    return value, excluded


def _tightest(one: dict[str, Bound], other: dict[str, Bound]) -> dict[str, Bound]:
    merged = dict(one)
    for key, bound in other.items():
        pick: Callable[[Bound, Bound], Bound] = max if key in LOWER else min
        merged[key] = pick(merged[key], bound) if key in merged else bound
    return merged


def _words(node: Node, types: frozenset[str]) -> dict[str, frozenset[str]]:
    found = {}
    if "string" in types and "pattern" in node:
        found["pattern"] = frozenset({node["pattern"]})
    if "string" in types and node.get("format", "int32") not in SILENT_FORMATS:
        found["format"] = frozenset({node["format"]})
    if not types.isdisjoint({"integer", "number"}) and "multipleOf" in node:
        found["multipleOf"] = frozenset({json.dumps(node["multipleOf"])})
    return found


def without_annotations(node: Any) -> Any:
    """A schema without what says nothing of values, for a comparison by its text."""
    if isinstance(node, dict):
        return {
            key: without_annotations(value)
            for key, value in node.items()
            if key not in ("description", "title", "example", "examples", "x-note", "x-basis")
        }
    return [without_annotations(each) for each in node] if isinstance(node, list) else node


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
