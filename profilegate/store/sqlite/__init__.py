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
from math import nan
from pathlib import Path
from shutil import disk_usage
from sqlite3 import Connection
from typing import ParamSpec, TypeVar

from profilegate.profile.locks import LockRules
from profilegate.profile.times import utc_now
from profilegate.store import expiry
from profilegate.store.clock import SteadyClock
from profilegate.store.copying import reject_incomplete
from profilegate.store.erasure import COMPACTION
from profilegate.store.failures import store_error
from profilegate.store.health import Health, touch, trouble_of
from profilegate.store.records import Audit, Rotation
from profilegate.store.rotation import Report, rotate
from profilegate.store.session import ONE_STATEMENT
from profilegate.store.sqlite.checkpoints import Checkpoints
from profilegate.store.sqlite.database import connect, open_database
from profilegate.store.sqlite.health import health_of
from profilegate.store.sqlite.integrity import verified
from profilegate.store.sqlite.session import SqliteSession, keyless
from profilegate.store.sqlite.state import SharedState
from profilegate.store.sqlite.turns import Turns
from profilegate.store.sqlite.writer import QUEUE_SIZE_MAX, Writer
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
    survives_power_cut: bool = True,
    on_batch: Callable[[float], None] | None = None,
) -> "SqliteStore":
    """
    Open the store in a file; create the file and its key file if both are missing.

    ``may_begin``: create a missing file also if its key exists. ``survives_power_cut``: a commit
    waits for the disk; a test's need not. ``on_batch`` is called in the writer's thread with the
    number of updates in each commit.

    Raises:
        MasterKeyError: the key file is unusable, or does not belong to the store.
        SettingError: the file cannot be opened, is lost, or a newer Profilegate wrote it.
        StoreDamagedError: the database is damaged.
    """
    connection, vault = open_database(path, key_file, may_begin=may_begin)
    try:
        reject_incomplete(keyless(connection), path)
    except BaseException:
        connection.close()
        raise
    if not survives_power_cut:
        connection.execute("PRAGMA synchronous = OFF")
    return SqliteStore(path, Writer(connection, on_batch), vault, rules, now, key_file)


class SqliteStore:
    """A ``Store`` in a SQLite file; made by ``open_store``."""

    def __init__(
        self,
        path: Path,
        writer: Writer,
        vault: Vault,
        rules: Mapping[str, LockRules],
        now: Clock,
        key_file: Path = Path(),
    ) -> None:
        self.rules = rules
        self._key_file = key_file
        self.now = SteadyClock(now)
        self._path = path
        self._writer = writer
        self._reader = connect(path, query_only=True)
        self._vault = vault
        self._state = SharedState(vault, self.now)
        self._state.read(self._reader)
        writer.begin, writer.end = self._state.begin, self._state.end
        self._checkpoints = Checkpoints(path)
        writer.after = self._checkpoints.after_commit
        self._turns = Turns(path)
        writer.start = self._turns.begin

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
        calls: list[Callable[[], None]] = []

        def job(connection: Connection) -> T:
            nonlocal calls
            session = self._session(connection)
            calls = session.committed
            return function(session, *args, **kwargs)

        result = await self._writer.submit(job)
        for call in calls:
            call()
        return result

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
        """
        Delete what has expired, and empty the log after an erasure.

        If a reader still uses the log, the next call tries again.
        """
        try:
            self._state.read(self._reader)
            is_due = expiry.is_due(self._session(self._reader))
            pending = self._reader.execute("SELECT 1 FROM meta WHERE name = ?", (COMPACTION,))
            is_pending = pending.fetchone() is not None
        except sqlite3.Error as error:
            raise store_error(error) from error
        if is_due:
            await self.write(expiry.delete_expired)
        if is_pending:
            await self._writer.submit(self._checkpoints.empty_log, alone=True)

    async def health(self) -> Health:
        """What is wrong with the file, its version, its key and its disk; whether it is written."""
        health = await health_of(self._reader, self._path, self._key_file)
        health["writes"] = await trouble_of(self.write(touch))
        return health

    def gauges(self) -> Mapping[str, float]:
        """The writer's queue and its limit, and the free space on the disk."""
        try:
            free_bytes = float(disk_usage(self._path.parent).free)
        except OSError:
            free_bytes = nan
        return {
            "store_queue_depth": self._writer.waiting,
            "store_queue_limit": QUEUE_SIZE_MAX,
            "disk_free_bytes": free_bytes,
        }

    async def rotate_master_key(self, report: Report) -> Rotation:
        """Give the store a new master key, or continue a rotation that ended early."""
        rotated = await rotate(self.write, self._vault, self._path, self._key_file, report)
        await self.maintain()
        return rotated

    async def close(self) -> None:
        """Finish the queued writes and close the connections."""
        await self._writer.close()
        self._checkpoints.close()
        self._turns.close()
        self._reader.close()

    def _session(self, connection: Connection) -> SqliteSession:
        return SqliteSession(connection, self._vault, self.rules, self.now())
