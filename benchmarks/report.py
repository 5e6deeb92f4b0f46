"""The report: tables in Markdown and charts, made from a run's results."""

import os
import platform
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.charts import CEILING, OTHERS, OURS, Bar, bar_chart
from benchmarks.entrants import Entrant
from benchmarks.figures import Case, Figure, Results
from benchmarks.servers import CPUS
from benchmarks.targets import CONNECTIONS, targets
from benchmarks.work import KRAKEN, Work

PACKAGES = (
    "connexion starlette uvicorn uvloop httptools jsonschema-rs msgspec cryptography "
    "fastapi pydantic litestar falcon SQLAlchemy"
).split()

OTHERS_MAX = 0.1
"""How much of the server's core others may take before rates say little."""

CHARTS = {
    "no-store": "Validated Kraken PATCH, nothing kept: requests a second",
    "durable": "Validated Kraken PATCH, on the disk before the answer: requests a second",
}


@dataclass(frozen=True, slots=True)
class Run:
    """How a run was done."""

    entrants: Sequence[Entrant]
    connections: Sequence[int]
    extras: Sequence[tuple[Entrant, Work, int]]
    profiles: int
    rounds: int
    seconds: float
    is_quick: bool
    had_priority: bool


def report(run: Run, results: Results) -> str:
    """The page."""
    return "\n".join(
        [
            *_head(run),
            "",
            "## Targets",
            "",
            f"At {CONNECTIONS} connections. *by CPU* is the same ratio in CPU time for each"
            " request, which whatever else runs on the machine disturbs less.",
            "",
            *_targets(results),
            "",
            "## Nothing kept",
            "",
            "The Kraken PATCH (about 700 bytes, all fields, 262 country codes in four places),"
            " validated and answered. Profilegate looks the key up in its database and verifies"
            " HMAC and nonce besides; the others let everybody in.",
            "",
            f"![{CHARTS['no-store']}](performance/no-store.svg)",
            "",
            *_table(run, results, [e for e in run.entrants if not e.is_durable]),
            "",
            "## On the disk before the answer",
            "",
            f"{run.profiles:,} profiles. Profilegate seals what it keeps (AES-256-GCM), uses up the"
            " nonce in the same transaction, and commits for all who wait at once. The others keep"
            " plain JSON by SQLAlchemy 2 in SQLite (WAL, `synchronous = FULL`), one commit for each"
            " request, in a worker thread, one at a time.",
            "",
            f"![{CHARTS['durable']}](performance/durable.svg)",
            "",
            *_table(run, results, [e for e in run.entrants if e.is_durable]),
            "",
            "## Other work",
            "",
            *_extras(run, results),
            "",
            "## Start, memory, disk",
            "",
            "| | |",
            "|---|--:|",
            f"| `profilegate serve` to its first answer, a durable update |"
            f" {results.start_seconds:.2f} s |",
            f"| `python -c 'import connexion'` | {results.import_seconds:.2f} s |",
            f"| idle memory (RSS) after that answer | {results.idle_memory:.0f} MB |",
            "| 4 kB written in place and synced, the calmest round: p50 |"
            f" {results.sync.p50:.2f} ms |",
            f"| the same: p99 | {results.sync.p99:.2f} ms |",
            "",
            "## How it was measured",
            "",
            *_how(run, results),
        ]
    )


def charts(run: Run, results: Results) -> dict[str, str]:
    """Each chart by its name."""
    return {
        name: bar_chart(
            f"{title}, {CONNECTIONS} connections",
            [
                Bar(
                    _plain(entrant.title),
                    results.median(Case(entrant.key, KRAKEN.name, CONNECTIONS)).rate,
                    OURS if entrant.is_ours else OTHERS if entrant.checks else CEILING,
                )
                for entrant in run.entrants
                if entrant.is_durable == (name == "durable")
            ],
        )
        for name, title in CHARTS.items()
    }


def write(folder: Path, run: Run, results: Results) -> None:
    """The page and its charts, into a folder."""
    pictures = folder / "performance"
    pictures.mkdir(parents=True, exist_ok=True)
    (folder / "performance.md").write_text(report(run, results) + "\n", "utf-8")
    for name, chart in charts(run, results).items():
        (pictures / f"{name}.svg").write_text(chart, "utf-8")


def _head(run: Run) -> list[str]:
    arguments = ' ARGS="--quick"' if run.is_quick else ""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    quick = (
        " The quick form: few and short rounds, so small differences say nothing."
        if run.is_quick
        else ""
    )
    return [
        "# Performance",
        "",
        f"Made by `make bench{arguments}`, {datetime.now(UTC):%Y-%m-%d}; do not edit.{quick}",
        "What is measured and how stands in [`benchmarks/`](../benchmarks/README.md).",
        "",
        f"{_cpu_model()}, {os.cpu_count()} cores, {platform.system()} {_kernel()},"
        f" {platform.python_implementation()} {platform.python_version()}; {packages}.",
    ]


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _kernel() -> str:
    """The kernel's version without what its builder added."""
    found = re.match(r"[0-9.]+", platform.release())
    return found[0] if found else platform.release()


def _targets(results: Results) -> Iterator[str]:
    yield "| | wanted | measured | by CPU | |"
    yield "|---|--:|--:|--:|---|"
    for one in targets(results):
        by_cpu = "" if one.by_cpu is None else f"{one.by_cpu:.2f} ×"
        verdict = "met" if one.is_met else "**not met**"
        yield (
            f"| {one.what} | {one.wanted} {one.unit} | {one.measured:.2f} {one.unit} | {by_cpu}"
            f" | {verdict} |"
        )


def _table(run: Run, results: Results, entrants: Sequence[Entrant]) -> Iterator[str]:
    yield "| | connections | requests/s | µs CPU each | p50 ms | p99 ms | memory MB |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for connections in run.connections:
        for entrant in entrants:
            figure = results.median(Case(entrant.key, KRAKEN.name, connections))
            memory = results.memory[entrant.key]
            yield f"| {entrant.title} | {connections} | {_cells(figure)} | {memory:.0f} |"


def _extras(run: Run, results: Results) -> Iterator[str]:
    yield "| work | server | connections | requests/s | µs CPU each | p50 ms | p99 ms |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for entrant, work, connections in run.extras:
        figure = results.median(Case(entrant.key, work.name, connections))
        kept = "durable" if entrant.is_durable else "no store"
        yield f"| {work.name} | {kept} | {connections} | {_cells(figure)} |"


def _cells(figure: Figure) -> str:
    return (
        f"{figure.rate:,.0f} | {figure.cpu_microseconds:,.0f} | {figure.p50:.2f} | {figure.p99:.2f}"
    )


def _how(run: Run, results: Results) -> list[str]:
    medians = [results.median(case) for case in results.figures]
    load = max(figure.load_share for figure in medians)
    others = max(figure.others_share for figure in medians)
    is_busy = median(figure.others_share for figure in medians) > OTHERS_MAX
    busy = " That is much: trust the ratios by CPU only." if is_busy else ""
    cores = "one core for the server, another for the load" if len(CPUS) > 1 else "one core"
    priority = "before" if run.had_priority else "beside"
    return [
        f"- {run.rounds} rounds of {run.seconds:g} s for each server, in turn and then in the"
        " opposite order; every figure is the median, every ratio the median of the rounds'"
        " ratios.",
        f"- {cores}, {priority} whatever else ran on the machine, which took up to"
        f" {others:.0%} of the server's core; the load took up to {load:.0%} of its own.{busy}",
        "- Each server first accepts a valid body and refuses five invalid ones, or the run ends.",
        "- CPU time is that of the whole process, writer thread included (`/proc/PID/stat`);"
        " memory is RSS after all of it.",
        "- Uvicorn, uvloop and httptools with the same settings for all.",
        "- The others do not look at signatures; Prism, which only validates, is skipped: it needs"
        " Node.",
    ]


def _plain(title: str) -> str:
    return title.replace("*", "").replace("`", "").replace(", signature verified", "")
