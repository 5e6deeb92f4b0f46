"""Runs: functions in greenlets, which may wait in the middle; the greenlets are used again.

CPython maps memory for the stack of each new greenlet, and gives it back at its end: 7 µs, where a
greenlet that is used again costs less than one (ADR 43).
"""

import threading
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, TypeVarTuple

from greenlet import getcurrent, greenlet

IDLE_MAX: Final = 128
"""Greenlets of a thread that wait to be used again, each with 16 KiB: enough for a batch."""

T = TypeVar("T")
Args = TypeVarTuple("Args")


class _Idle(threading.local):
    """The greenlets of this thread that wait; a greenlet runs in one thread only."""

    def __init__(self) -> None:
        self.greenlets: list[greenlet] = []


_idle = _Idle()


class Run(Generic[T]):
    """A function, which runs until it first waits (``pause``); ``resume`` lets it go on."""

    __slots__ = ("_greenlet", "is_done", "result")

    def __init__(self, function: Callable[[*Args], T], *args: *Args) -> None:
        idle = _idle.greenlets
        self._greenlet = idle.pop() if idle else greenlet(_work)
        self.is_done = False
        self.result: T
        """What the function has returned, once it is done."""
        self._greenlet.parent = getcurrent()
        self._greenlet.switch(self, function, args)

    def resume(self) -> None:
        """Go on until the function waits again, or is done; call it where the run was begun."""
        self._greenlet.switch()


def pause() -> None:
    """Let the code go on that began the present run; return when the run is resumed."""
    parent = getcurrent().parent
    assert parent is not None  # noqa: S101 (only a run waits so)
    parent.switch()


def _work(run: Run[Any], function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Run one function after another, as long as not too many greenlets wait for a next one."""
    idle = _idle.greenlets
    while True:
        run.result = function(*args)
        run.is_done = True
        # A greenlet that waits keeps nothing of what it ran.
        del run, function, args
        if len(idle) >= IDLE_MAX:
            return
        current = getcurrent()
        idle.append(current)
        assert current.parent is not None  # noqa: S101 (as above)
        run, function, args = current.parent.switch()
