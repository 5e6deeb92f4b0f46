"""Runs: functions in greenlets, which may wait in the middle; the greenlets are used again.

CPython maps memory for the stack of each new greenlet, and gives it back at its end: 7 µs, where a
greenlet that is used again costs less than one (ADR 43).
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, TypeVarTuple

from greenlet import getcurrent, greenlet

IDLE_MAX: Final = 128
"""Greenlets of one level that wait to be used again, each with 16 KiB: enough for a batch."""

T = TypeVar("T")
Args = TypeVarTuple("Args")


class _Worker(greenlet):  # type: ignore[misc]  # greenlet has no types
    """
    A greenlet that runs one function after another, as long as not too many wait for a next one.

    Its calls count from the depth at which it was begun first, for good. So it only works at its
    own ``level`` of runs within runs: used at any, new ones would begin deeper and deeper.
    """

    def __init__(self, level: int) -> None:
        super().__init__()
        self.level = level

    def run(self, run: "Run[Any]", function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        """Run functions."""
        idle = _idle.workers[self.level]
        while True:
            run.result = function(*args)
            run.is_done = True
            # A greenlet that waits keeps nothing of what it ran.
            del run, function, args
            if len(idle) >= IDLE_MAX:
                return
            idle.append(self)
            assert self.parent is not None  # noqa: S101 (``Run`` has set it)
            run, function, args = self.parent.switch()


class _Idle(threading.local):
    """The workers of this thread that wait, by their levels; one works in one thread only."""

    def __init__(self) -> None:
        self.workers: defaultdict[int, list[_Worker]] = defaultdict(list)


_idle = _Idle()


class Run(Generic[T]):
    """A function, which runs until it first waits (``pause``); ``resume`` lets it go on."""

    __slots__ = ("_worker", "is_done", "result")

    def __init__(self, function: Callable[[*Args], T], *args: *Args) -> None:
        current = getcurrent()
        level = current.level + 1 if isinstance(current, _Worker) else 0
        idle = _idle.workers[level]
        self._worker = idle.pop() if idle else _Worker(level)
        self.is_done = False
        self.result: T
        """What the function has returned, once it is done."""
        self._worker.parent = current
        self._worker.switch(self, function, args)

    def resume(self) -> None:
        """Go on until the function waits again, or is done; call it where the run was begun."""
        self._worker.switch()


def pause() -> None:
    """Let the code go on that began the present run; return when the run is resumed."""
    parent = getcurrent().parent
    assert parent is not None  # noqa: S101 (only a run waits so)
    parent.switch()
