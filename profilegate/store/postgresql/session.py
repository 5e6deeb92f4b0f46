"""The session of the PostgreSQL store."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from itertools import count
from typing import Any, Final

from profilegate.profile.locks import LockRules
from profilegate.store.namespaces import TABLES
from profilegate.store.postgresql.connection import Pending
from profilegate.store.postgresql.links import Link
from profilegate.store.records import AccountKey, CredentialKey
from profilegate.store.session import Row, Session
from profilegate.store.vault import Vault

ROWS_AT_ONCE: Final = 500
"""How many rows of a whole table are in memory at a time."""

# ruff: noqa: S608 (the statements consist of constants)
LOCK: Final = " FOR NO KEY UPDATE"
"""What a query ends with that locks its rows: as strong as an update that keeps the key."""


_LOCK_TABLES: Final = f"LOCK TABLE {', '.join(name for name, _ in TABLES)} IN EXCLUSIVE MODE"
_LOCK_CREDENTIALS: Final = (
    "SELECT digest FROM credentials WHERE namespace = ANY(:namespaces)"
    " AND provider = ANY(:providers) AND kind = ANY(:kinds) AND digest = ANY(:digests)"
    f" ORDER BY digest{LOCK}"
)
_LOCK_ACCOUNTS: Final = (
    "SELECT profile.id FROM accounts AS account"
    " JOIN profiles AS profile ON profile.id = account.profile_id"
    " WHERE account.namespace = ANY(:namespaces) AND account.provider = ANY(:providers)"
    f" AND account.digest = ANY(:digests) ORDER BY profile.id{LOCK} OF profile"
)


_cursors = count()
"""Numbers for the names of cursors."""


def lock_key(*names: str) -> int:
    """The number by which PostgreSQL knows a locked name: 64 bits of a hash."""
    return int.from_bytes(blake2b(ascii(names).encode(), digest_size=8).digest(), signed=True)


class Transaction:
    """What is known of a transaction: the profiles that it has locked, and whether it wrote."""

    __slots__ = ("covered", "locked", "locks", "pending")

    def __init__(self) -> None:
        self.covered: frozenset[bytes] = frozenset()
        """Digests of accounts whose profiles a query of ``locks`` locks."""
        self.locked: set[str] = set()
        self.locks: list[Pending] = []
        """Queries that lock rows, and whose rows are not in ``locked`` yet."""
        self.pending: list[Pending] = []
        """Statements that nobody has looked at."""


class PostgresSession(Session):
    """
    A transaction, or a statement of its own.

    In one that reads (``transaction`` is None) nothing is locked.
    """

    __slots__ = ("_link", "_transaction", "committed", "has_written", "wait")

    def __init__(
        self,
        link: Link,
        vault: Vault,
        rules: Mapping[str, LockRules],
        now: datetime,
        transaction: Transaction | None = None,
    ) -> None:
        super().__init__(vault, rules, now)
        self._link = link
        self._transaction = transaction
        self.committed: list[Callable[[], None]] = []
        """What to call after the commit."""
        self.has_written = False
        self.wait = link.exchange
        """Waits until everything that was queued has a result."""

    @property
    def for_update(self) -> str:
        """What a query ends with whose rows the transaction is about to change."""
        return "" if self._transaction is None else LOCK

    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """Run a query and return all of its rows."""
        pending = self._link.queue(sql, parameters)
        self._exchange()
        while pending.is_aborted and self._transaction is None:
            # A read of somebody else that was sent with it has failed.
            pending = self._link.queue(sql, parameters)
            self._exchange()
        return pending.rows

    def row(self, sql: str, **parameters: Any) -> Row | None:
        """Run a query and return its first row, or None."""
        return next(iter(self.rows(sql, **parameters)), None)

    def each(self, sql: str, **parameters: Any) -> Iterator[Row]:
        """Run a query and yield its rows some at a time, from a cursor."""
        name = f"c{next(_cursors)}"
        self.rows(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", **parameters)
        while rows := self.rows(f"FETCH {ROWS_AT_ONCE} FROM {name}"):
            yield from rows
        self.rows(f"CLOSE {name}")

    def run(self, sql: str, **parameters: Any) -> int:
        """
        Run a statement and return the number of rows that it changed.

        Raises:
            ConstraintError: a row breaks a constraint.
            StatementError: it failed otherwise.
        """
        pending = self._written(sql, parameters)
        self._exchange()
        return pending.changed

    def start(self, sql: str, **parameters: Any) -> Callable[[], int]:
        """Send a statement with the next one."""
        pending = self._written(sql, parameters)
        if self._transaction is not None:
            self._transaction.pending.append(pending)
        return lambda: self._changed(pending)

    def run_many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each row of parameters."""
        for parameters in rows:
            self.start(sql, **parameters)
        self._exchange()

    def lock_rows(self, sql: str, **parameters: Any) -> None:
        """Lock the profiles whose ids a query finds, with the next statement."""
        transaction = self._transaction
        if transaction is None or parameters.get("profile_id") in transaction.locked:
            return
        if parameters.get("digest") not in transaction.covered:
            transaction.locks.append(self._link.queue(sql + LOCK, parameters))

    def is_locked(self, profile_id: str) -> bool:
        """Whether ``lock_rows`` has found this profile."""
        return self._transaction is None or profile_id in self._transaction.locked

    @property
    def for_update_unlocked(self) -> str:
        """As ``for_update``, without rows that another transaction has locked."""
        return "" if self._transaction is None else f"{LOCK} SKIP LOCKED"

    def for_update_of(self, name: str) -> str:
        """As ``for_update``, for one of several tables of a query."""
        return "" if self._transaction is None else f"{LOCK} OF {name}"

    def lock_tables(self) -> None:
        """Lock the tables of profiles, with the next statement."""
        if self._transaction is not None:
            self._transaction.pending.append(self._link.queue(_LOCK_TABLES, {}))

    def lock_name(self, *names: str) -> None:
        """Lock a name, with the next statement."""
        if self._transaction is not None:
            sql = "SELECT pg_advisory_xact_lock(:key)"
            locked = self._link.queue(sql, {"key": lock_key(*names)})
            self._transaction.pending.append(locked)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call a function once the transaction is committed: it may run several times."""
        self.committed.append(call)

    def lock_credentials(self, keys: Collection[CredentialKey]) -> None:
        """Lock credentials, in one order for all processes, with the next statement."""
        groups = {(key.namespace, key.provider, key.kind) for key in keys}
        if groups and self._transaction is not None:
            namespaces, providers, kinds = (set(each) for each in zip(*groups, strict=True))
            digests = {
                self.vault.digest("credentials", key.namespace, key.provider, key.kind, key.text)
                for key in keys
            }
            parameters = {
                "namespaces": namespaces,
                "providers": providers,
                "kinds": kinds,
                "digests": digests,
            }
            self._transaction.pending.append(self._link.queue(_LOCK_CREDENTIALS, parameters))

    def lock_accounts(self, keys: Collection[AccountKey]) -> None:
        """Lock the profiles of accounts, in one order for all, with the next statement."""
        if not keys or self._transaction is None:
            return
        digests = {self.vault.account_digest(key) for key in keys}
        parameters = {
            "namespaces": {key.namespace for key in keys},
            "providers": {key.provider for key in keys},
            "digests": digests,
        }
        self._transaction.covered = frozenset(digests)
        self._transaction.locks.append(self._link.queue(_LOCK_ACCOUNTS, parameters))

    def flush(self) -> None:
        """Send what is queued, and check it."""
        self._exchange()

    def _written(self, sql: str, parameters: Mapping[str, Any]) -> Pending:
        self.has_written = True
        return self._link.queue(sql, parameters)

    def _changed(self, pending: Pending) -> int:
        if not pending.is_settled:
            self._exchange()
        return pending.changed

    def _exchange(self) -> None:
        """
        Send what is queued, and wait for it.

        Raises:
            StatementError: a statement failed that was sent earlier, and that nobody looks at.
        """
        self.wait()
        self.settle()

    def settle(self) -> None:
        """
        Look at what was sent before, and was for nobody.

        Raises:
            StatementError: one of the statements failed.
        """
        transaction = self._transaction
        if transaction is None:
            return
        pending, transaction.pending = transaction.pending, []
        locks, transaction.locks = transaction.locks, []
        for each in pending:
            # Another task of the batch may have queued some since.
            if each.is_settled:
                _ = each.result
            else:
                transaction.pending.append(each)
        for lock in locks:
            if lock.is_settled:
                transaction.locked.update(row[0] for row in lock.rows)
            else:
                transaction.locks.append(lock)
