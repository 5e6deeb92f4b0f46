"""The longest wait of an update while another process reads and profiles are erased.

``python -m benchmarks.waits`` serves the gateway with a database of its own, holds a read
transaction on the file and sends Kraken updates from 8 connections for 10 seconds; meanwhile it
erases profiles, eight at a time, over the admin API. It ends with 1 if one update waits longer
than allowed. Times include the disk's, so other work on the machine counts.
"""

import http.client
import json
import sqlite3
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path

from benchmarks.compare import Side
from benchmarks.load import fire
from benchmarks.names import DATABASE
from benchmarks.servers import GATEWAY, GATEWAY_FILES, ROOT, Server, keep_to_own_core
from benchmarks.work import KRAKEN

CONNECTIONS = 8
PROFILES = 2000
REQUESTS_MAX = 20_000
SECONDS = 10.0
ERASED_AT_ONCE = 8
ERASE_EVERY_SECONDS = 1.0
WAIT_MAX_SECONDS = 0.1

TOKEN = "waits"  # noqa: S105 (of a server that lives for ten seconds)
TOKEN_FILE = "admin.token"  # noqa: S105 (its name)
ADMIN = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


def main() -> int:
    """Measure and print; 1 if an update waits longer than ``WAIT_MAX_SECONDS``."""
    keep_to_own_core()
    with tempfile.TemporaryDirectory() as folder:
        side = Side("new", ROOT, Path(folder) / "new")
        side.fill()
        streams = [
            list(islice(KRAKEN.requests(number, PROFILES), REQUESTS_MAX))
            for number in range(CONNECTIONS)
        ]
        (side.folder / TOKEN_FILE).write_text(TOKEN)
        arguments = (*GATEWAY, *GATEWAY_FILES, "--admin-token-file", TOKEN_FILE)
        server = Server.start(arguments, side.folder)
        try:
            with closing(sqlite3.connect(side.folder / DATABASE, isolation_level=None)) as reader:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM profiles").fetchone()
                erased: list[int] = []
                is_over = threading.Event()
                eraser = threading.Thread(target=_erase, args=(server.port, erased, is_over))
                eraser.start()
                shot = fire(server.port, streams, SECONDS, may_repeat=False)
                is_over.set()
                eraser.join()
        finally:
            server.stop()
    longest = max(shot.latencies)
    print(f"{len(shot.latencies)} updates, statuses {dict(shot.statuses)}")
    print(f"{len(erased)} erasures, statuses {set(erased)}")
    print(f"longest wait {longest * 1000:.0f} ms, at most {WAIT_MAX_SECONDS * 1000:.0f} ms")
    return 0 if longest <= WAIT_MAX_SECONDS and set(erased) == {204} else 1


def _erase(port: int, statuses: list[int], is_over: threading.Event) -> None:
    """Create profiles and erase them, some at once, until it is over."""

    def create_and_erase(_: int) -> int:
        created = _send(port, "POST", "/profiles", b'{"name": {"given": "Zoe"}}')[1]
        return _send(port, "DELETE", f"/profiles/{json.loads(created)['id']}")[0]

    with ThreadPoolExecutor(ERASED_AT_ONCE) as pool:
        while not is_over.wait(ERASE_EVERY_SECONDS):
            statuses += pool.map(create_and_erase, range(ERASED_AT_ONCE))


def _send(port: int, method: str, target: str, body: bytes | None = None) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, target, body, ADMIN)
        response = connection.getresponse()
        return response.status, response.read()


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"took {time.monotonic() - started:.0f} s")
    sys.exit(code)
