"""The report: a page in Markdown and its charts, made from what was measured."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks import prism, slow_disk
from benchmarks.charts import CEILING, OTHERS, OURS, Bar, bar_chart
from benchmarks.entrants import POSTGRESQL, SQLITE
from benchmarks.figures import Case, Long, Results
from benchmarks.machine import machine, packages
from benchmarks.names import PROFILES
from benchmarks.plan import Run
from benchmarks.servers import CPUS
from benchmarks.tables import (
    disk_table,
    entrant_table,
    extras_table,
    memory_table,
    profiles_table,
    slow_disk_table,
    target_table,
)
from benchmarks.targets import CONNECTIONS
from benchmarks.work import KRAKEN

OTHERS_MAX = 0.1
"""How much of the server's core others may take before rates say little."""

CHARTS = {
    "": "Validated Kraken PATCH, nothing kept: requests a second",
    SQLITE: "Validated Kraken PATCH, durable in SQLite: requests a second",
    POSTGRESQL: "Validated Kraken PATCH, durable in PostgreSQL: requests a second",
}
"""Title of a chart -> by the store of those in it."""


def report(run: Run, results: Results, long: Long | None) -> str:
    """The page; ``long`` may be of another day."""
    return "\n".join(
        [
            *_head(run),
            "",
            "## Targets",
            "",
            f"At {CONNECTIONS} connections, where nothing else is said. *by CPU* is the same ratio"
            " in CPU time for each request, which whatever else runs on the machine disturbs less.",
            "",
            *target_table(results, long),
            "",
            "## Nothing kept",
            "",
            "The Kraken PATCH (about 700 bytes, all fields, 262 country codes in four places),"
            " validated and answered. All but the bare function and Prism look up the key, verify"
            " the signature (HMAC-SHA512) and check that the nonce grows; keys lie in memory.",
            "",
            f"![{CHARTS['']}](performance/no-store.svg)",
            "",
            *entrant_table(run, results, [e for e in run.entrants if not e.is_durable]),
            "",
            "## On the disk before the response",
            "",
            f"{PROFILES:,} profiles. All but the bare function look up the key, verify the"
            " signature, and use up the nonce in the transaction of the update. Profilegate seals"
            " what it keeps (AES-256-GCM), writes a history, and commits for all who wait at once."
            " The others keep plain JSON by SQLAlchemy 2, one commit for each request.",
            "",
            "### SQLite",
            "",
            "WAL, `synchronous = FULL`. The others write in worker threads, one at a time.",
            "",
            f"![{CHARTS[SQLITE]}](performance/sqlite.svg)",
            "",
            *entrant_table(run, results, [e for e in run.entrants if e.store == SQLITE]),
            "",
            "### PostgreSQL",
            "",
            "One server for all, on the core of the load: `fsync` and `synchronous_commit` are on."
            " The others use SQLAlchemy's asyncio and asyncpg, and lock the rows that they change."
            " CPU is that of the gateway or the application, without PostgreSQL's own.",
            "",
            f"![{CHARTS[POSTGRESQL]}](performance/postgresql.svg)",
            "",
            *entrant_table(run, results, [e for e in run.entrants if e.store == POSTGRESQL]),
            "",
            "## On a slow disk",
            "",
            *_slow_disk(run, results),
            "",
            "## Other work",
            "",
            *extras_table(run, results),
            "",
            "## Start, memory, disk",
            "",
            *disk_table(results),
            "",
            "## A million",
            "",
            *_long(long),
            "",
            "## How it was measured",
            "",
            *_how(run, results),
        ]
    )


def charts(run: Run, results: Results) -> dict[str, str]:
    """Each chart by its name."""
    return {
        store.lower() or "no-store": bar_chart(
            f"{title}, {CONNECTIONS} connections",
            [
                Bar(
                    _plain(entrant.title),
                    results.median(Case(entrant.key, KRAKEN.name, CONNECTIONS)).rate,
                    OURS if entrant.is_ours else OTHERS if entrant.checks else CEILING,
                )
                for entrant in run.entrants
                if entrant.store == store
            ],
        )
        for store, title in CHARTS.items()
    }


def write(folder: Path, run: Run, results: Results, long: Long | None) -> None:
    """The page and its charts, into a folder."""
    pictures = folder / "performance"
    pictures.mkdir(parents=True, exist_ok=True)
    (folder / "performance.md").write_text(report(run, results, long) + "\n", "utf-8")
    for name, chart in charts(run, results).items():
        (pictures / f"{name}.svg").write_text(chart, "utf-8")


def _head(run: Run) -> list[str]:
    arguments = ' ARGS="--quick"' if run.is_quick else ""
    quick = (
        " The quick form: few and short rounds, so small differences say nothing."
        if run.is_quick
        else ""
    )
    found = prism.version()
    return [
        "# Performance",
        "",
        f"Made by `make bench{arguments}`, {datetime.now(UTC):%Y-%m-%d}; do not edit.{quick}",
        "What is measured and how stands in [`benchmarks/`](../benchmarks/README.md).",
        "",
        f"{machine()}; {packages()}{f', Prism {found}' if found else ''}.",
    ]


def _slow_disk(run: Run, results: Results) -> Iterator[str]:
    if results.slow_disk is None:
        yield "Not measured: it needs a C compiler, `cc`."
        return
    yield (
        f"Each sync takes {slow_disk.DELAY_MS:g} ms longer, by a library that is preloaded: one"
        f" measured {results.slow_disk.sync.p50:.2f} ms, and one commit of SQLite"
        f" {results.slow_disk.commit.p50:.2f} ms. The second server is Profilegate whole, and only"
        " its writer commits for each request by itself."
    )
    yield ""
    yield from slow_disk_table(run, results)


def _long(long: Long | None) -> Iterator[str]:
    if long is None:
        yield "Not measured yet: `make bench ARGS=--long`."
        return
    yield f"Measured by `make bench ARGS=--long`, {long.date}, on {long.machine}."
    yield ""
    yield (
        f"`profilegate serve` with {PROFILES:,} profiles beside one with {long.profiles:,}, which"
        f" took {long.making_seconds:.0f} s to make ({long.database_megabytes:,.0f} MB): Kraken"
        f" PATCHes of users at random over all of them, {long.rounds} rounds of {long.seconds:g} s"
        f" in turn. Others took up to {max(long.few.others_share, long.many.others_share):.0%} of"
        " the server's core meanwhile."
    )
    yield ""
    yield from profiles_table(long)
    updates = long.memories[-1].updates
    yield ""
    yield (
        f"One that is warm, and then gets {updates:,} Kraken PATCHes for {PROFILES:,} profiles, was"
        f" busy for {long.updates_seconds:.0f} s ({updates / long.updates_seconds:,.0f} a second)."
        " The database grows by what each profile's history keeps."
    )
    yield ""
    yield from memory_table(long)


def _how(run: Run, results: Results) -> Iterator[str]:
    medians = [results.median(case) for case in results.figures]
    load = max(figure.load_share for figure in medians)
    others = max(figure.others_share for figure in medians)
    is_busy = median(figure.others_share for figure in medians) > OTHERS_MAX
    busy = " That is much: trust the ratios by CPU only." if is_busy else ""
    cores = "one core for the server, another for the load" if len(CPUS) > 1 else "one core"
    priority = "before" if run.had_priority else "beside"
    yield (
        f"- {run.rounds} rounds of {run.seconds:g} s for each server, in turn and then in the"
        " opposite order; every figure is the median, every ratio the median of the rounds'"
        " ratios."
    )
    yield (
        f"- {cores}, {priority} whatever else ran on the machine, which took up to"
        f" {others:.0%} of the server's core; the load took up to {load:.0%} of its own.{busy}"
    )
    yield (
        "- Each server first accepts a valid body and rejects five invalid ones, a wrong signature"
        " and a used nonce (the bare functions none of them, Prism the bodies), or the run ends."
    )
    yield (
        "- CPU time is that of the whole process, writer thread included (`/proc/PID/stat`);"
        " memory is RSS after all of it but the large documents."
    )
    yield "- Uvicorn, uvloop and httptools with the same settings for all who are Python."
    if prism.version() is None:
        yield "- Prism, which only validates, is not measured: `make bench` found no Node."


def _plain(title: str) -> str:
    return title.replace("*", "").replace("`", "")
