"""What we want to reach, each beside what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import slow_disk
from benchmarks.figures import Case, Long, Results
from benchmarks.names import PROFILES
from benchmarks.work import KRAKEN, KRAKEN_REJECTED, Work

CONNECTIONS = 32
"""Where rates are compared."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target: ``by_cpu`` is the same ratio by CPU time, which others on the machine disturb
    less; None where it says nothing."""

    what: str
    wanted: str
    measured: float
    unit: str
    is_met: bool
    by_cpu: float | None = None


# The gateway's rate without a store, and with it, as a multiple of another's.
RATIOS = [
    ("no store: FastAPI", "gateway", "fastapi", 2.2),
    ("no store: Litestar", "gateway", "litestar", 1.4),
    ("no store: Falcon", "gateway", "falcon", 0.6),
    ("SQLite: Falcon, SQLAlchemy", "serve", "falcon-sqlite", 3.7),
    ("SQLite: FastAPI, SQLAlchemy", "serve", "fastapi-sqlite", 5.2),
    ("SQLite: stock Connexion, SQLAlchemy", "serve", "connexion-sqlite", 8),
    ("SQLite: bare ASGI function, same store", "serve", "bare-sqlite", 0.72),
    ("PostgreSQL: FastAPI, SQLAlchemy", "serve-postgresql", "fastapi-postgresql", 2.5),
    ("PostgreSQL: stock Connexion, SQLAlchemy", "serve-postgresql", "connexion-postgresql", 4),
    ("PostgreSQL: bare ASGI function, same store", "serve-postgresql", "bare-postgresql", 0.7),
]

# The same where a sync takes 2 ms longer: what group commit is for.
SLOW_DISK_RATIOS = [
    ("one commit for each request", "slow-serve", "slow-one-commit", 20),
    ("FastAPI, SQLAlchemy", "slow-serve", "slow-fastapi-sqlite", 20),
]

TAIL_MAX = 3
"""p99 of a durable update, in times of its p50."""

SYNC_EXTRA_MAX_MS = 0.5
REJECTED_MIN = 0.9
START_MAX_SECONDS = 1.0
START_MAX_IMPORTS = 2.5
IDLE_MEMORY_MAX_MB = 90
MANY_PROFILES_MIN = 0.9
GROWTH_MAX_PERCENT = 5


def targets(results: Results, long: Long | None) -> Iterator[Target]:
    """Every target of this run, and those of the long campaign, if there was one."""
    yield from _rates(results)
    if results.slow_disk is not None:
        yield from _slow_disk(results)
    yield from _starts(results)
    if long is not None:
        yield from _long(long)


def _rates(results: Results) -> Iterator[Target]:
    for what, ours, theirs, wanted in RATIOS:
        yield _ratio(results, what, _case(ours), _case(theirs), wanted)
    rejected = _case("gateway", KRAKEN_REJECTED)
    yield _ratio(
        results,
        "no store: error responses, of the accepted rate",
        rejected,
        _case("gateway"),
        REJECTED_MIN,
    )
    durable = results.median(_case("serve"))
    yield _most("SQLite: p99, in times of p50", durable.p99 / durable.p50, TAIL_MAX, "×")
    alone = results.median(Case("serve", KRAKEN.name, 1))
    extra = alone.p50 - results.sync.p50
    yield _most("SQLite, one connection: p50 less one sync", extra, SYNC_EXTRA_MAX_MS, "ms")


def _slow_disk(results: Results) -> Iterator[Target]:
    for what, ours, theirs, wanted in SLOW_DISK_RATIOS:
        left, right = (Case(key, KRAKEN.name, slow_disk.CONNECTIONS) for key in (ours, theirs))
        measured = results.ratio(left, right, lambda figure: figure.rate)
        # CPU time says nothing here: what costs is to wait.
        yield _least(f"slow disk, {slow_disk.CONNECTIONS} connections: {what}", measured, wanted)


def _starts(results: Results) -> Iterator[Target]:
    start = results.start_seconds
    yield _most("start to the first response", start, START_MAX_SECONDS, "s")
    imports = start / results.import_seconds
    yield _most("the same, in times of `import connexion`", imports, START_MAX_IMPORTS, "×")
    yield _most("idle memory", results.idle_memory, IDLE_MEMORY_MAX_MB, "MB")


def _long(long: Long) -> Iterator[Target]:
    what = f"SQLite: {long.profiles:,} profiles, of the rate with {PROFILES:,}"
    yield _least(what, long.rate_ratio, MANY_PROFILES_MIN, long.cpu_ratio)
    what = f"memory after {long.memories[-1].updates:,} updates: growth"
    yield _most(what, long.growth_percent, GROWTH_MAX_PERCENT, "%")


def _case(entrant: str, work: Work = KRAKEN) -> Case:
    return Case(entrant, work.name, CONNECTIONS)


def _ratio(results: Results, what: str, ours: Case, theirs: Case, wanted: float) -> Target:
    measured = results.ratio(ours, theirs, lambda figure: figure.rate)
    by_cpu = results.ratio(theirs, ours, lambda figure: figure.cpu_microseconds)
    return _least(what, measured, wanted, by_cpu)


def _least(what: str, measured: float, wanted: float, by_cpu: float | None = None) -> Target:
    return Target(what, f"≥ {wanted:g}", measured, "×", measured >= wanted, by_cpu)


def _most(what: str, measured: float, wanted: float, unit: str) -> Target:
    return Target(what, f"≤ {wanted:g}", measured, unit, measured <= wanted)
