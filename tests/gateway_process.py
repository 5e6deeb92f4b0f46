"""The real command line: ``python -m profilegate …`` in a process and a folder of its own.

::

    with GatewayProcess.serving(tmp_path, "--demo") as process:
        response = process.send("POST", "/UpdateMyUser", body=b"{}", headers=DIADOC)
        process.kill()
"""

import http.client
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import profilegate
from profilegate.profile.fields import Fields
from profilegate.store import ANY_TENANT, DEFAULT_NAMESPACE, AccountKey, accounts
from profilegate.store.sqlite import open_store
from tests.running_gateway import Response

CHECKOUT = Path(profilegate.__file__).parents[1]

DATABASE = "sqlite:///var/profiles.db"

PATIENCE_SECONDS = 60.0
"""After this time a process is killed; each of ours takes a tenth of it at most."""


def environment(checkout: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without settings of our own, with this checkout first in PYTHONPATH.

    The database is the same with the demo data and without it.
    """
    plain = {name: value for name, value in os.environ.items() if "PROFILEGATE_" not in name}
    ours = {"PROFILEGATE_DATABASE": DATABASE, "PYTHONPATH": str(checkout), "PYTHONUTF8": "1"}
    return {**plain, **ours, **(more or {})}


def run(
    folder: Path,
    *arguments: str,
    checkout: Path = CHECKOUT,
    settings: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "profilegate", *arguments],
        cwd=folder,
        env=environment(checkout, settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@dataclass(slots=True)
class GatewayProcess:
    """A gateway that serves in a folder with its database and its key.

    ``greeting`` is the first line that it prints once it listens.
    """

    folder: Path
    process: "subprocess.Popen[str]"
    greeting: str

    @classmethod
    @contextmanager
    def serving(
        cls,
        folder: Path,
        *arguments: str,
        settings: Mapping[str, str] | None = None,
        descriptors_max: int | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        log: Path | None = None,
        module: str = "profilegate",
    ) -> Iterator["GatewayProcess"]:
        """
        Serve on a free port until the block ends, or ``patience_seconds`` have passed.

        ``log`` is the file for a long log: a pipe that nobody reads is soon full. ``module`` is
        what Python runs.
        """

        def limit() -> None:
            if descriptors_max is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors_max, descriptors_max))

        with log.open("a") if log else nullcontext(subprocess.PIPE) as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", module, "serve", *arguments],
                cwd=folder,
                env=environment(CHECKOUT, {"PROFILEGATE_PORT": "0", **(settings or {})}),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                preexec_fn=limit,
            )
        watchdog = threading.Timer(patience_seconds, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            yield cls(folder, process, process.stdout.readline())
        finally:
            watchdog.cancel()
            process.kill()
            process.communicate()

    @property
    def port(self) -> int:
        """The port in the greeting."""
        return int(self.greeting.rsplit(":", 1)[1])

    def send(
        self,
        method: str,
        target: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, target, body, dict(headers or {}))
            with connection.getresponse() as response:
                shown = {name.lower(): value for name, value in response.getheaders()}
                return Response(response.status, shown, response.read())
        finally:
            connection.close()

    def kill(self) -> None:
        """Kill it with SIGKILL, without a shutdown."""
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def end(self, by: signal.Signals) -> tuple[int, str, str]:
        """Send a signal; the exit code and both streams since the greeting."""
        self.process.send_signal(by)
        code = self.process.wait(PATIENCE_SECONDS)
        # Not ``communicate``, which misses the text that was read ahead with the greeting.
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        return code, self.process.stdout.read(), self.process.stderr.read()


async def stored_fields(folder: Path, provider: str, external_id: str) -> Fields:
    """The stored fields of an account, read from the database in a folder without a gateway."""
    var = folder / "var"
    store = open_store(var / "profiles.db", key_file=var / "master.key", rules={})
    try:
        return await store.read(
            accounts.fields_of,
            AccountKey(DEFAULT_NAMESPACE, provider, external_id),
            ANY_TENANT,
        )
    finally:
        await store.close()


def dump_database(folder: Path) -> list[str]:
    """The database as SQL; equal values are sealed differently each time."""
    with closing(sqlite3.connect(folder / "var" / "profiles.db")) as connection:
        return list(connection.iterdump())
