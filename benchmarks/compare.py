"""Compare this checkout with an older one: CPU time of the servers, in one interleaved run.

``python -m benchmarks.compare OLD_CHECKOUT`` serves both checkouts with this interpreter, each in
a process of its own on one core, and sends both the same work in turn, many times. It counts the
CPU time of the server for each request, which other work on the machine hardly changes, and prints
the median of the rounds' ratios beside what is allowed; it ends with 1 if one is worse.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.load import fire
from benchmarks.servers import (
    GATEWAY,
    GATEWAY_FILES,
    ROOT,
    Server,
    environment,
    keep_to_own_core,
)
from benchmarks.work import KRAKEN, KRAKEN_FORGED, KRAKEN_REJECTED, Work

ROUNDS = 15
STARTS = 9
SECONDS = 0.6
CONNECTIONS = 16
PROFILES = 2000
REQUESTS_MAX = 1500
"""For each connection and round, signed before the clock starts."""

IDLE_SECONDS = 0.5

MAKE = """
import importlib, pathlib, sys
for module, function in (("namespace", "make_namespace"), ("world", "make_world")):
    try:
        make = getattr(importlib.import_module(f"benchmarks.{module}"), function)
    except ImportError:
        continue
    make(pathlib.Path("."), int(sys.argv[1]))
    break
"""
"""Each checkout fills its own database; the module has had two names."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is compared: a kind of server (``store`` or ``no store``), its work, and its status."""

    title: str
    kind: str
    work: Work
    status: int
    rate_min: float
    """New requests in a second of CPU time, as a share of the old ones."""


ROWS = (
    Row("accepted, no store", "no store", KRAKEN, 200, 0.90),
    Row("rejected (400), no store", "no store", KRAKEN_REJECTED, 400, 0.92),
    Row("accepted and durable", "store", KRAKEN, 200, 0.96),
    Row("rejected (400)", "store", KRAKEN_REJECTED, 400, 0.92),
    Row("rejected (401)", "store", KRAKEN_FORGED, 401, 0.92),
)

START_MAX = 1.10
MEMORY_MAX = 1.05


@dataclass(slots=True)
class Side:
    """One checkout and a folder with its database."""

    name: str
    checkout: Path
    folder: Path

    def fill(self) -> None:
        """Make the database."""
        self.folder.mkdir()
        command = [sys.executable, "-c", MAKE, str(PROFILES)]
        subprocess.run(command, cwd=self.folder, env=environment(self.checkout), check=True)

    @contextmanager
    def serving(self, kind: str) -> Iterator[Server]:
        """Serve until the block ends."""
        arguments: Sequence[str] = (*GATEWAY, *GATEWAY_FILES)
        if kind == "no store":
            names = ("gateway", "gate")
            apps = self.checkout / "benchmarks" / "apps"
            name = next(name for name in names if (apps / f"{name}.py").exists())
            arguments = ("-m", "benchmarks.serve", f"apps.{name}")
        server = Server.start(arguments, self.folder, checkout=self.checkout)
        try:
            yield server
        finally:
            server.stop()


def main() -> int:
    """Measure and print; 1 if a ratio is worse than allowed."""
    if len(sys.argv) != 2:
        print("Name the checkout to compare with: python -m benchmarks.compare OLD_CHECKOUT")
        return 2
    keep_to_own_core()
    with tempfile.TemporaryDirectory() as folder:
        sides = [
            Side("old", Path(sys.argv[1]).resolve(), Path(folder) / "old"),
            Side("new", ROOT, Path(folder) / "new"),
        ]
        for side in sides:
            side.fill()
        is_good = _compare_requests(sides)
        return 0 if _compare_starts(sides) and is_good else 1


def _compare_requests(sides: Sequence[Side]) -> bool:
    times: Mapping[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with ExitStack() as stack:
        servers = {
            (side.name, kind): stack.enter_context(side.serving(kind))
            for side in sides
            for kind in ("no store", "store")
        }
        for number in range(ROUNDS + 1):
            for row in ROWS:
                # The order alternates, so that a slow second hits either.
                for side in sides if number % 2 else sides[::-1]:
                    seconds = _cpu_for_each(servers[side.name, row.kind], row)
                    # The first round warms up.
                    if number:
                        times[row.title][side.name].append(seconds)
    print(f"{'microseconds of CPU for each request':38} old    new   rate  at least")
    is_good = True
    for row in ROWS:
        old, new = times[row.title]["old"], times[row.title]["new"]
        rate = median(a / b for a, b in zip(old, new, strict=True))
        is_good = is_good and rate >= row.rate_min
        figures = f"{median(old) * 1e6:6.1f} {median(new) * 1e6:6.1f}  {rate:5.3f}  {row.rate_min}"
        print(f"{row.title:36} {figures}")
    return is_good


def _cpu_for_each(server: Server, row: Row) -> float:
    """Seconds of CPU time for each request of a row."""
    streams = [
        list(islice(row.work.requests(number, PROFILES), REQUESTS_MAX))
        for number in range(CONNECTIONS)
    ]
    before = server.precise_cpu_seconds()
    shot = fire(server.port, streams, SECONDS, may_repeat=False)
    seconds = server.precise_cpu_seconds() - before
    if shot.statuses.keys() != {row.status}:
        raise RuntimeError(f"{row.title}: the server answered {dict(Counter(shot.statuses))}")
    return seconds / shot.statuses.total()


def _compare_starts(sides: Sequence[Side]) -> bool:
    """CPU time until the first durable update is answered, and the memory that is taken then."""
    seconds: dict[str, list[float]] = defaultdict(list)
    megabytes: dict[str, list[float]] = defaultdict(list)
    for number in range(STARTS + 1):
        for side in sides if number % 2 else sides[::-1]:
            request = list(islice(KRAKEN.requests(0, PROFILES), 1))
            with side.serving("store") as server:
                fire(server.port, [request], IDLE_SECONDS, may_repeat=False)
                took = server.precise_cpu_seconds()
                time.sleep(IDLE_SECONDS)
                # The first start compiles the modules.
                if number:
                    seconds[side.name].append(took)
                    megabytes[side.name].append(server.memory_megabytes())
    start = median(n / o for o, n in zip(seconds["old"], seconds["new"], strict=True))
    memory = median(n / o for o, n in zip(megabytes["old"], megabytes["new"], strict=True))
    print(f"{'':38} old    new  ratio  at most")
    for title, values, ratio, most in (
        ("CPU seconds to the first response", seconds, start, START_MAX),
        ("idle memory, MB", megabytes, memory, MEMORY_MAX),
    ):
        old, new = median(values["old"]), median(values["new"])
        print(f"{title:36} {old:6.2f} {new:6.2f}  {ratio:5.3f}  {most}")
    return start <= START_MAX and memory <= MEMORY_MAX


if __name__ == "__main__":
    sys.exit(main())
