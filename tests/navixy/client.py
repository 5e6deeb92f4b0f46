"""How Navixy's clients send an action, from "Getting started": as JSON, as a form, by query."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from tests.clients import JSON
from tests.running_gateway import Response, RunningGateway

LOGIN = "charles.pearson@example.com"
PASSWORD = "demo-password"

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

INDIVIDUAL = {
    "legal_type": "individual",
    "first_name": "Charles",
    "middle_name": "",
    "last_name": "Pearson",
}

Parameters = Mapping[str, Any]


def target(action: str) -> str:
    """Where an action lies; one that is a path already lies there."""
    return action if action.startswith("/") else f"/v2/user/{action}"


def by_json(
    gateway: RunningGateway, action: str, sent: Parameters, headers: Mapping[str, str] | None = None
) -> Response:
    """POST application/json, "recommended"."""
    body = json.dumps(sent).encode()
    return gateway.send("POST", target(action), body=body, headers={**JSON, **(headers or {})})


def by_form(
    gateway: RunningGateway, action: str, sent: Parameters, headers: Mapping[str, str] | None = None
) -> Response:
    """POST application/x-www-form-urlencoded "with parameters in the request body"."""
    body = urlencode(sent).encode()
    return gateway.send("POST", target(action), body=body, headers={**FORM, **(headers or {})})


def by_query(
    gateway: RunningGateway, action: str, sent: Parameters, headers: Mapping[str, str] | None = None
) -> Response:
    """GET, "not recommended"."""
    return gateway.send("GET", f"{target(action)}?{urlencode(sent)}", headers=headers)


Way = Callable[[RunningGateway, str, Parameters], Response]

WAYS: dict[str, Way] = {"JSON": by_json, "a form": by_form, "a query": by_query}


def log_in(gateway: RunningGateway) -> str:
    """A new session's hash."""
    response = by_json(gateway, "auth", {"login": LOGIN, "password": PASSWORD})
    found: str = response.json()["hash"]
    return found


def user_info(gateway: RunningGateway, key: str) -> dict[str, Any]:
    """The user as `get_info` shows it."""
    shown: dict[str, Any] = by_json(gateway, "get_info", {"hash": key}).json()["user_info"]
    return shown


def error_response(code: int, description: str, *errors: Parameters) -> dict[str, Any]:
    """An error, as "Getting started" shows it under error handling, and the invalid fields."""
    said = {"success": False, "status": {"code": code, "description": description}}
    return {**said, "errors": list(errors)} if errors else said


WRONG_HASH = error_response(3, "Wrong hash")
ENDED = error_response(4, "User or API key not found or session ended")
