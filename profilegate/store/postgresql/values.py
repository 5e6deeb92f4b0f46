"""Values and statements as PostgreSQL's protocol carries them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from psycopg.pq import Format
from psycopg.pq.abc import PGresult

from profilegate.store.session import Row

STATEMENTS_MAX: Final = 1024
"""More than the store has statements, so that each one is translated once."""

_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z]\w*)")

_BOOLEAN, _BYTES, _INT8, _INT2, _INT4 = 16, 17, 20, 21, 23
"""The object ids of the types that are not text (pg_type.dat)."""


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
            formats.append(Format.TEXT)
        elif isinstance(value, str):
            values.append(value.encode())
            formats.append(Format.BINARY)
        elif isinstance(value, bytes):
            values.append(value)
            formats.append(Format.BINARY)
        elif isinstance(value, int):
            values.append(b"%d" % value)
            formats.append(Format.TEXT)
        else:
            values.append(_array(value))
            formats.append(Format.TEXT)
    return values, formats


def decoded(result: PGresult) -> list[Row]:
    """The rows of a result in the binary format."""
    count = result.ntuples
    if not count:
        return []
    get, types = result.get_value, [result.ftype(column) for column in range(result.nfields)]
    return [
        tuple(_decoded(get(row, column), oid) for column, oid in enumerate(types))
        for row in range(count)
    ]


def _decoded(value: bytes | None, oid: int) -> Any:
    if value is None or oid == _BYTES:
        return value
    if oid in (_INT8, _INT4, _INT2):
        return int.from_bytes(value, signed=True)
    if oid == _BOOLEAN:
        return value == b"\1"
    return value.decode()


def _array(values: Iterable[bytes | str]) -> bytes:
    """An array in its text form."""
    return b"{%s}" % b",".join(map(_element, values))


def _element(value: bytes | str) -> bytes:
    if isinstance(value, bytes):
        return b'"\\\\x%s"' % value.hex().encode()
    return b'"%s"' % value.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"')
