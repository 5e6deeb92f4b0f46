"""The test double: its start, a test's namespace and its end, and what the journal costs.

``python -m benchmarks.double`` prints medians beside what is allowed, and ends with 1 if one is
not kept.
"""

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.compare import Side
from benchmarks.load import fire
from benchmarks.servers import GATEWAY, GATEWAY_FILES, ROOT, Server, keep_to_own_core
from benchmarks.work import KRAKEN

STARTS = 9
NAMESPACES = 300
ROUNDS = 15
SECONDS = 0.6
CONNECTIONS = 16
PROFILES = 2000
REQUESTS_MAX = 1500
"""For each connection and round, signed before the clock starts."""

START_MAX_SECONDS = 0.7
NAMESPACE_MAX_SECONDS = 0.005
DROP_MAX_SECONDS = 0.002
JOURNAL_RATE_MIN = 0.95
"""The durable updates that a second of CPU is enough for with a journal, beside those without."""

MEMORY_GROWTH_MAX_MEGABYTES = 10.0
"""What the journal's process may hold more than one without; all its rounds are 40,000 updates."""

START = """
import time
started = time.perf_counter()
from profilegate.testing.quick_start import quick_start
with quick_start():
    from profilegate.testing.contexts import close_gateways, shared_gateway
from profilegate.testing.double import Profilegate
Profilegate(shared_gateway()).url
print(time.perf_counter() - started)
close_gateways()
"""
"""What the first test that asks for the fixture waits for."""


def main() -> None:
    """Measure and print."""
    starts = [
        float(subprocess.run([sys.executable, "-c", START], capture_output=True, check=True).stdout)
        for _ in range(STARTS)
    ]
    makes, drops = _namespaces()
    rate, megabytes = _journal()
    rows = (
        ("first start, s", median(starts), "at most", START_MAX_SECONDS),
        ("a namespace with a user, s", median(makes), "at most", NAMESPACE_MAX_SECONDS),
        ("its end, s", median(drops), "at most", DROP_MAX_SECONDS),
        ("rate of durable updates with the journal", rate, "at least", JOURNAL_RATE_MIN),
        ("memory of the journal, MB", megabytes, "at most", MEMORY_GROWTH_MAX_MEGABYTES),
    )
    for title, found, which, bound in rows:
        print(f"{title:42} {found:8.4f}  {which} {bound}")
    sys.exit(any(f < bound if w == "at least" else f > bound for _, f, w, bound in rows))


def _journal() -> tuple[float, float]:
    """The rate with a journal beside that without, in one interleaved run; the memory it takes."""
    keep_to_own_core()
    seconds: dict[bool, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = {}
        for has_journal in (False, True):
            place = Path(folder) / str(has_journal)
            side = Side("new", ROOT, place)
            side.fill()
            more = ("--journal", "1000") if has_journal else ()
            server = servers[has_journal] = Server.start(
                (*GATEWAY, *GATEWAY_FILES, *more), place, checkout=ROOT
            )
            stack.callback(server.stop)
        for number in range(ROUNDS + 1):
            # The order alternates, so that a slow second hits either; the first round warms up.
            for has_journal in (False, True) if number % 2 else (True, False):
                took = _cpu_for_each(servers[has_journal])
                if number:
                    seconds[has_journal].append(took)
        memory = {which: server.memory_megabytes() for which, server in servers.items()}
    rate = median(off / on for off, on in zip(seconds[False], seconds[True], strict=True))
    return rate, memory[True] - memory[False]


def _cpu_for_each(server: Server) -> float:
    """Seconds of CPU time for each durable update."""
    streams = [
        list(islice(KRAKEN.requests(number, PROFILES), REQUESTS_MAX))
        for number in range(CONNECTIONS)
    ]
    before = server.precise_cpu_seconds()
    shot = fire(server.port, streams, SECONDS, may_repeat=False)
    return (server.precise_cpu_seconds() - before) / shot.statuses.total()


def _namespaces() -> tuple[list[float], list[float]]:
    from profilegate.testing.contexts import close_gateways, shared_gateway
    from profilegate.testing.double import Profilegate

    gateway = shared_gateway()
    makes, drops = [], []
    for _ in range(NAMESPACES):
        started = time.perf_counter()
        double = Profilegate(gateway)
        # Nothing is made before it is asked for; these are the namespace, a credential and a user.
        _ = double.machnet.client_id, double.machnet.user.id
        made = time.perf_counter()
        # A request is what the end has to clean up.
        double.machnet.user.show()
        before = time.perf_counter()
        double.drop()
        drops.append(time.perf_counter() - before)
        makes.append(made - started)
    close_gateways()
    return makes, drops


if __name__ == "__main__":
    main()
