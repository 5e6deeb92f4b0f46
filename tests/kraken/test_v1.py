"""Embed v1: the typed calls of Kraken's official Go SDK (krakenfx/api-go)."""

import json
from typing import Any

import pytest

from tests.clients import JSON, KRAKEN_USER, KRAKEN_USER_OF_ANOTHER, KrakenPartner, kraken_signature
from tests.kraken.calls import (
    INVALID_KEY,
    INVALID_NONCE,
    INVALID_SIGNATURE,
    LINKED_AND_LOCKED,
    MISSING_KEY,
    UNKNOWN_USER,
    error,
    outcome,
)
from tests.kraken.users import REQUIRED
from tests.running_gateway import Response, RunningGateway

KEYS = KrakenPartner()
GET_USER = f"/0/private/GetUser?user={KRAKEN_USER}"
NEW_NAME = {"full_name": {"first_name": "Zoe", "last_name": "Quinn"}}


def call(
    gateway: RunningGateway,
    target: str,
    body: Any = None,
    *,
    nonce: Any = "1767323045000",
    signed_nonce: str | None = None,
    **headers: str,
) -> Response:
    """
    Send a request as the SDK does in its version 0: the nonce in the body, compact JSON with its
    keys in the order of the alphabet, no API-Nonce.
    """
    sent = {**(body or {}), **({} if nonce is None else {"nonce": nonce})}
    raw = json.dumps(sent, separators=(",", ":"), sort_keys=True).encode()
    signature = kraken_signature(KEYS.private_key, target, signed_nonce or str(nonce), raw)
    signed = {"API-Key": KEYS.api_key, "API-Sign": signature, "User-Agent": "krakenfx/api-go"}
    return gateway.send("POST", target, body=raw, headers={**signed, **JSON, **headers})


def test_the_go_sdk_creates_reads_and_updates_a_user(gateway: RunningGateway) -> None:
    """
    "CreateUser: POST /0/private/CreateUser" {"UserInfo": …, "nonce": …}, "UpdateUser" {"query":
    {"user": …}, "body": …, "nonce": …}, "GetUser" with the user as the query; each response is read
    as {"error": […], "result": …}.
    """
    made = call(gateway, "/0/private/CreateUser", {"UserInfo": REQUIRED}, nonce="1767323045000")
    user = made.json()["result"]["user"]
    changes = {"query": {"user": user}, "body": {"city_of_birth": "Bergen"}}
    updated = call(gateway, "/0/private/UpdateUser", changes, nonce="1767323045001")
    target = f"/0/private/GetUser?user={user.replace(' ', '+')}"
    shown = call(gateway, target, nonce="1767323045002")
    result = shown.json()["result"]
    lacking = [action["details_type"]["type"] for action in result["status"]["required_actions"]]

    assert (200, [], {"user"}) == (made.status, made.json()["error"], made.json()["result"].keys())
    assert (200, {"error": [], "result": "success"}) == outcome(updated)
    assert (200, []) == (shown.status, shown.json()["error"])
    assert (user, "user-4711") == (result["user"], result["external_id"])
    assert "city_of_birth" not in lacking


def test_a_v1_nonce_and_a_v2_nonce_are_of_one_series(gateway: RunningGateway) -> None:
    """
    The nonce is the key's: "always increasing", by whatever call.
    """
    first = call(gateway, GET_USER, nonce=5)
    target = f"/b2b/users/{KRAKEN_USER}"
    second = gateway.send("GET", target, headers=KEYS.headers(target, b"", 5))
    third = call(gateway, GET_USER, nonce=5)

    assert [200, 401, 401] == [first.status, second.status, third.status]


REJECTED: dict[str, tuple[dict[str, Any], int, list[str]]] = {
    "no nonce": ({"nonce": None, "signed_nonce": "1"}, 401, [INVALID_NONCE]),
    "a nonce that is no number": ({"nonce": "soon"}, 401, [INVALID_NONCE]),
    "a nonce that is true": ({"nonce": True, "signed_nonce": "True"}, 401, [INVALID_NONCE]),
    "another nonce is signed": ({"nonce": "7", "signed_nonce": "8"}, 401, [INVALID_SIGNATURE]),
    "an unknown key": ({"API-Key": "nobody"}, 401, [INVALID_KEY]),
    "no key": ({"API-Key": ""}, 401, [MISSING_KEY]),
}


@pytest.mark.parametrize(("how", "status", "words"), REJECTED.values(), ids=REJECTED)
def test_a_v1_request_is_authenticated(
    gateway: RunningGateway, how: dict[str, Any], status: int, words: list[str]
) -> None:
    """
    The SDK's Sign: path, nonce and body, as Kraken's spot API does.
    """
    assert (status, error(*words)) == outcome(call(gateway, GET_USER, **how))


WRONG: dict[str, tuple[str, Any, int, list[str]]] = {
    "no user in the query": (
        "/0/private/GetUser", {}, 400, ["EGeneral:Invalid arguments:user"],
    ),
    "a malformed user in the query": (
        "/0/private/GetUser?user=short", {}, 400, ["ENexus:Invalid user ID"],
    ),
    "a malformed user in the body": (
        "/0/private/UpdateUser", {"query": {"user": "short"}, "body": {}}, 400,
        ["ENexus:Invalid user ID"],
    ),
    "a wrong field": (
        "/0/private/UpdateUser", {"query": {"user": KRAKEN_USER}, "body": {"phone": "0"}}, 400,
        ["EGeneral:Invalid arguments:body.phone"],
    ),
    "another partner's user": (
        "/0/private/UpdateUser", {"query": {"user": KRAKEN_USER_OF_ANOTHER}, "body": NEW_NAME}, 404,
        [UNKNOWN_USER],
    ),
    "a locked field": (
        "/0/private/UpdateUser", {"query": {"user": LINKED_AND_LOCKED}, "body": NEW_NAME}, 403,
        [
            "EGeneral:Permission denied:full_name.first_name",
            "EGeneral:Permission denied:full_name.last_name",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("target", "body", "status", "words"), WRONG.values(), ids=WRONG)
def test_a_v1_request_is_rejected_as_its_newer_form_is(
    gateway: RunningGateway, target: str, body: Any, status: int, words: list[str]
) -> None:
    """
    The same operations in another wrapping: the rules and the codes are the same.
    """
    assert (status, error(*words)) == outcome(call(gateway, target, body))
