"""Trouble below the gateway: full and failing disks, damage, other processes, a wrong clock."""

import errno
import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from profilegate.store.sqlite.database import BUSY_TIMEOUT_MS
from tests.clients import INDIVIDUAL, JSON, KRAKEN_USER, KrakenPartner
from tests.gateway_process import GatewayProcess
from tests.gateway_process import run as run_command
from tests.torture.failing_disk import FailingDisk, Trouble
from tests.torture.results import Result
from tests.torture.scenes import LOG, Client, Scene, new_scenes

SLOW_SYNC_MILLISECONDS = 200
CLIENTS = 32
DAY_SECONDS = 86_400

DAMAGED_PAGES_FROM = 2
PAGE_SIZE_BYTES = 4096

# --- The troubles --------------------------------------------------------------------------


def failing_disk(scene: Scene, what: str, trouble: Trouble, updates: int) -> None:
    """Updates before, while and after the disk fails; then a kill."""
    with scene.serving() as process:
        client = Client(process)
        for _ in range(updates):
            client.update()
        before = len(client.acknowledged)
        with scene.disk.failing(trouble):
            for _ in range(updates):
                client.update()
                client.check()
        if len(client.acknowledged) > before and not trouble.read_error:
            client.others.append("an update was acknowledged while the disk failed")
        healed = client.heal()
        client.check()
        for _ in range(updates):
            client.update()
        scene.restart_and_check(client)
    scene.report(what, client, healed)


def failing_start(scene: Scene, what: str, trouble: Trouble, *, is_new: bool) -> None:
    """
    A start while the disk fails ends with one sentence, or serves what it can and heals.

    An existing database needs no write, so it may be read from a full disk.
    """
    if is_new:
        shutil.rmtree(scene.folder / "var")
    (scene.folder / LOG).write_text("")
    client = None
    with scene.disk.failing(trouble), scene.serving() as process:
        if process.greeting:
            client = Client(process)
            client.update()
            client.check()
            scene.disk.be(Trouble())
            client.heal()
        else:
            process.process.wait(60)
    lines = (scene.folder / LOG).read_text("utf-8").strip().splitlines()
    with scene.serving() as process:
        status = Client(process).update()
    what = f"{what}, at the start of {'a new' if is_new else 'an old'} database"
    if client is not None:
        scene.report(what, client, 0.0)
        return
    scene.result.add(
        what,
        "one sentence",
        f"ends with {len(lines)} line(s); the next start: {status}",
        is_good=len(lines) == 1 and lines[0].startswith("profilegate: ") and status == 200,
    )
    print(f"  {what}: {lines[-1:]}")


def slow_disk(scene: Scene) -> None:
    """Many clients on a disk whose syncs are slow share them."""
    with scene.serving() as process:
        clients = [Client(process) for _ in range(CLIENTS)]
        with scene.disk.failing(Trouble(delay_milliseconds=SLOW_SYNC_MILLISECONDS)):
            began = time.monotonic()
            with ThreadPoolExecutor(CLIENTS) as threads:
                statuses = list(threads.map(lambda client: client.update(), clients))
            seconds = time.monotonic() - began
    alone = CLIENTS * SLOW_SYNC_MILLISECONDS / 1000
    scene.result.add(
        f"{CLIENTS} clients at once, syncs of {SLOW_SYNC_MILLISECONDS} ms",
        f"≤ {alone / 2:.1f} s",
        f"{statuses.count(200)} acknowledged in {seconds:.1f} s",
        is_good=seconds <= alone / 2 and statuses.count(200) == CLIENTS,
    )


def held_lock(scene: Scene) -> None:
    """Another process holds a write transaction, first shortly, then beyond the patience."""
    with scene.serving() as process:
        client = Client(process)
        client.update()
        for seconds in (1.0, BUSY_TIMEOUT_MS / 1000 + 2):
            with closing(sqlite3.connect(scene.database, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                waiting = threading.Thread(target=client.update)
                waiting.start()
                time.sleep(seconds)
                other.execute("ROLLBACK")
            waiting.join()
            client.check()
        healed = client.heal()
        is_as_expected = (len(client.acknowledged), client.rejected) == (3, 1)
        scene.restart_and_check(client)
    if not is_as_expected:
        client.others.append("a short transaction was not waited for, or a long one was")
    scene.report("another process holds a write transaction for 1 s, then 7 s", client, healed)


def two_gateways(scene: Scene, updates: int) -> None:
    """Two gateways on one database: both serve, and each nonce wins once."""
    partner = KrakenPartner()
    target = f"/b2b/users/{KRAKEN_USER}"
    body = b'{"full_name": {"first_name": "Zoe", "last_name": "Quinn"}}'
    wins = []

    def send(process: GatewayProcess, headers: Mapping[str, str]) -> int:
        return process.send("PATCH", target, body=body, headers=headers).status

    with scene.serving() as one, scene.serving() as other:
        client = Client(one)
        for number in range(updates):
            client.process = (one, other)[number % 2]
            client.update()
            client.process = (other, one)[number % 2]
            client.check()
        for _ in range(updates):
            headers = {**partner.headers(target, body), **JSON}
            with ThreadPoolExecutor(4) as threads:
                statuses = list(threads.map(send, (one, other, one, other), [headers] * 4))
            wins.append(statuses.count(200))
        other.kill()
        client.process = one
        healed = client.heal()
        scene.restart_and_check(client)
    scene.report("two gateways on one database", client, healed)
    scene.result.count(
        f"nonces of {updates} that did not win exactly once, 4 attempts at two gateways",
        sum(count != 1 for count in wins),
    )


def damaged_pages(scene: Scene) -> None:
    """
    All pages but the first are overwritten while the gateway runs, and put back.

    SQLite may keep a damaged page in memory, so this one needs a restart.
    """
    with scene.serving() as process:
        client = Client(process)
        client.update()
        with closing(sqlite3.connect(scene.database)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        whole = scene.database.read_bytes()
        noise = b"\xa5" * (len(whole) - PAGE_SIZE_BYTES * (DAMAGED_PAGES_FROM - 1))
        with scene.database.open("r+b") as file:
            file.seek(PAGE_SIZE_BYTES * (DAMAGED_PAGES_FROM - 1))
            file.write(noise)
        audited = run_command(scene.folder, "audit")
        for _ in range(5):
            client.send("GET", None)
        with scene.database.open("r+b") as file:
            file.write(whole)
        process.kill()
    with scene.serving() as process:
        client.process = process
        healed = client.heal()
        scene.restart_and_check(client)
    what = "all pages but the first damaged while running, then put back, and a restart"
    scene.report(what, client, healed)
    said = (audited.stdout + audited.stderr).strip()
    scene.result.add(
        "audit of the damaged database",
        "names it",
        f"exit {audited.returncode}, {len(said.splitlines())} line(s)",
        is_good=audited.returncode != 0 and "Traceback" not in said,
    )


def wrong_clock(scene: Scene) -> None:
    """The clock jumps forward and back; times stay in order, and what has expired stays so."""
    login = json.dumps({"login": "charles.pearson@example.com", "password": "demo-password"})
    statuses = []
    with scene.serving() as process:
        client = Client(process)
        opened = process.send("POST", "/v2/user/auth", body=login.encode(), headers=JSON).json()
        target = f"/v2/user/get_info?hash={opened['hash']}"
        statuses.append(process.send("GET", target).status)
        for days in (0, 31, -400, 0, 1, -1):
            with scene.disk.failing(Trouble(clock_seconds=days * DAY_SECONDS)):
                client.update()
                client.check()
                statuses.append(process.send("GET", target).status)
        healed = client.heal()
        scene.restart_and_check(client)
    shown = run_command(scene.folder, "history", f"machnet:{INDIVIDUAL}", "--json").stdout
    times = [event["at"] for event in map(json.loads, shown.splitlines())]
    scene.report("the clock 31 days ahead, 400 days behind, and back", client, healed)
    scene.result.count(
        "events out of order", sum(before > after for before, after in pairwise(times))
    )
    scene.result.add(
        "a session that expired while the clock was ahead",
        "stays expired",
        ", ".join(map(str, statuses)),
        is_good=statuses[:2] == [200, 200] and set(statuses[2:]) == {400} and len(times) > 5,
    )


def missing_key(scene: Scene) -> None:
    """The key file is gone while the gateway runs, and at a start; then it is put back."""
    (key,) = (scene.folder / "var").glob("*.key")
    with scene.serving() as process:
        client = Client(process)
        client.update()
        hidden = key.rename(key.with_name("hidden"))
        client.update()
        client.check()
        ended = run_command(scene.folder, "serve", "--port", "0")
        hidden.rename(key)
        healed = client.heal()
        scene.restart_and_check(client)
    scene.report("the key file gone while running", client, healed)
    lines = ended.stderr.strip().splitlines()
    scene.result.add(
        "a start without the key file",
        "one sentence",
        f"exit {ended.returncode}, {len(lines)} line(s)",
        is_good=len(lines) == 1 and ended.returncode != 0,
    )


# --- The campaign --------------------------------------------------------------------------

FAILURES: dict[str, Trouble] = {
    "a full disk (ENOSPC)": Trouble(write_error=errno.ENOSPC),
    "failing writes (EIO)": Trouble(write_error=errno.EIO),
    "failing syncs (EIO)": Trouble(sync_error=errno.EIO),
    "failing reads (EIO)": Trouble(read_error=errno.EIO),
    "a disk that became read-only (EROFS)": Trouble(
        write_error=errno.EROFS, open_error=errno.EROFS
    ),
}


def run(folder: Path, *, updates: int = 50) -> Result:
    """All troubles, one after the other."""
    result = Result(
        "Trouble with disk, files and clock",
        "The gateway on a disk that fails on demand (a library in front of the C library), beside "
        "other processes, with damaged pages, without its key file, and with a clock that jumps. "
        f"A client numbers its updates: {updates} before, while and after each failure. Then the "
        "gateway is killed and started again, and the database audited.",
        not_shown="what a real disk keeps of writes whose sync failed (the power cuts show what "
        "the log alone keeps); network file systems, which are rejected.",
    )
    disk = FailingDisk.build(folder)
    scenes = new_scenes(folder, disk, result)
    for what, trouble in FAILURES.items():
        failing_disk(next(scenes), what, trouble, updates)
    for what, trouble in FAILURES.items():
        for is_new in (False, True):
            failing_start(next(scenes), what, trouble, is_new=is_new)
    others: Sequence[Callable[[Scene], None]] = (
        slow_disk, held_lock, damaged_pages, wrong_clock, missing_key,
    )  # fmt: skip
    for trouble_of in others:
        trouble_of(next(scenes))
    two_gateways(next(scenes), updates)
    return result
