"""What the disk costs: one sync, and one commit of SQLite.

``python -m benchmarks.disk`` measures both in the working folder and prints them; so they are
also seen by a process of their own, with whatever is preloaded there.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from benchmarks.figures import Disk, Syncs, quantile

SYNCS = 200
SYNC_BYTES = 4096
COMMITS = 200


def measure_syncs(folder: Path) -> Syncs:
    """
    4 kB in place, and on the disk, again and again: the least that a commit can cost. A file
    that grows would also have its new length written down.
    """
    descriptor = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT)

    def write(number: int) -> None:
        os.pwrite(descriptor, b"." * SYNC_BYTES, SYNC_BYTES * number)
        os.fdatasync(descriptor)

    try:
        os.write(descriptor, bytes(SYNC_BYTES * SYNCS))
        os.fsync(descriptor)
        return _times(write, SYNCS)
    finally:
        os.close(descriptor)


def measure_commits(folder: Path) -> Syncs:
    """One row, as durable as the store's and the others' (WAL, ``synchronous = FULL``)."""
    with closing(sqlite3.connect(folder / "commits.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE rows (number INTEGER)")

        def insert(number: int) -> None:
            connection.execute("INSERT INTO rows VALUES (?)", (number,))

        return _times(insert, COMMITS)


def _times(work: Callable[[int], None], count: int) -> Syncs:
    times = []
    for number in range(count):
        start = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - start)
    times.sort()
    return Syncs(1e3 * quantile(times, 0.50), 1e3 * quantile(times, 0.99))


def main() -> None:
    """Measure here, and print."""
    here = Path()
    print(msgspec.json.encode(Disk(measure_syncs(here), measure_commits(here))).decode())


if __name__ == "__main__":
    main()
