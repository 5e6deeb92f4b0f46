"""Examples: a valid value of a schema, taken from the spec or made from its rules."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from profilegate.openapi.json_schema import Direction, json_schema, typed_value
from profilegate.openapi.media_types import kind_of
from profilegate.openapi.parameters import Parameter
from profilegate.openapi.pattern_texts import text_of
from profilegate.openapi.schema import Discriminator, Node, Schema
from profilegate.openapi.spec import Operation, Spec
from profilegate.openapi.validator import Validate, compile_json_schema

DEPTH_MAX: Final = 6
"""Below it only what is required is made, so that a schema that contains itself ends."""

NESTING_MAX: Final = 24
"""Below it nothing is made: what is required there has no end."""

_TEXTS: Final[Mapping[str, str]] = {
    "byte": "YQ==",
    "country": "NO",
    "date": "2026-01-01",
    "date-time": "2026-01-01T12:00:00Z",
    "email": "zoe@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "phone": "+12106603032",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
"""A text of each format that is checked; addresses are those that RFCs reserve for examples."""

_WORDS: Final = ("text", "1", "A", "a1", "AB", "ABC", "00", "2026-01-01", "a@example.com", "")
"""Texts that are tried where a schema has a pattern."""

_NOTHING: Final = object()


def example_of(spec: Spec, operation: Operation) -> Any:
    """A value of the successful response of an operation; None if it has no body."""
    for media_type, media in operation.content.items():
        value = example_of_media(spec, media)
        is_binary = kind_of(media_type, media, spec.resolve(media["schema"])) == "binary"
        if not is_binary:
            return value
        return (value if isinstance(value, str) else json.dumps(value)).encode()
    return None


def example_of_media(spec: Spec, media: Node, *, of_request: bool = False) -> Any:
    """A valid example of a media type or of a parameter; one that is made, if the spec has none."""
    maker = Maker(spec, of_request=of_request)
    is_invalid = maker.validator(spec.schema(media["schema"]))
    for value in _said(spec, media):
        if not is_invalid(value):
            return value
    return maker.value(spec.schema(media["schema"]))


def _said(spec: Spec, media: Node) -> Iterator[Any]:
    if "example" in media:
        yield media["example"]
    for node in media.get("examples", {}).values():
        resolved = spec.resolve(node)
        if "value" in resolved:
            yield resolved["value"]


def example_of_parameter(spec: Spec, parameter: Parameter) -> Any:
    """A value of a parameter."""
    return example_of_media(spec, {**parameter.node, "schema": parameter.schema}, of_request=True)


class Maker:
    """Makes values of schemas."""

    def __init__(self, spec: Spec, *, of_request: bool) -> None:
        self._spec = spec
        self._of_request = of_request
        self._validators: dict[Schema, Validate] = {}
        self._values: dict[tuple[Schema, int], Any] = {}

    def validator(self, schema: Schema) -> Validate:
        """The validator of a schema, in the direction of the values that are made."""
        if schema not in self._validators:
            direction: Direction = "request" if self._of_request else "response"
            made = json_schema(self._spec, schema.node, direction)
            self._validators[schema] = compile_json_schema(made)
        return self._validators[schema]

    def value(self, schema: Schema, depth: int = 0) -> Any:
        """A value of a schema: the first that is valid; the first one that was made if none is."""
        key = (schema, min(depth, DEPTH_MAX))
        if depth > NESTING_MAX:
            return None
        if key not in self._values:
            self._values[key] = self._first_valid(schema, depth)
        return self._values[key]

    def _first_valid(self, schema: Schema, depth: int) -> Any:
        first: Any = _NOTHING
        is_invalid = self.validator(schema)
        for made in self._candidates(schema, depth):
            if not is_invalid(made):
                return made
            first = made if first is _NOTHING else first
        return None if first is _NOTHING else first

    def _candidates(self, schema: Schema, depth: int) -> Iterator[Any]:
        for key in ("example", "default"):
            if key in schema.node:
                yield schema.node[key]
        if schema.enum:
            yield from schema.enum
            return
        if schema.all_of or schema.own_properties or schema.type == "object":
            yield self._object(schema, depth, everything=depth < DEPTH_MAX)
            yield self._object(schema, depth, everything=False)
        for part in schema.all_of:
            yield self.value(part, depth + 1)
        if schema.discriminator is not None and not schema.discriminator.is_of_base:
            yield from self._chosen(schema, schema.discriminator, depth)
        for branch in (*schema.one_of, *schema.any_of):
            if "required" in branch.node:
                yield self._object(schema, depth, everything=False, also=branch.node["required"])
            made = self.value(branch, depth + 1)
            if isinstance(made, dict):
                yield {**self._object(schema, depth, everything=False), **made}
            yield made
        if schema.type == "array":
            yield from self._lists(schema, depth)
        if schema.type in ("integer", "number"):
            yield from _numbers(schema.node)
        if schema.type == "boolean":
            yield True
        if schema.type in ("string", None):
            yield from _texts(schema.node)
        if schema.accepts_null:
            yield None

    def _object(
        self, schema: Schema, depth: int, *, everything: bool, also: Sequence[str] = ()
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in schema.all_of:
            made = self.value(part, depth + 1)
            if isinstance(made, dict):
                found |= made
        for each in schema.properties:
            hidden = each.schema.is_read_only if self._of_request else each.schema.is_write_only
            is_wanted = each.is_required or each.name in also
            if not hidden and (is_wanted or (everything and not each.schema.is_recursive)):
                found[each.name] = self.value(each.schema, depth + 1)
        for name in schema.node.get("required", ()):
            if name not in {each.name for each in schema.properties}:
                found.setdefault(name, "text")
        chosen = schema.discriminator
        if chosen is not None and chosen.is_of_base:
            found[chosen.property_name] = next(iter(chosen.branches))
        for number in range(schema.node.get("minProperties", 0) - len(found)):
            inner = schema.additional
            found[f"key{number}"] = "text" if inner is None else self.value(inner, depth + 1)
        return found

    def _chosen(self, schema: Schema, chosen: Discriminator, depth: int) -> Iterator[Any]:
        """An object of each branch of a choice, with the value that chooses it."""
        common = self._object(schema, depth, everything=False)
        for value, branch in chosen.branches.items():
            made = self.value(branch, depth + 1)
            word = typed_value(value, branch, chosen.property_name)
            yield {**common, **(made if isinstance(made, dict) else {}), chosen.property_name: word}

    def _lists(self, schema: Schema, depth: int) -> Iterator[list[Any]]:
        count = max(schema.node.get("minItems", 0), 0 if depth >= DEPTH_MAX else 1)
        if schema.items is None:
            yield ["text"] * count
            return
        first = self.value(schema.items, depth + 1)
        yield [first] * count
        others = list(self._candidates(schema.items, depth + 1))
        yield others[:count]
        yield []


def _numbers(node: Node) -> Iterator[int | float]:
    least, most = node.get("minimum"), node.get("maximum")
    step = node.get("multipleOf", 1)
    for start in (least, most, 1, 0):
        if start is not None:
            nearest = (start - start % step, -(-start // step) * step)
            for value in (start, start + step, start - step, *nearest):
                yield int(value) if float(value).is_integer() else value


def _texts(node: Node) -> Iterator[str]:
    for more in (1, 0, 8, node.get("minLength", 0)) if "pattern" in node else ():
        if (text := text_of(node["pattern"], more=more)) is not None:
            # What a lookahead demands, most times a digit or a capital, is added at the end.
            yield from (text + added for added in ("", "0", "A0", "aA0!"))
    if node.get("format") in _TEXTS:
        yield _TEXTS[node["format"]]
    shortest, longest = node.get("minLength", 0), node.get("maxLength", 40)
    for word in _WORDS:
        yield word
        yield (word * shortest)[: max(shortest, min(len(word), longest))] if word else word
        yield word[:longest].ljust(shortest, word[-1:] or " ")
    yield "0" * shortest
    yield "A" * shortest
