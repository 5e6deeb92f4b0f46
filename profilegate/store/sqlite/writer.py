"""The writer thread of the SQLite store: it commits queued tasks in batches (ADR 5).

The writer owns the write connection. It runs all queued tasks as one transaction and syncs the
disk once for all of them; meanwhile the next tasks queue up. It never waits for a batch to fill.

A task that fails undoes only itself. Most tasks write nothing before they fail; if one has, the
batch is rolled back and runs again, each task under its own savepoint: a task may so run twice. A
caller learns of success only after the commit. If the commit fails, it undoes every task of the
batch, and every caller gets an error.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from typing import Any, Final, NamedTuple, TypeVar

from profilegate.errors import ProfilegateError, StoreUnavailableError
from profilegate.store.failures import store_error

BATCH_SIZE_MAX: Final = 512
"""Tasks in one transaction: enough to share a sync, few enough for a short wait."""

QUEUE_SIZE_MAX: Final = 8192
"""Tasks that may wait; the writer rejects a further one at once."""

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


Run = Callable[[Job[Any], asyncio.Future[Any]], _Outcome]


class _HalfDoneError(Exception):
    """A job failed after it wrote, and there is no savepoint to return to."""


class Writer:
    """
    A thread that runs jobs on a write connection, which it owns from now on.

    It calls ``on_batch`` with the number of jobs of each transaction.
    """

    def __init__(
        self, connection: sqlite3.Connection, on_batch: Callable[[float], None] | None = None
    ) -> None:
        self._connection = connection
        self._on_batch = on_batch
        self.start: Job[object] = _start
        """Begins each transaction."""
        self.begin: Job[None] = _nothing
        """Runs at the beginning of each transaction."""
        self.end: Job[None] = _nothing
        """Runs at the end of each transaction, before the commit."""
        self.after: Job[None] = _nothing
        """Runs after each batch, when its callers have their outcomes."""
        self._queue: queue.SimpleQueue[_WriteTask | None] = queue.SimpleQueue()
        self._submit_lock = threading.Lock()
        """Guards ``_is_closed`` and the queue's size: no task follows the mark of the end."""
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job[T], *, alone: bool = False) -> asyncio.Future[T]:
        """
        Run a job in the next transaction; the future gets its result after the commit.

        ``alone``: run it after that commit, outside of any transaction. The writer skips a job
        whose future is cancelled before its turn.

        Raises:
            StoreUnavailableError: the queue is full, or the writer is closed.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._submit_lock:
            if self._is_closed or self._queue.qsize() >= QUEUE_SIZE_MAX:
                raise StoreUnavailableError
            self._queue.put(_WriteTask(job, future, alone))
        return future

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return self._queue.qsize()

    async def close(self) -> None:
        """Reject new jobs, finish the queued ones, and close the connection."""
        with self._submit_lock:
            if not self._is_closed:
                self._is_closed = True
                self._queue.put(None)
        # The event loop must stay free meanwhile: it delivers the outcomes.
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while batch := self._next_batch():
            _deliver(self._commit([task for task in batch if not task.is_alone]))
            _deliver([self._run_alone(task) for task in batch if task.is_alone])
            self.after(self._connection)
        self._connection.close()

    def _next_batch(self) -> list[_WriteTask]:
        """Wait for a task and take all queued ones; an empty list when the writer is closed."""
        batch: list[_WriteTask] = []
        while (task := self._queue.get()) is not None:
            batch.append(task)
            if len(batch) == BATCH_SIZE_MAX or self._queue.empty():
                return batch
        if batch:
            # Leave the mark of the end for the next call.
            self._queue.put(None)
        return batch

    def _commit(self, batch: list[_WriteTask]) -> list[_Outcome]:
        """Run a batch as one transaction; its outcomes are durable when this returns."""
        if not batch:
            return []
        try:
            try:
                outcomes = self._transact(batch, self._run_once)
            except _HalfDoneError:
                self._roll_back()
                outcomes = self._transact(batch, self._attempt)
        except (sqlite3.Error, ProfilegateError) as cause:
            with suppress(sqlite3.Error):
                self._roll_back()
            return [_Outcome(future, None, _error_of(cause)) for _, future, _ in batch]
        if self._on_batch is not None:
            self._on_batch(len(outcomes))
        return outcomes

    def _transact(self, batch: list[_WriteTask], run: Run) -> list[_Outcome]:
        self.start(self._connection)
        self.begin(self._connection)
        outcomes = [run(task.job, task.future) for task in batch if not task.future.done()]
        self.end(self._connection)
        self._connection.execute("COMMIT")
        return outcomes

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _run_once(self, job: Job[Any], future: asyncio.Future[Any]) -> _Outcome:
        """
        Run one job without a savepoint, which would cost as much as two more statements.

        Raises:
            _HalfDoneError: it failed after it wrote, or the transaction is gone.
        """
        before = self._connection.total_changes
        try:
            outcome = _Outcome(future, job(self._connection), None)
        except Exception as error:
            if self._connection.total_changes != before:
                raise _HalfDoneError from None
            outcome = _Outcome(future, None, _error_of_job(error))
        if not self._connection.in_transaction:
            raise _HalfDoneError
        return outcome

    def _attempt(self, job: Job[Any], future: asyncio.Future[Any]) -> _Outcome:
        """Run one job under a savepoint: completely, or without any effect."""
        execute = self._connection.execute
        execute("SAVEPOINT job")
        try:
            result = job(self._connection)
        except Exception as error:
            # After some errors (a full disk) SQLite has rolled back the whole transaction. Then
            # the savepoint is gone, these statements fail, and so does the batch.
            execute("ROLLBACK TO job")
            execute("RELEASE job")
            return _Outcome(future, None, _error_of_job(error))
        execute("RELEASE job")
        return _Outcome(future, result, None)

    def _run_alone(self, task: _WriteTask) -> _Outcome:
        try:
            return _Outcome(task.future, task.job(self._connection), None)
        except sqlite3.Error as error:
            return _Outcome(task.future, None, store_error(error))
        except Exception as error:
            return _Outcome(task.future, None, error)


def _error_of_job(error: Exception) -> Exception:
    if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
        return store_error(error)
    return error


def _error_of(cause: sqlite3.Error | ProfilegateError) -> ProfilegateError:
    """An error of its own for each caller: they add their own tracebacks."""
    return store_error(cause) if isinstance(cause, sqlite3.Error) else copy(cause)


def _start(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")


def _nothing(_: sqlite3.Connection) -> None:
    pass


def _deliver(outcomes: list[_Outcome]) -> None:
    """Resolve the futures in their event loops, with one call for each loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.future.get_loop(), []).append(outcome)
    for loop, its_outcomes in by_loop.items():
        # A closed loop raises RuntimeError; its callers are gone.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, its_outcomes)


def _resolve(outcomes: list[_Outcome]) -> None:
    for future, result, error in outcomes:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
