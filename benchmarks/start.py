"""Start: how long until the first response, and what memory is taken then."""

import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from shutil import copytree
from statistics import median

from benchmarks.figures import Results
from benchmarks.load import fire
from benchmarks.names import PROFILES
from benchmarks.servers import GATEWAY, GATEWAY_FILES, Server, seconds_of
from benchmarks.work import KRAKEN

IDLE_SECONDS = 0.5


def measure_start(namespace: Path, folder: Path, rounds: int, results: Results) -> None:
    """From the command to the first response (a durable update), beside what its import takes."""
    own = folder / "start"
    copytree(namespace, own)
    starts, imports, memories = [], [], []
    for _ in range(rounds):
        imports.append(seconds_of(("-c", "import connexion")))
        request = list(islice(KRAKEN.requests(0, PROFILES), 1))
        seconds, memory = _start_once(own, [request])
        starts.append(seconds)
        memories.append(memory)
    results.start_seconds = median(starts)
    results.import_seconds = median(imports)
    results.idle_memory = median(memories)


def _start_once(folder: Path, requests: Sequence[Sequence[bytes]]) -> tuple[float, float]:
    start = time.perf_counter()
    server = Server.start((*GATEWAY, *GATEWAY_FILES), folder)
    try:
        shot = fire(server.port, requests, IDLE_SECONDS, may_repeat=False)
        seconds = time.perf_counter() - start
        if shot.statuses != {200: 1}:
            raise RuntimeError(f"the first response was {dict(shot.statuses)}")
        time.sleep(IDLE_SECONDS)
        return seconds, server.memory_megabytes()
    finally:
        server.stop()
