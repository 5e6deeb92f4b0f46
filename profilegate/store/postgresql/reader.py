"""Reads from PostgreSQL: statements of their own share one connection, snapshots have several.

A function of one statement needs no transaction: many of them are under way at once on one
connection, and what comes in one turn of the event loop is sent together. A function of several
statements runs in a transaction that sees one snapshot, on a connection of a small pool.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from profilegate.errors import StoreUnavailableError
from profilegate.store.failures import StatementError
from profilegate.store.postgresql.failures import ends_connection, store_error
from profilegate.store.postgresql.links import LoopLink

SNAPSHOTS_MAX: Final = 4
"""Connections for snapshots. We chose few: a server has 100 by default, and each read takes less
than a millisecond."""

WAITING_MAX: Final = 8192
"""Reads that may wait for a connection; a further one is rejected at once."""

_BEGIN: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

T = TypeVar("T")


class Reader:
    """Runs functions that read; ``connected`` opens a connection."""

    def __init__(self, connected: Callable[[], Awaitable[LoopLink]]) -> None:
        self._connected = connected
        self._shared: LoopLink | None = None
        self._connecting: asyncio.Future[LoopLink] | None = None
        self._idle: list[LoopLink] = []
        self._used = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_closed = False

    async def run(self, function: Callable[[LoopLink], T]) -> T:
        """
        Run a function whose statements are independent of each other.

        Raises:
            StoreUnavailableError: the database is not available.
        """
        link = self._shared
        if link is None or link.connection.error is not None:
            link = await self._share()
        try:
            return await link.start(lambda: function(link))
        except StatementError as error:
            if ends_connection(error):
                link.close()
            raise store_error(error) from error

    async def run_in_snapshot(self, function: Callable[[LoopLink], T]) -> T:
        """
        Run a function in a transaction that sees one snapshot.

        Raises:
            StoreUnavailableError: the database is not available, or too many reads wait.
        """
        link = await self._take()

        def work() -> T:
            begun = link.queue(_BEGIN, {})
            try:
                result = function(link)
                _ = begun.is_settled and begun.result
                return result
            finally:
                if not begun.is_settled:
                    link.exchange()
                link.queue("ROLLBACK", {})
                # Its result comes before that of the next read.
                link.post()

        future = link.start(work)
        # Also if nobody waits for it any more.
        future.add_done_callback(lambda _: self._give_back(link))
        try:
            return await asyncio.shield(future)
        except StatementError as error:
            if ends_connection(error):
                link.close()
            raise store_error(error) from error

    def gauges(self) -> dict[str, float]:
        """The connections, how many of them are in use, and how many reads wait for one."""
        shared = self._shared is not None
        return {
            "store_pool_size": shared + len(self._idle) + self._used,
            "store_pool_in_use": self._used,
            "store_pool_waiting": len(self._waiting),
        }

    def close(self) -> None:
        """Close all connections; reject what comes later."""
        self._is_closed = True
        for link in (*self._idle, *((self._shared,) if self._shared else ())):
            link.close()
        self._idle.clear()

    async def _share(self) -> LoopLink:
        """Connect once for all reads that wait for it."""
        if self._is_closed:
            raise StoreUnavailableError
        connecting = self._connecting
        if connecting is None or connecting.get_loop() is not asyncio.get_running_loop():
            connecting = self._connecting = asyncio.ensure_future(self._connected())
            connecting.add_done_callback(self._on_connected)
        return await asyncio.shield(connecting)

    def _on_connected(self, connecting: "asyncio.Future[LoopLink]") -> None:
        self._connecting = None
        if not connecting.cancelled() and connecting.exception() is None:
            self._shared = connecting.result()

    async def _take(self) -> LoopLink:
        if self._is_closed:
            raise StoreUnavailableError
        if self._used >= SNAPSHOTS_MAX:
            if len(self._waiting) >= WAITING_MAX:
                raise StoreUnavailableError
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._next()
                raise
        else:
            self._used += 1
        try:
            while self._idle:
                link = self._idle.pop()
                if link.connection.error is None:
                    return link
            return await self._connected()
        except BaseException:
            self._next()
            raise

    def _give_back(self, link: LoopLink) -> None:
        if self._is_closed:
            link.close()
        elif link.connection.error is None:
            self._idle.append(link)
        self._next()

    def _next(self) -> None:
        """Pass a place on to the read that has waited longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done() and not turn.get_loop().is_closed():
                turn.set_result(None)
                return
        self._used -= 1
