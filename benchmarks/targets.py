"""What we want to reach, each beside what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.figures import Case, Results
from benchmarks.work import KRAKEN, KRAKEN_REFUSED, Work

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


# The gate's rate without a store, and with it, as a multiple of another's.
RATIOS = [
    ("no store: stock Connexion", "gate", "connexion", 12),
    ("no store: FastAPI", "gate", "fastapi", 3),
    ("no store: Litestar", "gate", "litestar", 2.2),
    ("no store: Falcon", "gate", "falcon", 1.0),
    ("no store: bare ASGI function", "gate", "bare", 0.42),
    ("durable: FastAPI, SQLAlchemy", "serve", "fastapi-sql", 5),
    ("durable: stock Connexion, SQLAlchemy", "serve", "connexion-sql", 7),
    ("durable: bare ASGI function, same store", "serve", "bare-store", 0.65),
]

SYNC_EXTRA_MAX_MS = 0.5
REFUSED_MIN = 0.9
START_MAX_SECONDS = 1.0
START_MAX_IMPORTS = 2.5
IDLE_MEMORY_MAX_MB = 90


def targets(results: Results) -> Iterator[Target]:
    """Every target of this run."""
    for what, ours, theirs, wanted in RATIOS:
        yield _ratio(results, what, _case(ours), _case(theirs), wanted)
    refused = _case("gate", KRAKEN_REFUSED)
    yield _ratio(
        results, "no store: refusals, of the accepted rate", refused, _case("gate"), REFUSED_MIN
    )
    alone = results.median(Case("serve", KRAKEN.name, 1))
    extra = alone.p50 - results.sync.p50
    yield _most("durable, one connection: p50 less one sync", extra, SYNC_EXTRA_MAX_MS, "ms")
    start = results.start_seconds
    yield _most("start to the first answer", start, START_MAX_SECONDS, "s")
    imports = start / results.import_seconds
    yield _most("the same, in times of `import connexion`", imports, START_MAX_IMPORTS, "×")
    yield _most("idle memory", results.idle_memory, IDLE_MEMORY_MAX_MB, "MB")


def _case(entrant: str, work: Work = KRAKEN) -> Case:
    return Case(entrant, work.name, CONNECTIONS)


def _ratio(results: Results, what: str, ours: Case, theirs: Case, wanted: float) -> Target:
    measured = results.ratio(ours, theirs, lambda figure: figure.rate)
    by_cpu = results.ratio(theirs, ours, lambda figure: figure.cpu_microseconds)
    return Target(what, f"≥ {wanted:g}", measured, "×", measured >= wanted, by_cpu)


def _most(what: str, measured: float, wanted: float, unit: str) -> Target:
    return Target(what, f"≤ {wanted:g}", measured, unit, measured <= wanted)
