"""The values that keywords of OpenAPI can have, as JSON Schema with a sentence for each."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import jsonschema_rs

from profilegate.openapi.keywords import METHODS, TYPES


class Shape(NamedTuple):
    """What a value must be: its JSON Schema, and in words after "must be"."""

    schema: Mapping[str, Any]
    words: str


TEXT: Final = Shape({"type": "string"}, "a text")
WORDS: Final = Shape({"type": "string", "minLength": 1}, "a text that is not empty")
FLAG: Final = Shape({"type": "boolean"}, "true or false")
COUNT: Final = Shape({"type": "integer", "minimum": 0}, "a whole number, 0 or more")
NUMBER: Final = Shape({"type": "number"}, "a number")
MAP: Final = Shape({"type": "object"}, "a map")
NAMES: Final = Shape({"type": "array", "items": {"type": "string"}}, "a list of texts")
REQUIREMENTS: Final = Shape(
    {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "a list of maps from names of security schemes to lists of scopes",
)


def _one_of(*words: str) -> Shape:
    return Shape({"enum": list(words)}, f"one of {', '.join(words)}")


_DESCRIBED: Final = {"description": TEXT, "summary": TEXT}

SHAPES: Final[Mapping[str, Mapping[str, Shape]]] = {
    "document": {"openapi": TEXT, "security": REQUIREMENTS},
    "info": {"title": TEXT, "version": TEXT, "description": TEXT},
    "server": {
        "url": TEXT,
        "variables": Shape(
            {"type": "object", "additionalProperties": {"type": "object"}},
            "a map from names to variables",
        ),
    },
    "path item": _DESCRIBED,
    "operation": {
        **_DESCRIBED,
        "operationId": WORDS,
        "tags": NAMES,
        "deprecated": FLAG,
        "security": REQUIREMENTS,
    },
    "parameter": {
        "name": WORDS,
        "in": _one_of("path", "query", "header", "cookie"),
        "description": TEXT,
        "required": FLAG,
        "explode": FLAG,
        "allowReserved": FLAG,
        "allowEmptyValue": FLAG,
        "style": _one_of(
            "matrix", "label", "form", "simple", "spaceDelimited", "pipeDelimited", "deepObject"
        ),
    },
    "request body": {"description": TEXT, "required": FLAG},
    "response": {"description": TEXT},
    "security scheme": {
        "type": _one_of("apiKey", "http", "oauth2", "openIdConnect"),
        "name": TEXT,
        "in": _one_of("query", "header", "cookie"),
        "scheme": TEXT,
    },
    "discriminator": {
        "propertyName": WORDS,
        "mapping": Shape(
            {"type": "object", "additionalProperties": {"type": "string"}},
            "a map from values to references, in quotation marks",
        ),
    },
    "schema": {
        "type": Shape({"enum": sorted(TYPES)}, f"one of {', '.join(sorted(TYPES))} in OpenAPI 3.0"),
        "nullable": FLAG,
        "enum": Shape({"type": "array", "minItems": 1}, "a list of at least one value"),
        "format": TEXT,
        "pattern": TEXT,
        "minLength": COUNT,
        "maxLength": COUNT,
        "minItems": COUNT,
        "maxItems": COUNT,
        "minProperties": COUNT,
        "maxProperties": COUNT,
        "minimum": NUMBER,
        "maximum": NUMBER,
        "exclusiveMinimum": Shape({"type": "boolean"}, "true or false in OpenAPI 3.0"),
        "exclusiveMaximum": Shape({"type": "boolean"}, "true or false in OpenAPI 3.0"),
        "multipleOf": Shape({"type": "number", "exclusiveMinimum": 0}, "a number above 0"),
        "uniqueItems": FLAG,
        "required": NAMES,
        "readOnly": FLAG,
        "writeOnly": FLAG,
        "deprecated": FLAG,
        "title": TEXT,
        "description": TEXT,
    },
}
"""The shapes of plain data, by kind of object and keyword (OpenAPI 3.0.3, 4.7)."""

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "document": ("info", "paths"),
    "info": ("title", "version"),
    "server": ("url",),
    "operation": ("responses",),
    "parameter": ("name", "in"),
    "request body": ("content",),
    "security scheme": ("type",),
    "discriminator": ("propertyName",),
}
"""The keywords that an object must have, of those that we read."""

METHODS_NOT_SERVED: Final = ("head", "options", "trace")
"""Methods of OpenAPI that no operation can have here: HEAD is that of GET, OPTIONS that of CORS."""

METHOD_HINT: Final = f"use one of {', '.join(METHODS)}; HEAD is served for every GET"


@cache
def _validator(kind: str, keyword: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(SHAPES[kind][keyword].schema))


def misshapen(kind: str, keyword: str, value: Any) -> str | None:
    """What the value of a keyword must be; None if it is."""
    shape = SHAPES.get(kind, {}).get(keyword)
    if shape is None or _validator(kind, keyword).is_valid(value):
        return None
    return shape.words
