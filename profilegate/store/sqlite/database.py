"""Opens a database file: sets its pragmas, migrates it, and checks its master key."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from profilegate.errors import MasterKeyError, SettingError, StoreDamagedError
from profilegate.store.erasure import COMPACTION
from profilegate.store.failures import is_damage
from profilegate.store.files import (
    create_file,
    create_folder,
    locked,
    log_files,
    make_private,
    sync_folder,
)
from profilegate.store.master_key import create_master_key, read_master_keys
from profilegate.store.sqlite.session import keyless
from profilegate.store.sqlite.state import stored_state
from profilegate.store.sqlite.upgrades import begin_histories, carry_over_identities
from profilegate.store.vault import Vault, VaultKeys
from profilegate.store.vault_keys import open_keys, write_first_keys

MIGRATIONS: Final = Path(__file__).parent / "migrations"

UPGRADES: Final[Mapping[int, Callable[[sqlite3.Connection, Vault], None]]] = {
    6: carry_over_identities,
}
"""Number of a migration -> what to run after its SQL."""

BUSY_TIMEOUT_MS: Final = 5_000
"""How long to wait for another process that writes."""

CACHED_STATEMENTS_MAX: Final = 256
"""More than the store has statements, so that sqlite3 prepares each one once."""

CHECKPOINT_PAGES: Final = 16_000
"""The size of the write-ahead log, 64 MB, at which a commit moves its pages into the database file.
All writes wait meanwhile, so ``checkpoints.py`` does it before; this is for large documents, whose
rows have many pages."""

VERSION_OF_HISTORY: Final = 4
"""The first version whose profiles have histories; a migration begins those of older ones."""

VERSION_OF_VAULT_KEYS: Final = 8
"""The first version whose vault has keys of its own; older ones derived them from the master key,
and recognized a wrong one by the sealed value ``CHECK``."""

PLAIN_TEXT: Final = "plain text"
"""The row of ``meta`` that exists while free pages of the file may hold what a migration sealed:
older versions stored names as plain text."""

CHECK: Final = ("meta", "", "check")


def open_database(
    path: Path, key_file: Path, *, may_begin: bool = False
) -> tuple[sqlite3.Connection, Vault]:
    """
    Open the database for writing, and its vault; migrate the database as needed.

    The first start creates the database and its key file. If only the database is missing, it was
    lost: then ``may_begin`` permits to create a new one.

    Raises:
        MasterKeyError: the key file is unusable, or the database is sealed with another key.
        SettingError: the file cannot be opened, is lost, or a newer Profilegate wrote it.
        StoreDamagedError: the database is damaged.
    """
    try:
        create_folder(path.parent)
        with locked(path.parent):
            begun = _begin(path, key_file, may_begin=may_begin)
            make_private(path)
            connection = connect(path)
            try:
                vault = open_vault(connection, path, key_file)
                _finish_erasure(connection)
            except BaseException:
                connection.close()
                raise
            if begun.exists():
                sync_folder(path.parent)
                begun.unlink()
    except sqlite3.DatabaseError as error:
        if is_damage(error) and error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_NOTADB:
            raise StoreDamagedError from error
        raise _not_opened(path, error) from error
    except UnicodeDecodeError as error:
        # The message of a damaged schema need not be UTF-8.
        raise StoreDamagedError from error
    except OSError as error:
        raise _not_opened(path, error) from error
    return connection, vault


def _not_opened(path: Path, error: Exception) -> SettingError:
    return SettingError("PROFILEGATE_DATABASE", f"{path} cannot be opened as a database: {error}")


def _begin(path: Path, key_file: Path, *, may_begin: bool) -> Path:
    """
    Create an empty database, and its key file, if there is none.

    Return the path of a mark that exists until both are complete: a process that ends in between
    leaves the mark, and the next start continues.

    Raises:
        SettingError: the database is lost.
    """
    begun = path.with_name(path.name + ".begun")
    if is_missing(path) and not begun.exists():
        _reject_lost(path, key_file, may_begin=may_begin)
        create_file(begun)
        sync_folder(path.parent)
    if begun.exists():
        create_master_key(key_file)
        if is_missing(path):
            create_file(path)
    return begun


def is_missing(path: Path) -> bool:
    """Whether there is no database: no file, or one that was cut to nothing."""
    try:
        return path.stat().st_size == 0
    except FileNotFoundError:
        return True


def _reject_lost(path: Path, key_file: Path, *, may_begin: bool) -> None:
    """
    Check that a missing database has never existed.

    Raises:
        SettingError: its log or its key file exists.
    """
    log, _ = log_files(path)
    if log.exists():
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"{path} is missing, but its log {log} is there; put the database back or restore a "
            "backup (`profilegate restore`), or move the log away",
        )
    if key_file.exists() and not may_begin:
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"{path} is missing, but its key {key_file} is there; restore a backup (`profilegate "
            "restore`), or begin with an empty database: `profilegate init`",
        )


def check_database(path: Path, key_file: Path, *, may_begin: bool = False) -> None:
    """
    Check that a database can be opened, or begun; migrate and create nothing.

    Raises:
        MasterKeyError, SettingError, StoreDamagedError: as ``open_database``.
    """
    if is_missing(path):
        if not path.with_name(path.name + ".begun").exists():
            _reject_lost(path, key_file, may_begin=may_begin)
        return
    try:
        with closing(connect(path, query_only=True)) as connection:
            _reject_newer(path, found := _version(connection))
            keys = read_master_keys(key_file)
            if found >= VERSION_OF_VAULT_KEYS:
                open_keys(keyless(connection), keys, path)
    except sqlite3.DatabaseError as error:
        raise _not_opened(path, error) from error
    except OSError as error:
        raise _not_opened(path, error) from error


def _reject_newer(path: Path, found: int) -> None:
    ours = len(list(MIGRATIONS.glob("*.sql")))
    if found > ours:
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"{path} was written by a newer Profilegate (its version {found}, ours {ours}); "
            "install that one",
        )


def open_vault(connection: sqlite3.Connection, path: Path, key_file: Path) -> Vault:
    """Migrate the database, and open its vault."""
    master_keys = read_master_keys(key_file)
    migrated = _migrate(connection, path, master_keys[0])
    if migrated < VERSION_OF_VAULT_KEYS:
        return Vault(VaultKeys.of_master_key(master_keys[0]))

    def load() -> VaultKeys:
        with closing(connect(path, query_only=True)) as reader:
            return _load(reader, path, key_file)

    # A damaged database is found here, before threads use it.
    stored_state(connection)
    return Vault(_load(connection, path, key_file), load)


def _load(connection: sqlite3.Connection, path: Path, key_file: Path) -> VaultKeys:
    """
    Read the key file and open the vault's keys.

    Raises:
        MasterKeyError: as ``read_master_keys`` and ``open_keys``.
    """
    try:
        return open_keys(keyless(connection), read_master_keys(key_file), path)
    except MasterKeyError:
        # A rotation may have replaced one between the two reads.
        return open_keys(keyless(connection), read_master_keys(key_file), path)


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


def _migrate(connection: sqlite3.Connection, path: Path, master_key: bytes) -> int:
    """Apply the missing migrations, all of them in one transaction; return the version."""
    files = sorted(MIGRATIONS.glob("*.sql"))
    # Read without a lock first: opening a current database must not wait for another writer.
    found = _version(connection)
    if found < len(files):
        # Migrations replace whole tables, so check the foreign keys once, at the end.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN IMMEDIATE")
        # Read again under the lock: another process may have migrated the database meanwhile.
        found = _version(connection)
        _apply(connection, path, master_key, files[found:], found=found)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise sqlite3.IntegrityError("a row refers to a row that does not exist")
        if 0 < found < max(UPGRADES):
            connection.execute("INSERT INTO meta (name, value) VALUES (?, x'')", (PLAIN_TEXT,))
        connection.execute(f"PRAGMA user_version = {len(files)}")
        connection.execute("COMMIT")
        connection.execute("PRAGMA foreign_keys = ON")
    _reject_newer(path, found := _version(connection))
    _remove_plain_text(connection)
    return found


def _remove_plain_text(connection: sqlite3.Connection) -> None:
    """After a migration, also one whose process ended, free the file of what it replaced."""
    if connection.execute("SELECT 1 FROM meta WHERE name = ?", (PLAIN_TEXT,)).fetchone():
        connection.execute("VACUUM")
        if empty_log(connection):
            connection.execute("DELETE FROM meta WHERE name = ?", (PLAIN_TEXT,))


def _apply(
    connection: sqlite3.Connection, path: Path, master_key: bytes, files: list[Path], *, found: int
) -> None:
    """Apply migrations to a database of version ``found``."""
    keys = VaultKeys.random() if found == 0 else VaultKeys.of_master_key(master_key)
    vault = Vault(keys)
    if 0 < found < VERSION_OF_VAULT_KEYS:
        _check_master_key(connection, path, vault)
    for version, file in enumerate(files, start=found + 1):
        for statement in _statements(file.read_text("utf-8")):
            connection.execute(statement)
        if version in UPGRADES:
            UPGRADES[version](connection, vault)
        if version == VERSION_OF_VAULT_KEYS:
            write_first_keys(keyless(connection), keys, master_key)
    if 0 < found < VERSION_OF_HISTORY:
        begin_histories(connection, vault)


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def version_lag(connection: sqlite3.Connection) -> str:
    """
    How the version of the database is older than ours, in words; empty if it is not.

    A newer release may migrate a database while this process goes on.
    """
    found, ours = _version(connection), len(list(MIGRATIONS.glob("*.sql")))
    return "" if found >= ours else f"the database has version {found}, this Profilegate {ours}"


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
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (CHECK[-1],)).fetchone()
    try:
        vault.box.open(row[0] if row else b"", *CHECK)
    except MasterKeyError:
        raise MasterKeyError(
            f"{path} is sealed with another master key; set PROFILEGATE_KEY_FILE to the key file "
            "that belongs to it"
        ) from None


def _finish_erasure(connection: sqlite3.Connection) -> None:
    """Empty the log after an erasure, if an earlier process ended before it could."""
    if connection.execute("SELECT 1 FROM meta WHERE name = ?", (COMPACTION,)).fetchone():
        empty_log(connection)
