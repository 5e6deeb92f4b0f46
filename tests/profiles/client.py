"""A client of the admin API, and the people of the demo data that the tests use."""

import json
from collections.abc import Mapping
from typing import Any

from profilegate.store import DEFAULT_NAMESPACE, AccountKey, profiles
from tests.running_gateway import Response, RunningGateway

TOKEN = "demo-admin"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
PROBLEM = "application/problem+json"

KAI = ("kraken", "AA08N84GCPARUN7A")
CHARLES = ("navixy", "1001")
VERA = ("machnet", "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e01")
"""Whom Machnet has verified."""

LENA = ("kraken", "AA39N84GC4XO6B2V")
"""One person behind all four providers; her account with Machnet is verified."""

LENA_AT_MACHNET = ("machnet", "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e04")

NOBODY = "00000000-0000-4000-8000-000000000000"


def send(
    gateway: RunningGateway,
    method: str,
    target: str,
    body: Any = None,
    *,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Send a request with the token, and a body as JSON if there is one."""
    sent = {**ADMIN, **(headers or {})}
    if body is None:
        return gateway.send(method, target, headers=sent)
    raw = json.dumps(body).encode()
    return gateway.send(method, target, body=raw, headers={"Content-Type": media_type, **sent})


def id_of(gateway: RunningGateway, account: tuple[str, str]) -> str:
    """The id of the profile that an account of the demo data sees."""
    key = AccountKey(DEFAULT_NAMESPACE, *account)
    return gateway.run(gateway.store.read(profiles.find_of, key)).id


def profile(gateway: RunningGateway, profile_id: str) -> Any:
    """A profile as the API shows it."""
    return send(gateway, "GET", f"/profiles/{profile_id}").json()


def create(gateway: RunningGateway, body: Any = None) -> Any:
    """A new profile."""
    response = send(gateway, "POST", "/profiles", body or {})
    assert 201 == response.status
    return response.json()


def account_at(profile_id: str, account: tuple[str, str]) -> str:
    """The path of an account on a profile."""
    return f"/profiles/{profile_id}/accounts/{account[0]}/{account[1]}"


def violations(response: Response) -> dict[str, str]:
    """What a problem says of each field or parameter."""
    assert PROBLEM == response.headers["content-type"]
    return {
        error.get("pointer", error.get("parameter")): error["detail"]
        for error in response.json()["errors"]
    }


def gist(response: Response) -> tuple[int, str]:
    """A problem's status and type, which are the same inside and outside."""
    problem = response.json()
    assert PROBLEM == response.headers["content-type"]
    assert problem["status"] == response.status
    return response.status, problem["type"].removeprefix("urn:profilegate:problem:")
