"""The store in PostgreSQL: for any number of processes and machines (ADR 36).

Reads and writes run in greenlets of the event loop (``links.py``). Writes are committed in batches
(``writer.py``); locks of rows keep the transactions of processes apart.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

import psycopg

from profilegate.errors import MasterKeyError, StoreUnavailableError
from profilegate.profile.locks import LockRules
from profilegate.profile.times import utc_now
from profilegate.store import expiry
from profilegate.store.audit import audit
from profilegate.store.clock import SteadyClock
from profilegate.store.copying import reject_incomplete
from profilegate.store.erasure import COMPACTION
from profilegate.store.failures import StatementError
from profilegate.store.health import Health, touch, trouble_of
from profilegate.store.master_key import read_master_keys
from profilegate.store.postgresql.batches import Batches
from profilegate.store.postgresql.failures import store_error
from profilegate.store.postgresql.health import schema_and_key
from profilegate.store.postgresql.links import BlockingLink, LoopLink
from profilegate.store.postgresql.opening import (
    NOT_DURABLE,
    OF_LONG_WORK,
    Location,
    open_database,
    session_of,
)
from profilegate.store.postgresql.reader import Reader
from profilegate.store.postgresql.session import PostgresSession, Transaction
from profilegate.store.postgresql.state import SharedState
from profilegate.store.postgresql.writer import QUEUE_SIZE_MAX, Writer
from profilegate.store.records import Audit, Rotation
from profilegate.store.rotation import Report, rotate
from profilegate.store.session import ONE_STATEMENT, Session
from profilegate.store.store import RepositoryFunction
from profilegate.store.vault import Vault

logger = logging.getLogger("profilegate")

P = ParamSpec("P")
T = TypeVar("T")

SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

NO_CONNECTION: Final = "the database does not accept a connection"


def open_store(
    url: str,
    *,
    key_file: Path,
    rules: Mapping[str, LockRules],
    now: Callable[[], datetime] = utc_now,
    may_begin: bool = False,
    survives_power_cut: bool = True,
    on_batch: Callable[[float], None] | None = None,
) -> "PostgresStore":
    """
    Open the store in a database; create its tables and its key file if both are missing.

    ``may_begin``: create the tables also if the key exists. ``survives_power_cut``: a commit waits
    for the disk; a test's need not. ``on_batch`` is called with the number of updates of each
    batch.

    Raises:
        MasterKeyError: the key file is unusable, or does not belong to the store.
        SettingError: there is no connection, the database is lost, or a newer Profilegate wrote it.
    """
    location = Location(url)
    vault = open_database(location, key_file, may_begin=may_begin)
    with session_of(location) as session:
        reject_incomplete(session, location)
    more = () if survives_power_cut else (NOT_DURABLE,)
    store = PostgresStore(location, vault, rules, now, key_file, more)
    if on_batch is not None:
        store.writer.on_batch = on_batch
    return store


class PostgresStore:
    """A ``Store`` in PostgreSQL; made by ``open_store``."""

    def __init__(
        self,
        location: Location,
        vault: Vault,
        rules: Mapping[str, LockRules],
        now: Callable[[], datetime],
        key_file: Path,
        settings: tuple[str, ...],
    ) -> None:
        self.rules = rules
        self.now = SteadyClock(now)
        self._location = location
        self._vault = vault
        self._key_file = key_file
        self._settings = settings
        state = SharedState(vault, self.now)
        self._reader = Reader(self._connected)
        self.writer = Writer(self._connected, Batches(self._session, state))

    async def read(
        self, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function that only reads, in one snapshot of the database."""

        def work(link: LoopLink) -> T:
            return function(self._session(link), *args, **kwargs)

        if function in ONE_STATEMENT:
            return await self._reader.run(work)
        return await self._reader.run_in_snapshot(work)

    async def write(
        self, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function in a transaction of its own, committed before this returns."""
        return await self.writer.submit(function, args, kwargs)

    async def audit(self, namespace: str) -> Audit:
        """Verify the whole database, in a thread and on a connection of its own: it takes long."""

        def verify() -> Audit:
            with closing(BlockingLink(self._location.connect(OF_LONG_WORK))) as link:
                session = PostgresSession(link, self._vault, self.rules, self.now())
                session.rows(SNAPSHOT)
                return audit(session, namespace)

        return await self._in_thread(verify)

    async def maintain(self) -> None:
        """Delete what has expired, and remove what the table of keys has left of erased ones."""
        is_due, is_pending = await self.read(_due)
        if is_due:
            await self.write(expiry.delete_expired)
        if is_pending:
            await self._in_thread(self._vacuum)

    async def health(self) -> Health:
        """What is wrong with the connection, the version and the key; whether it takes writes."""
        try:
            master_keys = await asyncio.to_thread(read_master_keys, self._key_file)
        except MasterKeyError:
            master_keys = []
        try:
            health = {"database": "", **await self.read(schema_and_key, master_keys)}
        except StoreUnavailableError as error:
            return {"database": str(error)}
        health["writes"] = await trouble_of(self.write(touch))
        return health

    def gauges(self) -> Mapping[str, float]:
        """The writer's queue and its limit, and the connections for reads."""
        waiting = float(self.writer.waiting)
        return {
            "store_queue_depth": waiting,
            "store_queue_limit": QUEUE_SIZE_MAX,
            **self._reader.gauges(),
        }

    async def rotate_master_key(self, report: Report) -> Rotation:
        """Give the store a new master key, or continue a rotation that ended early."""
        rotated = await rotate(self.write, self._vault, self._location, self._key_file, report)
        await self.maintain()
        return rotated

    async def close(self) -> None:
        """Finish the queued writes and close the connections."""
        await self.writer.close()
        self._reader.close()

    def _session(self, link: LoopLink, transaction: Transaction | None = None) -> PostgresSession:
        return PostgresSession(link, self._vault, self.rules, self.now(), transaction)

    async def _connected(self) -> LoopLink:
        """
        Connect, in a thread: names of hosts are looked up there.

        Raises:
            StoreUnavailableError: there is no connection.
        """
        try:
            connection = await asyncio.to_thread(partial(self._location.connect, *self._settings))
        except psycopg.Error as error:
            # libpq's words, which quote no value and no password.
            logger.error("database: %s", " ".join(str(error).split()))
            raise StoreUnavailableError(NO_CONNECTION) from None
        return LoopLink(connection)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except StatementError as error:
            raise store_error(error) from error
        except psycopg.Error as error:
            raise StoreUnavailableError(NO_CONNECTION) from error

    def _vacuum(self) -> None:
        """Remove the old versions of overwritten keys, as far as no transaction may see them."""
        with closing(self._location.connect(OF_LONG_WORK)) as connection:
            connection.execute("VACUUM profile_keys")
            connection.execute("VACUUM vault_keys")
            connection.execute("DELETE FROM meta WHERE name = %s", [COMPACTION])


def _due(session: Session) -> tuple[bool, bool]:
    """Whether something has expired, and whether something was erased."""
    is_pending = session.row("SELECT 1 FROM meta WHERE name = :name", name=COMPACTION) is not None
    return expiry.is_due(session), is_pending
