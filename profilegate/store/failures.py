"""What the errors of a database mean: it is damaged, or not available now."""

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


class StatementError(Exception):
    """
    PostgreSQL has not run a statement; ``code`` is its SQLSTATE.

    It has no message, because that of the server may quote a value.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"PostgreSQL reports {code}")
        self.code = code


class ConstraintError(StatementError):
    """A row breaks a constraint, as that of a unique key."""


DATABASE_ERRORS: Final = (sqlite3.DatabaseError, StatementError)
"""What a statement raises that a database cannot run."""

CONSTRAINT_ERRORS: Final = (sqlite3.IntegrityError, ConstraintError)
"""What a statement raises whose row breaks a constraint."""


def is_damage(error: Exception) -> bool:
    """Whether an error shows that a SQLite file is damaged."""
    if not isinstance(error, sqlite3.Error):
        return False
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in _DAMAGE or str(error).startswith(_DAMAGE_MESSAGES)


def store_error(cause: sqlite3.Error) -> StoreUnavailableError:
    """The error of the store for an error of SQLite."""
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    why = _REASONS.get(code, StoreUnavailableError.why)
    error = StoreDamagedError() if is_damage(cause) else StoreUnavailableError(why)
    error.__cause__ = cause
    return error
