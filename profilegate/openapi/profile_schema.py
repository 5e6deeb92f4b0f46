"""Validation of shared fields by the rules of ``specs/profile.yaml``.

A provider API writes nothing that these rules reject. A violation names the field and the rule,
never the value, nor the name of an unknown field, which may be personal too.
"""

from collections.abc import Callable
from functools import cache

from profilegate.errors import Violation
from profilegate.openapi.bounds import NO_NUL
from profilegate.openapi.schema import Node
from profilegate.openapi.validator import Validate, compile_json_schema
from profilegate.profile._generated import SCHEMAS
from profilegate.profile.fields import DOCUMENTS, FIELDS, Changes

Place = tuple[str | int, ...]

UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""Stored ids have small letters."""

TEXT_LENGTH_MAX = 255
"""Characters of a text that no spec describes: the maximum of the texts of all specs. Our choice:
the common length of a column for names."""

DIGEST = "^[0-9a-f]{64}$"


def validate_changes(changes: Changes) -> list[Violation]:
    """
    The violations of shared fields as a person types them: values in their common form.

    None removes a field. A document has no id yet, and may have contents.
    """
    typed = {path: value for path, value in changes.items() if value is not None}
    return redacted(_typed()(typed), typed_schema())


def _stored_value(path: str) -> Node:
    schema = dict(SCHEMAS[path])
    if FIELDS[path] is not None:
        return {
            "if": {"type": "object"},
            "then": {"minProperties": 1, "maxProperties": 1, "additionalProperties": TEXT},
            "else": schema,
        }
    if path in DOCUMENTS:
        return {"type": "array", "items": document_schema(path, hidden=DOCUMENTS[path].contents)}
    return schema


def _typed_value(path: str) -> Node:
    if path in DOCUMENTS:
        return {"type": "array", "items": document_schema(path, hidden=("id",))}
    return dict(SCHEMAS[path])


def document_schema(path: str, *, hidden: tuple[str, ...]) -> Node:
    """A document of a list, without some of its parts; with contents elsewhere, their digest."""
    item = SCHEMAS[path]["items"]
    parts = {name: part for name, part in item["properties"].items() if name not in hidden}
    if "id" in parts:
        parts["id"] = {"type": "string", "pattern": UUID}
    if hidden and hidden == DOCUMENTS[path].contents:
        parts["digest"] = {"type": "string", "pattern": DIGEST}
    required = [name for name in item["required"] if name not in hidden]
    return {**item, "required": required, "properties": parts}


TEXT: Node = {"type": "string", "maxLength": TEXT_LENGTH_MAX, "pattern": NO_NUL}


def _map(value: Callable[[str], Node]) -> Node:
    return {
        "type": "object",
        "properties": {path: value(path) for path in FIELDS},
        "additionalProperties": False,
    }


@cache
def typed_schema() -> Node:
    """The JSON Schema of shared fields as a person types them; ``validate_changes`` checks it."""
    return _map(_typed_value)


@cache
def stored_schema() -> Node:
    """The JSON Schema of shared fields as they are stored.

    A value is in its common form or, without one, ``{codec: text}``; documents have ids, and a
    digest instead of their contents.
    """
    return _map(_stored_value)


@cache
def _typed() -> Validate:
    return compile_json_schema(typed_schema())


def redacted(violations: list[Violation], schema: Node) -> list[Violation]:
    """The violations with places up to the last name that the schema knows, without repetition."""
    return list(dict.fromkeys(_named(violation, schema) for violation in violations))


def _named(violation: Violation, schema: Node) -> Violation:
    at: list[str | int] = []
    rule, limit = violation.rule, violation.limit
    for step in violation.at:
        if not isinstance(schema, dict):
            break
        if isinstance(step, int) and "items" in schema:
            schema = schema["items"]
        elif step in schema.get("properties", ()):
            schema = schema["properties"][step]
        else:
            break
        at.append(step)
    if rule == "additionalProperties":
        names = schema["properties"]
        is_fields = names.keys() == FIELDS.keys()
        rule = "members"
        limit = "the fields that docs/fields.md lists" if is_fields else ", ".join(names)
    elif rule in ("minProperties", "maxProperties"):
        rule, limit = "written", None
    elif (rule, limit) == ("pattern", UUID):
        rule, limit = "format", "uuid"
    return Violation(tuple(at), rule, limit)
