"""Moving windows: count the events of each key within a time, in bounded memory."""

from collections import OrderedDict
from collections.abc import Hashable

KEYS_MAX = 10_000
"""Keys at a time; beyond it the one without an event for the longest time is dropped. Each
has few times (at most 50, in the limit of a provider): together they take 17 MB at most."""


class MovingWindows:
    """
    At most ``events_max`` events of each key within ``seconds``.

    ``limits`` has such windows, but its memory storage keeps every key that it has ever seen, and
    here strangers choose the keys.
    """

    def __init__(self, events_max: int, seconds: float, keys_max: int = KEYS_MAX) -> None:
        self._events_max = events_max
        self._seconds = seconds
        self._keys_max = keys_max
        self._times: OrderedDict[Hashable, list[float]] = OrderedDict()
        """Ordered by the last attempt to add an event. A deque with one time takes 600 bytes."""

    def add(self, key: Hashable, now: float) -> bool:
        """Count an event, and return True; return False if there are too many already."""
        times = self._times.get(key)
        if times is None:
            times = self._times[key] = []
            self._drop_oldest(now)
        else:
            self._times.move_to_end(key)
        if len(times) == self._events_max:
            if now - times[0] < self._seconds:
                return False
            del times[0]
        times.append(now)
        return True

    def forget(self, key: Hashable) -> None:
        """Drop the events of a key."""
        self._times.pop(key, None)

    def _drop_oldest(self, now: float) -> None:
        """Drop keys without events in their windows, two at most, so that a call stays short."""
        for _ in range(2):
            oldest = next(iter(self._times))
            times = self._times[oldest]
            is_old = bool(times) and now - times[-1] >= self._seconds
            if not is_old and len(self._times) <= self._keys_max:
                return
            del self._times[oldest]
