"""Start, idle memory, and what one sync of the disk costs."""

import os
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from shutil import copytree
from statistics import median

from benchmarks.figures import Results, Syncs, quantile
from benchmarks.load import fire
from benchmarks.servers import GATE, GATE_FILES, Server, seconds_of
from benchmarks.work import KRAKEN

SYNCS = 200
SYNC_BYTES = 4096
IDLE_SECONDS = 0.5


def measure_syncs(folder: Path) -> Syncs:
    """
    4 kB in place, and on the disk, again and again: the least that a commit can cost. A file
    that grows would also have its new length written down.
    """
    times = []
    descriptor = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT)
    try:
        os.write(descriptor, bytes(SYNC_BYTES * SYNCS))
        os.fsync(descriptor)
        for number in range(SYNCS):
            start = time.perf_counter()
            os.pwrite(descriptor, b"." * SYNC_BYTES, SYNC_BYTES * number)
            os.fdatasync(descriptor)
            times.append(time.perf_counter() - start)
    finally:
        os.close(descriptor)
    times.sort()
    return Syncs(1e3 * quantile(times, 0.50), 1e3 * quantile(times, 0.99))


def measure_start(world: Path, folder: Path, profiles: int, rounds: int, results: Results) -> None:
    """From the command to the first answer (a durable update), beside what its import takes."""
    own = folder / "start"
    copytree(world, own)
    starts, imports, memories = [], [], []
    for _ in range(rounds):
        imports.append(seconds_of(("-c", "import connexion")))
        request = list(islice(KRAKEN.requests(0, profiles), 1))
        seconds, memory = _start_once(own, [request])
        starts.append(seconds)
        memories.append(memory)
    results.start_seconds = median(starts)
    results.import_seconds = median(imports)
    results.idle_memory = median(memories)


def _start_once(folder: Path, requests: Sequence[Sequence[bytes]]) -> tuple[float, float]:
    start = time.perf_counter()
    server = Server.start((*GATE, *GATE_FILES), folder)
    try:
        shot = fire(server.port, requests, IDLE_SECONDS, may_repeat=False)
        seconds = time.perf_counter() - start
        if shot.statuses != {200: 1}:
            raise RuntimeError(f"the first answer was {dict(shot.statuses)}")
        time.sleep(IDLE_SECONDS)
        return seconds, server.memory_megabytes()
    finally:
        server.stop()
