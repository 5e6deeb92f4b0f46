"""The login pool: the few threads that compute passwords, and a short queue in front of them."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from time import monotonic
from typing import ParamSpec, TypeVar

from profilegate.errors import LoginQueueFullError
from profilegate.gateway.request import ClientGoneError

logger = logging.getLogger("profilegate")

LOGIN_THREADS = 2
"""argon2 runs outside of Python's lock; each thread takes 19 MiB while it computes."""

LOGIN_QUEUE_MAX = 24
"""Logins that wait: at 17 ms each, two at a time, the last one waits 0.2 s (with digests of
earlier releases, which take 0.12 s, 1.5 s). People wait that long; we chose."""

RETRY_AFTER_SECONDS = 1
"""The queue is empty again long before."""

LOGGED_EVERY_SECONDS = 60.0
"""A full queue is logged at most so often: strangers must not fill the log."""

NICENESS = 10
"""How much the threads yield to the event loop, where the system gives each thread a niceness."""

P = ParamSpec("P")
T = TypeVar("T")


class LoginPool:
    """
    Runs the expensive part of logins.

    ::

        async with pool.turn(request.client_left, is_known=False):
            check = await pool.run(check_password, password, stored)
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOGIN_THREADS, "login", initializer=_yield_to_others)
        self._free = asyncio.Semaphore(LOGIN_THREADS)
        self._waiting = {True: 0, False: 0}
        self._logged_at = float("-inf")

    @asynccontextmanager
    async def turn(
        self, client_left: Callable[[], Awaitable[None]], *, is_known: bool
    ) -> AsyncIterator[None]:
        """
        Wait for a thread, unless the client leaves; ``client_left`` returns when it does.

        ``is_known`` is whether this user has logged in from this peer before: these logins have
        as many places in the queue again, which strangers cannot take.

        Raises:
            LoginQueueFullError: LOGIN_QUEUE_MAX logins wait already.
            ClientGoneError: the client left the queue.
        """
        if self._free.locked():
            await self._wait(client_left, is_known=is_known)
        else:
            await self._free.acquire()
        try:
            yield
        finally:
            self._free.release()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in one of the threads; its caller has a turn."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: function(*args, **kwargs))

    @property
    def waiting(self) -> int:
        """How many logins wait."""
        return sum(self._waiting.values())

    async def _wait(self, client_left: Callable[[], Awaitable[None]], *, is_known: bool) -> None:
        if self._waiting[is_known] >= LOGIN_QUEUE_MAX:
            self._log_full()
            raise LoginQueueFullError(RETRY_AFTER_SECONDS)
        self._waiting[is_known] += 1
        turn = asyncio.create_task(self._free.acquire())
        left = asyncio.ensure_future(client_left())
        try:
            await asyncio.wait((turn, left), return_when=asyncio.FIRST_COMPLETED)
            if left.done():
                raise ClientGoneError
        except BaseException:
            # Pass on a turn that came at the same time.
            if turn.done():
                self._free.release()
            turn.cancel()
            raise
        finally:
            self._waiting[is_known] -= 1
            left.cancel()

    def _log_full(self) -> None:
        now = monotonic()
        if now - self._logged_at >= LOGGED_EVERY_SECONDS:
            self._logged_at = now
            logger.warning("logins: the queue is full, and logins are rejected")


def _yield_to_others() -> None:
    """Give this thread a lower priority. Elsewhere the niceness is that of the whole process."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
