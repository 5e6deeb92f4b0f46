"""The statements that a store reads with, on either backend."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from profilegate.store import Store
from profilegate.store.postgresql.connection import Connection, Pending
from profilegate.store.sqlite import SqliteStore

send = Connection.queue


@contextmanager
def traced(store: Store) -> Iterator[list[str]]:
    """The statements of a store's reads until the block ends; with PostgreSQL also its writes."""
    statements: list[str] = []
    if isinstance(store, SqliteStore):
        store._reader.set_trace_callback(statements.append)
        yield statements
        store._reader.set_trace_callback(None)
        return

    def trace(connection: Connection, sql: str, parameters: Mapping[str, Any]) -> Pending:
        statements.append(sql)
        return send(connection, sql, parameters)

    with patch.object(Connection, "queue", trace):
        yield statements
