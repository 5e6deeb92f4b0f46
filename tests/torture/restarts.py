"""Restarts: workers are replaced or killed, and the database server is stopped, under load."""

import os
import signal
import time
from pathlib import Path

from tests import postgres
from tests.cluster import wait_for
from tests.gateway_process import GatewayProcess
from tests.processes import children_of
from tests.torture.failover import (
    CLIENTS,
    LIFE_SECONDS,
    Clients,
    Outcome,
    longest_gap,
    values_of_history,
)
from tests.torture.results import Result

HANGUPS = 5
KILLS = 5
STOPS = 3

GAP_MAX_SECONDS = 5.0


def run(folder: Path) -> Result:
    """Two workers on a PostgreSQL server of their own, which syncs the disk."""
    result = Result(
        "Restarts",
        f"Two workers on PostgreSQL, four clients that update a profile. {HANGUPS} times SIGHUP "
        f"replaces the workers, {KILLS} times one is killed with SIGKILL, and {STOPS} times the "
        "database server is stopped as a crash stops it, and started again.",
    )
    server = postgres.new_server({})
    server.start()
    outcome = Outcome()
    try:
        with GatewayProcess.serving(
            folder,
            *("--demo", "--no-lockouts", "--workers", "2"),
            settings={"PROFILEGATE_DATABASE": server.url},
            patience_seconds=LIFE_SECONDS,
            log=folder / "gateway.log",
        ) as process:
            with Clients(process, outcome) as clients:
                _disturb(process, clients, server, outcome, result)
            kept = values_of_history(process)
    finally:
        server.stop("immediate")
    lost = [value for value in outcome.acknowledged if value not in kept]
    result.add("acknowledged updates", "", f"{len(outcome.acknowledged):,}", is_good=True)
    result.count("acknowledged updates that are not in the history", len(lost))
    return result


def _disturb(
    process: GatewayProcess,
    clients: Clients,
    server: postgres.Server,
    outcome: Outcome,
    result: Result,
) -> None:
    clients.wait_for_updates(100)
    before = outcome.failed
    for _ in range(HANGUPS):
        old = children_of(process.process.pid)
        process.process.send_signal(signal.SIGHUP)
        wait_for(lambda old=old: _are_new(process, old), "two new workers")  # type: ignore[misc]
        clients.wait_for_updates(50)
    result.count("requests without success while workers are replaced", outcome.failed - before)
    gaps, before = [], outcome.failed
    for _ in range(KILLS):
        killed, began = min(children_of(process.process.pid)), time.monotonic()
        os.kill(killed, signal.SIGKILL)
        clients.wait_for_updates(100)
        gaps.append(longest_gap(outcome, since=began))
        wait_for(
            lambda killed=killed: _are_new(process, {killed}),  # type: ignore[misc]
            "another worker",
        )
    result.count(
        "requests without success for each killed worker",
        (outcome.failed - before) // KILLS,
        most=CLIENTS,
    )
    _add_gap(result, "killed worker", gaps)
    gaps = []
    for _ in range(STOPS):
        began = time.monotonic()
        server.stop("immediate")
        server.start()
        clients.wait_for_updates(100)
        gaps.append(longest_gap(outcome, since=began))
    _add_gap(result, "crash of the database server, with its start", gaps)


def _are_new(process: GatewayProcess, old: set[int]) -> bool:
    found = children_of(process.process.pid)
    return len(found) == 2 and not found & old


def _add_gap(result: Result, what: str, gaps: list[float]) -> None:
    shown = ", ".join(f"{gap:.2f} s" for gap in gaps)
    is_good = max(gaps) <= GAP_MAX_SECONDS
    bound = f"≤ {GAP_MAX_SECONDS:.0f} s"
    result.add(f"time without an acknowledged update, {what}", bound, shown, is_good=is_good)
