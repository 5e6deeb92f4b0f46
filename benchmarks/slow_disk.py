"""A slow disk: what group commit is worth where a sync takes 2 ms longer.

``slow_disk.c`` is preloaded into the servers that keep something; they hear of nothing.
"""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.entrants import Entrant, serving
from benchmarks.figures import Case, Disk, Results
from benchmarks.rounds import Range
from benchmarks.servers import output_of
from benchmarks.work import KRAKEN

SOURCE = Path(__file__).with_suffix(".c")
DELAY_MS = 2.0

CONNECTIONS = 256
SECONDS_MIN = 2.0
"""With one commit for each request it takes half a second until everybody has a response."""


def build(folder: Path) -> Path | None:
    """
    The library to preload, seen to work; None where there is no C compiler.

    Raises:
        RuntimeError: SQLite's syncs do not go through it.
    """
    compiler = which("cc")
    if compiler is None:
        return None
    library = folder / "slow_disk.so"
    delay = f"-DDELAY_MICROSECONDS={1000 * DELAY_MS:.0f}"
    command = [compiler, "-shared", "-fPIC", "-O2", "-Wall", delay, "-o", str(library), str(SOURCE)]
    subprocess.run(command, check=True)
    see_slowness(library, folder)
    return library


def see_slowness(library: Path, folder: Path) -> Disk:
    """
    What a sync and a commit take when the library is preloaded.

    Raises:
        RuntimeError: no longer than else.
    """
    with TemporaryDirectory(dir=folder) as own:
        output = output_of(("-m", "benchmarks.disk"), Path(own), library)
    disk = msgspec.json.decode(output, type=Disk)
    if min(disk.sync.p50, disk.commit.p50) < DELAY_MS:
        raise RuntimeError(f"the slow disk is not slow: {disk}")
    return disk


def measure_slow_disk(
    everybody: Sequence[Entrant],
    library: Path,
    namespace: Path,
    folder: Path,
    rounds: int,
    results: Results,
) -> None:
    """
    Let them serve from a slow disk.

    Raises:
        RuntimeError: one of those who commit for each request is faster than the disk.
    """
    own = folder / "slow"
    own.mkdir()
    results.slow_disk = see_slowness(library, own)
    with serving(everybody, namespace, own, library) as servers:
        bench = Range(servers, own, SECONDS_MIN, results)
        bench.measure([(entrant, KRAKEN) for entrant in everybody], CONNECTIONS, rounds)
    for entrant in everybody:
        rate = results.median(case(entrant)).rate
        if entrant.commits_alone and rate > 1e3 / DELAY_MS:
            raise RuntimeError(f"{entrant.key} commits for several at once: {rate:.0f}/s")


def slowed(entrant: Entrant) -> Entrant:
    """The same on the slow disk, with figures of its own."""
    return replace(entrant, key=f"slow-{entrant.key}")


def case(entrant: Entrant) -> Case:
    """Where its figures are found."""
    return Case(entrant.key, KRAKEN.name, CONNECTIONS)
