"""Opens the store that a URL names: a SQLite file, or a PostgreSQL database."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from profilegate.errors import SettingError
from profilegate.profile.locks import LockRules
from profilegate.profile.times import utc_now
from profilegate.store.store import Store

SQLITE_PREFIX: Final = "sqlite:///"
POSTGRESQL_PREFIXES: Final = ("postgresql://", "postgres://")
"""Those of libpq's URLs."""


def is_postgresql(url: str) -> bool:
    """Whether a URL names a PostgreSQL database."""
    return url.startswith(POSTGRESQL_PREFIXES)


def sqlite_file(url: str) -> Path:
    """
    The SQLite file: ``sqlite:///var/profiles.db`` lies below the working folder,
    ``sqlite:////srv/profiles.db`` anywhere.

    Raises:
        SettingError: the URL names no SQLite file.
    """
    path = url.removeprefix(SQLITE_PREFIX)
    if path == url or not path:
        # Without the URL, which may hold a password.
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"it must begin with {SQLITE_PREFIX} and name a file, like sqlite:///var/profiles.db, "
            "or look like postgresql://user@host:5432/database",
        )
    return Path(path)


def open_store(
    url: str,
    *,
    key_file: Path,
    rules: Mapping[str, LockRules],
    now: Callable[[], datetime] = utc_now,
    may_begin: bool = False,
    survives_power_cut: bool = True,
    on_batch: Callable[[float], None] | None = None,
) -> Store:
    """
    Open a store; create it and its key file if both are missing.

    ``may_begin``: create it also if the key exists. ``survives_power_cut``: a commit waits for the
    disk; a test's need not. ``on_batch`` is called with the number of updates of each batch.

    Raises:
        MasterKeyError: the key file is unusable, or does not belong to the store.
        SettingError: the store cannot be opened, is lost, or a newer Profilegate wrote it.
        StoreDamagedError: it is damaged.
    """
    if is_postgresql(url):
        reject_missing_driver()
        from profilegate.store import postgresql

        return postgresql.open_store(
            url,
            key_file=key_file,
            rules=rules,
            now=now,
            may_begin=may_begin,
            survives_power_cut=survives_power_cut,
            on_batch=on_batch,
        )
    from profilegate.store import sqlite

    return sqlite.open_store(
        sqlite_file(url),
        key_file=key_file,
        rules=rules,
        now=now,
        may_begin=may_begin,
        survives_power_cut=survives_power_cut,
        on_batch=on_batch,
    )


def begin(url: str, key_file: Path) -> str:
    """
    Create an empty database, and its key file unless there is one; return what to call it.

    Raises:
        SettingError: the database exists, or cannot be opened.
    """
    if is_postgresql(url):
        reject_missing_driver()
        from profilegate.store.postgresql import opening

        location = opening.Location(url)
        if opening.exists(location):
            raise SettingError("PROFILEGATE_DATABASE", f"{location} exists already")
        opening.open_database(location, key_file, may_begin=True)
        return str(location)
    from profilegate.store.sqlite.database import is_missing, open_database

    path = sqlite_file(url)
    if not is_missing(path):
        raise SettingError("PROFILEGATE_DATABASE", f"{path} exists already")
    connection, _ = open_database(path, key_file, may_begin=True)
    connection.close()
    return str(path)


def check_database(url: str, key_file: Path, *, may_begin: bool = False) -> None:
    """
    Check that a store can be opened, or begun; migrate and create nothing.

    Raises:
        MasterKeyError, SettingError, StoreDamagedError, StoreUnavailableError: it cannot.
    """
    if is_postgresql(url):
        reject_missing_driver()
        from profilegate.store.postgresql import opening

        opening.check_database(opening.Location(url), key_file, may_begin=may_begin)
        return
    from profilegate.store.sqlite.database import check_database

    check_database(sqlite_file(url), key_file, may_begin=may_begin)


def reject_missing(url: str) -> None:
    """
    Check that there is a database.

    Raises:
        SettingError: there is none, or it cannot be opened.
    """
    if is_postgresql(url):
        reject_missing_driver()
        from profilegate.store.postgresql import opening

        location = opening.Location(url)
        if not opening.exists(location):
            raise SettingError(
                "PROFILEGATE_DATABASE", f"{location} is empty; begin it with: profilegate init"
            )
    elif not (path := sqlite_file(url)).exists():
        raise SettingError("PROFILEGATE_DATABASE", f"there is no file {path}")


def reject_missing_driver() -> None:
    """
    Check that the packages are installed that PostgreSQL needs.

    Raises:
        SettingError: one of them is missing.
    """
    try:
        import greenlet
        import psycopg
    except ImportError:
        raise SettingError(
            "PROFILEGATE_DATABASE",
            "PostgreSQL needs more packages; install profilegate[postgresql]",
        ) from None
    _ = greenlet, psycopg
