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
    error_response,
    log_in,
    user_info,
)
from tests.running_gateway import RunningGateway

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

NOT_FOR_API_KEYS = error_response(276, "Action is forbidden for received session type")


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
    "User", logout: "Works only with standard user session (not with API key)"; "Errors": "276
    Action is forbidden for received session type", HTTP 403. The key stays as good as it was.
    """
    response = send(gateway, action, {"hash": NAVIXY_HASH})

    assert (403, NOT_FOR_API_KEYS) == (response.status, response.json())
    assert authenticates(gateway, NAVIXY_HASH)


# --- Time --------------------------------------------------------------------------------

# Steps of time, each with whether the session authenticates after it.
LIFETIMES = {
    "not used for 30 days": [(30 * DAY, False)],
    "one second less": [(30 * DAY - SECOND, True)],
    "used every 29 days": [(29 * DAY, True), (29 * DAY, True), (29 * DAY, True), (30 * DAY, False)],
    "a use after one day is stored": [(DAY, True), (30 * DAY - SECOND, True)],
    "an earlier use is not": [(DAY - SECOND, True), (29 * DAY + SECOND, False)],
}


@pytest.mark.parametrize("steps", LIFETIMES.values(), ids=LIFETIMES)
def test_a_session_ends_30_days_after_its_last_use(
    gateway: RunningGateway, steps: list[tuple[timedelta, bool]]
) -> None:
    """
    "hash has a lifetime of 30 days"; today's pages count them from the last use. A use within a
    day of the last stored one is not stored, so that reading does not always mean writing.
    """
    key = log_in(gateway)
    found = []
    for step, _ in steps:
        gateway.clock.advance(step)
        found.append(authenticates(gateway, key))

    assert [expected for _, expected in steps] == found


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_renewing_prolongs_a_session_at_once(gateway: RunningGateway, send: Way) -> None:
    """
    "User session", renew: "Prolongs current user session"; response ``{ "success": true }``.
    """
    key = log_in(gateway)
    gateway.clock.advance(DAY / 2)

    assert {"success": True} == send(gateway, "session/renew", {"hash": key}).json()
    gateway.clock.advance(30 * DAY - SECOND)
    assert authenticates(gateway, key)


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
