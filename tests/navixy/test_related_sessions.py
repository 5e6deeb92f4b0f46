"""Navixy: how long a session lasts and how it ends (`logout`, `session/renew`)."""

from datetime import timedelta

import pytest

from profilegate.gateway import passwords
from tests.clients import NAVIXY_HASH
from tests.navixy.client import (
    ENDED,
    WAYS,
    Way,
    by_json,
    log_in,
    user_info,
)
from tests.running_gateway import RunningGateway

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

FAILURES_MAX = 10
"""After so many failures of authentication within a minute a credential is locked."""


@pytest.fixture(autouse=True)
def _passwords_are_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password check takes long on purpose; test_related_login.py has it."""
    right = passwords.PasswordCheck(is_right=True)
    monkeypatch.setattr(passwords, "check_password", lambda password, stored: right)


def authenticates(gateway: RunningGateway, key: str) -> bool:
    """Whether a hash authenticates; the request is a use of it."""
    response = by_json(gateway, "get_info", {"hash": key})
    assert response.status == 200 or response.json() == ENDED
    return response.status == 200


# --- Logging out -------------------------------------------------------------------------


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_after_logging_out_the_session_has_ended(gateway: RunningGateway, send: Way) -> None:
    """
    "User", logout: "Destroys current user session"; "How to get a session hash": "If session
    expired or was logged out", the code is 4.
    """
    key = log_in(gateway)

    assert {"success": True} == send(gateway, "logout", {"hash": key}).json()
    response = send(gateway, "get_info", {"hash": key})
    assert (400, ENDED) == (response.status, response.json())


def test_a_session_cannot_be_ended_twice(gateway: RunningGateway) -> None:
    """
    A second logout gets the response of every request with an ended session.
    """
    key = log_in(gateway)
    by_json(gateway, "logout", {"hash": key})

    assert ENDED == by_json(gateway, "logout", {"hash": key}).json()


def test_logging_out_ends_one_session_only(gateway: RunningGateway) -> None:
    """
    "Destroys *current* user session": neither another one nor an API key of the same user.
    """
    key, other = log_in(gateway), log_in(gateway)

    by_json(gateway, "logout", {"hash": key})

    assert authenticates(gateway, other)
    assert authenticates(gateway, NAVIXY_HASH)


@pytest.mark.parametrize("action", ["logout", "session/renew"])
@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_an_api_key_is_no_session(gateway: RunningGateway, send: Way, action: str) -> None:
    """
    "It works only with a standard user session. Calling it with an API key returns error 4, "User
    or API key not found or session ended", even though the key itself is valid". However often
    that happens, the key stays as good as it was.
    """
    responses = [send(gateway, action, {"hash": NAVIXY_HASH}) for _ in range(FAILURES_MAX + 1)]

    assert [(400, ENDED)] * len(responses) == [(each.status, each.json()) for each in responses]
    assert authenticates(gateway, NAVIXY_HASH)


# --- Time --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([30 * DAY - SECOND], id="never used before"),
        pytest.param([29 * DAY, DAY - SECOND], id="used the day before"),
        pytest.param([10 * DAY, 10 * DAY, 10 * DAY - SECOND], id="used every ten days"),
    ],
)
def test_a_session_ends_30_days_after_it_was_issued(
    gateway: RunningGateway, steps: list[timedelta]
) -> None:
    """
    "expires on an absolute deadline, **30 days after it was issued by default**, and using the
    session does not push that deadline back".
    """
    key = log_in(gateway)
    found = []
    for step in (*steps, SECOND):
        gateway.clock.advance(step)
        found.append(authenticates(gateway, key))

    assert [*(True for _ in steps), False] == found


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_renewing_prolongs_a_session_at_once(gateway: RunningGateway, send: Way) -> None:
    """
    "This operation replaces the deadline with a fresh full lifetime starting now".
    """
    key = log_in(gateway)
    gateway.clock.advance(DAY / 2)

    assert {"success": True} == send(gateway, "session/renew", {"hash": key}).json()
    gateway.clock.advance(30 * DAY - SECOND)
    assert authenticates(gateway, key)
    gateway.clock.advance(SECOND)
    assert not authenticates(gateway, key)


def test_an_ended_session_cannot_be_renewed(gateway: RunningGateway) -> None:
    """
    The user has to log in again.
    """
    key = log_in(gateway)
    gateway.clock.advance(30 * DAY)

    assert ENDED == by_json(gateway, "session/renew", {"hash": key}).json()
    assert not authenticates(gateway, key)


def test_an_api_key_does_not_end(gateway: RunningGateway) -> None:
    """
    "Unlike a user's session hash … there is no need to renew the key periodically".
    """
    gateway.clock.advance(3650 * DAY)

    assert 1001 == user_info(gateway, NAVIXY_HASH)["id"]
