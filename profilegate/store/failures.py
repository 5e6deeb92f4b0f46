"""What SQLite's errors mean: a damaged database, or one that is not available now."""

import sqlite3
from collections.abc import Mapping
from typing import Final

from profilegate.errors import StoreDamagedError, StoreUnavailableError

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_DAMAGE_MESSAGES: Final = ("no such table", "no such column", "Could not decode to UTF-8")
"""How messages without such a code begin. Our statements fit an intact schema, and write UTF-8."""


_REASONS: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_FULL: "the disk of the database is full",
    sqlite3.SQLITE_READONLY: "the database cannot be written, only read",
    sqlite3.SQLITE_IOERR: "the disk of the database fails",
    sqlite3.SQLITE_BUSY: "another process writes to the database for too long",
}
"""What the operator should know; SQLite's own message might quote a value."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error shows that the database is damaged."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in _DAMAGE or str(error).startswith(_DAMAGE_MESSAGES)


def store_error(cause: sqlite3.Error) -> StoreUnavailableError:
    """The error of the store for an error of SQLite."""
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    why = _REASONS.get(code, StoreUnavailableError.why)
    error = StoreDamagedError() if is_damage(cause) else StoreUnavailableError(why)
    error.__cause__ = cause
    return error
