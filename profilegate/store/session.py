"""The session: one transaction, as repository functions read and write it."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Any, Final, TypeVar
from uuid import UUID

from profilegate.profile.locks import LockRules
from profilegate.store.vault import Vault

Row = tuple[Any, ...]

F = TypeVar("F", bound=Callable[..., Any])

UUID_SIZE_BYTES: Final = 16

ONE_STATEMENT: Final[set[Callable[..., Any]]] = set()
"""The functions that ``one_statement`` marks."""


def one_statement(function: F) -> F:
    """
    Mark a function that only reads, and whose result depends on one statement.

    One statement is a snapshot in itself, so the store runs the function without a transaction.
    """
    ONE_STATEMENT.add(function)
    return function


class Session:
    """
    One transaction of the store.

    ``vault`` seals and opens values, ``rules`` are the lock rules of each provider by its name,
    ``now`` is the time of the transaction (UTC), which all of its rows carry; ``random_bytes``
    makes ids and tokens. In a namespace both may be the namespace's own (``namespace_store.py``).

    Statements use named parameters (``:name``) and the SQL that SQLite and PostgreSQL share.
    """

    __slots__ = ("_connection", "now", "random_bytes", "rules", "vault")

    def __init__(
        self,
        connection: Connection,
        vault: Vault,
        rules: Mapping[str, LockRules],
        now: datetime,
    ) -> None:
        self._connection = connection
        self.vault = vault
        self.rules = rules
        self.now = now
        self.random_bytes: Callable[[int], bytes] = os.urandom

    def new_id(self) -> str:
        """A random UUID."""
        return str(UUID(bytes=self.random_bytes(UUID_SIZE_BYTES), version=4))

    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """Run a query and return all of its rows."""
        return self._connection.execute(sql, parameters).fetchall()

    def each(self, sql: str, **parameters: Any) -> Iterator[Row]:
        """Run a query and yield its rows as they are read, for a whole table."""
        yield from self._connection.execute(sql, parameters)

    def row(self, sql: str, **parameters: Any) -> Row | None:
        """Run a query and return its first row, or None."""
        found: Row | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def run(self, sql: str, **parameters: Any) -> int:
        """Run a statement and return the number of rows that it changed."""
        return self._connection.execute(sql, parameters).rowcount

    def run_many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each row of parameters."""
        self._connection.executemany(sql, rows)
