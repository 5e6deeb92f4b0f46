"""Read a spec: YAML in, checked OpenAPI out, or a sentence that says what to fix.

We read the file ourselves and hand Connexion a dict: a *file* it would render as a Jinja2
template, and its YAML reader takes an unquoted ``NO`` for false and ``12:30`` for 750.
"""

import importlib.resources
import json
import keyword
import re
import sys
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from profilegate.errors import SpecError
from profilegate.openapi.json_schema import json_schema
from profilegate.openapi.keywords import FORMATS, OBJECTS, REFERABLE, TYPES, Child, ListOf, MapOf
from profilegate.openapi.spec import Spec, pointer

_BASE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_BASE):  # type: ignore[misc, valid-type]
    """YAML with the core types of JSON only: NO, on, 12:30 and 2025-04-15 stay text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A dict with its keys as written; a key that stands twice is an error."""
        mapping: dict[Hashable, Any] = {}
        for key, value in node.value:
            what = None
            if not isinstance(key, yaml.ScalarNode):
                what = "a key must be text"
            elif key.value in mapping:
                what = f"the key {key.value!r} stands twice"
            if what:
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            # The same keywords stand everywhere in a spec; each is kept once.
            mapping[sys.intern(key.value)] = self.construct_object(value, deep=deep)
        return mapping


for _tag, _pattern, _first in (
    ("null", r"(?:~|null|)", ["~", "n", ""]),
    ("bool", r"(?:true|false)", ["t", "f"]),
    ("int", r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", list("-0123456789")),
):
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^{_pattern}$"), _first
    )


def load_yaml(text: str, file: str) -> Any:
    """
    Read YAML with JSON's types.

    Raises:
        SpecError: it is not YAML; the sentence names the line.
    """
    try:
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a safe loader's subclass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise SpecError(file, "", f"{place}{error.problem}", "fix the YAML there") from None
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        what = f"line {line}: a control character is not allowed"
        raise SpecError(
            file, "", what, "take it out, or write it with \\x in double quotes"
        ) from None


def read_spec(path: Path) -> Spec:
    """
    Read a spec and check it against the keywords and the vocabulary that we speak.

    Raises:
        SpecError: with the file, a JSON pointer, what is wrong there and what to do.
    """
    file = f"specs/{path.name}"
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SpecError(
            file, "", f"byte {error.start} is not UTF-8", "save the file as UTF-8"
        ) from None
    document = load_yaml(text, file)
    if not isinstance(document, dict):
        raise SpecError(file, "", "this is not an OpenAPI document", "begin it with `openapi:`")
    version = str(document.get("openapi"))
    if not version.startswith("3.0."):
        raise SpecError(
            file, "/openapi", f"OpenAPI {version} is not spoken", 'write `openapi: "3.0.3"`'
        )
    _check_object(file, document, "document", ())
    spec = Spec(path.stem, document)
    _check_references(spec, document, ())
    _check_operations(spec)
    for name in spec.schemas():
        json_schema(spec, {"$ref": f"#/components/schemas/{name}"})
    return spec


def validate_spec(spec: Spec) -> None:
    """
    Check a spec against the OpenAPI specification as a whole (openapi-spec-validator).

    It costs half a second to import, so ``generate`` and ``check`` do it, not ``serve``:
    there Connexion makes its own check of the structure.

    Raises:
        SpecError: with the first violation.
    """
    from openapi_spec_validator import OpenAPIV30SpecValidator

    for error in OpenAPIV30SpecValidator(spec.document).iter_errors():
        raise SpecError(
            spec.file,
            pointer(tuple(error.absolute_path)),
            error.message.split("\n")[0],
            "see the OpenAPI 3.0.3 specification for this object",
        )


def _check_object(file: str, node: Any, kind: str, at: tuple[str | int, ...]) -> None:
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
            raise SpecError(
                file,
                pointer(here),
                f'keyword "{key}" is not one that we read on {_a(kind)}',
                "check its spelling, or teach it to profilegate/openapi/keywords.py",
            )
        if key.startswith("x-"):
            _check_extension(file, key, value, here)
        _check_child(file, value, keywords[key], here)
    if kind == "schema" and "type" in node and str(node["type"]) not in TYPES:
        raise SpecError(
            file,
            pointer((*at, "type")),
            "there is no such type in OpenAPI 3.0",
            f"use one of {', '.join(sorted(TYPES))}",
        )
    if kind == "schema" and "format" in node and str(node["format"]) not in FORMATS:
        raise SpecError(
            file,
            pointer((*at, "format")),
            "this format is not one that we check",
            f"use one of {', '.join(sorted(FORMATS))}, or a pattern",
        )


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def _check_child(file: str, value: Any, child: Child, at: tuple[str | int, ...]) -> None:
    if isinstance(child, str):
        _check_object(file, value, child, at)
    elif isinstance(child, MapOf):
        if not isinstance(value, dict):
            raise SpecError(file, pointer(at), "this must be a map", "write `name:` lines")
        for name, item in value.items():
            _check_object(file, item, child.kind, (*at, name))
    elif isinstance(child, ListOf):
        if not isinstance(value, list):
            raise SpecError(file, pointer(at), "this must be a list", "write `- ` lines")
        for place, item in enumerate(value):
            _check_object(file, item, child.kind, (*at, place))


@cache
def _extension_validator(key: str) -> jsonschema_rs.Draft202012Validator:
    text = importlib.resources.files("profilegate.openapi").joinpath("vocabulary.json").read_text()
    definitions = json.loads(text)["$defs"]
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{key}", "$defs": definitions})


def _check_extension(file: str, key: str, value: Any, at: tuple[str | int, ...]) -> None:
    for error in _extension_validator(key).iter_errors(value):
        raise SpecError(
            file,
            pointer((*at, *error.instance_path)),
            f"{key}: {error.message}",
            "see the key in profilegate/openapi/vocabulary.json",
        )


def _check_operations(spec: Spec) -> None:
    """Every operation has an id of its own, which can be a function's name."""
    seen: set[str] = set()
    for operation in spec.operations():
        at = (*spec.where(operation.node), "operationId")
        if not operation.id.isidentifier() or keyword.iskeyword(operation.id):
            raise spec.error(
                at,
                f'no function can be called "{operation.id}"',
                "name it as its function in handlers/ is named",
            )
        if operation.id in seen:
            raise spec.error(
                at, "another operation has this id", "give each operation an id of its own"
            )
        seen.add(operation.id)


def _check_references(spec: Spec, node: Any, at: tuple[str | int, ...]) -> None:
    """Every ``$ref`` points at something in the same file."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            spec.resolve(node, at)
        for key, value in node.items():
            if key not in ("example", "value"):
                _check_references(spec, value, (*at, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            _check_references(spec, value, (*at, place))
