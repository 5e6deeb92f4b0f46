"""Forget a profile, in every file: its key, its rows, and what is left of them in free places.

What stays is a row that says where its history ends, and the history's hashes and ciphertext.

SQLite writes zeros over what it deletes (``secure_delete``), but a row that it once moved to
another page may have left a copy in the old page's free part. So the file is searched for what
names the person and for the wrapped key, and rewritten as a whole if anything is found.
"""

import os
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from profilegate.errors import StoreUnavailableError
from profilegate.store.encoding import timestamp
from profilegate.store.history import ChainHead

CHUNK_SIZE_BYTES: Final = 1 << 20

_OF_ACCOUNTS: Final = ("credentials", "pending_logins", "logins")
_OF_PROFILE: Final = ("documents", "outbox", "accounts")


def erase(connection: Connection, head: ChainHead, now: datetime) -> list[bytes]:
    """Delete all rows of a profile but its history; give back the bytes that must be nowhere."""
    (wrapped_key,) = connection.execute(
        "SELECT wrapped_key FROM profiles WHERE id = ?", (head.profile_id,)
    ).fetchone()
    accounts = connection.execute(
        "SELECT namespace, provider, external_id FROM accounts WHERE profile_id = ?",
        (head.profile_id,),
    ).fetchall()
    for account in accounts:
        for table in _OF_ACCOUNTS:
            connection.execute(
                f"DELETE FROM {table} WHERE namespace = ? AND provider = ? AND external_id = ?",  # noqa: S608 (our own names)
                account,
            )
    for table in _OF_PROFILE:
        connection.execute(f"DELETE FROM {table} WHERE profile_id = ?", (head.profile_id,))  # noqa: S608 (our own names)
    connection.execute(
        "UPDATE profiles SET wrapped_key = x'', sealed = x'', erased_at = ? WHERE id = ?",
        (timestamp(now), head.profile_id),
    )
    return [wrapped_key, *(external_id.encode() for *_, external_id in accounts)]


def empty_log(connection: Connection) -> None:
    """
    Move everything into the database and leave an empty log.

    Raises:
        StoreUnavailableError: somebody reads an old state for too long.
    """
    (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise StoreUnavailableError


def rewrite(connection: Connection) -> None:
    """Write the database anew, without free places."""
    connection.execute("VACUUM")
    empty_log(connection)


class Remains:
    """Looks for bytes in a database file.

    Closing any descriptor of a file lets go of all locks that the process has on it, SQLite's
    among them (fcntl(2)): so the one that is opened here is never closed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def hold(self, needles: list[bytes]) -> bool:
        """Whether one of these is anywhere in the file."""
        if not needles:
            return False
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDONLY)
        overlap = max(map(len, needles)) - 1
        place, before = 0, b""
        while chunk := os.pread(self._descriptor, CHUNK_SIZE_BYTES, place):
            window = before + chunk
            if any(needle in window for needle in needles):
                return True
            before = window[-overlap:] if overlap else b""
            place += len(chunk)
        return False
