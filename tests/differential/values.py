"""Values made from a JSON Schema: good ones at every boundary, and each keyword broken once.

The formats are told by Python's own library, so that no mistake of the gateway's is repeated here.
"""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

import jsonschema_rs

Schema = dict[str, Any]

FORM_OF_TEXT = "pattern, format or length"

NOT_TEXT: Sequence[Any] = (None, True, 7, 1.5, [], {})
NOT_A_NUMBER: Sequence[Any] = (None, True, "7", "seven", [], {})
NO_OPTIONS: Sequence[Any] = ("no such word", "", None, 1, [])
NOT_A_BOOLEAN: Sequence[Any] = (None, "true", 1, 0, [])
NOT_A_LIST: Sequence[Any] = (None, "a", {}, 1)
NOT_AN_OBJECT: Sequence[Any] = (None, "a", [], 1, True)

TEXTS = (
    "plain words",
    "",
    "a",
    "AA08 N84G CPAR UN7A",
    "Ж",
    "😀",
    "2024-02-29",
    "2023-02-29",
    "12-31-2024",
    "2024-01-01 10:00:00",
    "2024-01-01T10:00:00Z",
    "2024-01-01T10:00:00",
    "2024-01-01T10:00:00.123456",
    "2024-13-01T10:00:00+02:00",
    "zoe@example.com",
    "Zoe <zoe@example.com>",
    "zoe@",
    "f45680e1-014d-42c7-be86-3b2899e911c3",
    "f45680e1-014d-42c7-be86",
    "+4917612345678",
    "2106603032",
    "1234567890",
    "12345678",
    "de",
    "US",
    "XX",
    "0.0.0.0",
    "WORD_IN_CAPITALS",
    "data:image/png;base64,SUQ=",
    "data:image/png;base64,",
    "111111112",
    "*****1112",
    "line\nbreak",
    "nul\0inside",
)
"""Texts of which each format and each pattern of the specs takes some and rejects the rest."""


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def is_read(text: str) -> bool:
        try:
            return bool(read(text))
        except ValueError:
            return False

    return is_read


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": _reads(lambda text: len(text) == len("2024-02-29") and date.fromisoformat(text)),
    "date-time": _reads(lambda text: "T" in text and datetime.fromisoformat(text).tzinfo),
    "email": _reads(lambda text: re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", text)),
    "uuid": _reads(lambda text: str(uuid.UUID(text)) == text.lower()),
}
"""Each format of the specs, as far as TEXTS hold any text of it or near it."""

ENUM_SHOWN_MAX = 12
TEXTS_SHOWN_MAX = 7
"""Of each field, and as many again that it rejects."""


def taker(schema: Schema) -> Callable[[Any], bool]:
    """Whether a value is a good one: by the schema, its formats really checked."""
    return jsonschema_rs.Draft202012Validator(
        _without_extensions(schema), validate_formats=True, formats=dict(FORMATS)
    ).is_valid


def good(schema: Schema) -> list[Any]:
    """Values that a schema takes, the plainest first."""
    takes = taker(schema)
    candidates = chain.from_iterable(_good(kind) for kind in kinds(schema))
    # Two choices may give the same value; once is enough.
    found = list({repr(value): value for value in candidates if takes(value)}.values())
    return _few(found, of_texts=[value for value in found if isinstance(value, str)])


def bad(schema: Schema) -> list[tuple[str, Any]]:
    """Values that a schema rejects, each with the keyword that it breaks."""
    takes = taker(schema)
    candidates = chain.from_iterable(_bad(kind) for kind in kinds(schema))
    found = [(keyword, value) for keyword, value in candidates if not takes(value)]
    return _few(found, of_texts=[one for one in found if one[0] == FORM_OF_TEXT])


def _few(values: list[Any], of_texts: list[Any]) -> list[Any]:
    """The values with fewer texts among them: the first, and some of the rest."""
    step = max(1, -(-len(of_texts) // TEXTS_SHOWN_MAX))
    dropped = [text for place, text in enumerate(of_texts) if place % step]
    return [value for value in values if not any(value is text for text in dropped)]


def kinds(schema: Schema) -> list[Schema]:
    """The choices in a schema spelled out: one schema without choices for each of them."""
    rest = {key: value for key, value in schema.items() if key not in _CHOICES}
    found = [rest]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            branches = [kind for branch in schema[key] for kind in kinds(branch)]
            found = [merged(one, branch) for one in found for branch in branches]
    for part in schema.get("allOf", ()):
        found = [merged(one, branch) for one in found for branch in kinds(part)]
    if "if" in schema:
        then = [merged(schema["if"], kind) for kind in kinds(schema["then"])]
        found = [merged(one, branch) for one in found for branch in then + kinds(schema["else"])]
    return found


_CHOICES = frozenset({"anyOf", "oneOf", "allOf", "if", "then", "else"})


def merged(one: Schema, other: Schema) -> Schema:
    """Two schemas that hold at the same time, as one."""
    properties = dict(one.get("properties", {}))
    for name, schema in other.get("properties", {}).items():
        properties[name] = merged(properties[name], schema) if name in properties else schema
    both = {**one, **other}
    if properties:
        both["properties"] = properties
    if "required" in both:
        both["required"] = list(
            dict.fromkeys((*one.get("required", ()), *other.get("required", ())))
        )
    return both


def _without_extensions(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {k: _without_extensions(v) for k, v in schema.items() if not k.startswith("x-")}
    if isinstance(schema, list):
        return [_without_extensions(item) for item in schema]
    return schema


def _types(schema: Schema) -> list[str]:
    if "type" not in schema:
        return ["object"] if "properties" in schema else ["string"]
    return schema["type"] if isinstance(schema["type"], list) else [schema["type"]]


# --- Good ones ---------------------------------------------------------------------------


def _good(schema: Schema) -> Iterator[Any]:
    if "const" in schema:
        yield schema["const"]
        return
    if "enum" in schema:
        yield from schema["enum"][:ENUM_SHOWN_MAX]
        yield schema["enum"][-1]
        return
    for name in _types(schema):
        match name:
            case "string":
                yield from _texts(schema)
            case "integer":
                yield from (schema.get("minimum", 1), 45, schema.get("maximum", 2**53))
            case "number":
                yield from (schema.get("minimum", 0), 1, 2.5, schema.get("maximum", 1e15))
            case "boolean":
                yield from (True, False)
            case "null":
                yield None
            case "array":
                items = good(schema.get("items", {}))
                yield from (items[:1], items[:3], [])
            case "object":
                yield from _good_objects(schema)


def _texts(schema: Schema) -> Iterator[str]:
    yield from TEXTS
    for length in (schema.get("minLength", 0), schema.get("maxLength", 30)):
        yield from (letter * length for letter in "aA1Ж")


def _good_objects(schema: Schema) -> Iterator[dict[str, Any]]:
    values = {name: good(child) for name, child in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    least = {name: some[0] for name, some in values.items() if name in required and some}
    most = {name: some[0] for name, some in values.items() if some}
    yield from (least, most, {**most, "no_such_field": 1})
    for name, some in values.items():
        yield from ({**least, name: value} for value in some)


# --- Bad ones ----------------------------------------------------------------------------


def _bad(schema: Schema) -> Iterator[tuple[str, Any]]:
    if "const" in schema or "enum" in schema:
        yield from (("enum", value) for value in NO_OPTIONS)
        return
    for name in _types(schema):
        match name:
            case "string":
                yield from (("type", value) for value in NOT_TEXT)
                yield from ((FORM_OF_TEXT, text) for text in TEXTS)
                for length in (schema.get("minLength", 1) - 1, schema.get("maxLength", 0) + 1):
                    yield from (("length", letter * length) for letter in "aA1")
            case "integer" | "number":
                yield from (("type", value) for value in NOT_A_NUMBER)
                yield from (("integer", value) for value in (1.5, 1.0, 1e20, 10**30))
                yield ("minimum", schema.get("minimum", 0) - 1)
                yield ("maximum", schema.get("maximum", 0) + 1)
            case "boolean":
                yield from (("type", value) for value in NOT_A_BOOLEAN)
            case "array":
                yield from (("type", value) for value in NOT_A_LIST)
                yield ("minItems", [])
                fine = good(schema.get("items", {}))[:1]
                for keyword, value in bad(schema.get("items", {})):
                    yield (f"items.{keyword}", [*fine, value])
            case "object":
                yield from _bad_objects(schema)


def _bad_objects(schema: Schema) -> Iterator[tuple[str, Any]]:
    yield from (("type", value) for value in NOT_AN_OBJECT)
    yield ("required", {})
    least = next(_good_objects(schema))
    for name in least:
        yield ("required", {key: value for key, value in least.items() if key != name})
    for name, child in schema.get("properties", {}).items():
        for keyword, value in bad(child):
            yield (f"{name}.{keyword}", {**least, name: value})
