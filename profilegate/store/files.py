"""Files of the store: private modes, durable names, and a lock while one is created or replaced."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from profilegate.errors import SettingError

FILE_MODE: Final = 0o600
"""Only the owner reads and writes: PostgreSQL and Vault do the same."""

FOLDER_MODE: Final = 0o700

LOG_SUFFIXES: Final = ("-wal", "-shm")
"""SQLite's files beside a database: its log, and the index of the log."""


def create_folder(folder: Path) -> None:
    """Create a folder, and those above it, durably and for their owner; leave existing ones."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=FOLDER_MODE, exist_ok=True)
        sync_folder(missing.parent)


def sync_folder(folder: Path) -> None:
    """Make a file that was created in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create_file(path: Path) -> None:
    """Create an empty file for its owner alone, unless it exists."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, FILE_MODE))


def make_private(path: Path) -> None:
    """
    Take the database and its log from everybody but their owner.

    Older releases created them for everybody to read, so the start closes them rather than stop.

    Raises:
        SettingError: another user owns a file that is open to others.
    """
    for file in (path, *log_files(path)):
        try:
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                file.chmod(FILE_MODE)
        except FileNotFoundError:
            continue
        except PermissionError:
            raise SettingError(
                "PROFILEGATE_DATABASE",
                f"{file} is open to others than its owner; run as its owner: chmod 600 {file}",
            ) from None


def log_files(path: Path) -> tuple[Path, ...]:
    """The files that SQLite keeps beside an open database."""
    return tuple(path.with_name(path.name + suffix) for suffix in LOG_SUFFIXES)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, against other processes that create or replace files in it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
