"""One process and two on one store: ``python -m benchmarks.processes [PROFILES]``.

Durable Kraken PATCHes over 32 connections, sent in turn to a gateway of one process and to one of
two, on SQLite and on PostgreSQL. All of them share one core, another one is the load's and
PostgreSQL's. Prints a table; the ratios are medians of the rounds'.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from shutil import copytree
from statistics import median
from typing import NamedTuple

from benchmarks.entrants import ACCEPTED
from benchmarks.figures import quantile
from benchmarks.load import fire
from benchmarks.names import DATABASE, KEY_FILE, PROFILES
from benchmarks.namespace import make_namespace
from benchmarks.postgresql import NAMESPACE, serving_postgresql
from benchmarks.servers import GATEWAY, ROOT, Server, keep_to_own_core
from benchmarks.work import KRAKEN

CONNECTIONS = 32
ROUNDS = 7
SECONDS = 1.0
RATE_MAX = 10_000
"""Requests that are signed for each second of a round."""

TAIL_MAX = 3
CPU_MAX = 1.15
"""What two processes may take, in times of one: p99 on SQLite, CPU on PostgreSQL."""


class Figure(NamedTuple):
    """One round; latencies in milliseconds, CPU of the gateway's processes in microseconds."""

    rate: float
    cpu: float
    p50: float
    p99: float
    longest: float


def main() -> None:
    """Measure and print."""
    profiles = int(sys.argv[1]) if len(sys.argv) > 1 else PROFILES
    keep_to_own_core()
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as name:
        folder = Path(name)
        print(
            "| store | profiles | processes | updates/s | µs CPU | p50 ms | p99 ms | longest ms |"
        )
        print("|---|--:|--:|--:|--:|--:|--:|--:|")
        with _sqlite(folder, profiles) as servers:
            one, two = _measure(servers, profiles, "SQLite")
            tail = median(b.p99 / a.p99 for a, b in zip(one, two, strict=True))
        with _postgresql(folder, profiles) as servers:
            one, two = _measure(servers, profiles, "PostgreSQL")
            cpu = median(b.cpu / a.cpu for a, b in zip(one, two, strict=True))
        print(f"\nSQLite: p99 of two processes {tail:.2f} times that of one, at most {TAIL_MAX}")
        print(f"PostgreSQL: CPU of two processes {cpu:.2f} times that of one, at most {CPU_MAX}")


@contextmanager
def _sqlite(folder: Path, profiles: int) -> Iterator[list[Server]]:
    """A gateway of one process, and one of two, each with a file of its own."""
    with ExitStack() as stack:
        servers = []
        for processes in (1, 2):
            own = folder / f"sqlite-{processes}"
            if processes == 1:
                own.mkdir()
                make_namespace(own, profiles)
                copytree(own, folder / "sqlite-2")
            servers.append(_serve(stack, own, f"sqlite:///{DATABASE}", processes))
        yield servers


@contextmanager
def _postgresql(folder: Path, profiles: int) -> Iterator[list[Server]]:
    keys = folder / "postgresql"
    with ExitStack() as stack:
        postgres = stack.enter_context(serving_postgresql(keys, profiles))
        urls = [postgres.create(f"processes-{processes}", NAMESPACE) for processes in (1, 2)]
        yield [_serve(stack, keys, url, number) for number, url in enumerate(urls, start=1)]


def _serve(stack: ExitStack, folder: Path, url: str, processes: int) -> Server:
    store = ("--database", url, "--key-file", KEY_FILE)
    server = Server.start((*GATEWAY, "--workers", str(processes), *store), folder)
    stack.callback(server.stop)
    return server


def _measure(servers: list[Server], profiles: int, store: str) -> list[list[Figure]]:
    figures: list[list[Figure]] = [[] for _ in servers]
    for number in range(ROUNDS + 1):
        order = list(zip(servers, figures, strict=True))
        for server, own in order if number % 2 else order[::-1]:
            figure = _measure_once(server, profiles)
            # The first round warms up.
            if number:
                own.append(figure)
    for processes, rounds in enumerate(figures, start=1):
        shown = Figure(*(median(values) for values in zip(*rounds, strict=True)))
        print(
            f"| {store} | {profiles:,} | {processes} | {shown.rate:,.0f} | {shown.cpu:.0f}"
            f" | {shown.p50:.1f} | {shown.p99:.1f} | {shown.longest:.1f} |",
            flush=True,
        )
    return figures


def _measure_once(server: Server, profiles: int) -> Figure:
    count = int(RATE_MAX * SECONDS / CONNECTIONS)
    streams = [list(islice(KRAKEN.requests(i, profiles), count)) for i in range(CONNECTIONS)]
    before = _cpu_seconds(server)
    shot = fire(server.port, streams, SECONDS, may_repeat=False)
    cpu = _cpu_seconds(server) - before
    if set(shot.statuses) != {ACCEPTED}:
        raise RuntimeError(f"the server answered {dict(shot.statuses)}")
    latencies = sorted(1e3 * latency for latency in shot.latencies)
    return Figure(
        rate=len(latencies) / shot.seconds,
        cpu=1e6 * cpu / shot.statuses.total(),
        p50=quantile(latencies, 0.50),
        p99=quantile(latencies, 0.99),
        longest=latencies[-1],
    )


def _cpu_seconds(server: Server) -> float:
    """Of the server and its workers."""
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return sum(
        int(thread.read_text("ascii").split()[0]) / 1e9
        for process in (str(pid), *children)
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat")
    )


if __name__ == "__main__":
    main()
