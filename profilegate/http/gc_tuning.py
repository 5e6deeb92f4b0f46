"""Garbage collection: settings for a server whose objects either stay or end with a request."""

import gc

YOUNG_OBJECTS_MAX = 20_000
"""New objects after which Python looks for cycles among them.

A request makes about fifteen. Python's default of 700 would look through requests under way again
and again, at a quarter of the CPU time with 256 connections (ADR 12).
"""


def settle() -> None:
    """
    Exempt the objects that exist now, and collect less often; call it once at start.

    A full collection would otherwise stop all requests for 35 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX)
