"""The session: one transaction, as repository functions read and write it."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from profilegate.profile.locks import LockRules
from profilegate.store.vault import Vault

Row = tuple[Any, ...]

F = TypeVar("F", bound=Callable[..., Any])

UUID_SIZE_BYTES: Final = 16

ONE_STATEMENT: Final[set[Callable[..., Any]]] = set()
"""The functions that ``one_statement`` marks."""


LOCK_KEYS: Final[dict[Callable[..., Any], Callable[..., Iterable[Any]]]] = {}
"""What ``locks`` registers."""


def locks(keys_of: Callable[..., Iterable[Any]]) -> Callable[[F], F]:
    """
    Register the accounts (``AccountKey``) and nonces (``NonceUse``) of a function.

    ``keys_of`` takes the function's arguments but the session. The function changes no other rows
    than those of the accounts' profiles and of the nonces' credentials; and what it reads before it
    needs a first result depends on no others. So a backend may begin many such functions at once.
    """

    def register(function: F) -> F:
        LOCK_KEYS[function] = keys_of
        return function

    return register


def one_statement(function: F) -> F:
    """
    Mark a function that only reads, and whose result depends on one statement.

    One statement is a snapshot in itself, so the store runs the function without a transaction.
    """
    ONE_STATEMENT.add(function)
    return function


class Session(ABC):
    """
    One transaction of the store.

    ``vault`` seals and opens values, ``rules`` are the lock rules of each provider by its name,
    ``now`` is the time of the transaction (UTC), which all of its rows carry; ``random_bytes``
    makes ids and tokens. In a namespace both may be the namespace's own (``namespace_store.py``).

    Statements use named parameters (``:name``) and the SQL that SQLite and PostgreSQL share. The
    rest is the dialect: ``for_update``, ``lock_rows`` and ``lock_name`` keep other transactions
    away. A backend whose transactions run one after another needs none of them, as SQLite with its
    one writer.
    """

    __slots__ = ("now", "random_bytes", "rules", "vault")

    def __init__(self, vault: Vault, rules: Mapping[str, LockRules], now: datetime) -> None:
        self.vault = vault
        self.rules = rules
        self.now = now
        self.random_bytes: Callable[[int], bytes] = os.urandom

    def new_id(self) -> str:
        """A random UUID."""
        return str(UUID(bytes=self.random_bytes(UUID_SIZE_BYTES), version=4))

    @abstractmethod
    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """Run a query and return all of its rows."""

    @abstractmethod
    def each(self, sql: str, **parameters: Any) -> Iterator[Row]:
        """Run a query and yield its rows as they are read, for a whole table."""

    @abstractmethod
    def row(self, sql: str, **parameters: Any) -> Row | None:
        """Run a query and return its first row, or None."""

    @abstractmethod
    def run(self, sql: str, **parameters: Any) -> int:
        """Run a statement and return the number of rows that it changed."""

    @abstractmethod
    def start(self, sql: str, **parameters: Any) -> Callable[[], int]:
        """
        Run a statement whose outcome nobody needs yet, with the next one if that saves time.

        The function that it returns gives the number of rows that it changed; an error of the
        statement fails the transaction in any case.
        """

    @abstractmethod
    def run_many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each row of parameters."""

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call a function once the transaction is committed; at once, if it runs only once."""
        call()

    def lock_rows(self, sql: str, **parameters: Any) -> None:  # noqa: B027 (it may be needless)
        """
        Keep the rows of a query, ids of profiles, from other transactions until this one ends.

        Statements that follow see the newest form of these rows.
        """

    def is_locked(self, profile_id: str) -> bool:
        """Whether ``lock_rows`` has found this profile."""
        return True

    @property
    def for_update(self) -> str:
        """What a query ends with whose rows the transaction is about to change."""
        return ""

    @property
    def for_update_unlocked(self) -> str:
        """As ``for_update``, without rows that another transaction has locked."""
        return ""

    def for_update_of(self, name: str) -> str:
        """As ``for_update``, for one of several tables of a query."""
        return ""

    def lock_tables(self) -> None:  # noqa: B027 (it may be needless)
        """Let no other transaction change the tables of profiles until this one ends."""

    def lock_name(self, *names: str) -> None:  # noqa: B027 (it may be needless)
        """Keep a name from other transactions until this one ends; it names no row."""
