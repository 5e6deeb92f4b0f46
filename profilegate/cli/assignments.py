"""Assignments: ``name.given=Zoe`` for text, ``nationalities:=["DE"]`` for any JSON."""

from collections.abc import Sequence
from typing import Any

import click

from profilegate.errors import BodyUnreadableError
from profilegate.openapi.messages import sentence
from profilegate.profile.fields import FIELDS, Changes


def assigned(texts: Sequence[str], removed: Sequence[str] = ()) -> Changes:
    """
    The changes that were typed.

    Raises:
        UsageError: one of them is not an assignment, or a field stands twice.
    """
    pairs = [*map(_assignment, texts), *((path, None) for path in removed)]
    changes = dict(pairs)
    if len(changes) < len(pairs):
        raise click.UsageError("a field stands twice")
    return changes


def _assignment(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is no assignment; write FIELD=TEXT or FIELD:=JSON")
    if not path.endswith(":"):
        return path, value
    return path[:-1], read_json(value.encode(), f"the value of {path[:-1]}")


def read_json(raw: bytes, what: str) -> Any:
    """
    A JSON document, read as strictly as a provider reads it.

    Raises:
        UsageError: it is none, or holds what no provider takes.
    """
    from profilegate.media.json_text import read_json

    try:
        value = read_json(raw)
    except BodyUnreadableError as error:
        raise click.UsageError(str(error).replace("the body", what)) from None
    return value


def check_shared(changes: Changes) -> Changes:
    """
    The changes, if a profile can hold them; it holds countries and phones in their common form.

    Raises:
        UsageError: it cannot.
    """
    # Imported here: the calling codes of all countries take a while to read.
    from profilegate.openapi.profile_schema import validate_changes

    for path in changes:
        if path not in FIELDS:
            raise click.UsageError(f"a profile has no field {path}; docs/fields.md lists them all")
    for violation in validate_changes(changes):
        raise click.UsageError(f"{violation.field} {sentence(violation)}")
    return changes
