"""Open a database file: its pragmas, its migrations, and the key that fits it."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from profilegate.errors import MasterKeyError, SettingError
from profilegate.store import Origin, history, profiles, rows
from profilegate.store.vault import Vault, master_key, sync_folder

MIGRATIONS: Final = Path(__file__).parent / "migrations"

BUSY_TIMEOUT_SECONDS: Final = 5.0
"""How long to wait for another process that writes."""

CACHED_STATEMENTS_MAX: Final = 256
"""More than there are; sqlite3 finds a prepared statement by its very text."""

CHECKPOINT_PAGES: Final = 4000
"""The log's length, 16 MB, at which its pages move into the database: four times SQLite's own,
since each move makes everybody wait for the disk."""

VERSION_OF_HISTORY: Final = 4
"""Profiles that are older have no history; with this migration it begins."""

CHECK: Final = ("meta", "", "check")
"""Where the sealed value lies that only the right master key opens."""


def open_database(path: Path, key_file: Path) -> tuple[sqlite3.Connection, Vault]:
    """
    Open the database for writing, made and migrated as needed, and the vault it is sealed with.

    Raises:
        MasterKeyError: the key file is not fit to be used, or another one sealed the database.
        SettingError: the file cannot be opened, or a newer Profilegate wrote it.
    """
    # Asked first: whoever makes a database has made its key before.
    is_new = not path.exists()
    vault = Vault(master_key(key_file, may_create=is_new))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect(path)
        try:
            _migrate(connection, path, vault)
            _check(connection, path, vault)
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
    """A connection that leaves transactions to us and survives a power cut after each commit."""
    connection = sqlite3.connect(
        path,
        timeout=BUSY_TIMEOUT_SECONDS,
        isolation_level=None,
        # One thread at a time uses it, but not always the one that opened it.
        check_same_thread=False,
        cached_statements=CACHED_STATEMENTS_MAX,
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA query_only = {query_only:d}")
    return connection


def _migrate(connection: sqlite3.Connection, path: Path, vault: Vault) -> None:
    """Apply the migrations that are missing, all of them in one transaction."""
    files = sorted(MIGRATIONS.glob("*.sql"))
    # Without a lock first: a database that is up to date is opened beside a process that writes.
    if _version(connection) < len(files):
        connection.execute("BEGIN IMMEDIATE")
        # Read again under the lock: another process may have migrated the database meanwhile.
        found = _version(connection)
        for file in files[found:]:
            for statement in _statements(file.read_text("utf-8")):
                connection.execute(statement)
        if found == 0:
            connection.execute(
                "INSERT INTO meta (name, value) VALUES (?, ?)",
                (CHECK[-1], vault.box.seal(b"", *CHECK)),
            )
        elif found < VERSION_OF_HISTORY:
            _begin_histories(connection, vault)
        connection.execute(f"PRAGMA user_version = {len(files)}")
        connection.execute("COMMIT")
    if (found := _version(connection)) > len(files):
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"{path} was written by a newer Profilegate (its version {found}, ours "
            f"{len(files)}); install that one",
        )


def _begin_histories(connection: sqlite3.Connection, vault: Vault) -> None:
    """Let the profiles that are here already begin with what they hold now."""
    now, origin = datetime.now(UTC), Origin("migration", "", "")
    for namespace, profile_id in connection.execute(
        "SELECT namespace, id FROM profiles"
    ).fetchall():
        whole = profiles.find(connection, vault, namespace, profile_id)
        head = whole.head._replace(version=0, hash=history.BEFORE_ALL)
        head = history.append(connection, head, history.gained(whole.shared), None, origin, now)
        for key, (_, own) in whole.accounts.items():
            head = history.append(connection, head, history.joining(key, own), key, origin, now)
        rows.put_head(connection, head, None)


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
            f"{path} was sealed with another master key; let PROFILEGATE_KEY_FILE name the key "
            "file that belongs to it"
        ) from None
