"""The command: ``python -m benchmarks`` measures everything and writes docs/performance.md."""

import argparse
import tempfile
from pathlib import Path

from benchmarks.entrants import Entrant, entrants, serving
from benchmarks.figures import Results
from benchmarks.report import Run, report, write
from benchmarks.rounds import Range
from benchmarks.servers import ROOT, keep_to_own_core
from benchmarks.start import measure_start
from benchmarks.targets import CONNECTIONS
from benchmarks.work import (
    DIADOC,
    KRAKEN,
    KRAKEN_MIX,
    KRAKEN_REFUSED,
    MACHNET,
    MACHNET_LARGE,
    MACHNET_SMALL,
    Work,
)
from benchmarks.world import make_world

PROFILES = 10_000
PROFILES_LARGE = 1_000_000
LARGE_DOCUMENT_CONNECTIONS = 4

EXTRAS = [
    ("gate", KRAKEN_REFUSED, CONNECTIONS),
    ("gate", KRAKEN_MIX, CONNECTIONS),
    ("serve", KRAKEN_REFUSED, CONNECTIONS),
    ("serve", KRAKEN_MIX, CONNECTIONS),
    ("serve", MACHNET, CONNECTIONS),
    ("serve", MACHNET_SMALL, CONNECTIONS),
    ("serve", MACHNET_LARGE, LARGE_DOCUMENT_CONNECTIONS),
    ("serve", DIADOC, CONNECTIONS),
]


def main() -> None:
    """Measure, print, and write."""
    arguments = _arguments()
    had_priority = keep_to_own_core()
    profiles = PROFILES_LARGE if arguments.large else PROFILES
    everybody = entrants(profiles)
    by_key = {entrant.key: entrant for entrant in everybody}
    run = Run(
        entrants=everybody,
        connections=(1, 32) if arguments.quick else (1, 32, 256),
        extras=[(by_key[key], work, connections) for key, work, connections in EXTRAS],
        profiles=profiles,
        rounds=2 if arguments.quick else 4,
        seconds=0.4 if arguments.quick else 1.5,
        is_quick=arguments.quick,
        had_priority=had_priority,
    )
    # Beside the checkout's own databases, and so on a disk: /tmp may lie in memory.
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as folder:
        results = _measure(run, Path(folder))
    print(report(run, results))
    if arguments.output:
        write(arguments.output, run, results)


def _measure(run: Run, folder: Path) -> Results:
    world = folder / "world"
    world.mkdir()
    _say(f"Making a world of {run.profiles:,} profiles")
    make_world(world, run.profiles)
    with serving(list(run.entrants), world, folder) as servers:
        bench = Range(servers, folder, run.profiles, run.seconds)
        _say("Checking that all of them accept and refuse the same")
        bench.check(run.entrants)
        for connections in run.connections:
            _say(f"{connections} connections")
            cases = [(entrant, KRAKEN) for entrant in run.entrants]
            bench.measure(cases + _others(run, connections), connections, run.rounds)
        bench.note_memory()
        _say("Large documents")
        large = LARGE_DOCUMENT_CONNECTIONS
        bench.measure(_others(run, large), large, run.rounds)
    _say("Starting and stopping")
    measure_start(world, folder, run.profiles, run.rounds + 1, bench.results)
    return bench.results


def _others(run: Run, connections: int) -> list[tuple[Entrant, Work]]:
    return [(entrant, work) for entrant, work, many in run.extras if many == connections]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a first look, in two minutes")
    parser.add_argument("--large", action="store_true", help="with a million profiles")
    parser.add_argument(
        "--output",
        type=Path,
        help="a folder for performance.md and its charts [default: docs; with --quick none]",
    )
    arguments = parser.parse_args()
    if arguments.output is None and not arguments.quick:
        arguments.output = ROOT / "docs"
    return arguments


def _say(what: str) -> None:
    print(f"-- {what}", flush=True)


if __name__ == "__main__":
    main()
