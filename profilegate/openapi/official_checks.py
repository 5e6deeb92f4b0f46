"""The rules of OpenAPI itself (openapi-spec-validator), each error at its deepest place."""

import copy
import re
from collections.abc import Iterator
from typing import Any, Final

from profilegate.errors import SpecError
from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.keywords import DATA, OBJECTS
from profilegate.openapi.object_checks import SPECIFICATION_HINT
from profilegate.openapi.spec import Spec
from profilegate.openapi.walk import is_reference, objects
from profilegate.openapi.yaml_files import Place

MESSAGE_CHARACTERS_MAX: Final = 160
"""A longer message of the validator quotes a value of the spec; we chose two lines of a screen."""

_OPERATION: Final = re.compile(r"for '(\w+)' operation in '([^']*)'")


def validate_spec(spec: Spec) -> None:
    """
    Check a spec against the OpenAPI specification as a whole (openapi-spec-validator).

    It costs half a second to import, so ``generate`` and ``check`` do it, not ``serve``: the checks
    of the reader suffice for a spec that was generated from.

    Raises:
        SpecError, SpecsRejectedError: with the violations.
    """
    from jsonschema import Draft4Validator
    from openapi_spec_validator import OpenAPIV30SpecValidator
    from openapi_spec_validator.schemas import schema_v30

    document = without_data(spec.document)
    found = list(OpenAPIV30SpecValidator(document).iter_errors())
    if not found:
        return
    errors = ErrorList()
    # The errors of its fast backend quote whole objects; those of this one lead to the cause.
    for error in Draft4Validator(schema_v30).iter_errors(document):
        errors.add(_spec_error(spec, document, error))
    errors.next_stage()
    for error in found:
        errors.add(_spec_error(spec, document, error))
    errors.raise_errors()


def without_data(document: Any) -> Any:
    """
    A document without what the validator would misread.

    It follows a ``$ref`` in plain data, it compiles patterns with Python's ``re``, which is another
    language than that of OpenAPI, and it does not tell the places of defaults. The reader and
    ``check_validators`` check all three.
    """
    made = copy.deepcopy(document)
    for found in list(objects(made, "document")):
        node, kind = found.node, found.kind
        if is_reference(node, kind):
            continue
        for key in list(node):
            is_data = OBJECTS[kind].get(key, DATA) is DATA
            if key in ("pattern", "default") or (is_data and _mentions_reference(node[key])):
                del node[key]
        if kind == "schema":
            _tidy(node)
    return made


def _tidy(schema: dict[str, Any]) -> None:
    """Without what is valid, but not for the validator: a repeated value, a property ``$ref``."""
    if isinstance(schema.get("enum"), list):
        schema["enum"] = _distinct(schema["enum"])
    if "$ref" in schema.get("properties", {}):
        del schema["properties"]["$ref"]
        schema["required"] = [name for name in schema.get("required", ()) if name != "$ref"]
        if not schema["required"]:
            del schema["required"]


def _distinct(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if not any(value == each and type(value) is type(each) for each in found):
            found.append(value)
    return found


def _mentions_reference(value: Any) -> bool:
    if isinstance(value, dict):
        return "$ref" in value or any(map(_mentions_reference, value.values()))
    return isinstance(value, list) and any(map(_mentions_reference, value))


def _spec_error(spec: Spec, document: Any, error: Any) -> SpecError:
    deepest = _deepest(error)
    at = _place_of(document, deepest)
    message = str(deepest.message).split("\n")[0]
    if (said := _OPERATION.search(message)) is not None and not at:
        at = ("paths", said[2], said[1])
    if len(message) > MESSAGE_CHARACTERS_MAX:
        rule = str(deepest.validator_value)
        shown = rule if len(rule) <= MESSAGE_CHARACTERS_MAX else "…"
        message = f"this breaks the rule {deepest.validator}: {shown}"
    return spec.error(at, message, SPECIFICATION_HINT)


def _deepest(error: Any) -> Any:
    """The violation that is furthest down among the alternatives that did not match."""
    while getattr(error, "context", None):
        # An object is no Reference Object: that it lacks a $ref says nothing.
        said = [each for each in error.context if each.message != "'$ref' is a required property"]
        error = max(said or error.context, key=lambda each: len(each.absolute_path))
    return error


def _place_of(document: Any, error: Any) -> Place:
    """The place of an error, whose path may begin at any schema of the document."""
    path = tuple(error.absolute_path)
    if not path:
        return ()
    for at, node in _containers(document, ()):
        found = node
        for step in path:
            if (isinstance(found, dict) and step in found) or (
                isinstance(found, list) and isinstance(step, int) and step < len(found)
            ):
                found = found[step]
            else:
                break
        else:
            if found is error.instance:
                return (*at, *path)
    return path


def _containers(node: Any, at: Place) -> Iterator[tuple[Place, Any]]:
    if isinstance(node, dict | list):
        yield at, node
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for step, child in pairs:
            yield from _containers(child, (*at, step))
