"""Turns: processes that write to one database file begin their transactions in turn (ADR 38).

SQLite gives its write lock to the first who asks, and lets the others sleep up to 100 ms before
they ask again: a busy process would take it again and again. So a process that waits for SQLite's
lock holds a lock of ours, which the last writer needs before it may ask again. Ours is on the
write-ahead log, on which SQLite takes none, and which exists as long as a connection is open.
"""

import fcntl
import os
import sqlite3
import time
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from profilegate.store.files import log_files
from profilegate.store.sqlite.database import BUSY_TIMEOUT_MS

POLL_SECONDS: Final = 0.0005
"""How long a process sleeps before it asks again: a fraction of a commit."""

TURN_MAX_SECONDS: Final = 5.0
"""How long to wait for both locks. A process that holds ours is perhaps stopped: then SQLite's own
decides. As long as SQLite itself waits (``BUSY_TIMEOUT_MS``)."""


class Turns:
    """This process's turns at a database file."""

    def __init__(self, path: Path) -> None:
        """The database file must have an open connection, which is closed after this."""
        log, _ = log_files(path)
        self._log = os.open(log, os.O_RDONLY)
        self._is_closed = False

    def begin(self, connection: Connection) -> None:
        """
        Begin a transaction that writes.

        Raises:
            sqlite3.OperationalError: SQLite's write lock was not to be had for so long.
        """
        until = time.monotonic() + TURN_MAX_SECONDS
        while not self._take() and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while not _begin(connection, until):
                time.sleep(POLL_SECONDS)
        finally:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            self._leave()

    def close(self) -> None:
        """Release the log."""
        if not self._is_closed:
            self._is_closed = True
            os.close(self._log)

    def _take(self) -> bool:
        try:
            fcntl.flock(self._log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _leave(self) -> None:
        fcntl.flock(self._log, fcntl.LOCK_UN)


def _begin(connection: Connection, until: float) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
            raise
        return False
    return True
