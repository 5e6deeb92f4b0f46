"""A client that openapi-python-client generates from a spec of the running gateway."""

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.specs.all_specs import SPECS

CONFIG = Path(__file__).with_name("openapi-python-client.yaml")
GENERATE_TIMEOUT_SECONDS = 60

# The gateway listens on loopback: a proxy of the environment is not used.
NO_PROXY = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
HTTPX_ARGS: Mapping[str, Any] = MappingProxyType({"trust_env": False})

_PROBLEM = re.compile(r"^WARNING parsing \w+ (\S+) within .+\n\n(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class PythonClient:
    """A generated package, the URL below which its paths are, and the output of the generator."""

    package: str
    url: str
    output: str
    opened: list[Any] = field(default_factory=list)

    @classmethod
    def generate(cls, name: str, folder: Path, url: str) -> "PythonClient":
        """Generate a provider's client in a folder of the import path."""
        package = f"generated_{name}"
        command = [
            *(sys.executable, "-m", "openapi_python_client", "generate"),
            *("--url", f"{url}/specs/{name}.json", "--config", str(CONFIG)),
            *("--meta", "none", "--output-path", str(folder / package)),
        ]
        done = subprocess.run(
            command,
            env={**os.environ, **NO_PROXY},
            capture_output=True,
            text=True,
            timeout=GENERATE_TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"no client for {name}:\n{done.stdout}{done.stderr}")
        return cls(package, url + SPECS[name].base_paths[0], done.stdout + done.stderr)

    @property
    def left_out(self) -> set[tuple[str, str]]:
        """The bodies that the client lacks: their paths, and the generator's reason."""
        found = set(_PROBLEM.findall(self.output))
        if len(found) != self.output.count("WARNING") + self.output.count("ERROR"):
            raise AssertionError(f"the generator printed something unexpected:\n{self.output}")
        return found

    @property
    def models(self) -> Any:
        """The classes of bodies and responses."""
        return importlib.import_module(f"{self.package}.models")

    def anonymous(self) -> Any:
        """A client without credentials."""
        return self._open("Client", httpx_args=HTTPX_ARGS)

    def caller(self, header: str, token: str, **more: Any) -> Any:
        """A client with a credential in a header."""
        named = {"auth_header_name": header, "token": token, "prefix": ""}
        return self._open("AuthenticatedClient", **{**named, "httpx_args": HTTPX_ARGS, **more})

    def _open(self, kind: str, **named: Any) -> Any:
        client = getattr(importlib.import_module(self.package), kind)(self.url, **named)
        self.opened.append(client)
        return client

    def close(self) -> None:
        """Close the connections of all clients."""
        while self.opened:
            self.opened.pop().get_httpx_client().close()

    def call(self, operation: str, *arguments: Any, **named: Any) -> tuple[int, Any]:
        """Call an operation (``user.log_in``); the status and the typed body."""
        module = importlib.import_module(f"{self.package}.api.{operation}")
        response = module.sync_detailed(*arguments, **named)
        return int(response.status_code), response.parsed
