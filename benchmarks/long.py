"""The long campaign: a million profiles beside ten thousand, and memory over a million updates."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from math import ceil
from pathlib import Path
from shutil import copytree

import msgspec

from benchmarks.entrants import ACCEPTED, SERVE
from benchmarks.figures import Case, Long, Memory, Results
from benchmarks.load import fire
from benchmarks.machine import machine
from benchmarks.names import DATABASE
from benchmarks.namespace import make_namespace
from benchmarks.rounds import Range
from benchmarks.servers import Server
from benchmarks.work import KRAKEN

PROFILES = 1_000_000
UPDATES = 1_000_000
QUICK_SHARE = 20
"""The quick form has one of so many of both."""

CONNECTIONS = 32
SECONDS = 5.0

WARM_UP_UPDATES = 10_000
UPDATES_AT_ONCE = 25_000
"""So many are signed beforehand; the server idles meanwhile."""

NOTES = 10
"""How often memory is noted on the way."""

PATIENCE_SECONDS = 300.0

Say = Callable[[str], None]


def measure_long(namespace: Path, folder: Path, rounds: int, *, is_quick: bool, say: Say) -> Long:
    """Measure both; ``namespace`` is one of ten thousand profiles."""
    share = QUICK_SHARE if is_quick else 1
    profiles, updates = PROFILES // share, UPDATES // share
    large = folder / "large"
    large.mkdir()
    say(f"Making a namespace of {profiles:,} profiles")
    start = time.perf_counter()
    make_namespace(large, profiles)
    making_seconds = time.perf_counter() - start
    megabytes = _megabytes(large / DATABASE)
    say(f"{profiles:,} profiles beside {SERVE.profiles:,}")
    results = _beside(namespace, large, folder, profiles, rounds)
    few, many = (_case(number) for number in (SERVE.profiles, profiles))
    say(f"{updates:,} updates")
    seconds, memories = _memories(namespace, folder, updates)
    return Long(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=machine(),
        rounds=rounds,
        seconds=SECONDS,
        connections=CONNECTIONS,
        profiles=profiles,
        making_seconds=making_seconds,
        database_megabytes=megabytes,
        few=results.median(few),
        many=results.median(many),
        rate_ratio=results.ratio(many, few, lambda figure: figure.rate),
        cpu_ratio=results.ratio(few, many, lambda figure: figure.cpu_microseconds),
        updates_seconds=seconds,
        memories=memories,
    )


def read_long(file: Path) -> Long | None:
    """What was measured last; None if it never was."""
    return msgspec.json.decode(file.read_bytes(), type=Long) if file.exists() else None


def write_long(file: Path, long: Long) -> None:
    """Keep it, for the page is made anew more often than this is measured."""
    text = msgspec.json.encode(_rounded(msgspec.to_builtins(long)))
    file.write_bytes(msgspec.json.format(text, indent=2) + b"\n")


def _beside(namespace: Path, large: Path, folder: Path, profiles: int, rounds: int) -> Results:
    """Both are asked in turn, for users at random over all that they have."""
    small = folder / "small"
    copytree(namespace, small)
    namespaces = {SERVE.profiles: small, profiles: large}
    entrants = [replace(SERVE, key=_case(number).entrant, profiles=number) for number in namespaces]
    with ExitStack() as stack:
        servers = {}
        for entrant in entrants:
            servers[entrant.key] = Server.start(entrant.arguments, namespaces[entrant.profiles])
            stack.callback(servers[entrant.key].stop)
        bench = Range(servers, folder, SECONDS)
        bench.measure([(entrant, KRAKEN) for entrant in entrants], CONNECTIONS, rounds)
    return bench.results


def _case(profiles: int) -> Case:
    return Case(f"serve-{profiles}", KRAKEN.name, CONNECTIONS)


def _memories(namespace: Path, folder: Path, updates: int) -> tuple[float, list[Memory]]:
    """What a server takes as updates go on, and how long it was busy with them."""
    own = folder / "growth"
    copytree(namespace, own)
    server = Server.start(SERVE.arguments, own)
    try:
        done, seconds = 0, 0.0
        while done < WARM_UP_UPDATES:
            done += _update(server, WARM_UP_UPDATES)[0]
        memories = [_memory(server, own, 0)]
        done = 0
        for number in range(1, NOTES + 1):
            while (missing := number * updates // NOTES - done) > 0:
                count, lasted = _update(server, min(missing, UPDATES_AT_ONCE))
                done, seconds = done + count, seconds + lasted
            memories.append(_memory(server, own, done))
        return seconds, memories
    finally:
        server.stop()


def _update(server: Server, count: int) -> tuple[int, float]:
    """About so many updates, at least one: how many they were, and how long it took."""
    makers = [KRAKEN.requests(number, SERVE.profiles) for number in range(CONNECTIONS)]
    streams = [list(islice(maker, ceil(count / CONNECTIONS))) for maker in makers]
    shot = fire(server.port, streams, PATIENCE_SECONDS, may_repeat=False)
    if set(shot.statuses) != {ACCEPTED}:
        raise RuntimeError(f"the server answered {dict(shot.statuses)}")
    return shot.statuses[ACCEPTED], shot.seconds


def _memory(server: Server, folder: Path, updates: int) -> Memory:
    database = folder / DATABASE
    log = database.with_name(f"{DATABASE}-wal")
    return Memory(updates, server.memory_megabytes(), _megabytes(database), _megabytes(log))


def _megabytes(file: Path) -> float:
    return file.stat().st_size / 1e6


def _rounded(value: object) -> object:
    """The same with four digits that count; more would be noise."""
    match value:
        case float():
            return float(f"{value:.4g}")
        case dict():
            return {name: _rounded(one) for name, one in value.items()}
        case list():
            return [_rounded(one) for one in value]
    return value
