"""Checks of a document against the table of keywords and the vocabulary of the x- keys."""

import importlib.resources
import json
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

import jsonschema_rs

from profilegate.errors import SpecError
from profilegate.openapi.keywords import (
    OBJECTS,
    REFERABLE,
    TYPES,
    Child,
    ListOf,
    MapOf,
    similar_own_key,
)
from profilegate.openapi.spec import pointer

PROFILE_KINDS = frozenset({"profile field", "profile list item"})

SCHEMA_KINDS = PROFILE_KINDS | {"schema"}
"""Kinds of objects that have a type."""

PROFILE_FORMATS = frozenset({"country", "date", "date-time", "email", "phone", "uuid"})
"""The formats of the shared profile: a word of another provider would be no rule."""


def check_object(file: str, node: Any, kind: str, at: tuple[str | int, ...]) -> None:
    """One object of the table: known keywords, well-formed extensions, and all below it."""
    if not isinstance(node, dict):
        raise SpecError(file, pointer(at), f"{_a(kind)} must be a map", "write `key: value` lines")
    if "$ref" in node and kind in REFERABLE:
        if len(node) > 1:
            raise SpecError(
                file, pointer(at), "beside $ref nothing counts", "move the siblings elsewhere"
            )
        wanted = f"#/components/{REFERABLE[kind]}/"
        if not str(node["$ref"]).startswith(wanted):
            raise SpecError(
                file, pointer((*at, "$ref")), f"this names no {kind}", f"refer to {wanted}<name>"
            )
        return
    keywords = OBJECTS[kind]
    for key, value in node.items():
        here = (*at, key)
        if key not in keywords:
            _reject_unless_foreign(file, key, kind, here)
            continue
        if key.startswith("x-"):
            _check_extension(file, key, value, here)
        _check_child(file, value, keywords[key], here)
    if kind in SCHEMA_KINDS and "type" in node and str(node["type"]) not in TYPES:
        raise SpecError(
            file,
            pointer((*at, "type")),
            "there is no such type in OpenAPI 3.0",
            f"use one of {', '.join(sorted(TYPES))}",
        )
    if kind in PROFILE_KINDS and node.get("format", "date") not in PROFILE_FORMATS:
        raise SpecError(
            file,
            pointer((*at, "format")),
            "this format is not supported",
            f"use one of {', '.join(sorted(PROFILE_FORMATS))}, or a pattern",
        )


def _reject_unless_foreign(file: str, key: str, kind: str, at: tuple[str | int, ...]) -> None:
    """
    Reject a keyword, unless it is somebody else's ``x-`` key, which is an annotation.

    Raises:
        SpecError: it is no keyword of OpenAPI 3.0 for the object, or it is, or resembles, one of
            our own keys.
    """
    ours = _definitions().keys()
    hint = "see the OpenAPI 3.0.3 specification for this object; no rule is ignored silently"
    if key in ours:
        hint = "see profilegate/openapi/keywords.py for the objects that may have this key"
    elif key.startswith("x-"):
        similar_key = similar_own_key(key)
        if similar_key is None:
            return
        hint = f"write {similar_key}, or give a key of your own another name"
    elif similar := get_close_matches(key, OBJECTS[kind], n=1):
        hint = f"did you mean {similar[0]}?"
    raise SpecError(file, pointer(at), f'keyword "{key}" is not supported on {_a(kind)}', hint)


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def _check_child(file: str, value: Any, child: Child, at: tuple[str | int, ...]) -> None:
    if child == "schema or boolean":
        if not isinstance(value, bool):
            check_object(file, value, "schema", at)
    elif isinstance(child, str):
        check_object(file, value, child, at)
    elif isinstance(child, MapOf):
        if not isinstance(value, dict):
            raise SpecError(file, pointer(at), "this must be a map", "write `name:` lines")
        for name, item in value.items():
            check_object(file, item, child.kind, (*at, name))
    elif isinstance(child, ListOf):
        if not isinstance(value, list):
            raise SpecError(file, pointer(at), "this must be a list", "write `- ` lines")
        for place, item in enumerate(value):
            check_object(file, item, child.kind, (*at, place))


@cache
def _definitions() -> Mapping[str, Any]:
    """The schemas of our own keys."""
    text = importlib.resources.files("profilegate.openapi").joinpath("vocabulary.json").read_text()
    definitions: Mapping[str, Any] = json.loads(text)["$defs"]
    return definitions


@cache
def _extension_validator(key: str) -> jsonschema_rs.Draft202012Validator:
    definitions = _definitions()
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{key}", "$defs": definitions})


def _check_extension(file: str, key: str, value: Any, at: tuple[str | int, ...]) -> None:
    for error in _extension_validator(key).iter_errors(value):
        raise SpecError(
            file,
            pointer((*at, *error.instance_path)),
            f"{key}: {error.message}",
            "see the key in profilegate/openapi/vocabulary.json",
        )
