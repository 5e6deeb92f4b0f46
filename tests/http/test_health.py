"""Health: what a load balancer and a supervisor are told, and what a stranger is not."""

import asyncio
import json
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from profilegate.errors import StoreUnavailableError
from profilegate.http import health
from profilegate.http.health import HealthPages
from profilegate.store.health import CHECKS
from profilegate.store.master_key import create_master_key
from profilegate.store.sqlite import health as sqlite_health
from tests import postgres
from tests.clients import JSON
from tests.gateway_process import GatewayProcess
from tests.http.providers import NAVIXY
from tests.running_gateway import RunningGateway


def asked(gateway: RunningGateway) -> tuple[int, dict[str, Any]]:
    """What a gateway responds that nobody has asked before."""
    status, _, body = gateway.run(HealthPages(gateway.gateway).ready({}))
    return status, json.loads(body)


def test_a_gateway_that_can_work_is_live_and_ready(gateway: RunningGateway) -> None:
    """
    "`/health/live`: the process serves; `/health/ready`: database, migrations, key, disk", each
    check with its state; no cache keeps it, and HEAD has its status.
    """
    live, ready = gateway.send("GET", "/health/live"), gateway.send("GET", "/health/ready")

    assert (200, {"status": "live"}) == (live.status, live.json())
    # The disk of a PostgreSQL server is not ours to see.
    checks = {name: "ok" for name in CHECKS if name != "disk" or not postgres.ON_POSTGRESQL}
    assert (200, {"status": "ready", "checks": checks}) == (ready.status, ready.json())
    assert "no-store" == ready.headers["cache-control"]
    head = gateway.send("HEAD", "/health/ready")
    assert (200, b"") == (head.status, head.body)
    assert 405 == gateway.send("POST", "/health/ready", body=b"{}").status


def lose_the_database(gateway: RunningGateway, _: pytest.MonkeyPatch) -> None:
    """Delete the file under the gateway."""
    (gateway.folder / "profiles.db").unlink()


def replace_the_key(gateway: RunningGateway, _: pytest.MonkeyPatch) -> None:
    """Put another key in the place of the key."""
    (gateway.folder / "master.key").unlink()
    create_master_key(gateway.folder / "master.key")


def remove_the_key(gateway: RunningGateway, _: pytest.MonkeyPatch) -> None:
    """Delete the key file."""
    (gateway.folder / "master.key").unlink()


def put_an_older_database(gateway: RunningGateway, _: pytest.MonkeyPatch) -> None:
    """Mark the database as one of an older release."""
    with closing(sqlite3.connect(gateway.folder / "profiles.db")) as connection:
        connection.execute("PRAGMA user_version = 1")


def fill_the_disk(_: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Demand more space than there is."""
    monkeypatch.setattr(sqlite_health, "DISK_FREE_MIN_BYTES", 2**62)


def reject_writes(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every write fail."""

    async def write(*_: Any) -> None:
        raise StoreUnavailableError("the database cannot be written, only read")

    monkeypatch.setattr(gateway.store, "write", write)


OF_FILES = pytest.mark.skipif(
    postgres.ON_POSTGRESQL, reason="the database of these tests is no SQLite file"
)

FAILURES = {
    "the file is deleted while it is served": pytest.param(
        "database", lose_the_database, marks=OF_FILES
    ),
    "the key file has another key": ("key", replace_the_key),
    "the key file is missing, so the next start fails": ("key", remove_the_key),
    "the database is that of an older release": pytest.param(
        "migrations", put_an_older_database, marks=OF_FILES
    ),
    "the disk is nearly full": pytest.param("disk", fill_the_disk, marks=OF_FILES),
    "no write is taken": ("writes", reject_writes),
}


@pytest.mark.parametrize(("check", "break_it"), FAILURES.values(), ids=FAILURES)
def test_a_gateway_that_cannot_work_is_not_ready(
    gateway: RunningGateway,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    check: str,
    break_it: Callable[[RunningGateway, pytest.MonkeyPatch], None],
) -> None:
    """
    503, so that a load balancer sends to another gateway. The response names the check and no path;
    the log says what is wrong.
    """
    break_it(gateway, monkeypatch)

    status, body = asked(gateway)

    assert (503, "not ready", "failed") == (status, body["status"], body["checks"][check])
    assert {"ok", "failed"} == set(body["checks"].values())
    assert f"not ready: {check}: " in caplog.text


def test_a_store_that_hangs_is_not_ready(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A probe gets its response before it gives up, and no second check waits behind the first.
    """
    asked_times = []

    async def hang() -> dict[str, str]:
        asked_times.append(1)
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(gateway.store, "health", hang)
    monkeypatch.setattr(health, "CHECK_MAX_SECONDS", 0.01)
    pages = HealthPages(gateway.gateway)

    statuses = [gateway.run(pages.ready({}))[0] for _ in range(3)]

    assert ([503] * 3, 1) == (statuses, len(asked_times))


def test_a_stranger_causes_one_check_in_a_second(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Anybody may ask as often as they like: the result is kept for a while, then made anew.
    """
    asked_times = []

    async def count() -> dict[str, str]:
        asked_times.append(1)
        return {"database": ""}

    monkeypatch.setattr(gateway.store, "health", count)
    monkeypatch.setattr(health, "CHECKED_EVERY_SECONDS", 3600.0)
    pages = HealthPages(gateway.gateway)

    async def ask() -> None:
        await asyncio.gather(*(pages.ready({}) for _ in range(50)))

    gateway.run(ask())
    gateway.run(ask())
    assert 1 == len(asked_times)

    monkeypatch.setattr(health, "CHECKED_EVERY_SECONDS", 0.0)
    pages = HealthPages(gateway.gateway)
    for _ in range(2):
        gateway.run(pages.ready({}))
    assert 3 == len(asked_times)


def test_a_stopping_gateway_serves_on_without_being_ready(tmp_path: Path) -> None:
    """
    After the signal a load balancer still sends for a while: with `--drain-seconds` these requests
    are served, and `/health/ready` says 503. A second signal does not wait.
    """
    with GatewayProcess.serving(tmp_path, "--demo", "--drain-seconds", "600") as process:
        process.process.send_signal(signal.SIGTERM)
        while process.send("GET", "/health/ready").status == 200:
            pass
        ready, live = process.send("GET", "/health/ready"), process.send("GET", "/health/live")
        update = process.send("POST", NAVIXY.target, body=NAVIXY.good_body(), headers=JSON)
        code, _, _ = process.end(signal.SIGTERM)

    assert (503, {"status": "stopping"}) == (ready.status, ready.json())
    assert (200, 200, 0) == (live.status, update.status, code)
