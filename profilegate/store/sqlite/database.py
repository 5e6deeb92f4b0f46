"""Opens a database file: sets its pragmas, migrates it, and checks its master key."""

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
"""Number of a migration -> what to run after its SQL."""

BUSY_TIMEOUT_MS: Final = 5_000
"""How long to wait for another process that writes."""

CACHED_STATEMENTS_MAX: Final = 256
"""More than the store has statements, so that sqlite3 prepares each one once."""

CHECKPOINT_PAGES: Final = 4000
"""The size of the write-ahead log, 16 MB, at which SQLite moves its pages into the database file:
four times the default, because all writes wait during a move."""

VERSION_OF_HISTORY: Final = 4
"""The first version whose profiles have histories; a migration begins those of older ones."""

CHECK: Final = ("meta", "", "check")
"""The place of a sealed value, by which ``open_database`` recognizes a wrong master key."""


def open_database(path: Path, key_file: Path) -> tuple[sqlite3.Connection, Vault]:
    """
    Open the database for writing, and its vault; create and migrate the database as needed.

    Raises:
        MasterKeyError: the key file is unusable, or the database is sealed with another key.
        SettingError: the file cannot be opened, or a newer Profilegate wrote it.
    """
    # Create the key first, so that no database exists without its key.
    is_new = not path.exists()
    vault = Vault(read_master_key(key_file, may_create=is_new))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect(path)
        try:
            _migrate(connection, path, vault)
            _check_master_key(connection, path, vault)
            _finish_erasure(connection)
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
    A connection whose commits survive a power cut; the caller begins and ends transactions.

    Raises:
        SettingError: the file system has no write-ahead log (a network file system, for example).
    """
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        # One thread at a time uses it, but the writer thread did not open it.
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
    # On macOS fsync alone does not survive a power cut; other systems ignore these two.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA query_only = {query_only:d}")
    return connection


def empty_log(connection: sqlite3.Connection) -> bool:
    """
    Move the write-ahead log into the database file and truncate it, unless a reader still uses it.

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
    """Apply the missing migrations, all of them in one transaction."""
    files = sorted(MIGRATIONS.glob("*.sql"))
    # Read without a lock first: opening a current database must not wait for another writer.
    found = _version(connection)
    if found < len(files):
        # Migrations replace whole tables, so check the foreign keys once, at the end.
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
            raise sqlite3.IntegrityError("a row refers to a row that does not exist")
        connection.execute(f"PRAGMA user_version = {len(files)}")
        connection.execute("COMMIT")
        connection.execute("PRAGMA foreign_keys = ON")
        if 0 < found < max(UPGRADES):
            # Older versions stored plain text: remove it from the free pages of the file.
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
    """The statements of a script; sqlite3's executescript would commit the transaction first."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _check_master_key(connection: sqlite3.Connection, path: Path, vault: Vault) -> None:
    """
    Check that the vault has the key of the database.

    Raises:
        MasterKeyError: it has another one.
    """
    (sealed,) = connection.execute("SELECT value FROM meta WHERE name = ?", (CHECK[-1],)).fetchone()
    try:
        vault.box.open(sealed, *CHECK)
    except MasterKeyError:
        raise MasterKeyError(
            f"{path} is sealed with another master key; set PROFILEGATE_KEY_FILE to the key file "
            "that belongs to it"
        ) from None


def _finish_erasure(connection: sqlite3.Connection) -> None:
    """Empty the log after an erasure, if an earlier process ended before it could."""
    if connection.execute("SELECT 1 FROM meta WHERE name = ?", (COMPACTION,)).fetchone():
        empty_log(connection)
