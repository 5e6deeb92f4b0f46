"""YAML with JSON's types: what is not quoted means what it looks like."""

from typing import Any

import pytest

from profilegate.openapi import load_yaml

TEXTS = [
    "NO", "no", "on", "Off", "y", "Yes", "TRUE", "False", "Null", "NULL", "12:30", "1:2:3",
    "2025-04-15", "2001-12-14t21:59:43.10-05:00", "0123", "0o17", "0x1F", "1_000", "+1", ".5", "5.",
    ".inf", ".NaN", "1.2.3", "=", "<<", "491761234567a",
]  # fmt: skip

VALUES: dict[str, Any] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
    "0": 0,
    "-7": -7,
    "262": 262,
    "1.5": 1.5,
    "1e3": 1000.0,
    "-2.5E-1": -0.25,
    '"true"': "true",
    "'~'": "~",
    '""': "",
    '"2025-04-15"': "2025-04-15",
    "[NO, 12:30, null]": ["NO", "12:30", None],
    "{NO: on}": {"NO": "on"},
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_plain_word_stays_text(text: str) -> None:
    """
    YAML 1.1 takes NO for false, 12:30 for 750, 0123 for 83 and 2025-04-15 for a date; Norway,
    times, codes and versions are text here.
    """

    assert {"value": text} == load_yaml(f"value: {text}\n", "specs/test.yaml")


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_what_json_has_is_read_as_json_reads_it(text: str, value: Any) -> None:
    """
    true, false, null and numbers; ~ and nothing at all are YAML's own words for null.
    """
    read = load_yaml(f"value: {text}\n", "specs/test.yaml")

    assert {"value": (type(value), value)} == {key: (type(v), v) for key, v in read.items()}


@pytest.mark.parametrize("key", ["200", "NO", "true", "null", "1.5", "2025-04-15", "~", "12:30"])
def test_a_key_is_the_text_that_is_written(key: str) -> None:
    """
    Status codes are keys of an OpenAPI document, and all its keys are texts.
    """

    assert {key: "x"} == load_yaml(f"{key}: x\n", "specs/test.yaml")


def test_an_anchor_stands_for_what_it_marks() -> None:
    """
    Anchors and aliases are YAML's, and cost nothing.
    """
    text = "first: &one {a: NO}\nsecond: *one\n"

    assert {"first": {"a": "NO"}, "second": {"a": "NO"}} == load_yaml(text, "specs/test.yaml")
