"""Canaries in short: one provider's, and what a log could show of the gateway's own objects."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.postgres import BACKENDS
from tests.torture import canaries
from tests.torture.canary_search import Place
from tests.torture.canary_values import MARKS, Canaries
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


HIDDEN = {
    "text": lambda text: text.encode(),
    "small letters": lambda text: text.lower().encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "hex": lambda text: text.encode().hex().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, one byte later": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64, two bytes later": lambda text: base64.b64encode(b"xy" + text.encode()),
    "part of an address": lambda text: f"/a?b={text}%0a".encode(),
}


@pytest.mark.parametrize("form", HIDDEN.values(), ids=HIDDEN)
def test_a_hidden_canary_is_found(form: Callable[[str], bytes]) -> None:
    """
    Nothing found means something only if what is there is found, in every form.
    """
    made = Canaries()
    for canary in (made.word(), made.number(), made.address(), made.uuid(), made.number(17)):
        place = Place()
        place.search(b"\x00\xff" + form(canary) + b"\xff\x00", MARKS)

        assert place.found, canary


LOGS = {"sqlite": "profiles.db-wal", "postgresql": "write-ahead log"}


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_canary_is_found_where_none_may_be(tmp_path: Path, backend: str) -> None:
    """
    Personal data and secrets of a person at all providers are in no error response, log, file,
    page or argument, and no response of one provider names an account of another.
    """
    result = canaries.run(tmp_path, backend, providers=("kraken",))

    assert [] == [figure for figure in result.figures if not figure.is_good]
    assert any(LOGS[backend] in figure.what for figure in result.figures)
