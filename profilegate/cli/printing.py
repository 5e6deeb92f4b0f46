"""Output of commands: aligned tables for people, lines of JSON for programs.

Stored values come from untrusted clients: tables escape characters that would control a terminal.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from profilegate.profile.times import shown_time

GAP = "  "
_WIDE = ("W", "F")
_NO_WIDTH = ("Mn", "Me", "Cf")


def print_json(document: Any) -> None:
    """Print a JSON document on one line."""
    click.echo(json.dumps(document, ensure_ascii=False))


def print_table(
    rows: Iterable[Sequence[Any]], heads: Sequence[str] = (), *, err: bool = False
) -> None:
    """Print rows in aligned columns, below their heads; ``err``: on stderr."""
    shown = [[cell(value) for value in row] for row in rows]
    lines = [[head.upper() for head in heads], *shown] if heads else shown
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = [
            text + " " * (wide - _width(text)) for text, wide in zip(line, widths, strict=True)
        ]
        click.echo(GAP.join(padded).rstrip(), err=err)


def cell(value: Any) -> str:
    """A value in a table: text as it is, times to the second, all else as JSON."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def time_of(at: datetime | None) -> str | None:
    """A time for programs: ISO 8601, in UTC."""
    return None if at is None else shown_time(at)


def print_fields(fields: Mapping[str, Any]) -> None:
    """Print paths and values, or ``(nothing)``."""
    if fields:
        print_table(fields.items())
    else:
        click.echo("(nothing)")


def report_damaged(ids: Sequence[str], what: str = "profile") -> None:
    """
    Name what a command cannot show because it is damaged, on stderr.

    Raises:
        Exit: there are some; the command ends with 1.
    """
    for each in ids:
        click.echo(f"profilegate: {what} {each} is damaged; skipped", err=True)
    if ids:
        click.echo("profilegate: `profilegate audit` lists what is damaged", err=True)
        raise click.exceptions.Exit(1)


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    width = 0
    for character in text:
        if unicodedata.category(character) not in _NO_WIDTH:
            width += 2 if unicodedata.east_asian_width(character) in _WIDE else 1
    return width
