"""The part of OpenAPI 3.0.3 that we support, as one table.

A keyword that is not in the table stops the start, because a rule must never be silently ignored.
Each row names an object of the specification, its keywords, and the value of each: another object
of the table, a list or a map of them, or plain data.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items are objects of this kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map from names of the author's choice to objects of this kind."""

    kind: str


DATA: Final = None
"""Plain data: nothing below it is OpenAPI."""

Child = str | ListOf | MapOf | None

BASIS: Final[dict[str, Child]] = {"x-basis": DATA, "x-note": DATA}

SCHEMA_RULES: Final[dict[str, Child]] = {
    "type": DATA,
    "nullable": DATA,
    "enum": DATA,
    "format": DATA,
    "pattern": DATA,
    "minLength": DATA,
    "maxLength": DATA,
    "minimum": DATA,
    "maximum": DATA,
    "exclusiveMinimum": DATA,
    "exclusiveMaximum": DATA,
    "multipleOf": DATA,
    "minItems": DATA,
    "maxItems": DATA,
    "uniqueItems": DATA,
    "items": "schema",
    "properties": MapOf("schema"),
    "required": DATA,
    "minProperties": DATA,
    "maxProperties": DATA,
    "additionalProperties": "schema or boolean",
    "readOnly": DATA,
    "writeOnly": DATA,
    "oneOf": ListOf("schema"),
    "anyOf": ListOf("schema"),
    "allOf": ListOf("schema"),
    "not": "schema",
    "discriminator": "discriminator",
}
"""Keywords that say which values are valid. ``json_schema.py`` converts each of them, and rejects a
schema with any other: a row here does not switch a rule on."""

SCHEMA_ANNOTATIONS: Final[dict[str, Child]] = dict.fromkeys(
    "title description default example deprecated externalDocs xml".split(), DATA
)
"""Keywords that are for readers. ``default`` is documentation: no value is stored because of it."""

SCHEMA_EXTENSIONS: Final[dict[str, Child]] = dict.fromkeys(
    """
    x-any-case x-applies x-lock x-mask x-omitted x-only x-pii x-profile x-projection x-whole
    """.split(),
    DATA,
)
"""Keywords of our own, which ``vocabulary.json`` defines."""

_VALUE: Final[dict[str, Child]] = dict.fromkeys(
    """
    description type enum format pattern minLength maxLength minimum maximum maxItems
    """.split()
)

OBJECTS: Final[dict[str, dict[str, Child]]] = {
    "document": {
        "openapi": DATA,
        "info": "info",
        "externalDocs": "external documentation",
        "servers": ListOf("server"),
        "tags": ListOf("tag"),
        "paths": MapOf("path item"),
        "components": "components",
        "security": DATA,
        "x-codecs": DATA,
        "x-cors": DATA,
        "x-lock-states": DATA,
        "x-null": DATA,
        "x-rate-limit": DATA,
        "x-request-id-header": DATA,
        "x-routing": DATA,
    },
    "info": {
        "title": DATA,
        "summary": DATA,
        "description": DATA,
        "version": DATA,
        "contact": DATA,
        "license": DATA,
        "termsOfService": DATA,
    },
    "external documentation": {"description": DATA, "url": DATA},
    "server": {"url": DATA, "description": DATA, "variables": DATA},
    "tag": {"name": DATA, "description": DATA, "externalDocs": "external documentation"},
    "components": {
        "schemas": MapOf("schema"),
        "responses": MapOf("response"),
        "parameters": MapOf("parameter"),
        "examples": MapOf("example"),
        "requestBodies": MapOf("request body"),
        "headers": MapOf("header"),
        "securitySchemes": MapOf("security scheme"),
        "links": MapOf("link"),
        "callbacks": DATA,
    },
    "path item": {
        "summary": DATA,
        "description": DATA,
        "servers": ListOf("server"),
        "parameters": ListOf("parameter"),
        "get": "operation",
        "put": "operation",
        "post": "operation",
        "patch": "operation",
        "delete": "operation",
        **BASIS,
    },
    "operation": {
        "operationId": DATA,
        "summary": DATA,
        "description": DATA,
        "tags": DATA,
        "externalDocs": "external documentation",
        "parameters": ListOf("parameter"),
        "requestBody": "request body",
        "responses": MapOf("response"),
        "security": DATA,
        "servers": ListOf("server"),
        "deprecated": DATA,
        # What a provider sends to its callers; the gateway sends nothing.
        "callbacks": DATA,
        "x-body-size-max-bytes": DATA,
        "x-requires": DATA,
        "x-unsafe": DATA,
        "x-update": DATA,
        **BASIS,
    },
    "parameter": {
        "name": DATA,
        "in": DATA,
        "description": DATA,
        "required": DATA,
        "deprecated": DATA,
        "allowReserved": DATA,
        "allowEmptyValue": DATA,
        "style": DATA,
        "explode": DATA,
        "schema": "schema",
        "content": MapOf("media type"),
        "example": DATA,
        "examples": MapOf("example"),
        "x-also-named": DATA,
        "x-any-case": DATA,
        "x-pii": DATA,
        **BASIS,
    },
    "header": {
        "description": DATA,
        "required": DATA,
        "deprecated": DATA,
        "style": DATA,
        "explode": DATA,
        "schema": "schema",
        "example": DATA,
        "examples": MapOf("example"),
        **BASIS,
    },
    "request body": {
        "description": DATA,
        "required": DATA,
        "content": MapOf("media type"),
        **BASIS,
    },
    "media type": {
        "schema": "schema",
        "example": DATA,
        "examples": MapOf("example"),
        "encoding": MapOf("encoding"),
        "x-also-any": DATA,
        "x-protobuf": DATA,
    },
    "encoding": {
        "contentType": DATA,
        "headers": MapOf("header"),
        "style": DATA,
        "explode": DATA,
        "allowReserved": DATA,
    },
    "example": {
        "summary": DATA,
        "description": DATA,
        "value": DATA,
        "externalValue": DATA,
        **BASIS,
    },
    "response": {
        "description": DATA,
        "headers": MapOf("header"),
        "content": MapOf("media type"),
        "links": MapOf("link"),
        **BASIS,
    },
    "link": {
        "operationId": DATA,
        "operationRef": DATA,
        "parameters": DATA,
        "requestBody": DATA,
        "description": DATA,
    },
    "security scheme": {
        "type": DATA,
        "description": DATA,
        "name": DATA,
        "in": DATA,
        "scheme": DATA,
        "bearerFormat": DATA,
        # Where tokens come from: another server, so these are for readers.
        "flows": DATA,
        "openIdConnectUrl": DATA,
        **BASIS,
    },
    "discriminator": {"propertyName": DATA, "mapping": DATA},
    "schema": {**SCHEMA_RULES, **SCHEMA_ANNOTATIONS, **SCHEMA_EXTENSIONS, **BASIS},
    # specs/profile.yaml: the shared profile.
    "shared profile": {
        "profile": DATA,
        "groups": MapOf("profile group"),
        "fields": MapOf("profile field"),
    },
    "profile group": {"title": DATA, "description": DATA},
    "profile field": {
        **_VALUE,
        "items": "profile list item",
        "x-documents": DATA,
        "x-pii": DATA,
    },
    "profile list item": {
        **_VALUE,
        "title": DATA,
        "properties": MapOf("profile field"),
        "required": DATA,
    },
}

REFERABLE: Final = {
    "schema": "schemas",
    "response": "responses",
    "parameter": "parameters",
    "example": "examples",
    "request body": "requestBodies",
    "header": "headers",
    "security scheme": "securitySchemes",
    "link": "links",
    "path item": "paths",
}
"""Kinds of objects that may be a ``$ref``, and the part of a document that has them by name."""

TEXT_FORMATS: Final = frozenset(
    "byte country date date-time email hostname ipv4 ipv6 phone uri uuid".split()
)
"""Formats of texts that are checked; ``country`` and ``phone`` are the common forms of
``profile/codecs.py``. All others are annotations (OpenAPI 3.0.3, Data Types: "format is an
open-valued property")."""

CODECS: Final = tuple(
    "country country-code country-name lower-case phone phone-e164 whole-number".split()
)
"""The codecs of ``profile/codecs.py``, for every spec; importing them here would be slow."""

TYPES: Final = frozenset({"array", "boolean", "integer", "number", "object", "string"})

METHODS: Final = ("get", "put", "post", "patch", "delete")
"""Methods an operation may have, in the order in which operations are listed."""

OWN_KEYS: Final = frozenset(key for table in OBJECTS.values() for key in table if key[:2] == "x-")
"""The ``x-`` keys that are ours."""

SIMILAR_MIN: Final = 0.8
"""The ratio of ``difflib`` from which a foreign ``x-`` key is taken for a misspelling of ours; we
chose one that finds a letter that is missing or wrong, and leaves other words alone."""


def similar_own_key(key: str) -> str | None:
    """Our key that an ``x-`` key is or resembles, so that it may be a mistake; None if none is."""
    similar = get_close_matches(key, sorted(OWN_KEYS), n=1, cutoff=SIMILAR_MIN)
    return similar[0] if similar else None
