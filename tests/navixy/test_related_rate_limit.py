"""Navixy: 50 requests a second for each hash."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.clients import NAVIXY_HASH, NAVIXY_HASH_WITHOUT_PLUGIN
from tests.navixy.client import by_json, log_in, refusal
from tests.running_gateway import Answer, RunningGate

REQUESTS_MAX = 50

TOO_MANY = refusal(15, "Too many requests (rate limit exceeded)")


STARTS = itertools.count(1_000_000_000, 3600)
"""Each test has a time of its own: none meets the requests of another one."""


@dataclass
class Stopped:
    """The limiter's clock, which stands still until a test moves it."""

    seconds: float = field(default_factory=lambda: next(STARTS))

    def time(self) -> float:
        """What the module ``time`` would say."""
        return self.seconds


@pytest.fixture(scope="module")
def limiting_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGate]:
    """A server of its own, at which the limits hold."""
    running = RunningGate(tmp_path_factory.mktemp("limiting"), limits_rates=True)
    yield running
    running.stop()


@pytest.fixture
def limited(limiting_server: RunningGate, tmp_path: Path) -> RunningGate:
    """The server at which limits hold, with the demo world as it is in the beginning."""
    limiting_server.start_afresh(tmp_path)
    return limiting_server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Stopped:
    """The clock by which requests are counted."""
    stopped = Stopped()
    monkeypatch.setattr("limits.storage.memory.time", stopped)
    return stopped


def read(gate: RunningGate, key: str = NAVIXY_HASH) -> Answer:
    """Call by a hash, whatever for."""
    return by_json(gate, "get_info", {"hash": key})


def statuses(gate: RunningGate, count: int, key: str = NAVIXY_HASH) -> list[int]:
    """Call so often by one hash."""
    return [read(gate, key).status for _ in range(count)]


def test_the_51st_request_of_a_second_is_refused(limited: RunningGate, clock: Stopped) -> None:
    """
    "Getting started": 50 requests a second; "15 Too many requests (rate limit exceeded)", 429.
    """
    assert [200] * REQUESTS_MAX == statuses(limited, REQUESTS_MAX)

    answer = read(limited)

    assert (429, TOO_MANY) == (answer.status, answer.json())
    assert "*" == answer.headers["access-control-allow-origin"]


def test_when_the_second_is_over_requests_are_served_again(
    limited: RunningGate, clock: Stopped
) -> None:
    """
    50 requests *a second*: whoever was refused waits a second, not longer.
    """
    statuses(limited, REQUESTS_MAX)
    clock.seconds += 0.9
    assert 429 == read(limited).status

    clock.seconds += 0.2

    assert 200 == read(limited).status


def test_each_hash_is_counted_by_itself(limited: RunningGate, clock: Stopped) -> None:
    """
    "Per user", which is per session hash or API key: neither another user's hash nor another
    one of the same user is touched.
    """
    session = log_in(limited)

    statuses(limited, REQUESTS_MAX + 1)

    assert [429] == statuses(limited, 1)
    assert [200] == statuses(limited, 1, NAVIXY_HASH_WITHOUT_PLUGIN)
    assert [200] == statuses(limited, 1, session)


def test_a_hash_in_capitals_is_the_same_hash(limited: RunningGate, clock: Stopped) -> None:
    """
    Hexadecimal digits have no case: writing them otherwise doubles nobody's limit.
    """
    statuses(limited, REQUESTS_MAX)

    assert [429] == statuses(limited, 1, NAVIXY_HASH.upper())


def test_all_actions_are_counted_together_whatever_they_come_to(
    limited: RunningGate, clock: Stopped
) -> None:
    """
    50 *requests* a second: one that is refused for its parameters is a request as well.
    """
    for _ in range(REQUESTS_MAX):
        refused = by_json(limited, "personal_info/update", {"hash": NAVIXY_HASH})
        assert 400 == refused.status

    assert [429] == statuses(limited, 1)


def test_a_refused_request_changes_nothing(limited: RunningGate, clock: Stopped) -> None:
    """
    Code 15 is said before anything is done.
    """
    statuses(limited, REQUESTS_MAX)
    before = limited.fields("navixy", "1001")

    answer = by_json(
        limited,
        "personal_info/update",
        {
            "hash": NAVIXY_HASH,
            "legal_type": "individual",
            "first_name": "Too",
            "middle_name": "",
            "last_name": "Many",
        },
    )

    assert 429 == answer.status
    assert before == limited.fields("navixy", "1001")


def test_without_limits_nobody_is_refused(gate: RunningGate, clock: Stopped) -> None:
    """
    ``--no-rate-limits``: who measures or loads in bulk is not held up.
    """
    assert [200] * (REQUESTS_MAX + 1) == statuses(gate, REQUESTS_MAX + 1)
