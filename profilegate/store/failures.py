"""What SQLite's errors mean: a damaged database, or one that is not available now."""

import sqlite3
from typing import Final

from profilegate.errors import StoreDamagedError, StoreUnavailableError

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_DAMAGE_MESSAGES: Final = ("no such table", "no such column", "Could not decode to UTF-8")
"""How messages without such a code begin. Our statements fit an intact schema, and write UTF-8."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error shows that the database is damaged."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in _DAMAGE or str(error).startswith(_DAMAGE_MESSAGES)


def store_error(cause: sqlite3.Error) -> StoreUnavailableError:
    """The error of the store for an error of SQLite."""
    error = StoreDamagedError() if is_damage(cause) else StoreUnavailableError()
    error.__cause__ = cause
    return error
