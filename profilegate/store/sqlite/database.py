"""Open a database file: its pragmas, its migrations, and the key that it is sealed with."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from profilegate.errors import MasterKeyError, SettingError
from profilegate.store.erasure import COMPACTION
from profilegate.store.master_key import read_master_key, sync_folder
from profilegate.store.sqlite.upgrades import begin_histories, carry_over_identities
from profilegate.store.vault import Vault

MIGRATIONS: Final = Path(__file__).parent / "migrations"

UPGRADES: Final[Mapping[int, Callable[[sqlite3.Connection, Vault], None]]] = {
    6: carry_over_identities,
}
"""What follows the SQL of a migration, by its number."""

BUSY_TIMEOUT_MS: Final = 5_000
"""How long to wait for another process that writes."""

CACHED_STATEMENTS_MAX: Final = 256
"""More than there are; sqlite3 finds a prepared statement by its text."""

CHECKPOINT_PAGES: Final = 4000
"""The length of the log, 16 MB, at which its pages move into the database: four times SQLite's
default, since everybody waits for the disk at each move."""

VERSION_OF_HISTORY: Final = 4
"""Profiles of older databases have no history; it begins when they are migrated."""

CHECK: Final = ("meta", "", "check")
"""The place of a sealed value that only the right master key opens."""


def open_database(path: Path, key_file: Path) -> tuple[sqlite3.Connection, Vault]:
    """
    Open the database for writing, created and migrated as needed, and the vault that opens it.

    Raises:
        MasterKeyError: the key file is unusable, or the database is sealed with another key.
        SettingError: the file cannot be opened, or a newer Profilegate wrote it.
    """
    # The key comes first: a database never exists without its key.
    is_new = not path.exists()
    vault = Vault(read_master_key(key_file, may_create=is_new))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect(path)
        try:
            _migrate(connection, path, vault)
            _check(connection, path, vault)
            _compact(connection)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise SettingError(
            "PROFILEGATE_DATABASE", f"{path} cannot be opened as a database: {error}"
        ) from error
    if is_new:
        sync_folder(path.parent)
    return connection, vault


def connect(path: Path, *, query_only: bool = False) -> sqlite3.Connection:
    """
    A connection whose commits survive a power cut; transactions are left to the caller.

    Raises:
        SettingError: the file system has no write-ahead log (a network file system, for example).
    """
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        # One thread at a time uses it, but not always the one that opened it.
        check_same_thread=False,
        cached_statements=CACHED_STATEMENTS_MAX,
    )
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        connection.close()
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"{path} is on a file system without a write-ahead log; put it on a local disk",
        )
    connection.execute("PRAGMA synchronous = FULL")
    # Only macOS heeds these: there fsync alone does not survive a power cut.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA query_only = {query_only:d}")
    return connection


def empty_log(connection: sqlite3.Connection) -> bool:
    """
    Move the log into the database and truncate it, if no reader is in the way.

    It never waits for a reader. Return whether the log is empty now.
    """
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    if not is_busy:
        connection.execute("DELETE FROM meta WHERE name = ?", (COMPACTION,))
    return not is_busy


def _migrate(connection: sqlite3.Connection, path: Path, vault: Vault) -> None:
    """Apply the migrations that are missing, all of them in one transaction."""
    files = sorted(MIGRATIONS.glob("*.sql"))
    # Without a lock first: a database that is up to date is opened beside a process that writes.
    found = _version(connection)
    if found < len(files):
        # Tables are swapped; the foreign keys are checked as a whole at the end.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN IMMEDIATE")
        # Read again under the lock: another process may have migrated the database meanwhile.
        found = _version(connection)
        for version, file in enumerate(files[found:], start=found + 1):
            for statement in _statements(file.read_text("utf-8")):
                connection.execute(statement)
            if version in UPGRADES:
                UPGRADES[version](connection, vault)
        if found == 0:
            connection.execute(
                "INSERT INTO meta (name, value) VALUES (?, ?)",
                (CHECK[-1], vault.box.seal(b"", *CHECK)),
            )
        elif found < VERSION_OF_HISTORY:
            begin_histories(connection, vault)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise sqlite3.IntegrityError("a row names another one that is not there")
        connection.execute(f"PRAGMA user_version = {len(files)}")
        connection.execute("COMMIT")
        connection.execute("PRAGMA foreign_keys = ON")
        if 0 < found < max(UPGRADES):
            # What was in plain text before must not stay in the free places of the file.
            connection.execute("VACUUM")
            empty_log(connection)
    if (found := _version(connection)) > len(files):
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"{path} was written by a newer Profilegate (its version {found}, ours "
            f"{len(files)}); install that one",
        )


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _statements(sql: str) -> Iterator[str]:
    """The statements of a script; sqlite3's own executescript would commit before the first."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _check(connection: sqlite3.Connection, path: Path, vault: Vault) -> None:
    (sealed,) = connection.execute("SELECT value FROM meta WHERE name = ?", (CHECK[-1],)).fetchone()
    try:
        vault.box.open(sealed, *CHECK)
    except MasterKeyError:
        raise MasterKeyError(
            f"{path} is sealed with another master key; set PROFILEGATE_KEY_FILE to the key file "
            "that belongs to it"
        ) from None


def _compact(connection: sqlite3.Connection) -> None:
    """Finish what an erasure has left to do, if the process ended before it could."""
    if connection.execute("SELECT 1 FROM meta WHERE name = ?", (COMPACTION,)).fetchone():
        empty_log(connection)
