"""Turns: processes that write to one file begin their transactions in turn."""

import sqlite3
import threading
import time
from contextlib import ExitStack, closing

import pytest

from profilegate.store.sqlite import turns as turns_module
from profilegate.store.sqlite.database import connect
from profilegate.store.sqlite.turns import Turns

PATIENCE_SECONDS = 10


@pytest.fixture
def processes(tmp_path):
    """The turns and the write connection of two processes."""
    path = tmp_path / "lines.db"
    with ExitStack() as stack:
        connections = [stack.enter_context(closing(connect(path))) for _ in range(2)]
        connections[0].execute("CREATE TABLE lines (text TEXT)")
        yield [(stack.enter_context(closing(Turns(path))), each) for each in connections]


def test_who_waits_comes_before_who_has_just_written(processes):
    """SQLite's lock goes to the first who asks: a busy process would have it again and again."""
    (busy, connection), (waiting, other) = processes
    order = []

    def write():
        waiting.begin(other)
        order.append("the one that waited")
        other.execute("COMMIT")

    busy.begin(connection)
    thread = threading.Thread(target=write)
    thread.start()
    until = time.monotonic() + PATIENCE_SECONDS
    while busy._take() and time.monotonic() < until:
        busy._leave()
    connection.execute("COMMIT")
    busy.begin(connection)
    order.append("the busy one")
    thread.join()
    assert ["the one that waited", "the busy one"] == order


def test_a_process_that_stopped_in_its_turn_holds_nobody_up(processes, monkeypatch):
    """Our lock is for fairness only: SQLite's own decides."""
    monkeypatch.setattr(turns_module, "TURN_MAX_SECONDS", 0.05)
    (stopped, _), (turns, connection) = processes
    stopped._take()
    turns.begin(connection)
    assert connection.in_transaction


def test_a_lock_that_is_not_released_is_an_error(processes, monkeypatch):
    """A process may hang in its transaction; the caller gets an error then, and may retry."""
    monkeypatch.setattr(turns_module, "TURN_MAX_SECONDS", 0.05)
    (turns, connection), (others, other) = processes
    turns.begin(connection)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        others.begin(other)
