"""No update becomes more expensive unseen: counted in instructions, never in seconds."""

import pytest

from benchmarks.guard.costs import dearer, kept_costs, measured_costs, this_python
from benchmarks.guard.instructions import CannotCountError


def test_no_update_is_a_tenth_dearer_than_the_costs_that_are_kept() -> None:
    """
    A change that costs more is either fixed, or its price is accepted on purpose, by
    ``make bench-guard ARGS=--write``.
    """
    kept = kept_costs()
    if kept["python"] != this_python():
        pytest.skip(f"the costs are kept for {kept['python']}, this is {this_python()}")
    try:
        measured = measured_costs()
    except CannotCountError as why:
        pytest.skip(str(why))

    assert {} == dearer(measured, kept["instructions_of_bare_asgi"])


def test_what_is_dearer_is_reported() -> None:
    """
    A tenth more is let pass, whatever is beyond is named with both figures.
    """
    found = dearer({"kraken": 111.0, "navixy": 109.0}, {"kraken": 100.0, "navixy": 100.0})

    assert ["kraken"] == list(found)
    assert "1.11 of the 100.0" in found["kraken"]
