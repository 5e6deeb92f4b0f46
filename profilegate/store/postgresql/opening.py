"""Opens a PostgreSQL database: connects, migrates it, and checks its master key."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg
from psycopg import conninfo

from profilegate.errors import MasterKeyError, SettingError, StoreUnavailableError
from profilegate.profile.times import utc_now
from profilegate.store.failures import StatementError
from profilegate.store.master_key import create_master_key, read_master_keys
from profilegate.store.postgresql.failures import store_error
from profilegate.store.postgresql.links import BlockingLink
from profilegate.store.postgresql.session import PostgresSession, lock_key
from profilegate.store.vault import Vault, VaultKeys
from profilegate.store.vault_keys import open_keys, write_first_keys

MIGRATIONS: Final = Path(__file__).parent / "migrations"

VERSION: Final = "version"
"""The row of ``meta`` with the number of the last migration."""

LATEST: Final = max(int(file.name[:4]) for file in MIGRATIONS.glob("*.sql"))
"""The number of our last migration."""

CONNECT_TIMEOUT_SECONDS: Final = 3
"""For each host of the URL: a request waits at most so long for a host that does not respond. It is
also the time in which a server on the same continent accepts a connection many times over."""

SETTINGS: Final = (
    "SET lock_timeout = '500ms'; SET statement_timeout = '8s';"
    " SET idle_in_transaction_session_timeout = '10s'; SET default_transaction_isolation ="
    " 'read committed'; SET client_encoding = 'UTF8'; SET bytea_output = 'hex';"
    " SET jit = off; SET client_min_messages = 'error';"
    " SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')"
)
"""A batch waits half a second for a row: below the second after which PostgreSQL looks for a
deadlock, and longer than the batches of ten other processes take. A statement takes milliseconds;
one of eight seconds shows a server that is too busy. A gateway that stops in the middle of a
transaction must not keep its rows. No setting of the server or of the role makes a commit less
durable than the server's disk, or its synchronous replica."""

OF_LONG_WORK: Final = (
    "SET lock_timeout = 0; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"
)
"""For audits, migrations and copies, which take as long as they take."""

NOT_DURABLE: Final = "SET synchronous_commit = off"
"""For tests."""


class Location:
    """Where a database is; its text shows no password."""

    def __init__(self, url: str) -> None:
        try:
            given = conninfo.conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            # The message would quote the URL, and so a password.
            raise _malformed() from None
        if _may_show_password(given):
            raise _malformed()
        self._parts: dict[str, Any] = {
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "application_name": "profilegate",
            "tcp_user_timeout": 10_000,
            "keepalives_idle": 30,
            **given,
        }

    def __str__(self) -> str:
        hosts = _list_of(self._parts, "host") or _list_of(self._parts, "hostaddr")
        ports = _list_of(self._parts, "port") or [""]
        if len(ports) == 1:
            ports *= max(1, len(hosts))
        # A socket's folder is escaped in libpq's URLs, an address of IPv6 in brackets.
        names = [f"[{host}]" if ":" in host else quote(host, safe="") for host in hosts]
        places = [
            f"{name}:{port}" if port else name
            for name, port in zip_longest(names, ports, fillvalue="")
        ]
        return f"postgresql://{','.join(places)}/{self._parts.get('dbname', '')}"

    def __repr__(self) -> str:
        return f"Location({str(self)!r})"

    def connect(self, *more: str) -> psycopg.Connection[Any]:
        """
        Connect; it blocks. ``more`` are further settings of the session.

        Raises:
            psycopg.Error: there is no connection.
        """
        connection = psycopg.Connection.connect(**self._parts, autocommit=True)
        try:
            for sql in (SETTINGS, *more):
                connection.execute(sql)
        except psycopg.Error:
            connection.close()
            raise
        return connection


def open_database(location: Location, key_file: Path, *, may_begin: bool = False) -> Vault:
    """
    Migrate a database as needed, and open its vault.

    The first start creates the tables and the key file. If only the tables are missing, the URL may
    be wrong, or the database is lost: then ``may_begin`` permits to begin anew.

    Raises:
        MasterKeyError: the key file is unusable, or the database is sealed with another key.
        SettingError: there is no connection, the database is lost, or a newer Profilegate wrote it.
    """
    try:
        with closing(location.connect(OF_LONG_WORK)) as connection:
            # Until the connection ends.
            connection.execute("SELECT pg_advisory_lock(%s)", [lock_key("migrations")])
            if _version(connection) == 0:
                _reject_lost(location, key_file, may_begin=may_begin)
                create_master_key(key_file)
            master_key = read_master_keys(key_file)[0]
            _migrate(connection, location, master_key)
        return open_vault(location, key_file)
    except psycopg.Error as error:
        raise _not_opened(location, error) from None
    except StatementError as error:
        raise store_error(error) from error


def check_database(location: Location, key_file: Path, *, may_begin: bool = False) -> None:
    """
    Check that a database can be opened, or begun; migrate and create nothing.

    Raises:
        MasterKeyError, SettingError: as ``open_database``.
    """
    try:
        with closing(location.connect()) as connection:
            found = _version(connection)
            _reject_newer(location, found)
        if found == 0:
            _reject_lost(location, key_file, may_begin=may_begin)
        else:
            open_vault(location, key_file)
    except psycopg.Error as error:
        raise _not_opened(location, error) from None
    except StatementError as error:
        raise store_error(error) from error


def open_vault(location: Location, key_file: Path) -> Vault:
    """
    The vault of a database, which reads its keys again when another process replaced them.

    Raises:
        MasterKeyError: the key file is unusable, or the database is sealed with another key.
    """

    def load() -> VaultKeys:
        with session_of(location) as session:
            try:
                return open_keys(session, read_master_keys(key_file), location)
            except MasterKeyError:
                # A rotation may have replaced one between the two reads.
                return open_keys(session, read_master_keys(key_file), location)

    def load_later() -> VaultKeys:
        try:
            return load()
        except psycopg.Error as error:
            raise StoreUnavailableError from error

    return Vault(load(), load_later)


def exists(location: Location) -> bool:
    """
    Whether the database has our tables.

    Raises:
        SettingError: there is no connection.
    """
    try:
        with closing(location.connect()) as connection:
            return _version(connection) > 0
    except psycopg.Error as error:
        raise _not_opened(location, error) from None


@contextmanager
def session_of(location: Location) -> Iterator[PostgresSession]:
    """
    A session on a connection of its own, for long work in a thread; it has no vault.

    Raises:
        psycopg.Error: there is no connection.
    """
    link = BlockingLink(location.connect(OF_LONG_WORK))
    try:
        yield PostgresSession(link, Vault(VaultKeys.random()), {}, utc_now())
    finally:
        link.close()


def _list_of(parts: Mapping[str, Any], name: str) -> list[str]:
    text = str(parts.get(name) or "")
    return text.split(",") if text else []


def _may_show_password(parts: Mapping[str, Any]) -> bool:
    """
    Whether libpq takes a password that is not escaped for something else, which errors show.

    ``u:a@b@host`` has the host ``b@host``; ``u:a/b@host`` the port ``a`` and a database.
    """
    ports = [port for port in _list_of(parts, "port") if port]
    database = str(parts.get("dbname") or "")
    return (
        "@" in str(parts.get("host") or "")
        or not all(port.isdecimal() for port in ports)
        or ("@" in database and not parts.get("user"))
    )


def _malformed() -> SettingError:
    return SettingError(
        "PROFILEGATE_DATABASE",
        "it must look like postgresql://user@host:5432/database, with parameters of libpq only; "
        "escape special characters of a password with a percent sign (RFC 3986)",
    )


def _not_opened(location: Location, error: psycopg.Error) -> SettingError:
    # The message is libpq's, or the server's about our own constants: it quotes no value.
    reason = " ".join(str(error).split())
    return SettingError("PROFILEGATE_DATABASE", f"{location} cannot be opened: {reason}")


def _reject_lost(location: Location, key_file: Path, *, may_begin: bool) -> None:
    """
    Check that an empty database has never had our tables.

    Raises:
        SettingError: its key file exists.
    """
    if key_file.exists() and not may_begin:
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"{location} is empty, but there is the key {key_file}; check the URL, restore a "
            "backup (`pg_restore`), or begin with an empty database: `profilegate init`",
        )


def _migrate(connection: psycopg.Connection[Any], location: Location, master_key: bytes) -> None:
    """Apply the missing migrations, all of them in one transaction."""
    found, files = _version(connection), sorted(MIGRATIONS.glob("*.sql"))
    _reject_newer(location, found)
    missing = [file for file in files if int(file.name[:4]) > found]
    if not missing:
        return
    connection.execute("BEGIN")
    for file in missing:
        connection.execute(file.read_text("utf-8").encode())
    connection.execute(
        "INSERT INTO meta (name, value) VALUES (%s, %s)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [VERSION, str(LATEST).encode()],
    )
    link = BlockingLink(connection)
    session = PostgresSession(link, Vault(VaultKeys.random()), {}, utc_now())
    if found == 0:
        write_first_keys(session, VaultKeys.random(), master_key)
    session.run("COMMIT")


def _reject_newer(location: Location, found: int) -> None:
    if found > LATEST:
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"{location} was written by a newer Profilegate (its version {found}, ours {LATEST}); "
            "install that one",
        )


def _version(connection: psycopg.Connection[Any]) -> int:
    """The number of the last migration; 0 if there are no tables."""
    (table,) = connection.execute("SELECT to_regclass('vault_keys')").fetchone() or (None,)
    if table is None:
        return 0
    row = connection.execute("SELECT value FROM meta WHERE name = %s", [VERSION]).fetchone()
    return 0 if row is None else int(row[0])
