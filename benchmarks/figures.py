"""Figures: what a shot says in numbers, and medians over rounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.load import Shot


@dataclass(frozen=True, slots=True)
class Figure:
    """One server under one work once: times in milliseconds, unless their name says more."""

    rate: float
    cpu_microseconds: float
    p50: float
    p99: float
    rejected: float
    load_share: float
    others_share: float

    @classmethod
    def of(cls, shot: Shot, cpu_seconds: float, busy_seconds: float, lasted: float) -> "Figure":
        """Numbers of a shot; both times on the server's core are those while it ``lasted``."""
        latencies = sorted(shot.latencies)
        responses = sum(shot.statuses.values())
        return cls(
            rate=len(latencies) / shot.seconds,
            cpu_microseconds=cpu_seconds / responses * 1e6,
            p50=1e3 * quantile(latencies, 0.50),
            p99=1e3 * quantile(latencies, 0.99),
            rejected=1 - shot.statuses[200] / responses,
            load_share=shot.load_cpu_seconds / lasted,
            others_share=max(0.0, busy_seconds - cpu_seconds) / lasted,
        )


@dataclass(frozen=True, slots=True)
class Syncs:
    """What one sync of the disk took, or one commit, in milliseconds."""

    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Disk:
    """What a process saw of its disk."""

    sync: Syncs
    commit: Syncs


@dataclass(frozen=True, slots=True)
class Case:
    """A server, a work, and how many connections."""

    entrant: str
    work: str
    connections: int


@dataclass(slots=True)
class Results:
    """All figures of a run; a case's figures stand in the order of the rounds.

    ``syncs`` were measured just before each round of the gateway with one connection; ``slow_disk``
    is what was seen of the slow one, None if there was none.
    """

    figures: dict[Case, list[Figure]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    syncs: list[Syncs] = field(default_factory=list)
    slow_disk: Disk | None = None
    start_seconds: float = 0.0
    import_seconds: float = 0.0
    idle_memory: float = 0.0

    @property
    def sync(self) -> Syncs:
        """The round in which the disk was least disturbed: only that one tells what it costs."""
        return min(self.syncs, key=lambda syncs: syncs.p50)

    def add(self, case: Case, figure: Figure) -> None:
        """One more round."""
        self.figures.setdefault(case, []).append(figure)

    def median(self, case: Case) -> Figure:
        """Each number's median over the rounds."""
        rounds = self.figures[case]
        return Figure(*(median(getattr(one, name) for one in rounds) for name in Figure.__slots__))

    def ratio(self, one: Case, other: Case, of: Callable[[Figure], float]) -> float:
        """The median of the rounds' ratios: what two neighbours in time said of each other."""
        pairs = zip(self.figures[one], self.figures[other], strict=True)
        return median(of(left) / of(right) for left, right in pairs)


@dataclass(frozen=True, slots=True)
class Memory:
    """A server after so many updates: its memory, its database and the database's log, in MB."""

    updates: int
    memory: float
    database: float
    log: float


@dataclass(frozen=True, slots=True)
class Long:
    """What the long campaign saw: ``few`` is ten thousand profiles, ``many`` are ``profiles``.

    Sizes are in MB; the first of ``memories`` is that of a server that is warm.
    """

    date: str
    machine: str
    rounds: int
    seconds: float
    connections: int
    profiles: int
    making_seconds: float
    database_megabytes: float
    few: Figure
    many: Figure
    rate_ratio: float
    cpu_ratio: float
    updates_seconds: float
    memories: list[Memory]

    @property
    def growth_percent(self) -> float:
        """By how much the server has grown since it was warm."""
        return 100 * (self.memories[-1].memory / self.memories[0].memory - 1)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that a share of an ordered list does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
