"""Body lines: a body as JSON, with each violation at its field or at the nearest one around it."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from profilegate.errors import Violation
from profilegate.http.pages.body_lines import body_lines

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(VALUES)
def test_the_lines_are_the_body(value: Any) -> None:
    """
    Nothing of a body is lost: its lines together are its JSON.
    """
    assert value == json.loads("".join(line.text for line in body_lines(value, [])))


def test_a_violation_stands_at_its_field() -> None:
    """
    "with violations marked": also in a list, and for a missing field at what should hold it.
    """
    body = {"name": {"first": 1}, "ids": [{"type": "X"}]}
    violations = [
        Violation(("name", "first"), "type", ("string",)),
        Violation(("name", "last"), "required"),
        Violation(("ids", 0, "type"), "enum", ("SSN",)),
        Violation(("limit",), "type", ("integer",), is_parameter=True),
    ]

    marked = {line.at: line.violations for line in body_lines(body, violations) if line.violations}

    assert {
        ("name", "first"): ["name.first must be text"],
        ("name",): ["name.last is required"],
        ("ids", 0, "type"): ["ids[0].type must be SSN"],
    } == marked
