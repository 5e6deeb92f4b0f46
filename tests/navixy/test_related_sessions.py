"""Navixy: how long a hash is good, and how it ends (`logout`, `session/renew`)."""

from datetime import timedelta

import pytest

from tests.clients import NAVIXY_HASH
from tests.navixy.client import (
    ENDED,
    WAYS,
    WRONG_HASH,
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
    """Trying a password takes long on purpose; test_companions_login.py does it, nothing here."""
    monkeypatch.setattr("profilegate.gateway.call.is_password", lambda password, kept: True)


def is_good(gateway: RunningGateway, key: str) -> bool:
    """Whether somebody is authenticated by a hash; asking is a use of it."""
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
    A client that logs out again hears what every call with an ended session hears.
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

    assert is_good(gateway, other)
    assert is_good(gateway, NAVIXY_HASH)


@pytest.mark.parametrize("action", ["logout", "session/renew"])
@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_an_api_key_is_no_session(gateway: RunningGateway, send: Way, action: str) -> None:
    """
    "User", logout: "Works only with standard user session (not with API key)"; "Errors": "276
    Action is forbidden for received session type", HTTP 403. The key stays as good as it was.
    """
    response = send(gateway, action, {"hash": NAVIXY_HASH})

    assert (403, NOT_FOR_API_KEYS) == (response.status, response.json())
    assert is_good(gateway, NAVIXY_HASH)


# --- Time --------------------------------------------------------------------------------


def test_a_session_that_is_not_used_ends_after_30_days(gateway: RunningGateway) -> None:
    """
    "How to get a session hash": "hash has a lifetime of 30 days".
    """
    key = log_in(gateway)

    gateway.clock.advance(30 * DAY)

    assert not is_good(gateway, key)


def test_on_its_last_day_a_session_is_as_good_as_on_its_first(gateway: RunningGateway) -> None:
    """
    "How to get a session hash": "hash has a lifetime of 30 days", and not of less.
    """
    key = log_in(gateway)

    gateway.clock.advance(30 * DAY - SECOND)

    assert is_good(gateway, key)


def test_a_session_that_is_used_lives_on(gateway: RunningGateway) -> None:
    """
    Today's pages count the 30 days from the last use, so that a client that calls every now
    and then stays logged in.
    """
    key = log_in(gateway)
    for _ in range(3):
        gateway.clock.advance(29 * DAY)
        assert is_good(gateway, key)

    gateway.clock.advance(30 * DAY)

    assert not is_good(gateway, key)


def test_use_prolongs_a_session_once_a_day_of_it_is_gone(gateway: RunningGateway) -> None:
    """
    A use after a day is written down, so that the 30 days begin anew.
    """
    key = log_in(gateway)
    gateway.clock.advance(DAY)
    is_good(gateway, key)

    gateway.clock.advance(30 * DAY - SECOND)

    assert is_good(gateway, key)


def test_use_within_the_first_day_costs_no_write(gateway: RunningGateway) -> None:
    """
    Reading must not always mean writing: a use before a day is gone changes nothing, and the
    30 days still run from the login.
    """
    key = log_in(gateway)
    gateway.clock.advance(DAY - SECOND)
    is_good(gateway, key)

    gateway.clock.advance(29 * DAY + SECOND)

    assert not is_good(gateway, key)


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_renewing_prolongs_a_session_at_once(gateway: RunningGateway, send: Way) -> None:
    """
    "User session", renew: "Prolongs current user session"; response ``{ "success": true }``.
    """
    key = log_in(gateway)
    gateway.clock.advance(DAY / 2)

    assert {"success": True} == send(gateway, "session/renew", {"hash": key}).json()
    gateway.clock.advance(30 * DAY - SECOND)
    assert is_good(gateway, key)


def test_an_ended_session_cannot_be_renewed(gateway: RunningGateway) -> None:
    """
    What has ended stays ended: the user logs in again.
    """
    key = log_in(gateway)
    gateway.clock.advance(30 * DAY)

    assert ENDED == by_json(gateway, "session/renew", {"hash": key}).json()
    assert not is_good(gateway, key)


def test_an_api_key_does_not_end(gateway: RunningGateway) -> None:
    """
    "Unlike a user's session hash … there is no need to renew the key periodically".
    """
    gateway.clock.advance(3650 * DAY)

    assert 1001 == user_info(gateway, NAVIXY_HASH)["id"]


# --- No hash, or no good one ---------------------------------------------------------------


@pytest.mark.parametrize("action", ["get_info", "logout", "session/renew"])
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param(None, WRONG_HASH, id="none"),
        pytest.param("22eac1c2", WRONG_HASH, id="one that is too short"),
        pytest.param("z" * 32, WRONG_HASH, id="one that is not hexadecimal"),
        pytest.param("0" * 32, ENDED, id="one that nobody has"),
    ],
)
@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_a_caller_that_has_no_good_hash_is_not_authenticated(
    gateway: RunningGateway, send: Way, action: str, key: str | None, expected: dict[str, object]
) -> None:
    """
    "How to get a session hash": code 3 "means that you did not pass hash value properly", code
    4 that "session expired or was logged out".
    """
    response = send(gateway, action, {} if key is None else {"hash": key})

    assert (400, expected) == (response.status, response.json())
