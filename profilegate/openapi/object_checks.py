"""Checks of a document against the table of keywords and the vocabulary of the x- keys."""

import importlib.resources
import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

import jsonschema_rs

from profilegate.openapi.keywords import OBJECTS, Child, ListOf, MapOf, similar_own_key
from profilegate.openapi.patterns import is_readable
from profilegate.openapi.shapes import METHOD_HINT, METHODS_NOT_SERVED, REQUIRED, misshapen
from profilegate.openapi.sources import Report
from profilegate.openapi.walk import is_extension, is_reference
from profilegate.openapi.yaml_files import Place

PROFILE_KINDS = frozenset({"profile field", "profile list item"})

SCHEMA_KINDS = PROFILE_KINDS | {"schema"}
"""Kinds of objects that have a type."""

PROFILE_FORMATS = frozenset({"country", "date", "date-time", "email", "phone", "uuid"})
"""The formats of the shared profile: a word of another provider would be no rule."""

SPECIFICATION_HINT = "see the OpenAPI 3.0.3 specification for this object"

PATTERN_CHARACTERS_MAX = 60
"""Of a pattern in a message; more does not help to find it. We chose it."""


@dataclass(slots=True)
class ObjectCheck:
    """
    Checks objects of the table: known keywords with values that they can have, and all below.

    ``is_sound``: each object has the form that the reader relies on, though it may break a rule.
    """

    report: Report
    is_sound: bool = True

    def check(self, node: Any, kind: str, at: Place) -> None:
        """Report every error of an object and of all objects in it."""
        if not isinstance(node, dict):
            self.unsound(at, f"{_a(kind)} must be a map", "write `key: value` lines")
            return
        if is_reference(node, kind):
            if len(node) > 1:
                hint = "OpenAPI 3.0 ignores the siblings: write allOf with the $ref in it, or move"
                self.report(at, "beside $ref nothing counts", f"{hint} them elsewhere")
            return
        self._check_required(node, kind, at)
        for key, value in node.items():
            here = (*at, key)
            if key not in OBJECTS[kind]:
                self._check_foreign(key, kind, here)
                continue
            if key.startswith("x-"):
                self._check_extension(key, value, here)
            if (words := misshapen(kind, key, value)) is not None:
                self.unsound(here, f"{key} must be {words}", SPECIFICATION_HINT)
            self._check_child(value, OBJECTS[kind][key], here)
        if kind in SCHEMA_KINDS:
            self._check_schema(node, kind, at)

    def unsound(self, at: Place, what: str, hint: str) -> None:
        """Report an error of form: the reader cannot go on."""
        self.is_sound = False
        self.report(at, what, hint)

    def _check_required(self, node: Mapping[str, Any], kind: str, at: Place) -> None:
        for key in REQUIRED.get(kind, ()):
            if key not in node:
                self.unsound(at, f"{_a(kind)} needs the keyword {key}", f"add `{key}:`")

    def _check_schema(self, node: Mapping[str, Any], kind: str, at: Place) -> None:
        pattern = node.get("pattern")
        if isinstance(pattern, str) and not is_readable(pattern):
            shown = pattern[:PATTERN_CHARACTERS_MAX]
            more = "…" if len(pattern) > PATTERN_CHARACTERS_MAX else ""
            self.report(
                (*at, "pattern"),
                f"the pattern {shown}{more} cannot be compiled",
                "write a regular expression of ECMA 262, without surrogates and huge repetitions",
            )
        if kind in PROFILE_KINDS and node.get("format", "date") not in PROFILE_FORMATS:
            known = ", ".join(sorted(PROFILE_FORMATS))
            what = "this format is not supported"
            self.report((*at, "format"), what, f"use one of {known}, or a pattern")

    def _check_foreign(self, key: str, kind: str, at: Place) -> None:
        """
        Report a keyword, unless it is somebody else's ``x-`` key, which is an annotation.

        It is an error if it is no keyword of OpenAPI 3.0 for the object, or if it is, or resembles,
        one of our own keys.
        """
        ours = _definitions().keys()
        hint = f"{SPECIFICATION_HINT}; no rule is ignored silently"
        if key in ours:
            hint = "see profilegate/openapi/keywords.py for the objects that may have this key"
        elif key.startswith("x-"):
            similar_key = similar_own_key(key)
            if similar_key is None:
                return
            hint = f"write {similar_key}, or give a key of your own another name"
        elif kind == "path item" and key in METHODS_NOT_SERVED:
            hint = METHOD_HINT
        elif similar := get_close_matches(key, OBJECTS[kind], n=1):
            hint = f"did you mean {similar[0]}?"
        self.report(at, f'keyword "{key}" is not supported on {_a(kind)}', hint)

    def _check_child(self, value: Any, child: Child, at: Place) -> None:
        if child == "schema or boolean":
            if not isinstance(value, bool):
                self.check(value, "schema", at)
        elif isinstance(child, str):
            self.check(value, child, at)
        elif isinstance(child, MapOf):
            if not isinstance(value, dict):
                self.unsound(at, "this must be a map", "write `name:` lines")
                return
            for name, item in value.items():
                if not is_extension(child.kind, name):
                    self.check(item, child.kind, (*at, name))
        elif isinstance(child, ListOf):
            if not isinstance(value, list):
                self.unsound(at, "this must be a list", "write `- ` lines")
                return
            for place, item in enumerate(value):
                self.check(item, child.kind, (*at, place))

    def _check_extension(self, key: str, value: Any, at: Place) -> None:
        for error in _extension_validator(key).iter_errors(value):
            self.unsound(
                (*at, *error.instance_path),
                f"{key}: {error.message}",
                "see the key in profilegate/openapi/vocabulary.json",
            )


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


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
