"""A connection behind the store's back, to the database of either backend."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from profilegate.store.opening import is_postgresql, sqlite_file

Parameters = Sequence[Any] | Mapping[str, Any]


class RawDatabase:
    """Runs statements in SQLite's form (``?`` or ``:name``), without checks of foreign keys.

    ``only_reads`` leaves SQLite's files as they are, also after a kill.
    """

    def __init__(self, url: str, *, only_reads: bool = False) -> None:
        self._connection: sqlite3.Connection | psycopg.Connection[Any]
        self._is_postgresql = is_postgresql(url)
        if self._is_postgresql:
            self._connection = psycopg.connect(url, autocommit=True)
            self._connection.execute("SET session_replication_role = replica")
        else:
            mode = "ro" if only_reads else "rw"
            file = f"{sqlite_file(url).absolute().as_uri()}?mode={mode}"
            self._connection = sqlite3.connect(file, uri=True, isolation_level=None)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Run a query, and return its rows."""
        return list(self._run(sql, parameters).fetchall())

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement, and return how many rows it changed."""
        return int(self._run(sql, parameters).rowcount)

    def tables(self) -> list[str]:
        """The names of the tables."""
        catalogue = "sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if self._is_postgresql:
            catalogue = "pg_tables WHERE schemaname = 'public'"
        column = "tablename" if self._is_postgresql else "name"
        return sorted(name for (name,) in self.rows(f"SELECT {column} FROM {catalogue}"))

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns, in their order."""
        return [each[0] for each in self._run(f"SELECT * FROM {table} LIMIT 0", ()).description]

    @contextmanager
    def failing_inserts(self, table: str) -> Iterator[None]:
        """Let the disk fail wherever a row is inserted into a table."""
        if self._is_postgresql:
            self.run(
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
                " $$BEGIN RAISE EXCEPTION 'disk' USING ERRCODE = 'io_error'; END$$"
            )
            self.run(
                f"CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW"
                " EXECUTE FUNCTION fail()"
            )
            yield
            self.run("DROP FUNCTION fail CASCADE")
        else:
            self.run(
                f"CREATE TRIGGER broken BEFORE INSERT ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
            )
            yield
            self.run("DROP TRIGGER broken")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _run(self, sql: str, parameters: Parameters) -> Any:
        if isinstance(self._connection, sqlite3.Connection):
            return self._connection.execute(sql, parameters)
        if not parameters:
            return self._connection.execute(sql.encode(), binary=True)
        translated = re.sub(r":([a-z]\w*)", r"%(\1)s", sql).replace("?", "%s")
        return self._connection.execute(translated.encode(), parameters, binary=True)
