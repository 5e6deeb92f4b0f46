"""One thread commits for all.

The writer owns the write connection. It takes the tasks that wait, runs them as one transaction
and pays for one sync of the disk, however many there are; meanwhile the next batch gathers.
Nothing is delayed to make batches larger.

Each task runs under its own savepoint, so one that fails undoes itself and affects no other. No
caller is told of a success before the commit. If the commit fails, no task of the batch has
happened, and every caller gets an error.
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
"""Tasks in one transaction: enough to share a sync, few enough that none waits long."""

QUEUE_SIZE_MAX: Final = 8192
"""Tasks that may wait; a further one is rejected at once."""

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]


class _WriteTask(NamedTuple):
    job: Job[Any]
    future: asyncio.Future[Any]
    is_alone: bool = False


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    result: Any
    error: Exception | None


class Writer:
    """A thread that runs jobs on a write connection, which it owns from now on."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._queue: queue.SimpleQueue[_WriteTask | None] = queue.SimpleQueue()
        self._provider = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job[T], *, alone: bool = False) -> asyncio.Future[T]:
        """
        Run a job in the next transaction; the future is done after the commit.
        ``alone``: run it after that commit, outside of any transaction.

        A future that is cancelled before its turn is skipped.

        Raises:
            StoreUnavailableError: too many wait already, or the writer is closed.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._provider:
            if self._is_closed or self._queue.qsize() >= QUEUE_SIZE_MAX:
                raise StoreUnavailableError
            self._queue.put(_WriteTask(job, future, alone))
        return future

    async def close(self) -> None:
        """Take no more jobs, finish those that wait, and close the connection."""
        with self._provider:
            if not self._is_closed:
                self._is_closed = True
                self._queue.put(None)
        # The event loop must stay free meanwhile: it delivers the outcomes.
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while batch := self._next_batch():
            _deliver(self._commit([task for task in batch if not task.is_alone]))
            _deliver([self._run_alone(task) for task in batch if task.is_alone])
        self._connection.close()

    def _next_batch(self) -> list[_WriteTask]:
        """The tasks that wait, at least one; an empty list when the writer is closed."""
        batch: list[_WriteTask] = []
        while (task := self._queue.get()) is not None:
            batch.append(task)
            if len(batch) == BATCH_SIZE_MAX or self._queue.empty():
                return batch
        if batch:
            self._queue.put(None)
        return batch

    def _commit(self, batch: list[_WriteTask]) -> list[_Outcome]:
        """Run a batch as one transaction; every outcome is final when this returns."""
        if not batch:
            return []
        execute = self._connection.execute
        try:
            execute("BEGIN IMMEDIATE")
            outcomes = [
                self._attempt(task.job, task.future) for task in batch if not task.future.done()
            ]
            execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    execute("ROLLBACK")
            return [_Outcome(future, None, _unavailable(error)) for _, future, _ in batch]
        return outcomes

    def _attempt(self, job: Job[Any], future: asyncio.Future[Any]) -> _Outcome:
        """Run one job, which happens completely or leaves no trace."""
        execute = self._connection.execute
        execute("SAVEPOINT job")
        try:
            result = job(self._connection)
        except Exception as error:
            # After some errors (a full disk) SQLite has rolled back everything by itself. Then
            # this savepoint is gone, and the batch fails as a whole.
            execute("ROLLBACK TO job")
            execute("RELEASE job")
            if isinstance(error, sqlite3.OperationalError):
                error = _unavailable(error)
            return _Outcome(future, None, error)
        execute("RELEASE job")
        return _Outcome(future, result, None)

    def _run_alone(self, task: _WriteTask) -> _Outcome:
        try:
            return _Outcome(task.future, task.job(self._connection), None)
        except sqlite3.Error as error:
            return _Outcome(task.future, None, _unavailable(error))
        except Exception as error:
            return _Outcome(task.future, None, error)


def _unavailable(cause: sqlite3.Error) -> StoreUnavailableError:
    error = StoreUnavailableError()
    error.__cause__ = cause
    return error


def _deliver(outcomes: list[_Outcome]) -> None:
    """Wake each event loop once for all of its futures."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.future.get_loop(), []).append(outcome)
    for loop, mine in by_loop.items():
        # In a closed loop nobody waits any more.
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
