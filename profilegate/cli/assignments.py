"""Assignments: ``name.given=Zoe`` for text, ``nationalities:=["DE"]`` for any JSON."""

from collections.abc import Sequence
from typing import Any

import click

from profilegate.errors import BodyUnreadableError
from profilegate.profile.fields import Changes


def assigned(texts: Sequence[str], removed: Sequence[str] = ()) -> Changes:
    """
    The changes that were typed; None for a field that is to be removed.

    Raises:
        UsageError: one of them is not an assignment, or a field is given twice.
    """
    pairs = [*map(_assignment, texts), *((path, None) for path in removed)]
    changes = dict(pairs)
    if len(changes) < len(pairs):
        raise click.UsageError("a field is given twice")
    return changes


def read_json(raw: bytes, what: str) -> Any:
    """
    A JSON document, read as strictly as the gateway reads a body.

    Raises:
        UsageError: it is not JSON, or holds what the gateway rejects.
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
