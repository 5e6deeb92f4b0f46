"""Statements and their parameters as PostgreSQL's protocol carries them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from psycopg.pq import Format

STATEMENTS_MAX: Final = 1024
"""More than the store has statements, so that each one is translated once."""

_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z]\w*)")

_TEXT, _BINARY = Format.TEXT, Format.BINARY
"""Outside of their class: CPython 3.11 looks long for a member."""


class Statement(NamedTuple):
    """A statement with ``$1``, ``$2``, …; ``names`` are its parameters in this order."""

    sql: bytes
    names: tuple[str, ...]


@lru_cache(STATEMENTS_MAX)
def translated(sql: str) -> Statement:
    """A statement with named parameters in PostgreSQL's form."""
    names: dict[str, int] = {}

    def place(match: re.Match[str]) -> str:
        return f"${names.setdefault(match[1], len(names) + 1)}"

    return Statement(_PARAMETER.sub(place, sql).encode(), tuple(names))


def encoded(
    names: Sequence[str], parameters: Mapping[str, Any]
) -> tuple[list[bytes | None], list[int]]:
    """
    Parameters and their formats. A text is sent as bytes with a length: one with a NUL would be cut
    there otherwise, and so find another row.
    """
    values: list[bytes | None] = []
    formats: list[int] = []
    for name in names:
        value = parameters[name]
        if value is None:
            values.append(None)
            formats.append(_TEXT)
        elif isinstance(value, str):
            values.append(value.encode())
            formats.append(_BINARY)
        elif isinstance(value, bytes):
            values.append(value)
            formats.append(_BINARY)
        elif isinstance(value, int):
            values.append(b"%d" % value)
            formats.append(_TEXT)
        else:
            values.append(_array(value))
            formats.append(_TEXT)
    return values, formats


def _array(values: Iterable[bytes | str]) -> bytes:
    """An array in its text form."""
    return b"{%s}" % b",".join(map(_element, values))


def _element(value: bytes | str) -> bytes:
    if isinstance(value, bytes):
        return b'"\\\\x%s"' % value.hex().encode()
    return b'"%s"' % value.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"')
