"""The store in a SQLite file: for one process or several on one machine.

Reads run in the event loop, on a connection of their own: under WAL they do not wait for writers
and take microseconds. Writes run in the writer thread (``writer.py``), which reports their outcome
after the commit.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import ParamSpec, TypeVar

from profilegate.profile.locks import LockRules
from profilegate.profile.times import utc_now
from profilegate.store.erasure import COMPACTION
from profilegate.store.failures import store_error
from profilegate.store.records import Audit
from profilegate.store.session import ONE_STATEMENT, Session
from profilegate.store.sqlite.database import connect, empty_log, open_database
from profilegate.store.sqlite.integrity import verified
from profilegate.store.sqlite.writer import Writer
from profilegate.store.store import RepositoryFunction
from profilegate.store.vault import Vault

Clock = Callable[[], datetime]

P = ParamSpec("P")
T = TypeVar("T")


def open_store(
    path: Path,
    *,
    key_file: Path,
    rules: Mapping[str, LockRules],
    now: Clock = utc_now,
    may_begin: bool = False,
) -> "SqliteStore":
    """
    Open the store in a file; create the file and its key file if both are missing.

    ``may_begin``: create a missing file also if its key exists.

    Raises:
        MasterKeyError: the key file is unusable, or does not belong to the store.
        SettingError: the file cannot be opened, is lost, or a newer Profilegate wrote it.
        StoreDamagedError: the database is damaged.
    """
    connection, vault = open_database(path, key_file, may_begin=may_begin)
    return SqliteStore(path, Writer(connection), vault, rules, now)


class SqliteStore:
    """A ``Store`` in a SQLite file; made by ``open_store``."""

    def __init__(
        self,
        path: Path,
        writer: Writer,
        vault: Vault,
        rules: Mapping[str, LockRules],
        now: Clock,
    ) -> None:
        self.rules = rules
        self._path = path
        self._writer = writer
        self._reader = connect(path, query_only=True)
        self._vault = vault
        self._now = now

    async def read(
        self, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function that only reads, in one snapshot of the database."""
        try:
            if function in ONE_STATEMENT:
                return function(self._session(self._reader), *args, **kwargs)
            self._reader.execute("BEGIN")
            try:
                return function(self._session(self._reader), *args, **kwargs)
            finally:
                self._reader.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise store_error(error) from error

    async def write(
        self, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function in a transaction of its own, committed before this returns."""
        return await self._writer.submit(
            lambda connection: function(self._session(connection), *args, **kwargs)
        )

    async def audit(self, namespace: str) -> Audit:
        """Verify the whole database, in a thread and on a connection of its own: it takes long."""

        def verify() -> Audit:
            try:
                with closing(connect(self._path, query_only=True)) as connection:
                    return verified(connection, lambda: self._session(connection), namespace)
            except sqlite3.Error as error:
                raise store_error(error) from error

        return await asyncio.to_thread(verify)

    async def maintain(self) -> None:
        """Empty the log after an erasure; if a reader still uses it, the next call tries again."""
        pending = self._reader.execute("SELECT 1 FROM meta WHERE name = ?", (COMPACTION,))
        if pending.fetchone() is not None:
            await self._writer.submit(empty_log, alone=True)

    async def close(self) -> None:
        """Finish the queued writes and close the connections."""
        await self._writer.close()
        self._reader.close()

    def _session(self, connection: Connection) -> Session:
        return Session(connection, self._vault, self.rules, self._now())
