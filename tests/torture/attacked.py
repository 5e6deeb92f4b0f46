"""The gateway under attack: a process of its own, and what it uses."""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.gateway_process import GatewayProcess
from tests.postgres import settings_for

DESCRIPTORS_MAX = 1024
"""The usual limit of a process."""

PATIENCE_SECONDS = 3600.0

LOG = "gateway.log"

QUIET = ("--demo", "--no-rate-limits")
"""The demo data; the providers' own rate limits would hide the gateway's."""


@contextmanager
def attacked_gateway(folder: Path, backend: str, *arguments: str) -> Iterator[GatewayProcess]:
    """A gateway with the demo data in a backend, and DESCRIPTORS_MAX descriptors."""
    arguments = (*QUIET, *arguments)
    with (
        settings_for(backend) as settings,
        GatewayProcess.serving(
            folder,
            *arguments,
            settings=settings,
            descriptors_max=DESCRIPTORS_MAX,
            patience_seconds=PATIENCE_SECONDS,
            log=folder / LOG,
        ) as process,
    ):
        for path in ("/", "/docs/kraken", "/docs/assets/swagger-ui-bundle.js"):
            process.send("GET", path)
        yield process


def memory_megabytes(process: GatewayProcess) -> float:
    """The resident memory of the gateway."""
    status = Path(f"/proc/{process.process.pid}/status").read_text("ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024 / 1e6


def cpu_seconds(process: GatewayProcess) -> float:
    """The time that the gateway has used, on all its threads."""
    threads = Path(f"/proc/{process.process.pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text("ascii").split()[0]) for thread in threads) / 1e9


def latencies(port: int, *, requests: int, pause_seconds: float) -> list[float]:
    """The seconds that a normal client waits for each of its requests, on one connection."""
    found = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(requests):
        began = time.perf_counter()
        try:
            connection.request("GET", "/specs/kraken.yaml", headers={"If-None-Match": "*"})
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            # A server may close an idle connection; clients open another one.
            connection.close()
            connection.request("GET", "/specs/kraken.yaml", headers={"If-None-Match": "*"})
            connection.getresponse().read()
        found.append(time.perf_counter() - began)
        time.sleep(pause_seconds)
    connection.close()
    return found


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
