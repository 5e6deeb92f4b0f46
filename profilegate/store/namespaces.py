"""Namespaces: creates, lists, clears and drops them, sets their clocks, draws from their seeds."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from profilegate.errors import (
    ClockBackwardsError,
    NamespaceExistsError,
    NamespaceLimitExceededError,
    NamespaceUnknownError,
)
from profilegate.store import journal
from profilegate.store.encoding import time_of, timestamp
from profilegate.store.records import DEFAULT_NAMESPACE
from profilegate.store.session import Row, Session, one_statement
from profilegate.store.vault import WRAPPED_KEY_SIZE_BYTES

# ruff: noqa: S608 (the names of tables are ours)

NAMESPACES_MAX: Final = 10_000
"""We chose: more than the tests of a large suite that run, or were left behind, at one time."""

_OF_NAMESPACE: Final = "namespace = :namespace"
_OF_PROFILES: Final = "profile_id IN (SELECT id FROM profiles WHERE namespace = :namespace)"

TABLES: Final = (
    ("profiles", _OF_NAMESPACE),
    ("events", _OF_PROFILES),
    ("accounts", _OF_NAMESPACE),
    ("documents", _OF_PROFILES),
    ("credentials", _OF_NAMESPACE),
    ("used_nonces", _OF_NAMESPACE),
    ("logins", _OF_NAMESPACE),
    ("pending_logins", _OF_NAMESPACE),
    ("outbox", _OF_NAMESPACE),
    ("lockouts", _OF_NAMESPACE),
    ("known_peers", _OF_NAMESPACE),
    ("faults", _OF_NAMESPACE),
)
"""The tables whose rows belong to namespaces, each after those to which its rows refer."""

_INFO: Final = "SELECT name, created_at, frozen_at, ahead, seed IS NOT NULL FROM namespaces"
KEYS: Final = "id IN (SELECT key_id FROM profiles WHERE namespace = :namespace)"


_CLOCK: Final = (
    "SELECT space.name, space.frozen_at, space.ahead, space.seed,"
    " EXISTS (SELECT 1 FROM faults WHERE namespace = :name)"
    " FROM (SELECT 1) AS one LEFT JOIN namespaces AS space ON space.name = :name"
)
_NO_CLOCK: Final = (None, None, 0, None, 0)


class NamespaceInfo(Struct, frozen=True):
    """The facts of a namespace.

    ``created_at`` is None for the default one. ``ahead`` is the time by which its clock is before
    the gateway's, unless it stands still at ``frozen_at``.
    """

    name: str
    created_at: datetime | None
    frozen_at: datetime | None
    ahead: timedelta
    is_seeded: bool


class NamespaceClock(Struct, frozen=True):
    """What decides the times, ids and tokens of a namespace, and whether it has scripted faults."""

    name: str
    frozen_at: datetime | None = None
    ahead: timedelta = timedelta()
    seed: str | None = None
    has_faults: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the namespace has a time or a seed of its own."""
        return (self.frozen_at, self.ahead, self.seed) != (None, timedelta(), None)

    def time(self, now: datetime) -> datetime:
        """The time of the namespace; ``now`` is that of the gateway's clock."""
        return self.frozen_at or now + self.ahead


def create(session: Session, name: str, seed: str | None = None) -> NamespaceInfo:
    """
    Create an empty namespace; its ids and tokens come from the ``seed``, if it has one.

    Raises:
        NamespaceExistsError: there is one with this name.
        NamespaceLimitExceededError: there are NAMESPACES_MAX.
    """
    session.lock_name("namespaces")
    if name == DEFAULT_NAMESPACE or _row(session, name) is not None:
        raise NamespaceExistsError
    (count,) = session.row("SELECT count(*) FROM namespaces") or (0,)
    if count >= NAMESPACES_MAX:
        raise NamespaceLimitExceededError("namespaces", NAMESPACES_MAX)
    ensure_row(session, name, seed)
    return find(session, name)


def find(session: Session, name: str) -> NamespaceInfo:
    """
    The facts of a namespace. The default one exists always.

    Raises:
        NamespaceUnknownError: there is no such namespace.
    """
    row = _row(session, name)
    if row is not None:
        return _info(row)
    if name != DEFAULT_NAMESPACE:
        raise NamespaceUnknownError
    return NamespaceInfo(name, None, None, timedelta(), is_seeded=False)


def page(session: Session, *, after: str | None = None, limit: int) -> list[NamespaceInfo]:
    """Namespaces in the order of their names, from the first one after ``after``."""
    found = session.rows(
        f"{_INFO} WHERE name > :after AND name <> :default ORDER BY name LIMIT :limit",
        after=after or "",
        default=DEFAULT_NAMESPACE,
        limit=limit,
    )
    first = [] if after else [find(session, DEFAULT_NAMESPACE)]
    return [*first, *map(_info, found)][:limit]


@one_statement
def any_exists(session: Session) -> bool:
    """Whether there may be namespaces beside the default one."""
    return session.row("SELECT 1 FROM namespaces LIMIT 1") is not None


@one_statement
def others_exist(session: Session) -> bool:
    """Whether there are namespaces beside the default one."""
    row = session.row(
        "SELECT 1 FROM namespaces WHERE name <> :default LIMIT 1", default=DEFAULT_NAMESPACE
    )
    return row is not None


@one_statement
def clock(session: Session, name: str) -> NamespaceClock:
    """
    The clock and the seed of a namespace.

    Raises:
        NamespaceUnknownError: there is no such namespace.
    """
    found, frozen_at, ahead, seed, has_faults = session.row(_CLOCK, name=name) or _NO_CLOCK
    if found is None:
        if name != DEFAULT_NAMESPACE:
            raise NamespaceUnknownError
        return NamespaceClock(name, has_faults=bool(has_faults))
    time, step = time_of(frozen_at), timedelta(microseconds=ahead)
    return NamespaceClock(name, time, step, seed, bool(has_faults))


def set_clock(
    session: Session,
    name: str,
    *,
    to: datetime | None = None,
    forward: timedelta = timedelta(),
    is_frozen: bool | None = None,
) -> NamespaceInfo:
    """
    Set a namespace's clock to a time (``to``; now without it) and ``forward``, let it stand still
    (``is_frozen``), or go on. The session's own time must be the gateway's.

    Raises:
        NamespaceUnknownError: there is no such namespace.
        ClockBackwardsError: the new time is before the clock's present one.
    """
    present = clock(session, name)
    now = present.time(session.now)
    to = (to or now) + forward
    if to < now:
        raise ClockBackwardsError
    ensure_row(session, name)
    stands_still = present.frozen_at is not None if is_frozen is None else is_frozen
    session.run(
        "UPDATE namespaces SET frozen_at = :frozen_at, ahead = :ahead WHERE name = :name",
        name=name,
        frozen_at=timestamp(to) if stands_still else None,
        ahead=(to - session.now) // timedelta(microseconds=1),
    )
    return find(session, name)


def has_moved_clocks(session: Session) -> bool:
    """Whether the clock of a namespace differs from the gateway's."""
    row = session.row("SELECT 1 FROM namespaces WHERE frozen_at IS NOT NULL OR ahead <> 0 LIMIT 1")
    return row is not None


def draw(session: Session, clock: NamespaceClock, size: int) -> bytes:
    """The next bytes from the seed of a namespace; those of two namespaces always differ."""
    row = session.row(
        "UPDATE namespaces SET draws = draws + 1 WHERE name = :name RETURNING draws",
        name=clock.name,
    )
    if row is None:
        raise NamespaceUnknownError
    return hashlib.shake_256(f"{clock.seed}\0{clock.name}\0{row[0]}".encode()).digest(size)


def clear(session: Session, name: str) -> None:
    """
    Delete everything in a namespace; it keeps its clock, its seed and its snapshots.

    Keys are overwritten and their rows stay, for the reason that ``erasure.py`` gives.
    """
    session.lock_tables()
    session.run(
        f"UPDATE profile_keys SET wrapped = :nothing WHERE {KEYS}",
        namespace=name,
        nothing=bytes(WRAPPED_KEY_SIZE_BYTES),
    )
    for table, condition in reversed(TABLES):
        session.run(f"DELETE FROM {table} WHERE {condition}", namespace=name)
    session.vault.forget()


def drop(session: Session, name: str) -> None:
    """
    Delete a namespace and everything in it.

    Raises:
        NamespaceUnknownError: there is no such namespace. The default one cannot be dropped.
    """
    if name == DEFAULT_NAMESPACE or _row(session, name) is None:
        raise NamespaceUnknownError
    clear(session, name)
    journal.drop(session, name)
    session.run("DELETE FROM snapshots WHERE namespace = :name", name=name)
    session.run("DELETE FROM namespaces WHERE name = :name", name=name)


def ensure_row(session: Session, name: str, seed: str | None = None) -> None:
    """Write the row of a namespace, unless it has one; the default one has none at first."""
    session.run(
        "INSERT INTO namespaces (name, created_at, seed) VALUES (:name, :now, :seed)"
        " ON CONFLICT DO NOTHING",
        name=name,
        now=timestamp(session.now),
        seed=seed,
    )


def _row(session: Session, name: str) -> Row | None:
    return session.row(f"{_INFO} WHERE name = :name", name=name)


def _info(row: Row) -> NamespaceInfo:
    name, created_at, frozen_at, ahead, is_seeded = row
    return NamespaceInfo(
        name=name,
        created_at=None if name == DEFAULT_NAMESPACE else time_of(created_at),
        frozen_at=time_of(frozen_at),
        ahead=timedelta(microseconds=ahead),
        is_seeded=bool(is_seeded),
    )
