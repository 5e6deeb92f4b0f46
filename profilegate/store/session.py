"""A session: what every repository function needs to read and write one transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Any, Final, TypeVar

from profilegate.profile.locks import LockRules
from profilegate.store.vault import Vault

Row = tuple[Any, ...]

F = TypeVar("F", bound=Callable[..., Any])

ONE_STATEMENT: Final[set[Callable[..., Any]]] = set()


def one_statement(function: F) -> F:
    """Mark a function that only reads and whose result is that of one statement, a snapshot in
    itself: it is run without a transaction."""
    ONE_STATEMENT.add(function)
    return function


class Session:
    """
    One transaction of the store.

    ``vault`` seals and opens, ``rules`` are the locks of each provider by its name, ``now`` is
    the time of the transaction (UTC): everything that it writes carries this time.

    Statements use named parameters (``:name``) and the SQL that SQLite and PostgreSQL share.
    """

    __slots__ = ("_connection", "now", "rules", "vault")

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

    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """Run a query and return all of its rows."""
        return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, **parameters: Any) -> Row | None:
        """Run a query and return its first row, or None."""
        found: Row | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def run(self, sql: str, **parameters: Any) -> int:
        """Run a statement and return the number of rows that it changed."""
        return self._connection.execute(sql, parameters).rowcount
