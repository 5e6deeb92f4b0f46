"""Rounds: everybody is asked in turn, and in the next round in the opposite order.

So whatever drifts on the machine meanwhile falls on all alike.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from benchmarks.disk import measure_syncs
from benchmarks.entrants import ACCEPTED, REJECTED, UNAUTHENTICATED, Entrant
from benchmarks.figures import Case, Figure, Results
from benchmarks.load import Shot, fire
from benchmarks.servers import Server, busy_seconds
from benchmarks.work import INVALID, KRAKEN, KRAKEN_FORGED, KRAKEN_REJECTED, Work

WARM_UP_REQUESTS = 2000
WARM_UP_SECONDS = 0.3

SPARE = 1.5
"""So many times the requests of the fastest shot so far are signed beforehand."""


@dataclass(slots=True)
class Range:
    """The servers that run, and what they are to be asked for."""

    servers: dict[str, Server]
    folder: Path
    seconds: float
    results: Results = field(default_factory=Results)
    _streams: dict[tuple[str, int], list[list[bytes]]] = field(default_factory=dict)
    _rates: dict[tuple[str, str, int], float] = field(default_factory=dict)

    def check(self, everybody: Iterable[Entrant]) -> None:
        """
        See that all who check accept what is good and reject what is not; and that those who verify
        reject a wrong signature, and a nonce that was used.

        Raises:
            RuntimeError: one of them does not; nothing of it would be worth a comparison.
        """
        for entrant in everybody:
            ((good,),) = _new(entrant, KRAKEN, 1, 1)
            ((forged,),) = _new(entrant, KRAKEN_FORGED, 1, 1)
            (invalid,) = _new(entrant, KRAKEN_REJECTED, 1, len(INVALID))
            accepted, rejected = self._statuses(entrant, [good]), self._statuses(entrant, invalid)
            is_right = accepted == {ACCEPTED: 1}
            if entrant.checks:
                is_right &= rejected.total() == sum(rejected[status] for status in REJECTED)
            if entrant.verifies:
                strange = self._statuses(entrant, [forged, good])
                is_right &= strange == {UNAUTHENTICATED: 2}
                rejected += strange
            if not is_right:
                raise RuntimeError(
                    f"{entrant.key}: good {dict(accepted)}, invalid or forged {dict(rejected)}"
                )

    def _statuses(self, entrant: Entrant, requests: list[bytes]) -> Counter[int]:
        port = self.servers[entrant.key].port
        return fire(port, [requests], self.seconds, may_repeat=False).statuses

    def measure(self, cases: Sequence[tuple[Entrant, Work]], connections: int, rounds: int) -> None:
        """Ask everybody in turn, there and back."""
        for entrant, work in cases:
            self._warm_up(entrant, work, connections)
        for number in range(rounds):
            for entrant, work in cases if number % 2 == 0 else reversed(cases):
                self._measure_once(entrant, work, connections)

    def note_memory(self) -> None:
        """What everybody has taken by now."""
        for key, server in self.servers.items():
            self.results.memory[key] = server.memory_megabytes()

    def _measure_once(self, entrant: Entrant, work: Work, connections: int) -> None:
        case = Case(entrant.key, work.name, connections)
        server = self.servers[entrant.key]
        streams = self._requests(entrant, work, connections)
        seconds = max(self.seconds, work.seconds_min)
        if connections == 1 and entrant.is_durable and entrant.is_ours:
            self.results.syncs.append(measure_syncs(self.folder))
        start, cpu, busy = time.perf_counter(), server.cpu_seconds(), busy_seconds()
        shot = self._fire(entrant, work, streams, seconds)
        lasted = time.perf_counter() - start
        cpu, busy = server.cpu_seconds() - cpu, busy_seconds() - busy
        self.results.add(case, Figure.of(shot, cpu, busy, lasted))
        self._note_rate(entrant, work, connections, shot)

    def _warm_up(self, entrant: Entrant, work: Work, connections: int) -> None:
        count = max(4, WARM_UP_REQUESTS // connections)
        if _wants_fresh(entrant, work):
            streams = _new(entrant, work, connections, count)
        else:
            streams = self._requests(entrant, work, connections)
        shot = self._fire(entrant, work, streams, WARM_UP_SECONDS)
        self._note_rate(entrant, work, connections, shot)

    def _note_rate(self, entrant: Entrant, work: Work, connections: int, shot: Shot) -> None:
        key = (entrant.key, work.name, connections)
        rate = len(shot.latencies) / shot.seconds
        self._rates[key] = max(rate, self._rates.get(key, 0.0))

    def _fire(
        self, entrant: Entrant, work: Work, streams: list[list[bytes]], seconds: float
    ) -> Shot:
        port = self.servers[entrant.key].port
        shot = fire(port, streams, seconds, may_repeat=not _wants_fresh(entrant, work))
        strange = set(shot.statuses) - {ACCEPTED, *REJECTED}
        if strange:
            raise RuntimeError(f"{entrant.key} answered {dict(shot.statuses)}")
        return shot

    def _requests(self, entrant: Entrant, work: Work, connections: int) -> list[list[bytes]]:
        if _wants_fresh(entrant, work):
            rate = self._rates[entrant.key, work.name, connections]
            return _new(
                entrant, work, connections, int(rate * self.seconds * SPARE / connections) + 8
            )
        key = (work.name, connections)
        # All who are sent the same again and again have the same users.
        if key not in self._streams:
            self._streams[key] = _new(entrant, work, connections, work.different // connections)
        return self._streams[key]


def _new(entrant: Entrant, work: Work, connections: int, count: int) -> list[list[bytes]]:
    makers = [work.requests(number, entrant.profiles) for number in range(connections)]
    return [list(islice(maker, count)) for maker in makers]


def _wants_fresh(entrant: Entrant, work: Work) -> bool:
    return entrant.wants_fresh and work.is_signed
