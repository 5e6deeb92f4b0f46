"""Canaries in short: one provider's, and what a log could show of the gateway's own objects."""

from pathlib import Path

from tests.torture import canaries
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


def test_no_canary_is_found_where_none_may_be(tmp_path: Path) -> None:
    """
    Personal data and secrets of a person at all providers are in no error response, log, file,
    page or argument, and no response of one provider names an account of another.
    """
    result = canaries.run(tmp_path, providers=("kraken",))

    assert [] == [figure for figure in result.figures if not figure.is_good]
    assert any("profiles.db-wal" in figure.what for figure in result.figures)
