"""Checkpoints: the log is moved beside the writer, and begins anew."""

import sqlite3
import threading
import time
from contextlib import closing

import pytest

from profilegate.store.sqlite import checkpoints as checkpoints_module
from profilegate.store.sqlite.checkpoints import Checkpoints
from profilegate.store.sqlite.database import connect

ROWS = 20
PATIENCE_SECONDS = 10
POLL_SECONDS = 0.005

GRACE_SECONDS = 0.2
"""What begins at once is over long before."""


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A database with a table ``lines``, whose log is long after ROWS rows."""
    monkeypatch.setattr(checkpoints_module, "CHECKPOINT_ROWS", ROWS)
    path = tmp_path / "lines.db"
    with closing(connect(path)) as connection:
        connection.execute("CREATE TABLE lines (text TEXT)")
        connection.execute("CREATE TABLE meta (name TEXT, value BLOB)")
    return path


@pytest.fixture
def writer(path):
    """The write connection."""
    with closing(connect(path)) as connection:
        yield connection


@pytest.fixture
def checkpoints(path, writer):
    """The checkpoints of that database, which end with the test."""
    opened = Checkpoints(path)
    yield opened
    opened.close()


def fill(writer):
    """Write ROWS rows, each in a transaction, and so in pages of its own."""
    for _ in range(ROWS):
        writer.execute("INSERT INTO lines VALUES ('a line')")


def moved_in_file(path):
    """How many lines a reader of the file alone would find: one that ignores the log."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as reader:
        return reader.execute("SELECT count(*) FROM lines").fetchone()[0]


def eventually(condition):
    """Wait until a condition is true."""
    stop = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < stop, "it never became true"
        time.sleep(POLL_SECONDS)


def log_pages(writer):
    """How many pages the log has."""
    return writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]


def test_a_long_log_is_moved_while_the_writer_is_in_a_transaction(path, writer, checkpoints):
    """A commit that moved the log itself would let everybody wait."""
    fill(writer)
    checkpoints.after_commit(writer)
    writer.execute("BEGIN IMMEDIATE")
    eventually(lambda: moved_in_file(path) == ROWS)
    writer.execute("ROLLBACK")


def test_a_short_log_is_not_moved(path, writer, checkpoints):
    """Each move syncs the file, and the same pages would be moved again."""
    writer.execute("INSERT INTO lines VALUES ('a line')")
    checkpoints.after_commit(writer)
    time.sleep(GRACE_SECONDS)
    assert moved_in_file(path) == 0


def test_the_log_begins_anew_after_a_move(path, writer, checkpoints):
    """What is written during a move would let the log grow for ever: the writer moves the rest."""
    fill(writer)
    checkpoints.after_commit(writer)
    eventually(lambda: moved_in_file(path) == ROWS)
    writer.execute("INSERT INTO lines VALUES ('written meanwhile')")

    def is_moved():
        checkpoints.after_commit(writer)
        return moved_in_file(path) == ROWS + 1

    eventually(is_moved)
    writer.execute("INSERT INTO lines VALUES ('the next')")
    assert log_pages(writer) < ROWS


def test_a_move_that_fails_is_tried_again(path, writer, checkpoints, monkeypatch):
    """A full disk must not end the checkpoints for ever."""
    fails = iter([True, True])

    def move(connection):
        if next(fails, False):
            raise sqlite3.OperationalError("database or disk is full")
        return original(connection)

    original = checkpoints_module._move
    monkeypatch.setattr(checkpoints_module, "_move", move)

    def is_moved():
        fill(writer)
        checkpoints.after_commit(writer)
        return moved_in_file(path) > 0

    eventually(is_moved)


def test_emptying_the_log_waits_for_a_move(writer, checkpoints, monkeypatch):
    """An erasure must not find the log in use by the gateway's own thread, and be put off."""
    is_moving, may_end = threading.Event(), threading.Event()

    def move(connection):
        is_moving.set()
        may_end.wait(PATIENCE_SECONDS)
        return 0

    monkeypatch.setattr(checkpoints_module, "_move", move)
    fill(writer)
    checkpoints.after_commit(writer)
    is_moving.wait(PATIENCE_SECONDS)
    erasure = threading.Thread(target=checkpoints.empty_log, args=(writer,))
    erasure.start()
    erasure.join(GRACE_SECONDS)
    assert erasure.is_alive()
    may_end.set()
    erasure.join()
    assert log_pages(writer) <= 1
