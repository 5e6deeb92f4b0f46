"""Lockouts: after many failures a credential is locked for a while, for one peer only."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from profilegate.errors import CredentialLockedError, StoreUnavailableError
from profilegate.gateway.counts import Counts, OwnCounts, Windows
from profilegate.profile.private import Private
from profilegate.store import Store, lockouts
from profilegate.store.lockouts import Lock

logger = logging.getLogger("profilegate")

FAILURES_MAX = 10
"""Failures within a minute. People mistype a password three times; K3 of Kraken has ten too."""

SPRAYED_FAILURES_MAX = 50
"""Failed logins within a minute from one peer to all accounts together. An office of a thousand
people behind one address stays below it; we chose."""

WINDOW_SECONDS = 60

FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(minutes=15)
"""OWASP, Authentication Cheat Sheet: an observation window and a duration that grows, not a lock
without end, which would serve an attacker. 15 minutes leave 960 guesses a day."""


class Claim(Private, frozen=True):
    """
    The credential that a request claims to have: its kind, and the login, key or token.

    ``is_of_all``: it is valid in all namespaces, so its failures count together.
    """

    kind: str
    subject: str
    first_lock: timedelta = FIRST_LOCK
    is_of_all: bool = False


class Attempt(NamedTuple):
    """What failures count for; ``peer`` is the peer's network."""

    namespace: str
    provider: str
    kind: str
    subject: str
    peer: str

    def __repr__(self) -> str:
        return f"Attempt({self.provider!r}, …)"


class Lockouts:
    """
    The failures at this gateway, and the locks of all gateways at one store.

    Failures are counted in memory (``counts``); a lock is stored, so that it outlives a restart.
    ``is_on`` is False if nothing is counted and nothing locked. ``on_lock`` is called with the kind
    of each new lock: ``credential`` or ``sprayed``.
    """

    def __init__(
        self,
        *,
        is_on: bool = True,
        counts: Counts | None = None,
        on_lock: Callable[[str], None] = lambda kind: None,
    ) -> None:
        self.is_on = is_on
        self._on_lock = on_lock
        self._counts = counts = counts or OwnCounts()
        self._locks_noted = counts.locks_noted
        # The failure that finds its window full is the last one before the lock.
        self._failures = counts.windows("failures", FAILURES_MAX - 1, WINDOW_SECONDS)
        self._sprayed = counts.windows("sprayed", SPRAYED_FAILURES_MAX - 1, WINDOW_SECONDS)
        self.locks: dict[bytes, Lock] = {}
        """By their digests; nearly always empty."""

    @property
    def may_lock(self) -> bool:
        """Whether there are locks, or another worker has stored one."""
        return bool(self.locks) or self._counts.locks_noted != self._locks_noted

    async def reject_locked(
        self,
        store: Store,
        attempt: Attempt,
        now: datetime,
        *,
        error: type[CredentialLockedError] = CredentialLockedError,
    ) -> None:
        """
        Check that an attempt is not locked.

        Raises:
            CredentialLockedError: it is; or the other ``error``.
        """
        if self._counts.locks_noted != self._locks_noted:
            await self.refresh(store, now)
        if not self.locks:
            return
        lock = self.locks.get(await store.read(lockouts.digest, *attempt))
        if lock is not None and lock.until > now:
            raise error(ceil((lock.until - now).total_seconds()))

    async def count(
        self, store: Store, attempt: Attempt, now: datetime, *, first_lock: timedelta = FIRST_LOCK
    ) -> None:
        """Count a failure; the last one of FAILURES_MAX locks."""
        if self.is_on:
            await self._count(self._failures, store, attempt, now, first_lock)

    async def count_sprayed(self, store: Store, attempt: Attempt, now: datetime) -> None:
        """Count a failure of a peer; the last one of SPRAYED_FAILURES_MAX locks."""
        if self.is_on:
            await self._count(self._sprayed, store, attempt, now, FIRST_LOCK)

    def forgive(self, digest: bytes) -> None:
        """Forget the failures of an attempt, by its digest."""
        self._failures.forget(digest)

    async def refresh(self, store: Store, now: datetime) -> None:
        """Read the locks that other processes have stored, and forget those that have ended."""
        if self.is_on:
            self._locks_noted = self._counts.locks_noted
            ended = now - lockouts.SERIES_KEPT
            own = {key: lock for key, lock in self.locks.items() if lock.until > ended}
            self.locks = own | await store.read(lockouts.find_all)

    async def _count(
        self,
        failures: Windows,
        store: Store,
        attempt: Attempt,
        now: datetime,
        first_lock: timedelta,
    ) -> None:
        digest = await store.read(lockouts.digest, *attempt)
        if failures.add(digest, now.timestamp()):
            return
        self._on_lock("credential" if failures is self._failures else "sprayed")
        failures.forget(digest)
        before = self.locks.pop(digest, None)
        series = 0 if before is None else before.series + 1
        # Longer than the longest after a few; do not compute what overflows.
        length = min(first_lock * 2 ** min(series, 10), LONGEST_LOCK)
        lock = self.locks[digest] = Lock(digest, series, now + length)
        if len(self.locks) > lockouts.ROWS_MAX:
            del self.locks[next(iter(self.locks))]
        try:
            await store.write(lockouts.put, attempt.namespace, lock)
            self._counts.note_lock()
        except StoreUnavailableError as error:
            logger.error("a lockout was not stored: %s", error)
