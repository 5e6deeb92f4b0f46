"""The two sides of a copy: a SQLite file, and a PostgreSQL database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from profilegate.errors import SettingError, StoreUnavailableError
from profilegate.store.copying import TABLES, Place
from profilegate.store.failures import StatementError
from profilegate.store.opening import (
    is_postgresql,
    reject_missing,
    reject_missing_driver,
    sqlite_file,
)
from profilegate.store.session import Session

SOURCE: Final = "--from"
TARGET: Final = "--to"

IN_USE: Final = "stop the gateways that serve it first: what they write would be lost"

ENDING_MAX_SECONDS: Final = 2.0
"""How long the server may list a connection that its client has closed; we chose."""

_IDENTITY: Final = (
    "SELECT concat(oid, ' ', extract(epoch FROM pg_postmaster_start_time())) FROM pg_database"
    " WHERE datname = current_database()"
)
"""Tells databases of all servers apart, and needs no right: two servers do not start in one
microsecond."""


@contextmanager
def source_of(url: str, key_file: Path) -> Iterator[Place]:
    """
    The side that is copied; an older one is migrated first, as at a start.

    Raises:
        SettingError: there is none, or a process uses it.
        MasterKeyError: the key file does not belong to it.
    """
    reject_missing(url)
    with _opened(url, key_file, None) as place:
        yield place


@contextmanager
def target_of(url: str, key_file: Path, source: Place) -> Iterator[Place]:
    """
    The side that becomes a copy; it is created if it does not exist.

    Raises:
        SettingError: it cannot be opened, is the source itself, or a process uses it.
        MasterKeyError: the key file is missing.
    """
    with _opened(url, key_file, source) as place:
        yield place


@contextmanager
def _opened(url: str, key_file: Path, source: Place | None) -> Iterator[Place]:
    if is_postgresql(url):
        reject_missing_driver()
        opened = _in_postgresql(url, key_file, source)
    else:
        opened = _in_file(sqlite_file(url), key_file, source)
    with opened as place:
        yield place


def _option(identity: str, source: Place | None) -> str:
    """
    The option that names a side, which is the source if there is none yet.

    Raises:
        SettingError: it is the source once more.
    """
    if source is None:
        return SOURCE
    if identity == source.identity:
        raise SettingError(TARGET, "it is the source itself; name an empty database")
    return TARGET


@contextmanager
def _in_file(path: Path, key_file: Path, source: Place | None) -> Iterator[Place]:
    from profilegate.store.sqlite.backup import unused
    from profilegate.store.sqlite.database import open_database
    from profilegate.store.sqlite.session import keyless

    identity = ""
    if path.exists():
        status = path.stat()
        identity = f"{status.st_dev} {status.st_ino}"
    # First of all: to close the source's file a second time would release SQLite's locks on it.
    option = _option(identity, source)
    try:
        with unused(path):
            pass
    except SettingError:
        raise SettingError(option, f"a process uses {path}; {IN_USE}") from None
    connection, _ = open_database(path, key_file, may_begin=True)
    with closing(connection):
        session = keyless(connection)

        def latest() -> str:
            rows = session.rows("SELECT time FROM clock UNION ALL SELECT max(at) FROM events")
            return max(time or "" for (time,) in rows)

        def set_latest(time: str) -> None:
            session.run("UPDATE clock SET time = :time WHERE id = 1", time=time)

        # The write lock also keeps others from changing a source.
        transaction = partial(_transaction, session, "BEGIN IMMEDIATE")
        yield Place(str(path), identity, session, transaction, latest, set_latest)


def _has_others(session: Session) -> bool:
    """Whether another process of ours is connected; one that has just ended is not."""
    until = monotonic() + ENDING_MAX_SECONDS
    while True:
        others = session.rows(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'profilegate' AND pid <> pg_backend_pid()"
        )
        if not others or monotonic() > until:
            return bool(others)
        sleep(0.05)


@contextmanager
def _in_postgresql(url: str, key_file: Path, source: Place | None) -> Iterator[Place]:
    import psycopg

    from profilegate.store.postgresql import opening, state

    location = opening.Location(url)
    opening.open_database(location, key_file, may_begin=True)
    try:
        with opening.session_of(location) as session:
            ((identity,),) = session.rows(_IDENTITY)
            option = _option(identity, source)
            if _has_others(session):
                raise SettingError(option, f"a process uses {location}; {IN_USE}")

            def latest() -> str:
                ((number,),) = session.rows("SELECT last_value FROM latest_time")
                return state.text_of(number)

            def set_latest(time: str) -> None:
                session.rows("SELECT setval('latest_time', :time)", time=state.number_of(time))
                session.rows(
                    "SELECT setval(pg_get_serial_sequence('profile_keys', 'id'),"
                    " coalesce(max(id), 0) + 1, false) FROM profile_keys"
                )

            begin = ["BEGIN ISOLATION LEVEL REPEATABLE READ"]
            if option == SOURCE:
                # Nobody writes to it meanwhile.
                begin.append(f"LOCK TABLE {', '.join(each.name for each in TABLES)} IN SHARE MODE")
            transaction = partial(_transaction, session, *begin)
            yield Place(str(location), identity, session, transaction, latest, set_latest)
    except StatementError as error:
        raise StoreUnavailableError(f"{location} fails ({error})") from error
    except psycopg.Error as error:
        raise StoreUnavailableError(f"{location} does not accept a connection") from error


@contextmanager
def _transaction(session: Session, *begin: str) -> Iterator[None]:
    for sql in begin:
        session.run(sql)
    try:
        yield
    except BaseException:
        session.run("ROLLBACK")
        raise
    session.run("COMMIT")
