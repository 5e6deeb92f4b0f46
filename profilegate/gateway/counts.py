"""Counts of events within moving windows, in memory; the workers of a gateway may share them."""

from collections.abc import Hashable
from typing import Protocol

from profilegate.gateway.moving_windows import MovingWindows


class Windows(Protocol):
    """At most some events of each key within some time."""

    def add(self, key: Hashable, now: float) -> bool:
        """Count an event at a time in seconds, and return True; False if there are too many."""
        ...

    def forget(self, key: Hashable) -> None:
        """Drop the events of a key."""
        ...


class Counts(Protocol):
    """Where a gateway counts: in this process, or in memory that it shares with other workers.

    ``is_shared`` is whether other processes serve the same clients. ``locks_noted`` changes
    when one of them has stored a lockout.
    """

    is_shared: bool

    @property
    def locks_noted(self) -> int:
        """A number that ``note_lock`` changes."""
        ...

    def note_lock(self) -> None:
        """Tell the other workers that there is a new lockout."""
        ...

    def windows(self, name: str, events_max: int, seconds: float) -> Windows:
        """The windows of a name: at most ``events_max`` events of each key within ``seconds``."""
        ...


class OwnCounts:
    """The counts of one process."""

    is_shared = False
    locks_noted = 0

    def note_lock(self) -> None:
        """There is nobody to tell."""

    def windows(self, name: str, events_max: int, seconds: float) -> Windows:
        """New windows, whatever their name is."""
        return MovingWindows(events_max, seconds)
