"""Navixy: calls from web pages on other origins (CORS)."""

from collections.abc import Mapping

import pytest

from tests.clients import JSON, NAVIXY_HASH
from tests.navixy.client import by_json, by_query, error_response
from tests.running_gateway import RunningGateway

ACTIONS = ["auth", "get_info", "logout", "session/renew", "personal_info/update"]

PATHS = [
    path.format(action)
    for action in ACTIONS
    for path in ("/v2/user/{}", "/v2/user/{}/", "/user/{}", "/user/{}/")
]

ORIGIN = {"Origin": "https://fleet.example.com"}

# A browser sends this before JSON with the two headers of "Getting started".
PREFLIGHT = {
    **ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,nvx-iso-datetime",
}


def listed(header: str) -> set[str]:
    """The members of a header's list, in lower case."""
    return {member.strip().lower() for member in header.split(",")}


def methods_at(path: str) -> set[str]:
    """The documented methods, and HEAD where the GET changes nothing."""
    return {"get", "post", "head"} if "get_info" in path else {"get", "post"}


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_allows_every_documented_method_and_header(
    gateway: RunningGateway, path: str
) -> None:
    """
    The Fetch standard: a preflight is an OPTIONS with Access-Control-Request-Method, carries
    no credentials, and needs a successful response.
    """
    response = gateway.send("OPTIONS", path, headers=PREFLIGHT)

    assert 204 == response.status
    assert "*" == response.headers["access-control-allow-origin"]
    assert methods_at(path) == listed(response.headers["access-control-allow-methods"])
    assert listed(PREFLIGHT["Access-Control-Request-Headers"]) <= listed(
        response.headers["access-control-allow-headers"]
    )
    assert b"" == response.body


@pytest.mark.parametrize("path", PATHS)
def test_options_without_a_preflight_is_a_wrong_method(gateway: RunningGateway, path: str) -> None:
    """
    "Errors": "112 Wrong method"; an OPTIONS is a preflight only with Access-Control-Request-Method.
    """
    response = gateway.send("OPTIONS", path, headers=ORIGIN)

    assert (405, error_response(112, "Wrong method")) == (response.status, response.json())
    assert methods_at(path) == listed(response.headers["allow"])
    assert "*" == response.headers["access-control-allow-origin"]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_page_may_read_every_response(gateway: RunningGateway, action: str) -> None:
    """
    The Fetch standard: without Access-Control-Allow-Origin the page sees a network error, and
    neither the response nor the code of the error response.
    """
    sent = {
        "hash": NAVIXY_HASH,
        "login": "charles.pearson@example.com",
        "password": "demo-password",
        "legal_type": "individual",
        "first_name": "Charles",
        "middle_name": "",
        "last_name": "Pearson",
    }

    for response in (
        by_json(gateway, action, sent, ORIGIN),
        by_query(gateway, action, sent, ORIGIN),
        by_json(gateway, action, {"hash": "0" * 32, "login": 1}, ORIGIN),
        by_query(gateway, action, {"hash": "?"}, ORIGIN),
    ):
        assert "*" == response.headers["access-control-allow-origin"]


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        pytest.param("DELETE", {}, 405, id="a wrong method"),
        pytest.param("POST", {**JSON, "Content-Length": "99999999"}, 413, id="a body too large"),
        pytest.param("POST", {"Content-Type": "text/xml"}, 415, id="another media type"),
        pytest.param("POST", JSON, 400, id="no JSON"),
    ],
)
def test_a_page_may_read_early_error_responses(
    gateway: RunningGateway, method: str, headers: Mapping[str, str], status: int
) -> None:
    """
    Requests that are rejected before they reach an action have the header too.
    """
    response = gateway.send(method, "/v2/user/auth", headers={**ORIGIN, **headers})

    assert status == response.status
    assert "*" == response.headers["access-control-allow-origin"]
