"""Functions in greenlets that are used again (``postgresql/runs.py``)."""

import weakref

import pytest

from profilegate.store.postgresql import runs
from profilegate.store.postgresql.runs import IDLE_MAX, Run, pause


class Sent:
    """Something that a function was given."""


def test_a_run_goes_on_where_it_has_waited():
    """
    "A function, which runs until it first waits; ``resume`` lets it go on".
    """
    steps: list[str] = []

    def work(name: str) -> str:
        steps.append(f"{name} begins")
        pause()
        steps.append(f"{name} ends")
        return name

    one, two = Run(work, "one"), Run(work, "two")
    begun = [*steps]
    two.resume()
    one.resume()

    assert ["one begins", "two begins"] == begun
    assert ["two ends", "one ends"] == steps[2:]
    assert [(True, "one"), (True, "two")] == [(run.is_done, run.result) for run in (one, two)]


def test_a_run_within_a_run_lets_that_one_go_on():
    """
    "Let the code go on that began the present run", also if greenlets have changed their places.
    """

    def inner() -> str:
        pause()
        return "inner"

    def outer() -> str:
        run = Run(inner)
        pause()
        run.resume()
        return f"outer and {run.result}"

    results = []
    for _ in range(3):
        run = Run(outer)
        run.resume()
        results.append(run.result)

    assert ["outer and inner"] * 3 == results


def test_a_greenlet_that_waits_keeps_nothing_of_what_it_ran():
    """
    What it ran held a person's data.
    """
    sent = Sent()
    is_alive = weakref.ref(sent)
    Run(lambda given: None, sent)
    del sent

    assert is_alive() is None


def test_after_an_error_the_next_run_begins_anew():
    """
    An error of a function is the caller's.
    """
    with pytest.raises(ZeroDivisionError):
        Run(lambda: 1 / 0)

    assert "next" == Run(lambda: "next").result


def test_greenlets_that_wait_are_few():
    """
    "Greenlets of a thread that wait to be used again, each with 16 KiB": a crowd leaves few.
    """
    crowd = [Run(pause) for _ in range(IDLE_MAX + 10)]
    for run in crowd:
        run.resume()

    assert IDLE_MAX == len(runs._idle.workers[0])


def test_runs_within_runs_do_not_get_deeper_and_deeper():
    """
    "Used at any, new ones would begin deeper and deeper": until CPython's limit of 1,000 calls.
    """

    def crowd() -> int:
        inner = [Run(pause) for _ in range(IDLE_MAX + 1)]
        for run in inner:
            run.resume()
        return len(inner)

    assert {IDLE_MAX + 1} == {Run(crowd).result for _ in range(300)}
