"""Memory: settings for a server whose objects live forever or for one request."""

import ctypes
import gc

LARGE_BLOCK_MIN_BYTES = 1024 * 1024
"""Blocks of this size go back to the system once they are free."""

_M_MMAP_THRESHOLD = -3

YOUNG_OBJECTS_MAX = 20_000
"""The number of new objects after which Python looks for cycles among them.

A request makes about fifteen. Python's default of 700 scans the open requests again and again,
which takes a quarter of the CPU time with 256 connections (ADR 12).
"""


def tune_garbage_collection() -> None:
    """
    Exempt the present objects from collection, and collect less often; call it once at start.

    Without this, a full collection stops all requests for 35 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX)


def return_large_blocks() -> None:
    """
    Give large blocks back to the system once they are free; call it before anything is imported.

    glibc raises its own threshold to the largest block that was ever freed: after the first large
    body or argon2id digest (19 MiB) such blocks stay with the process, 17 MB at start and 20 MB
    more after a login. Other C libraries have no such setting, and need none.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE_BLOCK_MIN_BYTES)
