"""The health of a SQLite store: its file, its version, its key, and the space on its disk."""

import asyncio
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from profilegate.errors import MasterKeyError
from profilegate.store.failures import store_error
from profilegate.store.master_key import read_master_keys
from profilegate.store.sqlite.database import is_missing, version_lag
from profilegate.store.sqlite.session import keyless
from profilegate.store.vault_keys import open_keys

DISK_FREE_MIN_BYTES: Final = 64 * 1024 * 1024
"""Four times the write-ahead log between two moves (CHECKPOINT_PAGES): below it an operator has
minutes. We chose."""


async def health_of(connection: sqlite3.Connection, path: Path, key_file: Path) -> dict[str, str]:
    """
    What is wrong with each part of the store, as ``Store.health`` says.

    Files are read in a thread: their disk may hang.
    """
    try:
        is_lost, keys, free_bytes = await asyncio.to_thread(_files, path, key_file)
    except OSError:
        return {"database": "its folder cannot be read"}
    health = {"database": "its file is missing: what is written is lost" if is_lost else ""}
    health["disk"] = (
        f"the disk of the database has less than {DISK_FREE_MIN_BYTES >> 20} MiB"
        if free_bytes < DISK_FREE_MIN_BYTES
        else ""
    )
    try:
        health["migrations"] = version_lag(connection)
        open_keys(keyless(connection), keys, path)
        health["key"] = ""
    except MasterKeyError:
        health["key"] = "the master key of the key file does not open the database"
    except sqlite3.Error as error:
        health["database"] = str(store_error(error))
    return health


def _files(path: Path, key_file: Path) -> tuple[bool, list[bytes], int]:
    """Whether the database is gone, the keys of the key file, and the bytes that are free."""
    try:
        keys = list(read_master_keys(key_file))
    except MasterKeyError:
        keys = []
    return is_missing(path), keys, shutil.disk_usage(path.parent).free
