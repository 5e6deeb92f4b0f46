"""Canaries in short: what a log could show of the gateway's own objects."""

from tests.torture.reprs import MARK, reprs

CLASSES_MIN = 30


def test_no_object_shows_its_values_in_a_log() -> None:
    """
    An object that holds a secret or personal data has a repr without any value: tracebacks,
    debuggers and asyncio's debug mode write reprs into logs.
    """
    found = reprs()

    assert len(found) >= CLASSES_MIN
    assert [] == [name for name, text in found.items() if MARK in text]
