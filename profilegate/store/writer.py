"""One thread commits for all.

The writer owns the write connection. It takes whatever waits, runs it as one transaction and
pays for one sync of the disk, however many wait; while it does, the next batch gathers by
itself. Nothing is delayed to make batches larger.

The laws: each job runs under its own savepoint, so one that fails undoes itself and harms no
other; no caller hears of success before the commit; if the commit fails, none of the batch has
happened and all of it hears so.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeVar

from profilegate.errors import StoreUnavailableError

BATCH_SIZE_MAX: Final = 512
"""Jobs in one transaction: enough to share a sync, few enough that none waits long for it."""

QUEUE_SIZE_MAX: Final = 8192
"""Jobs that may wait; whoever comes then hears at once that there is no room."""

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]


class _Waiting(NamedTuple):
    job: Job[Any]
    future: asyncio.Future[Any]
    is_alone: bool = False


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    result: Any
    error: Exception | None


class Writer:
    """A thread that runs jobs on a connection that nobody else uses from now on."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._provider = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job[T], *, alone: bool = False) -> asyncio.Future[T]:
        """
        Let a job take part in the next transaction; the future is done after its commit.
        ``alone``: run it after that commit, outside of any transaction.

        A future that is cancelled before the job's turn takes the job out again.

        Raises:
            StoreUnavailableError: too many wait already, or the writer is closed.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._provider:
            if self._is_closed or self._queue.qsize() >= QUEUE_SIZE_MAX:
                raise StoreUnavailableError
            self._queue.put(_Waiting(job, future, alone))
        return future

    async def close(self) -> None:
        """Take nothing more, finish what waits, and let go of the connection."""
        with self._provider:
            if not self._is_closed:
                self._is_closed = True
                self._queue.put(None)
        # The loop must stay free meanwhile: those who wait hear their outcome in it.
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while batch := self._next_batch():
            _tell(self._commit([waiting for waiting in batch if not waiting.is_alone]))
            _tell([self._run_alone(waiting) for waiting in batch if waiting.is_alone])
        self._connection.close()

    def _next_batch(self) -> list[_Waiting]:
        """Whatever waits, at least one; empty when nothing will ever wait again."""
        batch: list[_Waiting] = []
        while (waiting := self._queue.get()) is not None:
            batch.append(waiting)
            if len(batch) == BATCH_SIZE_MAX or self._queue.empty():
                return batch
        if batch:
            self._queue.put(None)
        return batch

    def _commit(self, batch: list[_Waiting]) -> list[_Outcome]:
        """Run a batch as one transaction; every outcome is final when this returns."""
        if not batch:
            return []
        execute = self._connection.execute
        try:
            execute("BEGIN IMMEDIATE")
            outcomes = [
                self._attempt(waiting.job, waiting.future)
                for waiting in batch
                if not waiting.future.done()
            ]
            execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    execute("ROLLBACK")
            return [_Outcome(future, None, _unavailable(error)) for _, future, _ in batch]
        return outcomes

    def _attempt(self, job: Job[Any], future: asyncio.Future[Any]) -> _Outcome:
        """Run one job, which happens whole or leaves no trace."""
        execute = self._connection.execute
        execute("SAVEPOINT job")
        try:
            result = job(self._connection)
        except Exception as error:
            # After some errors (disk full) SQLite has rolled everything back by itself; then
            # this savepoint is gone, this fails too, and so does the batch.
            execute("ROLLBACK TO job")
            execute("RELEASE job")
            if isinstance(error, sqlite3.OperationalError):
                error = _unavailable(error)
            return _Outcome(future, None, error)
        execute("RELEASE job")
        return _Outcome(future, result, None)

    def _run_alone(self, waiting: _Waiting) -> _Outcome:
        try:
            return _Outcome(waiting.future, waiting.job(self._connection), None)
        except sqlite3.Error as error:
            return _Outcome(waiting.future, None, _unavailable(error))
        except Exception as error:
            return _Outcome(waiting.future, None, error)


def _unavailable(cause: sqlite3.Error) -> StoreUnavailableError:
    error = StoreUnavailableError()
    error.__cause__ = cause
    return error


def _tell(outcomes: list[_Outcome]) -> None:
    """Wake each event loop once for all of its futures."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.future.get_loop(), []).append(outcome)
    for loop, mine in by_loop.items():
        # A loop that is closed has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(outcomes: list[_Outcome]) -> None:
    for future, result, error in outcomes:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
