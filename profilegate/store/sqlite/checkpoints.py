"""Checkpoints: a thread moves the log's pages into the database file while the writer goes on.

SQLite's own checkpoint runs within a commit, and everybody waits for it (ADR 38). Here a thread
moves the pages and syncs the file; what was written meanwhile is less each time. When little is
left, the writer moves the rest between two transactions, so that SQLite begins the log anew.
"""

import sqlite3
import threading
from contextlib import closing, suppress
from enum import Enum, auto
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from profilegate.store.sqlite.database import connect, empty_log

CHECKPOINT_ROWS: Final = 4000
"""The changed rows after which a checkpoint begins. A row of ours changes about one page, so the
log stays at about 16 MB. We chose: fewer pages would be moved more often, for the same updates."""

PASSES_MAX: Final = 8
"""How often the thread begins anew with what was written meanwhile; the log may grow faster than
the disk takes it."""

REST_PAGES: Final = 64
"""If a pass moves no more pages, then the next one takes about a millisecond: as long as a commit
of the writer."""


class _Step(Enum):
    IDLE = auto()
    MOVING = auto()
    MOVED = auto()


class Checkpoints:
    """The checkpoints of a database file; ``after_commit`` is for its writer thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._step = _Step.IDLE
        self._changes = 0
        self._is_closed = False
        self._wake = threading.Semaphore(0)
        self._log = threading.Lock()
        """Held while the log is moved: SQLite lets only one connection do so."""
        self._thread = threading.Thread(target=self._run, name="store-checkpoints", daemon=True)
        self._thread.start()

    def after_commit(self, connection: Connection) -> None:
        """Have the log moved if it is long, or move the rest of it."""
        if self._step is _Step.MOVED:
            # What fails is tried again by the next checkpoint.
            with suppress(sqlite3.Error):
                _move(connection)
            self._step = _Step.IDLE
        elif connection.total_changes - self._changes >= CHECKPOINT_ROWS:
            self._changes = connection.total_changes
            if self._step is _Step.IDLE:
                self._step = _Step.MOVING
                self._wake.release()

    def empty_log(self, connection: Connection) -> bool:
        """Empty the log, as ``database.empty_log`` does, when the thread does not move it."""
        with self._log:
            return empty_log(connection)

    def close(self) -> None:
        """End the thread."""
        self._is_closed = True
        self._wake.release()
        self._thread.join()

    def _run(self) -> None:
        self._wake.acquire()
        if self._is_closed:
            return
        with closing(connect(self._path)) as connection:
            while not self._is_closed:
                with self._log, suppress(sqlite3.Error):
                    _move_most(connection)
                self._step = _Step.MOVED
                self._wake.acquire()


def _move_most(connection: Connection) -> None:
    before = 0
    for _ in range(PASSES_MAX):
        moved = _move(connection)
        if moved - before <= REST_PAGES:
            return
        before = moved


def _move(connection: Connection) -> int:
    """Move what can be moved without waiting; return how many pages of the log are moved by now."""
    _, _, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(moved)
