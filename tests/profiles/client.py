"""A client of our own API, and the people of the demo world whom the tests speak of."""

import json
from collections.abc import Mapping
from typing import Any

from profilegate.store import DEFAULT_WORLD, AccountKey
from tests.running_gateway import Answer, RunningGate

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
"""One person behind all four doors; her account with Machnet is verified."""

LENA_AT_MACHNET = ("machnet", "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e04")

NOBODY = "00000000-0000-4000-8000-000000000000"


def send(
    gate: RunningGate,
    method: str,
    target: str,
    body: Any = None,
    *,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a request with the token, and a body as JSON if there is one."""
    sent = {**ADMIN, **(headers or {})}
    if body is None:
        return gate.send(method, target, headers=sent)
    raw = json.dumps(body).encode()
    return gate.send(method, target, body=raw, headers={"Content-Type": media_type, **sent})


def id_of(gate: RunningGate, account: tuple[str, str]) -> str:
    """The id of the profile that an account of the demo world sees."""
    key = AccountKey(DEFAULT_WORLD, *account)
    return gate.run(gate.store.profile_of(key)).id


def profile(gate: RunningGate, profile_id: str) -> Any:
    """A profile as the API shows it."""
    return send(gate, "GET", f"/profiles/{profile_id}").json()


def create(gate: RunningGate, body: Any = None) -> Any:
    """A new profile."""
    answer = send(gate, "POST", "/profiles", body or {})
    assert 201 == answer.status
    return answer.json()


def account_at(profile_id: str, account: tuple[str, str]) -> str:
    """The path of an account on a profile."""
    return f"/profiles/{profile_id}/accounts/{account[0]}/{account[1]}"


def faults(answer: Answer) -> dict[str, str]:
    """What a problem says of each field or parameter."""
    assert PROBLEM == answer.headers["content-type"]
    return {
        error.get("pointer", error.get("parameter")): error["detail"]
        for error in answer.json()["errors"]
    }


def gist(answer: Answer) -> tuple[int, str]:
    """A problem's status and type, which are the same inside and outside."""
    problem = answer.json()
    assert PROBLEM == answer.headers["content-type"]
    assert problem["status"] == answer.status
    return answer.status, problem["type"].removeprefix("urn:profilegate:problem:")
