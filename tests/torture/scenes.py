"""A gateway on a failing disk, and a client that numbers its updates and counts what is lost."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.clients import INDIVIDUAL, JSON, MACHNET
from tests.gateway_process import GatewayProcess
from tests.gateway_process import run as run_command
from tests.running_gateway import Response
from tests.torture.failing_disk import FailingDisk
from tests.torture.results import Result

LOG = "stderr.log"
HEAL_MAX_SECONDS = 10.0

UNAVAILABLE = {"status": 503, "code": "SERVICE_UNAVAILABLE", "message": "Try again later"}


@dataclass(slots=True)
class Client:
    """A Machnet client that numbers its updates, and knows which were acknowledged."""

    process: GatewayProcess
    sent: int = 0
    acknowledged: list[int] = field(default_factory=list)
    rejected: int = 0
    others: list[str] = field(default_factory=list)
    """Responses that are neither 200 nor the provider's own 503 with Retry-After."""
    lost: int = 0

    def update(self) -> int:
        """Send one update; return its status."""
        self.sent += 1
        number = self.sent
        body = json.dumps({"zipcode": f"{number:05d}"}).encode()
        response = self.send("PATCH", body)
        if response.status == 200:
            self.acknowledged.append(number)
        return response.status

    def check(self) -> None:
        """The stored number is the last acknowledged one, or one that was sent after it."""
        response = self.send("GET", None)
        if response.status == 200:
            stored = int(response.json().get("zipcode", "0"))
            newest = self.acknowledged[-1] if self.acknowledged else 0
            self.lost += not newest <= stored <= self.sent

    def send(self, method: str, body: bytes | None) -> Response:
        """Send a request, and judge its response."""
        headers = {**MACHNET, **(JSON if body else {})}
        response = self.process.send(method, f"/users/{INDIVIDUAL}", body=body, headers=headers)
        is_right = response.status == 200 or (
            response.status == 503
            and response.json() == UNAVAILABLE
            and "retry-after" in response.headers
        )
        self.rejected += response.status == 503
        if not is_right:
            self.others.append(f"{method} {response.status} {response.body[:80]!r}")
        return response

    def heal(self) -> float:
        """The seconds until an update is acknowledged again."""
        began = time.monotonic()
        while self.update() != 200:
            if time.monotonic() - began > HEAL_MAX_SECONDS:
                break
            time.sleep(0.05)
        return time.monotonic() - began


@dataclass(slots=True)
class Scene:
    """One gateway on a failing disk, with the demo data."""

    folder: Path
    disk: FailingDisk
    result: Result

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[GatewayProcess]:
        """A gateway in the scene's folder."""
        with GatewayProcess.serving(
            self.folder,
            "--demo",
            "--no-rate-limits",
            *arguments,
            settings=self.disk.settings,
            log=self.folder / LOG,
            patience_seconds=300,
        ) as process:
            yield process

    @property
    def database(self) -> Path:
        """The database file."""
        return self.folder / "var" / "profiles.db"

    def restart_and_check(self, client: Client) -> None:
        """After a kill the acknowledged updates are there, and the audit finds nothing."""
        client.process.kill()
        with self.serving() as process:
            client.process = process
            client.check()

    def report(self, what: str, client: Client, healed: float) -> None:
        """Add a line about one kind of trouble."""
        audit = run_command(self.folder, "audit")
        is_good = (
            not client.lost
            and not client.others
            and healed <= HEAL_MAX_SECONDS
            and not audit.returncode
        )
        for other in client.others[:5]:
            print(f"  {what}: {other}")
        self.result.add(
            what,
            "0 lost",
            f"{len(client.acknowledged)} acknowledged, {client.rejected} × 503, "
            f"{len(client.others)} other responses, {client.lost} lost; heals in {healed:.1f} s; "
            f"audit {'clean' if not audit.returncode else 'not clean'}",
            is_good=is_good,
        )


def new_scenes(folder: Path, disk: FailingDisk, result: Result) -> Iterator[Scene]:
    """Scenes, each in an empty folder of its own; the demo data is loaded there."""
    number = 0
    while True:
        number += 1
        own = folder / f"scene-{number}"
        own.mkdir()
        scene = Scene(own, disk, result)
        with scene.serving():
            pass
        yield scene
