"""Failover: the leader of three nodes of PostgreSQL changes while clients update a profile."""

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import psycopg

from tests.clients import INDIVIDUAL, JSON, MACHNET
from tests.cluster import PASSWORD, Cluster, python_of_nodes, wait_for
from tests.gateway_process import GatewayProcess
from tests.gateway_process import run as run_command
from tests.profiles.client import ADMIN
from tests.torture.results import Result

CLIENTS = 4
KILLS = 3

NO_RESPONSE = 0
"""The status of a request whose connection broke."""

ROLE = "profilegate"
DATABASE = "profiles"

LIFE_SECONDS = 900.0
"""After this time the gateway is killed, whatever happens."""


@dataclass(slots=True)
class Outcome:
    """What the clients saw, and what the profile's history has."""

    acknowledged: dict[str, float] = field(default_factory=dict)
    """Each value that was acknowledged, and when."""
    statuses: "Counter[int]" = field(default_factory=Counter)
    gaps_seconds: list[float] = field(default_factory=list)
    """For each kill: the longest time without an acknowledged update."""
    switchover_seconds: float = 0.0
    """The same for a switchover."""
    lost: list[str] = field(default_factory=list)
    is_intact: bool = False

    @property
    def failed(self) -> int:
        """The requests without success."""
        return sum(self.statuses.values()) - self.statuses[200]


class Clients:
    """Clients that update one profile again and again, each time with another value."""

    def __init__(self, process: GatewayProcess, outcome: Outcome) -> None:
        self._process, self._outcome = process, outcome
        self._numbers = count(10_000)
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(CLIENTS)]

    def __enter__(self) -> "Clients":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while not self._is_over.is_set():
            value = str(next(self._numbers))
            body = f'{{"zipcode": "{value}"}}'.encode()
            target = f"/users/{INDIVIDUAL}"
            try:
                response = self._process.send("PATCH", target, body=body, headers=MACHNET | JSON)
            except (OSError, http.client.HTTPException):
                self._outcome.statuses[NO_RESPONSE] += 1
                continue
            self._outcome.statuses[response.status] += 1
            if response.status == 200:
                self._outcome.acknowledged[value] = time.monotonic()

    def wait_for_updates(self, more: int) -> None:
        """Wait until some more updates are acknowledged."""
        wanted = len(self._outcome.acknowledged) + more
        wait_for(lambda: len(self._outcome.acknowledged) >= wanted, f"{wanted} updates")


def fail_over(folder: Path, *, kills: int) -> Outcome:
    """
    Kill the leader some times, then switch over once, and compare the history with what was
    acknowledged.

    Raises:
        ProgramMissingError: the machine lacks a program.
    """
    outcome = Outcome()
    cluster = Cluster(folder, python_of_nodes())
    try:
        cluster.start()
        create_database(cluster)
        settings = {"PROFILEGATE_DATABASE": cluster.url(ROLE, DATABASE)}
        arguments = ("--demo", "--no-lockouts")
        with GatewayProcess.serving(
            folder,
            *arguments,
            settings=settings,
            patience_seconds=LIFE_SECONDS,
            log=folder / "gateway.log",
        ) as process:
            with Clients(process, outcome) as clients:
                for _ in range(kills):
                    clients.wait_for_updates(100)
                    leader = cluster.leader()
                    killed = time.monotonic()
                    leader.kill_database()
                    clients.wait_for_updates(100)
                    outcome.gaps_seconds.append(longest_gap(outcome, since=killed))
                    cluster.start_database(leader)
                    cluster.wait_until_replicating()
                switched = time.monotonic()
                cluster.switch_over()
                clients.wait_for_updates(100)
                outcome.switchover_seconds = longest_gap(outcome, since=switched)
            kept = values_of_history(process)
            outcome.lost = [value for value in outcome.acknowledged if value not in kept]
            audited = run_command(folder, "audit", settings=settings)
            outcome.is_intact = audited.returncode == 0
    finally:
        cluster.stop()
    return outcome


def create_database(cluster: Cluster) -> None:
    """Create a role and its database, as an operator does once."""
    host = cluster.leader()
    url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{host.port}/postgres"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def longest_gap(outcome: Outcome, *, since: float) -> float:
    """The longest time between two acknowledged updates after a moment."""
    times = [since, *sorted(at for at in outcome.acknowledged.values() if at > since)]
    return max(later - earlier for earlier, later in pairwise(times))


def values_of_history(process: GatewayProcess) -> set[str]:
    """All values that the history says the field had."""
    account = process.send("GET", f"/accounts/machnet/{INDIVIDUAL}", headers=ADMIN).json()
    values: set[str] = set()
    cursor: str | None = "0"
    while cursor is not None:
        target = f"/profiles/{account['id']}/history?limit=100&cursor={cursor}"
        page: Any = process.send("GET", target, headers=ADMIN).json()
        for event in page["events"]:
            values.update(str(change.get("to")) for change in event["changes"])
        cursor = page.get("next")
    return values


def run(folder: Path) -> Result:
    """Three failovers, one after another."""
    result = Result(
        "Failover",
        "Three nodes of PostgreSQL on loopback, by the files of `deploy/patroni`: Patroni, etcd, "
        f"synchronous replication. {CLIENTS} clients update one profile; {KILLS} times Patroni and "
        "PostgreSQL of the leader are killed with SIGKILL, and started again after the failover. "
        "At the end `patronictl switchover` makes another node the leader. The gateway is never "
        "started again.",
    )
    outcome = fail_over(folder, kills=KILLS)
    result.add("acknowledged updates", "", f"{len(outcome.acknowledged):,}", is_good=True)
    result.count("acknowledged updates that are not in the history", len(outcome.lost))
    result.add(
        "the audit finds every history intact",
        "yes",
        "yes" if outcome.is_intact else "no",
        is_good=outcome.is_intact,
    )
    gaps = ", ".join(f"{gap:.1f} s" for gap in outcome.gaps_seconds)
    is_good = max(outcome.gaps_seconds) <= 30
    result.add("time without an acknowledged update", "≤ 30 s", gaps, is_good=is_good)
    switchover = outcome.switchover_seconds
    result.add("the same, switchover", "≤ 10 s", f"{switchover:.1f} s", is_good=switchover <= 10)
    shown = ", ".join(
        f"{status}: {number:,}" for status, number in sorted(outcome.statuses.items())
    )
    result.add("statuses", "", shown, is_good=set(outcome.statuses) <= {200, 503})
    return result
