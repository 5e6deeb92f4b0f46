"""The two ways to wait for PostgreSQL: a thread that blocks, and greenlets in the event loop.

The functions of the repositories are synchronous. In the event loop each call runs in a greenlet of
its own: where it needs a result it switches back to the loop, and the loop resumes it when the
results are here (ADR 36).
"""

import asyncio
import select
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import psycopg
from greenlet import getcurrent

from profilegate.store.postgresql.connection import Connection, Pending
from profilegate.store.postgresql.runs import Run

T = TypeVar("T")

PATIENCE_SECONDS: Final = 10.0
"""How long a server may take for one exchange before the connection counts as lost: longer than
the server's own limits (``opening.py``), so it shows a server or a network that does not respond at
all."""


class Link:
    """A connection whose results somebody can wait for."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = Connection(connection)

    def queue(self, sql: str, parameters: Mapping[str, Any]) -> Pending:
        """Add a statement to those that the next exchange sends."""
        return self.connection.queue(sql, parameters)

    def exchange(self) -> None:
        """Send what is queued, and wait for all results."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connection."""
        self.connection.fail()


class BlockingLink(Link):
    """A connection of a thread that waits for it."""

    def exchange(self) -> None:
        """Send what is queued, and wait for all results."""
        connection, is_over = self.connection, []
        connection.exchange(lambda: is_over.append(True))
        # A statement of an audit may take minutes: the server's own limits are off there.
        while not is_over:
            descriptor = connection.descriptor
            writing = [descriptor] if connection.flush() else []
            if is_over:
                break
            readable, _, _ = select.select([descriptor], writing, [])
            if readable:
                connection.receive()


class LoopLink(Link):
    """A connection in the event loop; several greenlets may wait for it at once."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        super().__init__(connection)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[Callable[[], None]] = []
        self._is_writing = False
        self._began = 0.0
        self._watch: asyncio.TimerHandle | None = None

    def attach(self) -> None:
        """Work in the running event loop from now on."""
        loop = asyncio.get_running_loop()
        if loop is self._loop or self.connection.error is not None:
            return
        self.detach()
        self._loop = loop
        self.connection.before_end = self.detach
        loop.add_reader(self.connection.descriptor, self._on_readable)

    def detach(self) -> None:
        """Leave the event loop."""
        loop, self._loop = self._loop, None
        if loop is None or loop.is_closed():
            return
        loop.remove_reader(self.connection.descriptor)
        loop.remove_writer(self.connection.descriptor)
        self._is_writing = False
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def start(self, function: Callable[[], T]) -> "asyncio.Future[T]":
        """Run a function in a greenlet; it may wait for this connection."""
        self.attach()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def run() -> None:
            try:
                result = function()
            except Exception as error:
                if not future.done():
                    future.set_exception(error)
            else:
                if not future.done():
                    future.set_result(result)

        Run(run)
        return future

    def exchange(self) -> None:
        """Send what is queued, and let the event loop run until all results are here."""
        current = getcurrent()
        main = current.parent
        assert main is not None  # noqa: S101 (``start`` runs functions in greenlets)

        def resume() -> None:
            if getcurrent() is main:
                current.switch()
            else:
                # Another greenlet has found that the connection is lost.
                asyncio.get_running_loop().call_soon(current.switch)

        self.post(resume)
        main.switch()

    def post(self, then: Callable[[], None] = lambda: None) -> None:
        """
        Send what is queued; ``then`` is called when all results are here.

        What others send in this turn of the event loop goes with it, in one system call.
        """
        if self._loop is None:
            self.connection.fail()
            asyncio.get_running_loop().call_soon(then)
            return
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(then)

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []

        def resume() -> None:
            for then in waiting:
                then()

        self.connection.exchange(resume)
        self._flush()
        if self._watch is None and self._loop is not None:
            self._began = time.monotonic()
            self._watch = self._loop.call_later(PATIENCE_SECONDS, self._look)

    def _flush(self) -> None:
        if self._loop is None:
            return
        if self.connection.flush():
            if not self._is_writing:
                self._loop.add_writer(self.connection.descriptor, self._flush)
                self._is_writing = True
        elif self._is_writing and self._loop is not None:
            self._loop.remove_writer(self.connection.descriptor)
            self._is_writing = False

    def _on_readable(self) -> None:
        self._began = time.monotonic()
        self.connection.receive()

    def _look(self) -> None:
        """End a connection on which nothing has come for too long."""
        self._watch = None
        if self._loop is None or self.connection.is_idle:
            return
        left = self._began + PATIENCE_SECONDS - time.monotonic()
        if left <= 0:
            self.connection.fail()
        else:
            self._watch = self._loop.call_later(left, self._look)
