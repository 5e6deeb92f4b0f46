"""Assignments: ``name.given=Zoe`` for text, ``nationalities:=["DE"]`` for any JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from profilegate.errors import BodyUnreadableError, Fault
from profilegate.profile.fields import DOCUMENTS, FIELDS
from profilegate.profile.rules import Changes
from profilegate.wording import sentence


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
    A JSON document, read as strictly as a door reads it.

    Raises:
        UsageError: it is none, or holds what no door takes.
    """
    from profilegate.serving.bodies import read_json

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
    for path, value in changes.items():
        if path not in FIELDS:
            raise click.UsageError(f"a profile has no field {path}; docs/fields.md lists them all")
        if value is not None and (rule := _broken_rule(path, value)):
            raise click.UsageError(f"{path} {sentence(Fault((path,), *rule))}")
    return changes


ITEMS: Mapping[str, type] = {
    "nationalities": str,
    "tax.ids": dict,
    **dict.fromkeys(DOCUMENTS, dict),
}
"""What the lists of a profile hold; all else in it is text, or a number."""

NUMBERS = frozenset({"activity.transactions_per_month"})


def _broken_rule(path: str, value: Any) -> tuple[str, Any] | None:
    """The rule that a value breaks, and what it asks for."""
    # Imported here: the calling codes of all countries take a while to read.
    from profilegate.profile import codecs

    if path in ITEMS:
        if not isinstance(value, list) or any(type(item) is not ITEMS[path] for item in value):
            return "type", "array"
        if path in DOCUMENTS and any(type(item.get("type")) is not str for item in value):
            return "required", "type"
        return None
    if path in NUMBERS:
        return None if type(value) is int else ("type", "integer")
    if type(value) is not str:
        return "type", "string"
    if path == "phone" and codecs.phone.parse(value) is None:
        return "format", "phone"
    if path.endswith(".country") and codecs.country.parse(value) is None:
        return "format", "country"
    return None
