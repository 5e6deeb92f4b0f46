"""The plan of a run: who is asked for what, by how many, how often and how long."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.entrants import ONE_COMMIT, SERVE, Entrant, entrants
from benchmarks.slow_disk import slowed
from benchmarks.targets import CONNECTIONS
from benchmarks.work import (
    DIADOC,
    KRAKEN_MIX,
    KRAKEN_REJECTED,
    MACHNET,
    MACHNET_LARGE,
    MACHNET_SMALL,
    Work,
)

CONNECTIONS_QUICK = (1, 32)
CONNECTIONS_ALL = (1, 32, 256)
LARGE_CONNECTIONS = (1, 4)

# What else than the Kraken PATCH is asked, whom, and by how many.
OTHER_WORK = [
    ("gateway", KRAKEN_REJECTED, (CONNECTIONS,)),
    ("gateway", KRAKEN_MIX, CONNECTIONS_ALL),
    ("serve", KRAKEN_REJECTED, (CONNECTIONS,)),
    ("serve", KRAKEN_MIX, CONNECTIONS_ALL),
    ("serve", MACHNET, (CONNECTIONS,)),
    ("serve", MACHNET_SMALL, CONNECTIONS_ALL),
    ("serve", DIADOC, CONNECTIONS_ALL),
]
LARGE_WORK = [("serve", MACHNET_LARGE, LARGE_CONNECTIONS)]

Extras = Sequence[tuple[Entrant, Work, int]]


@dataclass(frozen=True, slots=True)
class Run:
    """How a run is done; ``slow`` are those on the slow disk, ``large`` is asked last."""

    entrants: Sequence[Entrant]
    slow: Sequence[Entrant]
    connections: Sequence[int]
    extras: Extras
    large: Extras
    rounds: int
    seconds: float
    is_quick: bool
    had_priority: bool


def plan(*, is_quick: bool, had_priority: bool) -> Run:
    """The ordinary run, or the quick one."""
    everybody = entrants()
    by_key = {entrant.key: entrant for entrant in everybody}
    connections = CONNECTIONS_QUICK if is_quick else CONNECTIONS_ALL

    def cases(work: Sequence[tuple[str, Work, Sequence[int]]], among: Sequence[int]) -> Extras:
        return [
            (by_key[key], one, many) for key, one, all_ in work for many in all_ if many in among
        ]

    return Run(
        entrants=everybody,
        slow=[slowed(entrant) for entrant in (SERVE, ONE_COMMIT, by_key["fastapi-sqlite"])],
        connections=connections,
        extras=cases(OTHER_WORK, connections),
        large=cases(LARGE_WORK, LARGE_CONNECTIONS),
        rounds=2 if is_quick else 4,
        seconds=0.4 if is_quick else 0.9,
        is_quick=is_quick,
        had_priority=had_priority,
    )
