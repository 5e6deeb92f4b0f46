"""The signals that stop a server process, handled until the process has ended."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stopped_by_signals(stop: Callable[[], object]) -> Iterator[None]:
    """
    Call ``stop`` at each signal until the block ends, and ignore signals from then on.

    What follows, the store's closing above all, is short, and no signal must end the process
    before: one that was told to stop ends with status 0. The event loop and uvicorn would restore
    the handlers of before, which kill it.
    """
    for number in STOP_SIGNALS:
        signal.signal(number, lambda _number, _frame: stop())
    try:
        yield
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
