"""A gateway for tests in a process of its own, which serves a database that this one controls."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

GREETING = re.compile(r"http://[0-9.]+:[0-9]+")

STOP_TIMEOUT_SECONDS = 15.0
"""More than the time that a server gives its open requests."""


class GatewayStartError(RuntimeError):
    """The process ended before it listened."""


class GatewayProcess:
    """`profilegate serve --test-mode` on a folder's database; ``url`` is its address."""

    def __init__(self, folder: Path, *, limits: bool) -> None:
        yes_or_no = "" if limits else "no-"
        command = [sys.executable, "-m", "profilegate", "serve", "--test-mode", "--port", "0"]
        command += ["--database", f"sqlite:///{folder / 'profiles.db'}"]
        command += ["--key-file", str(folder / "master.key")]
        command += [f"--{yes_or_no}rate-limits", f"--{yes_or_no}lockouts"]
        self._token = secrets.token_urlsafe()
        environment = {**os.environ, "PROFILEGATE_ADMIN_TOKEN": self._token}
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environment
        )
        found = GREETING.search(next(iter(self._process.stdout or ()), ""))
        if found is None:
            self._process.wait(STOP_TIMEOUT_SECONDS)
            raise GatewayStartError("the gateway did not start; its message stands above")
        self.url = found[0]

    def store_exchanges(self) -> None:
        """Let it store the exchanges that it has in its memory: who asks for some gets all."""
        headers = {"Authorization": f"Bearer {self._token}"}
        asked = Request(f"{self.url}/journal?limit=1", headers=headers)  # noqa: S310 - it is ours
        with urlopen(asked, timeout=STOP_TIMEOUT_SECONDS) as response:  # noqa: S310
            response.read()

    def stop(self) -> None:
        """Stop it in order."""
        self._process.terminate()
        self._process.communicate(timeout=STOP_TIMEOUT_SECONDS)
