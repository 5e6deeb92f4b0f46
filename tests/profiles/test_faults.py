"""Scripted faults: added, listed and removed through the admin API."""

from typing import Any

import pytest

from profilegate.store.faults import FAULTS_MAX
from tests.profiles.client import gist, send, violations
from tests.running_gateway import RunningGateway

FULL: dict[str, Any] = {
    "provider": "kraken",
    "operation": "update_user",
    "match": {
        "headers": [
            {"header": "API-Key", "value": "demo-api-key"},
            {"header": "X", "pattern": "a"},
        ],
        "body": {"residence.country": "DE", "number": 7, "flag": True},
        "nth": 3,
        "probability": 0.5,
        "seed": 0,
    },
    "error": "invalid_nonce",
    "delay_seconds": 1.5,
    "body_seconds": 2.0,
    "broken": "truncated",
    "after": True,
    "times": 4,
}


def test_a_fault_is_shown_as_it_was_added(testing: RunningGateway) -> None:
    """
    The response, and the list, say everything that was said, and how many requests are to come.
    """
    added = send(testing, "POST", "/faults", FULL)
    shown = {**FULL, "id": added.json()["id"], "remaining": 4}

    assert (201, shown) == (added.status, added.json())
    assert {"faults": [shown]} == send(testing, "GET", "/faults").json()


def test_a_fault_of_the_nth_request_affects_one(testing: RunningGateway) -> None:
    """
    "The nth call" is one call, unless the fault says how many follow.
    """
    fault = {"provider": "kraken", "status": 503, "match": {"nth": 3}}

    assert 1 == send(testing, "POST", "/faults", fault).json()["times"]


def test_faults_are_removed_one_by_one_or_all(testing: RunningGateway) -> None:
    """
    "DELETE /faults/{id}, DELETE /faults": a second time there is no such fault.
    """
    fault = {"provider": "kraken", "status": 503}
    first, *_ = (send(testing, "POST", "/faults", fault).json()["id"] for _ in range(3))
    removed = [send(testing, "DELETE", f"/faults/{first}") for _ in range(2)]
    left = len(send(testing, "GET", "/faults").json()["faults"])
    all_removed = send(testing, "DELETE", "/faults")

    assert [204, 404, 204] == [each.status for each in (*removed, all_removed)]
    assert "there is no such scripted fault (any more)" == removed[1].json()["detail"]
    assert 2 == left
    assert {"faults": []} == send(testing, "GET", "/faults").json()


def test_a_namespace_has_so_many_faults(testing: RunningGateway) -> None:
    """
    "Bounded in number": each request may be compared with all of them.
    """
    fault = {"provider": "kraken", "status": 503}
    statuses = [send(testing, "POST", "/faults", fault).status for _ in range(FAULTS_MAX + 1)]

    assert [201] * FAULTS_MAX + [409] == statuses


WRONG: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "an unknown provider": (
        {"provider": "acme", "status": 503},
        {"/provider": "must be one of diadoc, kraken, machnet, navixy"},
    ),
    "the admin API": (
        {"provider": "profiles", "status": 503},
        {"/provider": "must be one of diadoc, kraken, machnet, navixy"},
    ),
    "an unknown operation": (
        {"provider": "machnet", "operation": "nonsense", "status": 503},
        {
            "/operation": "must be one of create_user, get_user, update_user,"
            " initiate_verification, get_verification_status, list_receive_users"
        },
    ),
    "an error that the operation does not document": (
        {"provider": "navixy", "operation": "log_out", "error": "plugin_not_found"},
        {
            "/error": "must be one of the documented errors: wrong_hash, user_not_found,"
            " wrong_request_format, invalid_parameters, access_denied, service_auth_error,"
            " wrong_method, too_large_request, too_large_body, wrong_content_type,"
            " too_many_requests, unexpected_error, database_error, database_unavailable,"
            " queue_service_error"
        },
    ),
    "no effect": (
        {"provider": "kraken", "after": True},
        {"": "must have an effect: one of error, status, delay_seconds, body_seconds, broken"},
    ),
    "two responses": (
        {"provider": "kraken", "error": "invalid_nonce", "status": 503},
        {"/status": "must be absent beside error"},
    ),
    "no pattern": (
        {
            "provider": "kraken",
            "status": 503,
            "match": {"headers": [{"header": "A", "pattern": "("}]},
        },
        {"/match/headers/0/pattern": "must be a regular expression (ECMA 262)"},
    ),
    "a value and a pattern": (
        {
            "provider": "kraken",
            "status": 503,
            "match": {"headers": [{"header": "A", "value": "b", "pattern": "b"}]},
        },
        {"/match/headers/0/pattern": "must be absent beside value"},
    ),
    "a seed alone": (
        {"provider": "kraken", "status": 503, "match": {"seed": 7}},
        {"/match/seed": "must be absent without probability"},
    ),
    "a field that there is not": (
        {"provider": "kraken", "state": 503},
        {"": "must have no fields but those in the specification"},
    ),
    "a status that is no error": (
        {"provider": "kraken", "status": 200},
        {"/status": "must be at least 400"},
    ),
    "a delay without an end": (
        {"provider": "kraken", "delay_seconds": 61},
        {"/delay_seconds": "must be at most 60"},
    ),
}


@pytest.mark.parametrize(("fault", "expected"), WRONG.values(), ids=WRONG)
def test_a_fault_that_could_not_happen_is_rejected(
    testing: RunningGateway, fault: dict[str, Any], expected: dict[str, str]
) -> None:
    """
    "Violations name field, rule and way out": a test with a wrong name must not pass by accident.
    """
    response = send(testing, "POST", "/faults", fault)

    assert (400, expected) == (response.status, violations(response))


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", "/faults"), ("POST", "/faults"), ("DELETE", "/faults"), ("DELETE", "/faults/1")],
)
def test_faults_need_test_mode(gateway: RunningGateway, method: str, target: str) -> None:
    """
    A real gateway has none, and says how to get one that has.
    """
    body = {"provider": "kraken", "status": 503} if method == "POST" else None
    response = send(gateway, method, target, body)

    assert (409, "not-in-test-mode") == gist(response)
    assert "serve it with --test-mode or --demo" in response.json()["detail"]
