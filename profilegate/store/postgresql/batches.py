"""Commits batches of tasks to PostgreSQL, each as one transaction (ADR 36).

A batch takes two exchanges with the server, whatever its size, if its tasks name the rows that they
change (``session.locks``). The first exchange locks these rows, in one order for all processes, and
runs the first statements of all tasks; the second one has everything that they write, and the
commit. In between each task runs to its end before the next one goes on, so tasks still run one
after another: the first statements of a task do not depend on what the tasks before it write, as
long as each is about another profile. Two tasks about one profile, through different accounts,
would write an event with the same number: the batch fails, and runs again as follows.

There are no savepoints at first. A task that fails before it has written leaves nothing. If one
fails later, or another transaction is in the way, the batch is rolled back and runs again with a
savepoint for each task, one after another. A task that is disturbed again runs alone.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from typing import Any, Final, NamedTuple

from profilegate.errors import ProfilegateError
from profilegate.store.failures import StatementError
from profilegate.store.postgresql.connection import CONNECTION_LOST, Pending
from profilegate.store.postgresql.failures import ends_connection, is_repeatable, store_error
from profilegate.store.postgresql.links import LoopLink
from profilegate.store.postgresql.runs import Run, pause
from profilegate.store.postgresql.session import PostgresSession, Transaction
from profilegate.store.postgresql.state import SharedState
from profilegate.store.records import AccountKey, NonceUse
from profilegate.store.session import LOCK_KEYS

ATTEMPTS_MAX: Final = 4
"""How often a task runs alone before it fails: each attempt waits for locks as long as
``LOCK_TIMEOUT_ALONE`` says. Two transactions that disturb each other once hardly do so again."""

LOCK_TIMEOUT_ALONE: Final = "SET LOCAL lock_timeout = '2s'"
"""How long a task alone waits for a row: longer than a batch (``opening.py``), because it holds few
rows for which others wait."""

ROLLED_BACK: Final = "40000"
"""The code of a transaction that the server has rolled back: transaction_rollback."""


class Task(NamedTuple):
    """A function with its arguments but for the session, and the rows that it names."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    keys: tuple[AccountKey | NonceUse, ...] | None


class Outcome(NamedTuple):
    """What came of a task: a result or an error, and what to call after the commit."""

    result: Any
    error: Exception | None
    after_commit: list[Callable[[], None]]


class _AgainError(Exception):
    """The batch must run again, with savepoints."""


def task_of(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Task:
    """A task, with the rows that its function names (``session.locks``)."""
    keys_of = LOCK_KEYS.get(function)
    return Task(function, args, kwargs, keys_of and tuple(keys_of(*args, **kwargs)))


class Batches:
    """Runs batches, in a run of ``runs.py``; ``session`` makes the session of one task."""

    def __init__(
        self,
        session: Callable[[LoopLink, Transaction], PostgresSession],
        state: SharedState,
    ) -> None:
        self._session = session
        self._state = state

    def commit(self, link: LoopLink, batch: list[Task]) -> list[Outcome]:
        """Run tasks; their outcomes are durable when this returns."""
        try:
            if len(batch) > 1:
                return self._together(link, batch)
            return [self._alone(link, task) for task in batch]
        except (StatementError, ProfilegateError) as error:
            if isinstance(error, StatementError) and ends_connection(error):
                link.close()
            elif link.connection.error is None:
                _roll_back(link)
            # Each caller adds a traceback to its own.
            failed = _error_of(error)
            return [Outcome(None, copy(failed), []) for _ in batch]

    def _together(self, link: LoopLink, batch: list[Task]) -> list[Outcome]:
        try:
            return self._pipelined(link, batch)
        except _AgainError:
            _roll_back(link)
        except StatementError as error:
            if ends_connection(error):
                raise
            _roll_back(link)
        try:
            outcomes = self._one_by_one(link, batch)
        except StatementError as error:
            if ends_connection(error):
                raise
            _roll_back(link)
            outcomes = [Outcome(None, error, []) for _ in batch]
        return [
            self._alone(link, task) if _is_disturbed(outcome.error) else _final(outcome)
            for task, outcome in zip(batch, outcomes, strict=True)
        ]

    # --- Without savepoints --------------------------------------------------------------

    def _pipelined(self, link: LoopLink, batch: list[Task]) -> list[Outcome]:
        """
        Run a batch as one transaction, the first statements of many tasks at once.

        Raises:
            _AgainError: a task has failed that had written.
            StatementError: the transaction failed.
        """
        transaction = Transaction()
        adopt: Callable[[], None] | None = self._begin(link, transaction, batch)
        outcomes: list[Outcome] = []
        for tasks in _runs(batch):
            runs = [_TaskRun(self._session(link, transaction), task) for task in tasks]
            if adopt is not None or any(run.is_waiting for run in runs):
                link.exchange()
            if adopt is not None:
                adopt()
                adopt = None
            for run in runs:
                run.session.now = self._state.now()
                outcome = run.finish(link)
                if isinstance(outcome.error, StatementError):
                    raise outcome.error
                if outcome.error is not None and run.session.has_written:
                    raise _AgainError
                outcomes.append(outcome)
        self._end(link, transaction)
        return outcomes

    # --- With savepoints, or alone -------------------------------------------------------

    def _one_by_one(self, link: LoopLink, batch: list[Task]) -> list[Outcome]:
        """
        Run a batch as one transaction, with a savepoint for each task.

        Raises:
            StatementError: the transaction failed.
        """
        transaction = Transaction()
        self._begun(link, transaction, batch)
        outcomes: list[Outcome] = []
        for task in batch:
            locked = set(transaction.locked)
            transaction.pending.append(link.queue("SAVEPOINT task", {}))
            session = self._session(link, transaction)
            outcome = _flushed(session, _outcome_of(session, task))
            if outcome.error is not None:
                if link.connection.error is not None:
                    raise link.connection.error
                transaction.locked = locked
                link.queue("ROLLBACK TO task", {})
            transaction.pending.append(link.queue("RELEASE task", {}))
            outcomes.append(outcome)
        self._end(link, transaction)
        return outcomes

    def _alone(self, link: LoopLink, task: Task) -> Outcome:
        """Run a task as a transaction, several times if others disturb it."""
        for _ in range(ATTEMPTS_MAX):
            transaction = Transaction()
            try:
                self._begun(link, transaction, [])
                session = self._session(link, transaction)
                outcome = _outcome_of(session, task)
                if outcome.error is None:
                    self._end(link, transaction)
                    return outcome
            except StatementError as error:
                outcome = Outcome(None, error, [])
            if isinstance(outcome.error, StatementError) and ends_connection(outcome.error):
                raise outcome.error
            _roll_back(link)
            if not _is_disturbed(outcome.error):
                break
        return _final(outcome)

    # --- A transaction -------------------------------------------------------------------

    def _begin(
        self, link: LoopLink, transaction: Transaction, batch: list[Task]
    ) -> Callable[[], None]:
        """
        Begin a transaction with the next exchange, and lock the rows that tasks name.

        After the exchange the returned function adopts the state that processes share.
        """
        transaction.pending.append(link.queue("BEGIN ISOLATION LEVEL READ COMMITTED", {}))
        if not batch:
            transaction.pending.append(link.queue(LOCK_TIMEOUT_ALONE, {}))
        transaction.pending.append(self._state.share_keys(link))
        state = self._state.ask(link)
        keys = [key for task in batch for key in task.keys or ()]
        session = self._session(link, transaction)
        # Credentials first, then profiles, in one order for all: batches do not deadlock.
        session.lock_credentials([key.credential for key in keys if isinstance(key, NonceUse)])
        session.lock_accounts([key for key in keys if isinstance(key, AccountKey)])

        def adopt() -> None:
            session.settle()
            self._state.adopt(state)

        return adopt

    def _begun(self, link: LoopLink, transaction: Transaction, batch: list[Task]) -> None:
        adopt = self._begin(link, transaction, batch)
        link.exchange()
        adopt()

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
            raise StatementError(ROLLED_BACK)


class _TaskRun:
    """A task of a batch, which runs until it needs a result.

    One that names no rows does not begin before its turn: what it reads first may depend on what
    others write.
    """

    def __init__(self, session: PostgresSession, task: Task) -> None:
        self.session = session
        self._task = task
        self._run: Run[Outcome] | None = None
        if task.keys is not None:
            session.wait = pause
            self._run = Run(_outcome_of, session, task)

    @property
    def is_waiting(self) -> bool:
        """Whether it needs a result."""
        return self._run is not None and not self._run.is_done

    def finish(self, link: LoopLink) -> Outcome:
        """Let it run to its end; exchange for it whatever it needs."""
        if self._run is None:
            return _outcome_of(self.session, self._task)
        while not self._run.is_done:
            self._run.resume()
            if not self._run.is_done:
                link.exchange()
        return self._run.result


def _runs(batch: Iterable[Task]) -> Iterator[list[Task]]:
    """
    Cut a batch into runs whose tasks are about different accounts, and different credentials if
    these accept nonces out of order; a task that names no rows is a run of its own.
    """
    run: list[Task] = []
    taken: set[object] = set()
    for task in batch:
        keys = {
            key if isinstance(key, AccountKey) else key.credential.text
            for key in task.keys or ()
            if isinstance(key, AccountKey) or key.window
        }
        if run and (task.keys is None or not keys.isdisjoint(taken)):
            yield run
            run, taken = [], set()
        run.append(task)
        taken |= keys
        if task.keys is None:
            yield run
            run, taken = [], set()
    if run:
        yield run


def _outcome_of(session: PostgresSession, task: Task) -> Outcome:
    try:
        result = task.function(session, *task.args, **task.kwargs)
    except Exception as error:
        return Outcome(None, error, [])
    return Outcome(result, None, session.committed)


def _flushed(session: PostgresSession, outcome: Outcome) -> Outcome:
    """Send what a task has left, so that an error of it is the task's own."""
    try:
        session.flush()
    except StatementError as error:
        return outcome if outcome.error is not None else outcome._replace(error=error)
    return outcome


def _roll_back(link: LoopLink) -> None:
    # Of statements that are sent together, none runs after one that fails.
    link.exchange()
    done: Pending = link.queue("ROLLBACK", {})
    link.exchange()
    if link.connection.error is not None or not done.is_settled:
        raise StatementError(CONNECTION_LOST)


def _is_disturbed(error: Exception | None) -> bool:
    return isinstance(error, StatementError) and is_repeatable(error)


def _final(outcome: Outcome) -> Outcome:
    if isinstance(outcome.error, StatementError):
        return outcome._replace(error=store_error(outcome.error))
    return outcome


def _error_of(error: Exception) -> Exception:
    return store_error(error) if isinstance(error, StatementError) else error
