"""Navixy: 50 requests a second for each user, and for each IP address."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from profilegate.gateway import context
from tests.clients import NAVIXY_HASH, NAVIXY_HASH_WITHOUT_PLUGIN
from tests.navixy.client import by_json, error_response, log_in
from tests.running_gateway import Response, RunningGateway

REQUESTS_MAX = 50

TOO_MANY = error_response(15, "Too many requests (rate limit exceeded)")


PEERS = (f"198.51.{n >> 8}.{n & 255}" for n in itertools.count())

STARTS = itertools.count(1_000_000_000, 3600)
"""Each test has a time of its own, so that no test counts the requests of another."""


@dataclass
class Stopped:
    """The limiter's clock, which stands still until a test moves it."""

    seconds: float = field(default_factory=lambda: next(STARTS))

    def time(self) -> float:
        """The present time, in place of ``monotonic``."""
        return self.seconds


@pytest.fixture(scope="module")
def limiting_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A separate server with rate limits."""
    running = RunningGateway(
        tmp_path_factory.mktemp("limiting"), limits_rates=True, proxies="127.0.0.1"
    )
    yield running
    running.stop()


@pytest.fixture
def limited(limiting_server: RunningGateway, tmp_path: Path) -> RunningGateway:
    """The server with rate limits and a fresh copy of the demo data."""
    limiting_server.start_afresh(tmp_path)
    return limiting_server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Stopped:
    """The clock by which requests are counted."""
    stopped = Stopped()
    monkeypatch.setattr(context, "monotonic", stopped.time)
    return stopped


def read(gateway: RunningGateway, key: str = NAVIXY_HASH, peer: str | None = None) -> Response:
    """Send one request with a hash, from a peer of its own unless one is given."""
    headers = {"X-Forwarded-For": peer or next(PEERS)}
    return by_json(gateway, "get_info", {"hash": key}, headers)


def statuses(gateway: RunningGateway, count: int, key: str = NAVIXY_HASH) -> list[int]:
    """The statuses of ``count`` requests with a hash."""
    return [read(gateway, key).status for _ in range(count)]


def test_the_51st_request_of_a_second_is_rejected(limited: RunningGateway, clock: Stopped) -> None:
    """
    "Getting started": 50 requests a second; "15 Too many requests (rate limit exceeded)", 429.
    """
    assert [200] * REQUESTS_MAX == statuses(limited, REQUESTS_MAX)

    response = read(limited)

    assert (429, TOO_MANY) == (response.status, response.json())
    assert "1" == response.headers["retry-after"]
    assert "*" == response.headers["access-control-allow-origin"]


def test_when_the_second_is_over_requests_are_served_again(
    limited: RunningGateway, clock: Stopped
) -> None:
    """
    50 requests *a second*: a rejected client waits a second, not longer.
    """
    statuses(limited, REQUESTS_MAX)
    clock.seconds += 0.9
    assert 429 == read(limited).status

    clock.seconds += 0.2

    assert 200 == read(limited).status


def test_all_hashes_of_a_user_are_counted_together(limited: RunningGateway, clock: Stopped) -> None:
    """
    "Per user": five sessions do not give five times as many requests; other users are not affected.
    """
    session = log_in(limited)
    statuses(limited, REQUESTS_MAX)

    assert [429] == statuses(limited, 1, session)
    assert [200] == statuses(limited, 1, NAVIXY_HASH_WITHOUT_PLUGIN)


WRONG_LOGIN = {"login": "nobody@example.com", "password": "wrong"}


@pytest.mark.parametrize(
    ("action", "sent"),
    [("auth", WRONG_LOGIN), ("get_info", {"hash": "0" * 32}), ("get_info", {"hash": "none"})],
    ids=["logins", "unknown hashes", "malformed hashes"],
)
def test_a_peer_is_counted_before_it_is_authenticated(
    limited: RunningGateway, clock: Stopped, action: str, sent: dict[str, str]
) -> None:
    """
    "And for each IP address": 50 requests a second, whether their credentials are right or not;
    addresses of one IPv6 network are one.
    """
    found = []
    for number in range(REQUESTS_MAX + 1):
        peer = {"X-Forwarded-For": f"2001:db8:7::{number:x}"}
        found.append(by_json(limited, action, sent, peer).status)

    assert [400] * REQUESTS_MAX + [429] == found


def test_a_hash_in_capitals_is_the_same_hash(limited: RunningGateway, clock: Stopped) -> None:
    """
    Hexadecimal digits have no case, so capital letters do not double the limit.
    """
    statuses(limited, REQUESTS_MAX)

    assert [429] == statuses(limited, 1, NAVIXY_HASH.upper())


def test_all_actions_are_counted_together(limited: RunningGateway, clock: Stopped) -> None:
    """
    50 *requests* a second, including those that are rejected.
    """
    for _ in range(REQUESTS_MAX):
        peer = {"X-Forwarded-For": next(PEERS)}
        rejected = by_json(limited, "personal_info/update", {"hash": NAVIXY_HASH}, peer)
        assert 400 == rejected.status

    assert [429] == statuses(limited, 1)


def test_a_rejected_request_changes_nothing(limited: RunningGateway, clock: Stopped) -> None:
    """
    Code 15 comes before the operation.
    """
    statuses(limited, REQUESTS_MAX)
    before = limited.fields("navixy", "1001")

    response = by_json(
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

    assert 429 == response.status
    assert before == limited.fields("navixy", "1001")


def test_without_rate_limits_no_request_is_rejected(
    gateway: RunningGateway, clock: Stopped
) -> None:
    """
    ``--no-rate-limits`` is for measurements and bulk loads.
    """
    assert [200] * (REQUESTS_MAX + 1) == statuses(gateway, REQUESTS_MAX + 1)
