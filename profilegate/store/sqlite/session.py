"""The session of the SQLite store."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from profilegate.profile.locks import LockRules
from profilegate.profile.times import utc_now
from profilegate.store.session import Row, Session
from profilegate.store.vault import Vault, VaultKeys


class SqliteSession(Session):
    """A transaction on a connection; ``committed`` gets the calls of ``after_commit``."""

    __slots__ = ("_connection", "committed")

    def __init__(
        self,
        connection: Connection,
        vault: Vault,
        rules: Mapping[str, LockRules],
        now: datetime,
    ) -> None:
        super().__init__(vault, rules, now)
        self._connection = connection
        self.committed: list[Callable[[], None]] = []

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call a function once the transaction is committed: it may run twice."""
        self.committed.append(call)

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

    def start(self, sql: str, **parameters: Any) -> Callable[[], int]:
        """Run a statement at once."""
        changed = self._connection.execute(sql, parameters).rowcount
        return lambda: changed

    def run_many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each row of parameters."""
        self._connection.executemany(sql, rows)


def keyless(connection: Connection) -> SqliteSession:
    """A session without a vault that opens anything: to read and write the vault's own keys."""
    return SqliteSession(connection, Vault(VaultKeys.random()), {}, utc_now())
