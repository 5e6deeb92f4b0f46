"""A connection to PostgreSQL that sends statements ahead of the results of earlier ones.

It is libpq's pipeline mode (ADR 36): statements wait in a buffer until somebody needs a result.
``exchange`` then sends all of them at once, and calls back when their results are here. Nothing
here waits; ``links.py`` has the two ways to wait.
"""

from collections import deque
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final

import psycopg
from psycopg.abc import Transformer as AnyTransformer
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGresult

from profilegate.store.failures import ConstraintError, StatementError
from profilegate.store.postgresql.values import encoded, translated
from profilegate.store.session import Row

CONNECTION_LOST: Final = "08006"
"""The code of a connection that broke: connection_failure."""

_ABORTED: Final = "25P02"
"""The code of a statement that did not run because one before it failed."""

_CONSTRAINTS: Final = "23"
"""How the codes of broken constraints begin."""

_DONE: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
"""The statuses of a statement that has succeeded."""

_CODE_FIELD: Final = ord("C")
"""Of an error message in the protocol: SQLSTATE."""


class Pending:
    """A statement that was sent; ``result`` gives what came of it."""

    __slots__ = ("_outcome", "_transformer", "sql")

    def __init__(self, sql: str, transformer: AnyTransformer) -> None:
        self.sql = sql
        self._transformer = transformer
        self._outcome: PGresult | StatementError | None = None

    @property
    def result(self) -> PGresult:
        """
        The result, once an exchange that began later is over.

        Raises:
            StatementError: the statement failed.
        """
        if isinstance(self._outcome, StatementError):
            raise self._outcome
        assert self._outcome is not None  # noqa: S101 (the caller has waited for it)
        return self._outcome

    @property
    def is_aborted(self) -> bool:
        """Whether the statement did not run because one before it failed."""
        return isinstance(self._outcome, StatementError) and self._outcome.code == _ABORTED

    @property
    def is_settled(self) -> bool:
        """Whether there is a result or an error."""
        return self._outcome is not None

    @property
    def rows(self) -> list[Row]:
        """The rows of the result."""
        self._transformer.set_pgresult(result := self.result, format=Format.BINARY)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    @property
    def changed(self) -> int:
        """How many rows the statement has changed."""
        return self.result.command_tuples or 0

    def settle(self, outcome: PGresult | StatementError) -> None:
        """Set what came of it; the first outcome counts."""
        if self._outcome is None:
            self._outcome = outcome


class _Preparation(Pending):
    """The preparation of a statement, which is prepared again later if it fails."""

    __slots__ = ()


class Connection:
    """A connection in pipeline mode."""

    def __init__(self, owner: "psycopg.Connection[Any]") -> None:
        self._owner = owner
        self._connection = owner.pgconn
        self.descriptor = self._connection.socket
        """That of the socket, also when libpq has closed it."""
        self._connection.nonblocking = 1
        self._connection.enter_pipeline_mode()
        self._transformer = Transformer(owner)
        self._prepared: dict[str, bytes] = {}
        self._names = count()
        self._sent: deque[Pending | Callable[[], None]] = deque()
        """Statements, and for each exchange what to call at its end."""
        self.error: StatementError | None = None
        """Why the connection is of no use any more."""
        self.before_end: Callable[[], None] = lambda: None
        """Called before the socket is closed."""

    @property
    def is_lost(self) -> bool:
        """Whether the connection is of no use any more."""
        return self.error is not None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._sent

    def queue(self, sql: str, parameters: Mapping[str, Any]) -> Pending:
        """Add a statement to those that the next exchange sends."""
        pending = Pending(sql, self._transformer)
        if self.error is not None:
            pending.settle(self.error)
            return pending
        statement = translated(sql)
        values, formats = encoded(statement.names, parameters)
        name = self._prepared.get(sql)
        try:
            if name is None:
                name = self._prepared[sql] = b"p%d" % next(self._names)
                self._connection.send_prepare(name, statement.sql)
                self._sent.append(_Preparation(sql, self._transformer))
            self._connection.send_query_prepared(name, values, formats, Format.BINARY)
        except Exception:
            self.fail()
            pending.settle(StatementError(CONNECTION_LOST))
            return pending
        self._sent.append(pending)
        return pending

    def exchange(self, then: Callable[[], None]) -> None:
        """Send what is queued, and call ``then`` when all results are here, or will never be."""
        if self.error is None:
            try:
                self._connection.pipeline_sync()
            except Exception:
                self.fail()
        if self.error is not None:
            then()
            return
        self._sent.append(then)

    def flush(self) -> bool:
        """Write to the socket; whether there is more to write once it is writable."""
        if self.error is not None:
            return False
        try:
            return bool(self._connection.flush())
        except Exception:
            self.fail()
            return False

    def receive(self) -> None:
        """Read from the socket, and settle the statements whose results are here."""
        if self.error is not None:
            return
        connection, sent = self._connection, self._sent
        try:
            connection.consume_input()
        except Exception:
            self.fail()
            return
        while sent and not self.is_lost and not connection.is_busy():
            result = connection.get_result()
            if result is None:
                # It separates the results of two statements.
                if connection.status == ConnStatus.BAD:
                    self.fail()
                continue
            self._take(result)
        if connection.status == ConnStatus.BAD:
            self.fail()

    def _take(self, result: PGresult) -> None:
        entry = self._sent.popleft()
        if not isinstance(entry, Pending):
            entry()
            return
        if result.status in _DONE:
            entry.settle(result)
            return
        if isinstance(entry, _Preparation):
            self._prepared.pop(entry.sql, None)
            if result.status != ExecStatus.PIPELINE_ABORTED and self._sent:
                # The statement itself is not run then, and fails with it.
                following = self._sent[0]
                if isinstance(following, Pending):
                    following.settle(_error_of(result))
            return
        if result.status == ExecStatus.PIPELINE_ABORTED:
            entry.settle(StatementError(_ABORTED))
            return
        entry.settle(_error_of(result))

    def fail(self, code: str = CONNECTION_LOST) -> None:
        """Close the connection; everything under way fails."""
        if self.error is not None:
            return
        self.error = StatementError(code)
        sent, self._sent = self._sent, deque()
        self.before_end()
        self._owner.close()
        for entry in sent:
            if isinstance(entry, Pending):
                entry.settle(self.error)
        for entry in sent:
            if not isinstance(entry, Pending):
                entry()


def _error_of(result: PGresult) -> StatementError:
    field = result.error_field(_CODE_FIELD)
    code = field.decode() if field else CONNECTION_LOST
    return ConstraintError(code) if code.startswith(_CONSTRAINTS) else StatementError(code)
