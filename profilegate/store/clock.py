"""The store's clock, which never moves backwards (ADR 21)."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Final

BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


class SteadyClock:
    """The system's clock, or the latest known time while the system's clock is behind it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._latest = BEGINNING
        self._lock = Lock()
        """The event loop and the writer thread share the clock."""

    def __call__(self) -> datetime:
        with self._lock:
            self._latest = max(self._latest, self._now())
            return self._latest

    def advance(self, time: datetime) -> None:
        """Let no later time be earlier than this one."""
        with self._lock:
            self._latest = max(self._latest, time)
