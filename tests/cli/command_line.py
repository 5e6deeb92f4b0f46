"""The command line, run in this process on a store in a temporary folder.

A real process takes half a second to start; ``tests/gateway_process.py`` starts those::

    cli.ask("profiles", "create", "name.given=Zoe").json()
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from click.testing import CliRunner

from profilegate.cli.main import main
from tests.running_gateway import RunningGateway

KRAKEN = ("kraken", "AA08N84GCPARUN7A")
MACHNET = ("machnet", "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e01")
NAVIXY = ("navixy", "1001")


@dataclass(frozen=True)
class Said:
    """The output and the exit code of a command."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON document that was printed."""
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """JSON documents, one on each line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class CommandLine:
    """A folder with a store and its key; ``database`` is the URL of a store that is elsewhere."""

    folder: Path
    database: str = ""

    @classmethod
    def beside(cls, gateway: RunningGateway) -> Self:
        """The command line on the store and the key of a gateway that runs."""
        return cls(gateway.folder, gateway.database_url)

    def ask(self, *arguments: str, stdin: str | None = None, store: str = "profiles.db") -> Said:
        """Run a command."""
        key_file = "master.key" if store == "profiles.db" else f"{store}.key"
        settings = {
            "PROFILEGATE_DATABASE": self.database or f"sqlite:///{self.folder / store}",
            "PROFILEGATE_KEY_FILE": str(self.folder / key_file),
            "PROFILEGATE_DEMO": "",
        }
        result = CliRunner(env=settings).invoke(main, arguments, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def done(self, *arguments: str) -> Any:
        """Run a command with ``--json`` that must succeed; the document that it prints."""
        said = self.ask(*arguments, "--json")
        assert (0, "") == (said.code, said.err)
        return said.json()

    def zoe(self) -> str:
        """Create a person with accounts at three providers; the id of the profile."""
        profile = self.done("accounts", "create", *KRAKEN, "--tenant", "demo", "name.given=Zoe")
        where = ("--profile", profile["id"])
        self.done("accounts", "create", *MACHNET, "--tenant", "demo-client", *where)
        self.done(
            "accounts", "create", *NAVIXY, *where,
            "account.login=zoe@example.com", "account.plugins:=[45]",
        )  # fmt: skip
        found: str = profile["id"]
        return found
