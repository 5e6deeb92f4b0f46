"""What PostgreSQL's errors mean: by the code of the error, never by its message, which may quote a
value."""

import logging
import re
from collections.abc import Mapping
from typing import Final

from psycopg import errors

from profilegate.errors import StoreDamagedError, StoreUnavailableError
from profilegate.store.failures import StatementError

logger = logging.getLogger("profilegate")

REPEATABLE: Final = frozenset({"40001", "40P01", "55P03", "23505", "23503"})
"""Another transaction came between: serialization_failure, deadlock_detected, lock_not_available;
and a row that it has written or deleted meanwhile: unique_violation, foreign_key_violation."""

_DAMAGE: Final = frozenset({"XX001", "XX002", "42P01", "42703"})
"""Corrupted data or index; a table or column of ours that is missing."""

_ELSEWHERE: Final = frozenset({"25006", "57P01", "57P02", "57P03", "57P05", "0A000", "26000"})
"""The server only reads now (another one is the primary), or it ends, or what was prepared fits its
tables no more (a newer gateway has migrated them): connect anew."""

_REASONS: Final[Mapping[str, str]] = {
    "25006": "the database cannot be written, only read",
    "53100": "the disk of the database is full",
    "53300": "the database has too many connections",
    "40P01": "another process writes to the database for too long",
    "55P03": "another process writes to the database for too long",
    "57014": "the database takes too long",
}
"""What the operator should know."""


def ends_connection(error: StatementError) -> bool:
    """Whether the connection is of no use after an error."""
    return error.code in _ELSEWHERE or error.code.startswith("08")


def is_repeatable(error: StatementError) -> bool:
    """Whether a transaction may succeed if it runs again."""
    return error.code in REPEATABLE


def store_error(cause: StatementError) -> StoreUnavailableError:
    """The error of the store for an error of PostgreSQL; one without words of ours is logged."""
    if cause.code not in _REASONS and not ends_connection(cause):
        kind, group = _name(cause.code), _name(cause.code[:2] + "000")
        logger.error("database: PostgreSQL reports %s (%s; class %s)", cause.code, kind, group)
    why = _REASONS.get(cause.code, StoreUnavailableError.why)
    error = StoreDamagedError() if cause.code in _DAMAGE else StoreUnavailableError(why)
    error.__cause__ = cause
    return error


def _name(code: str) -> str:
    """PostgreSQL's name of an SQLSTATE, as ``insufficient_privilege``."""
    try:
        name = errors.lookup(code).__name__
    except KeyError:
        return "unknown"
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()
