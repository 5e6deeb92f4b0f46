"""The writer of the PostgreSQL store: it commits queued tasks in batches (ADR 36).

All requests of one API key update the row of the key, and hold its lock until their commit: one
transaction for each of them would let them wait for the disk one after another. So the writer runs
all queued tasks as one transaction, as the writer of the SQLite store does.

A batch runs without savepoints at first. A task that fails before it has written leaves nothing. If
one fails later, the batch is rolled back and runs again with a savepoint for each task; a task that
another transaction disturbs runs once more alone.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from copy import copy
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from profilegate.errors import ProfilegateError, StoreUnavailableError
from profilegate.store.failures import StatementError
from profilegate.store.postgresql.failures import ends_connection, is_repeatable, store_error
from profilegate.store.postgresql.links import LoopLink
from profilegate.store.postgresql.session import PostgresSession, Transaction
from profilegate.store.postgresql.state import SharedState
from profilegate.store.records import AccountKey, CredentialKey
from profilegate.store.session import LOCK_KEYS

BATCH_SIZE_MAX: Final = 128
"""Tasks in one transaction: enough to share a sync; the rows that they lock are free again after
some 20 ms."""

QUEUE_SIZE_MAX: Final = 8192
"""Tasks that may wait; the writer rejects a further one at once."""

ATTEMPTS_MAX: Final = 4
"""How often a task runs alone before it fails: each attempt waits for locks as long as
``LOCK_TIMEOUT_ALONE`` says. Two transactions that disturb each other once hardly do so again."""

LOCK_TIMEOUT_ALONE: Final = "SET LOCAL lock_timeout = '2s'"
"""How long a task alone waits for a row: longer than a batch (``opening.py``), because it holds few
rows for which others wait."""

CAREFUL_BATCHES: Final = 16
"""How many batches have savepoints from the start, after one that had to run again."""

T = TypeVar("T")


class Task(NamedTuple):
    """A function that waits for its turn, with its arguments but for the session."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: "asyncio.Future[Any]"


class _Outcome(NamedTuple):
    task: Task
    result: Any
    error: BaseException | None
    after_commit: list[Callable[[], None]]


class _DisturbedError(Exception):
    """A batch must run again, with savepoints."""


class Writer:
    """
    Runs tasks on a connection of its own, which ``connected`` opens when there is none.

    ``on_batch`` is called with the number of tasks of each batch.
    """

    def __init__(
        self,
        connected: Callable[[], Awaitable[LoopLink]],
        session: Callable[[LoopLink, Transaction], PostgresSession],
        state: SharedState,
    ) -> None:
        self.on_batch: Callable[[float], None] = lambda size: None
        self._connected = connected
        self._session = session
        self._state = state
        self._link: LoopLink | None = None
        self._queue: deque[Task] = deque()
        self._work: asyncio.Task[None] | None = None
        self._is_closed = False
        self._careful = 0

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
        self._queue.append(Task(function, args, kwargs, future))
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
        batch: list[Task] = []
        try:
            while self._queue:
                try:
                    link = await self._ready()
                except ProfilegateError as error:
                    # Nobody waits longer than one attempt to connect takes.
                    batch = self._next_batch(len(self._queue))
                    _deliver(_Outcome(task, None, copy(error), []) for task in batch)
                    continue
                batch = self._next_batch(BATCH_SIZE_MAX)
                if batch:
                    _deliver(await link.start(partial(self._commit, link, batch)))
                    self.on_batch(len(batch))
        except BaseException:
            # The loop ends, or there is an error of ours: the connection has an unknown state.
            if self._link is not None:
                self._link.close()
            left = [*batch, *self._queue]
            _deliver(_Outcome(task, None, StoreUnavailableError(), []) for task in left)
            self._queue.clear()
            raise

    async def _ready(self) -> LoopLink:
        if self._link is None or self._link.connection.error is not None:
            self._link = await self._connected()
        return self._link

    def _next_batch(self, size: int) -> list[Task]:
        queue = self._queue
        taken = [queue.popleft() for _ in range(min(size, len(queue)))]
        return [task for task in taken if not task.future.done()]

    # --- In a greenlet -------------------------------------------------------------------

    def _commit(self, link: LoopLink, batch: list[Task]) -> list[_Outcome]:
        """Run a batch; its outcomes are durable when this returns."""
        try:
            if len(batch) > 1:
                return self._together(link, batch)
            return [self._alone(link, task) for task in batch]
        except (StatementError, ProfilegateError) as error:
            if isinstance(error, StatementError) and ends_connection(error):
                link.close()
            elif link.connection.error is None:
                _roll_back(link)
            return [_Outcome(task, None, _error_of(error), []) for task in batch]

    def _together(self, link: LoopLink, batch: list[Task]) -> list[_Outcome]:
        try:
            if self._careful == 0:
                return self._attempt(link, batch, has_savepoints=False)
        except _DisturbedError:
            pass
        except StatementError as error:
            if ends_connection(error):
                raise
        if self._careful == 0:
            self._careful = CAREFUL_BATCHES
            _roll_back(link)
        self._careful -= 1
        try:
            outcomes = self._attempt(link, batch, has_savepoints=True)
        except StatementError as error:
            if ends_connection(error):
                raise
            _roll_back(link)
            outcomes = [_Outcome(task, None, error, []) for task in batch]
        return [
            self._alone(link, outcome.task) if _is_disturbed(outcome.error) else outcome
            for outcome in outcomes
        ]

    def _attempt(
        self, link: LoopLink, batch: list[Task], *, has_savepoints: bool
    ) -> list[_Outcome]:
        """
        Run a batch as one transaction.

        Raises:
            _DisturbedError: a task failed that had written, and there are no savepoints.
            StatementError: the transaction failed.
        """
        transaction = self._begin(link, batch)
        outcomes: list[_Outcome] = []
        for task in batch:
            session = self._session(link, transaction)
            transaction.has_written = False
            if has_savepoints:
                transaction.pending.append(link.queue("SAVEPOINT task", {}))
                locked = set(transaction.locked)
            outcome = _run(session, task)
            if has_savepoints:
                if outcome.error is None:
                    transaction.pending.append(link.queue("RELEASE task", {}))
                    outcome = _flushed(session, outcome)
                if outcome.error is not None:
                    if link.connection.error is not None:
                        raise link.connection.error
                    transaction.pending.clear()
                    transaction.locks.clear()
                    transaction.locked = locked
                    # Of statements that are sent together, none runs after one that fails.
                    link.exchange()
                    link.queue("ROLLBACK TO task", {})
                    transaction.pending.append(link.queue("RELEASE task", {}))
            elif isinstance(outcome.error, StatementError):
                raise outcome.error
            elif outcome.error is not None and transaction.has_written:
                raise _DisturbedError
            outcomes.append(outcome)
        self._end(link, transaction)
        return outcomes

    def _alone(self, link: LoopLink, task: Task) -> _Outcome:
        """Run a task as a transaction, several times if others disturb it."""
        attempts = 0
        while True:
            attempts += 1
            try:
                transaction = self._begin(link, [])
                session = self._session(link, transaction)
                outcome = _run(session, task)
                if outcome.error is None:
                    self._end(link, transaction)
                    return outcome
                error = outcome.error
            except StatementError as failed:
                error = failed
            if isinstance(error, StatementError) and ends_connection(error):
                raise error
            _roll_back(link)
            if not _is_disturbed(error) or attempts == ATTEMPTS_MAX:
                return _Outcome(task, None, _error_of(error), [])

    def _begin(self, link: LoopLink, batch: list[Task]) -> Transaction:
        """Begin a transaction: adopt the shared state, and lock the rows that tasks name."""
        transaction = Transaction()
        transaction.pending.append(link.queue("BEGIN ISOLATION LEVEL READ COMMITTED", {}))
        if not batch:
            transaction.pending.append(link.queue(LOCK_TIMEOUT_ALONE, {}))
        transaction.pending.append(self._state.share_keys(link))
        state = self._state.ask(link)
        session = self._session(link, transaction)
        if batch:
            _lock(session, batch)
        session.flush()
        self._state.adopt(state)
        return transaction

    def _end(self, link: LoopLink, transaction: Transaction) -> None:
        """
        Commit.

        Raises:
            StatementError: the transaction is not committed, or nobody knows.
        """
        self._state.record(link)
        done = link.queue("COMMIT", {})
        link.exchange()
        for pending in transaction.pending:
            _ = pending.result
        if done.result.command_status != b"COMMIT":
            raise StatementError("25P02")


def _run(session: PostgresSession, task: Task) -> _Outcome:
    try:
        result = task.function(session, *task.args, **task.kwargs)
    except Exception as error:
        return _Outcome(task, None, error, [])
    return _Outcome(task, result, None, session.committed)


def _flushed(session: PostgresSession, outcome: _Outcome) -> _Outcome:
    """Send what a task has left, so that an error of it is the task's own."""
    try:
        session.flush()
    except StatementError as error:
        return outcome._replace(error=error)
    return outcome


def _lock(session: PostgresSession, batch: Iterable[Task]) -> None:
    """
    Lock the rows that a batch needs, as far as its tasks name them, in one order for all processes:
    credentials first, then profiles. So two batches never wait for each other.
    """
    wanted = [
        key
        for task in batch
        if (keys_of := LOCK_KEYS.get(task.function)) is not None
        for key in keys_of(*task.args, **task.kwargs)
    ]
    session.lock_credentials([key for key in wanted if isinstance(key, CredentialKey)])
    session.lock_accounts([key for key in wanted if isinstance(key, AccountKey)])


def _roll_back(link: LoopLink) -> None:
    # Of statements that are sent together, none runs after one that fails.
    link.exchange()
    done = link.queue("ROLLBACK", {})
    link.exchange()
    if not done.is_settled or link.connection.error is not None:
        raise StatementError("08006")


def _is_disturbed(error: BaseException | None) -> bool:
    return isinstance(error, StatementError) and is_repeatable(error)


def _error_of(error: BaseException) -> BaseException:
    """An error of its own for each caller: they add their own tracebacks."""
    if isinstance(error, StatementError):
        return store_error(error)
    return copy(error)


def _deliver(outcomes: Iterable[_Outcome]) -> None:
    for task, result, error, after_commit in outcomes:
        if error is None:
            for each in after_commit:
                each()
        if task.future.done():
            continue
        if error is None:
            task.future.set_result(result)
        else:
            task.future.set_exception(error)
