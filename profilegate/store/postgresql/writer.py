"""The writer of the PostgreSQL store: it commits queued tasks in batches (ADR 36).

All requests of one API key update the row of the key, and hold its lock until their commit: one
transaction for each of them would let them wait for the disk one after another. So the writer runs
all queued tasks as one transaction, as the writer of the SQLite store does; meanwhile the next
tasks queue up. It never waits for a batch to fill.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from copy import copy
from functools import partial
from typing import Any, Final, TypeVar

from profilegate.errors import ProfilegateError, StoreUnavailableError
from profilegate.store.postgresql.batches import Batches, Outcome, Task, task_of
from profilegate.store.postgresql.links import LoopLink

BATCH_SIZE_MAX: Final = 128
"""Tasks in one transaction: enough to share a sync; the rows that they lock are free again after
some 20 ms."""

QUEUE_SIZE_MAX: Final = 8192
"""Tasks that may wait; the writer rejects a further one at once."""

T = TypeVar("T")
Waiting = tuple[Task, "asyncio.Future[Any]"]


class Writer:
    """
    Runs tasks on a connection of its own, which ``connected`` opens when there is none.

    ``on_batch`` is called with the number of tasks of each batch.
    """

    def __init__(self, connected: Callable[[], Awaitable[LoopLink]], batches: Batches) -> None:
        self.on_batch: Callable[[float], None] = lambda size: None
        self._connected = connected
        self._batches = batches
        self._link: LoopLink | None = None
        self._queue: deque[Waiting] = deque()
        self._work: asyncio.Task[None] | None = None
        self._is_closed = False

    def submit(
        self, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> "asyncio.Future[T]":
        """
        Run a function in the next transaction; the future gets its result after the commit.

        Raises:
            StoreUnavailableError: the queue is full, or the writer is closed.
        """
        loop = asyncio.get_running_loop()
        if self._is_closed or len(self._queue) >= QUEUE_SIZE_MAX:
            raise StoreUnavailableError
        future: asyncio.Future[T] = loop.create_future()
        self._queue.append((task_of(function, args, kwargs), future))
        if self._work is None or self._work.done():
            self._work = loop.create_task(self._drain())
        return future

    @property
    def waiting(self) -> int:
        """The tasks that wait for a transaction."""
        return len(self._queue)

    async def close(self) -> None:
        """Reject new tasks, finish the queued ones, and close the connection."""
        self._is_closed = True
        if self._work is not None and not self._work.get_loop().is_closed():
            await asyncio.wait([self._work])
        if self._link is not None:
            self._link.close()

    async def _drain(self) -> None:
        batch: list[Waiting] = []
        try:
            while self._queue:
                try:
                    link = await self._ready()
                except ProfilegateError as error:
                    # Nobody waits longer than one attempt to connect takes.
                    _reject(self._next_batch(len(self._queue)), error)
                    continue
                batch = self._next_batch(BATCH_SIZE_MAX)
                if batch:
                    tasks = [task for task, _ in batch]
                    outcomes = await link.start(partial(self._batches.commit, link, tasks))
                    _deliver(batch, outcomes)
                    self.on_batch(len(batch))
                batch = []
        finally:
            if batch:
                # The loop ends, or there is an error of ours: the connection has an unknown state.
                if self._link is not None:
                    self._link.close()
                _reject([*batch, *self._queue], StoreUnavailableError())
                self._queue.clear()

    async def _ready(self) -> LoopLink:
        if self._link is None or self._link.connection.error is not None:
            self._link = await self._connected()
        return self._link

    def _next_batch(self, size: int) -> list[Waiting]:
        """The tasks that have waited longest, but for those whose caller has gone."""
        queue = self._queue
        taken = [queue.popleft() for _ in range(min(size, len(queue)))]
        return [(task, future) for task, future in taken if not future.done()]


def _deliver(batch: Iterable[Waiting], outcomes: Iterable[Outcome]) -> None:
    for (_, future), (result, error, after_commit) in zip(batch, outcomes, strict=True):
        if error is None:
            for call in after_commit:
                call()
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _reject(batch: Iterable[Waiting], error: ProfilegateError) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(copy(error))
