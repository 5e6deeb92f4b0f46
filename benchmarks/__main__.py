"""The command: ``python -m benchmarks`` measures everything and writes docs/performance.md."""

import argparse
import tempfile
from pathlib import Path

from benchmarks import slow_disk
from benchmarks.entrants import serving
from benchmarks.figures import Results
from benchmarks.long import measure_long, read_long, write_long
from benchmarks.namespace import make_namespace
from benchmarks.plan import Run, plan
from benchmarks.postgresql import serving_postgresql
from benchmarks.report import report, write
from benchmarks.rounds import Range
from benchmarks.servers import ROOT, keep_to_own_core
from benchmarks.start import measure_start
from benchmarks.work import KRAKEN

LONG = Path("performance") / "long.json"
"""Where the page keeps what the long campaign saw last."""


def main() -> None:
    """Measure, print, and write."""
    arguments = _arguments()
    output: Path | None = arguments.output
    run = plan(is_quick=arguments.quick, had_priority=keep_to_own_core())
    # Beside the checkout's own databases, and so on a disk: /tmp may lie in memory.
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as name:
        folder = Path(name)
        namespace = folder / "namespace"
        namespace.mkdir()
        make_namespace(namespace)
        long = read_long(output / LONG) if output else None
        results = _measure(run, namespace, folder)
        if output:
            write(output, run, results, long)
        if arguments.long:
            is_quick = arguments.quick
            long = measure_long(namespace, folder, run.rounds, is_quick=is_quick, say=_say)
            if output:
                write_long(output / LONG, long)
                write(output, run, results, long)
    print(report(run, results, long))


def _measure(run: Run, namespace: Path, folder: Path) -> Results:
    library = slow_disk.build(folder)
    with (
        serving_postgresql(folder / "namespace-postgresql") as postgres,
        serving(run.entrants, namespace, folder, postgres=postgres) as servers,
    ):
        bench = Range(servers, folder, run.seconds)
        _say("Checking that all of them accept and reject the same")
        bench.check(run.entrants)
        for connections in run.connections:
            _say(f"{connections} connections")
            cases = [(entrant, KRAKEN) for entrant in run.entrants]
            others = [(one, work) for one, work, many in run.extras if many == connections]
            bench.measure(cases + others, connections, run.rounds)
        bench.note_memory()
        _say("Large documents")
        for entrant, work, connections in run.large:
            bench.measure([(entrant, work)], connections, run.rounds)
    if library:
        _say("A slow disk")
        slow_disk.measure_slow_disk(run.slow, library, namespace, folder, run.rounds, bench.results)
    _say("Starting and stopping")
    measure_start(namespace, folder, run.rounds + 1, bench.results)
    return bench.results


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a first look, in two minutes")
    parser.add_argument(
        "--long",
        action="store_true",
        help="afterwards also a million profiles and a million updates",
    )
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
