"""The tables of the report, in Markdown."""

from collections.abc import Iterator, Sequence

from benchmarks import slow_disk
from benchmarks.entrants import Entrant
from benchmarks.figures import Case, Disk, Figure, Long, Results
from benchmarks.names import PROFILES
from benchmarks.plan import Run
from benchmarks.targets import targets
from benchmarks.work import KRAKEN

COLUMNS = "connections | requests/s | µs CPU each | p50 ms | p99 ms |"
NUMBERS = "--:|--:|--:|--:|--:|"


def target_table(results: Results, long: Long | None) -> Iterator[str]:
    """What we want, beside what was measured."""
    yield "| | wanted | measured | by CPU | |"
    yield "|---|--:|--:|--:|---|"
    for one in targets(results, long):
        by_cpu = "" if one.by_cpu is None else f"{one.by_cpu:.2f} ×"
        outcome = "met" if one.is_met else "**not met**"
        yield (
            f"| {one.what} | {one.wanted} {one.unit} | {one.measured:.2f} {one.unit} | {by_cpu}"
            f" | {outcome} |"
        )


def entrant_table(run: Run, results: Results, entrants: Sequence[Entrant]) -> Iterator[str]:
    """Everybody under the Kraken PATCH."""
    yield f"| | {COLUMNS} memory MB |"
    yield f"|---|{NUMBERS}--:|"
    for connections in run.connections:
        for entrant in entrants:
            figure = results.median(Case(entrant.key, KRAKEN.name, connections))
            memory = results.memory[entrant.key]
            yield f"| {entrant.title} | {connections} | {_cells(figure)} | {memory:.0f} |"


def slow_disk_table(run: Run, results: Results) -> Iterator[str]:
    """Those who serve from the slow disk."""
    yield f"| | {COLUMNS}"
    yield f"|---|{NUMBERS}"
    for entrant in run.slow:
        case = slow_disk.case(entrant)
        yield f"| {entrant.title} | {case.connections} | {_cells(results.median(case))} |"


def extras_table(run: Run, results: Results) -> Iterator[str]:
    """Other work than the Kraken PATCH."""
    yield f"| work | server | {COLUMNS}"
    yield f"|---|---|{NUMBERS}"
    for entrant, work, connections in [*run.extras, *run.large]:
        figure = results.median(Case(entrant.key, work.name, connections))
        kept = "durable" if entrant.is_durable else "no store"
        yield f"| {work.name} | {kept} | {connections} | {_cells(figure)} |"


def disk_table(results: Results) -> Iterator[str]:
    """What was seen of start, memory and disk."""
    yield "| | |"
    yield "|---|--:|"
    start, imports = results.start_seconds, results.import_seconds
    yield f"| `profilegate serve` to its first response, a durable update | {start:.2f} s |"
    yield f"| `python -c 'import connexion'` | {imports:.2f} s |"
    yield f"| idle memory (RSS) after that response | {results.idle_memory:.0f} MB |"
    calmest = results.sync
    yield f"| 4 kB written in place and synced, the calmest round: p50 | {calmest.p50:.2f} ms |"
    yield f"| the same: p99 | {calmest.p99:.2f} ms |"
    if results.slow_disk is not None:
        yield from _slow_disk(results.slow_disk)


def _slow_disk(disk: Disk) -> Iterator[str]:
    yield f"| the same on the slow disk: p50 | {disk.sync.p50:.2f} ms |"
    yield f"| a commit of SQLite there: p50 | {disk.commit.p50:.2f} ms |"


def profiles_table(long: Long) -> Iterator[str]:
    """Few profiles beside many."""
    yield f"| profiles | {COLUMNS}"
    yield f"|--:|{NUMBERS}"
    for profiles, figure in ((PROFILES, long.few), (long.profiles, long.many)):
        yield f"| {profiles:,} | {long.connections} | {_cells(figure)} |"


def memory_table(long: Long) -> Iterator[str]:
    """What a server takes as updates go on."""
    yield "| updates | memory MB | database MB | its log MB |"
    yield "|--:|--:|--:|--:|"
    for one in long.memories:
        yield f"| {one.updates:,} | {one.memory:.1f} | {one.database:.0f} | {one.log:.0f} |"


def _cells(figure: Figure) -> str:
    return (
        f"{figure.rate:,.0f} | {figure.cpu_microseconds:,.0f} | {figure.p50:.2f} | {figure.p99:.2f}"
    )
