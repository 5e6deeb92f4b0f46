"""Assignments: ``name.given=Zoe`` for text, ``nationalities:=["DE"]`` for any JSON."""

from collections.abc import Sequence
from typing import Any

import click

from profilegate.errors import BodyUnreadableError
from profilegate.profile.fields import Changes


def assigned(texts: Sequence[str], removed: Sequence[str] = ()) -> Changes:
    """
    The changes that arguments express; None for a field to remove.

    Raises:
        UsageError: a text is not an assignment, or a field appears twice.
    """
    pairs = [*map(_assignment, texts), *((path, None) for path in removed)]
    changes = dict(pairs)
    if len(changes) < len(pairs):
        raise click.UsageError("a field appears twice")
    return changes


def read_json(raw: bytes, what: str) -> Any:
    """
    Decode JSON under the same limits as a request's body; ``what`` names it in errors.

    Raises:
        UsageError: it is not JSON that a body may contain.
    """
    from profilegate.media.json_text import read_json

    try:
        return read_json(raw)
    except BodyUnreadableError as error:
        raise click.UsageError(str(error).replace("the body", what)) from None


def _assignment(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is not an assignment; write FIELD=TEXT or FIELD:=JSON")
    if not path.endswith(":"):
        return path, value
    return path[:-1], read_json(value.encode(), f"the value of {path[:-1]}")
