"""Backs a database up while others use it, and restores it.

A backup is one file: a copy of one moment, which was verified before it got its name. It is
sealed as the database is, so it needs the same key file, which it does not contain.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from profilegate.errors import BackupRejectedError, SettingError
from profilegate.profile.times import utc_now
from profilegate.store.copying import reject_incomplete
from profilegate.store.failures import is_damage, store_error
from profilegate.store.files import FILE_MODE, create_folder, locked, log_files, sync_folder
from profilegate.store.records import Audit, Backup
from profilegate.store.session import Session
from profilegate.store.sqlite.database import connect, open_vault
from profilegate.store.sqlite.integrity import verified
from profilegate.store.sqlite.session import SqliteSession, keyless
from profilegate.store.vault_keys import fingerprints

LOCK_START: Final = 0x40000002
LOCK_SIZE_BYTES: Final = 510
"""The bytes of a database file that each of its users locks (SQLite's file format: the shared
lock). Also a damaged database has them."""

SIDE_FILE_ENDINGS: Final = ("-journal", "-wal", "-shm")
"""SQLite deletes or overwrites files with these names beside a database."""

COPIED_PAGES: Final = -1
"""All pages in one step: a copy of one moment. Under WAL no update waits for it."""


def back_up(source: Path, file: Path, key_file: Path) -> Backup:
    """
    Write a verified copy of a database to a new file.

    Raises:
        SettingError: the file exists or cannot be written; the database is an incomplete copy.
        BackupRejectedError: the copy, and so the database, is damaged.
        StoreUnavailableError: the database cannot be read.
    """
    if file.exists():
        raise SettingError(str(file), "it exists already; name a new file")
    if file.name.endswith(SIDE_FILE_ENDINGS):
        raise SettingError(str(file), "SQLite would take it for a part of a database; rename it")
    with _draft_of(file) as draft:
        _copy(source, draft)
        backup = _verify(draft, source, key_file)
        _sync(draft)
        try:
            os.link(draft, file)
        except FileExistsError:
            raise SettingError(str(file), "it exists already; name a new file") from None
    sync_folder(file.parent)
    return backup


def restore(backup: Path, path: Path, key_file: Path, *, replace: bool) -> Backup:
    """
    Verify a backup, and make it the database.

    Raises:
        SettingError: the database exists and ``replace`` is False, a process uses it, a file cannot
            be read or written, or the backup is an incomplete copy.
        BackupRejectedError: the backup is damaged.
        MasterKeyError: the key file does not belong to the backup.
    """
    create_folder(path.parent)
    with locked(path.parent), _draft_of(path) as draft:
        for left in path.parent.glob(f".{path.name}.*"):
            # A restore that was killed leaves its draft.
            if not left.name.startswith(draft.name):
                left.unlink()
        _copy(backup, draft)
        restored = _verify(draft, backup, key_file)
        _sync(draft)
        if not replace and (_has_content(path) or any(log.exists() for log in log_files(path))):
            raise SettingError(
                "PROFILEGATE_DATABASE", f"{path} exists already; --replace puts the backup there"
            )
        _empty_log(path)
        with unused(path):
            for log in log_files(path):
                log.unlink(missing_ok=True)
            # After a power cut the old log must not be there with the new database.
            sync_folder(path.parent)
            draft.rename(path)
        sync_folder(path.parent)
        path.with_name(path.name + ".begun").unlink(missing_ok=True)
    return restored


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _empty_log(path: Path) -> None:
    """
    Move the log of the old database into its file: a process that ends before the new one has its
    name leaves the old one complete.
    """
    if path.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _draft_of(file: Path) -> Iterator[Path]:
    """A new file beside the one that it is to become; it is deleted unless it was renamed."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
        yield draft
    except OSError as error:
        raise SettingError(str(file), f"it cannot be written ({error.strerror})") from error
    finally:
        for left in (draft, *log_files(draft)):
            with suppress(OSError):
                left.unlink()


def _copy(source: Path, draft: Path) -> None:
    if not _has_content(source):
        raise SettingError(str(source), "there is no such database")
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reader,
            closing(sqlite3.connect(draft)) as writer,
        ):
            reader.backup(writer, pages=COPIED_PAGES)
    except sqlite3.Error as error:
        if is_damage(error):
            raise BackupRejectedError(str(source), "it is damaged, or not a database") from error
        raise store_error(error) from error


def _verify(draft: Path, source: Path, key_file: Path) -> Backup:
    """
    Verify a copy of ``source``: its pages, every sealed value, every history; leave it in one file.

    Raises:
        BackupRejectedError: it is damaged.
        MasterKeyError: the key file does not belong to it.
        SettingError: the source is a copy that is not complete.
    """
    try:
        with closing(connect(draft)) as connection:
            vault = open_vault(connection, draft, key_file)
            reject_incomplete(keyless(connection), source)
            found = fingerprints(keyless(connection))
            namespaces = connection.execute("SELECT DISTINCT namespace FROM profiles").fetchall()
            audits = [
                _audit(draft, lambda each: SqliteSession(each, vault, {}, utc_now()), namespace)
                for (namespace,) in namespaces or [("default",)]
            ]
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupRejectedError("the copy", "it is damaged, or not a database") from error
    if any(audit.damaged or audit.broken for audit in audits):
        raise BackupRejectedError(
            "the copy", "values are damaged or histories broken; `profilegate audit` lists them"
        )
    profiles = sum(audit.profiles for audit in audits)
    return Backup(profiles, sum(audit.events for audit in audits), found[0])


def _audit(draft: Path, session: Callable[[sqlite3.Connection], Session], namespace: str) -> Audit:
    with closing(connect(draft, query_only=True)) as connection:
        return verified(connection, lambda: session(connection), namespace)


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def unused(path: Path) -> Iterator[None]:
    """
    Keep a database from everybody while it is replaced.

    Each process that has it open holds SQLite's shared lock on it, so an exclusive lock shows that
    there is none. A process that opens it meanwhile waits for the lock of the folder.

    Raises:
        SettingError: a process uses it.
    """
    if not path.exists():
        yield
        return
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCK_SIZE_BYTES, LOCK_START)
        yield
    except BlockingIOError:
        raise SettingError(
            "PROFILEGATE_DATABASE", f"a process uses {path}; stop the gateway first"
        ) from None
    finally:
        os.close(descriptor)
