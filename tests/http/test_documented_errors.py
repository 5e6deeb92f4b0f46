"""Every documented error of every operation, by its name and over HTTP."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from profilegate.openapi import Operation
from profilegate.openapi.documented_errors import DocumentedError, errors_of
from profilegate.openapi.media_types import is_json
from tests.clients import (
    INDIVIDUAL,
    JSON,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
    with_nonce,
)
from tests.profiles.client import ADMIN, send
from tests.running_gateway import Response, RunningGateway
from tests.specs.all_specs import PROVIDERS, SPECS

OPERATIONS: dict[str, tuple[str, Operation]] = {
    f"{name}.{operation.id}": (name, operation)
    for name, spec in SPECS.items()
    for operation in spec.operations()
}

ERRORS: dict[str, tuple[str, DocumentedError]] = {
    f"{place}: {error.name}": (place, error)
    for place, (name, operation) in OPERATIONS.items()
    for error in errors_of(SPECS[name])[operation.id].values()
}

PATH_VALUES = {"user_id": INDIVIDUAL, "user": KRAKEN_USER}
"""Values of path parameters; every other one gets "1"."""

partner = KrakenPartner()


def call(gateway: RunningGateway, place: str, headers: Mapping[str, str] = {}) -> Response:
    """Send a request to an operation that is authenticated, but need not be valid."""
    name, operation = OPERATIONS[place]
    target = re.sub(r"{(\w+)}", lambda found: PATH_VALUES.get(found[1], "1"), operation.paths[0])
    body = b"{}" if operation.bodies else b""
    credentials: Mapping[str, str] = {}
    if name == "kraken":
        nonce = next(partner.nonces)
        body = with_nonce(body, nonce) if target.startswith("/0/") else body
        credentials = partner.headers(target, body, nonce)
    elif name == "machnet":
        credentials = MACHNET
    elif name == "diadoc":
        credentials = diadoc_authorization()
    elif name == "navixy" and "log_in" not in operation.id:
        credentials = {"Authorization": f"NVX {NAVIXY_HASH}"}
    elif name == "profiles":
        credentials = ADMIN
    return gateway.send(
        operation.method, target, body=body, headers={**JSON, **credentials, **headers}
    )


def said(response: Response, media_type: str) -> Any:
    """The body of a response: JSON, or a text."""
    return response.json() if is_json(media_type) else response.text


@pytest.mark.parametrize(("place", "error"), ERRORS.values(), ids=ERRORS)
def test_a_documented_error_is_produced_by_its_name(
    server_in_test_mode: RunningGateway, place: str, error: DocumentedError
) -> None:
    """
    "Every documented error of every operation can be produced by name", in the provider's own
    envelope: with the status, the media type, the body and the headers of its spec.
    """
    response = call(server_in_test_mode, place, {"Prefer": f"error={error.name}"})

    assert (error.status, error.media_type, error.value) == (
        response.status,
        response.headers["content-type"],
        said(response, error.media_type),
    )
    assert {name.lower() for name in error.headers} <= response.headers.keys()
    assert f"error={error.name}" == response.headers["preference-applied"]


@pytest.mark.parametrize("place", [each for each in OPERATIONS if OPERATIONS[each][0] in PROVIDERS])
def test_scripted_errors_of_an_operation_follow_each_other(
    testing: RunningGateway, place: str
) -> None:
    """
    Faults are tried in the order in which they were added, and each affects one request here.
    """
    name, operation = OPERATIONS[place]
    errors = errors_of(SPECS[name])[operation.id]
    for error in errors:
        fault = {"provider": name, "operation": operation.id, "error": error, "times": 1}
        assert 201 == send(testing, "POST", "/faults", fault).status
    responses = [call(testing, place) for _ in errors]

    assert [(error.status, error.value) for error in errors.values()] == [
        (response.status, said(response, response.headers["content-type"]))
        for response in responses
    ]
    assert {"faults": []} == send(testing, "GET", "/faults").json()


def test_each_error_has_a_name_of_its_own() -> None:
    """
    A name that stood for two statuses of one operation would get the status behind it.
    """
    doubled = [place for place in ERRORS if re.search(r"_\d{3}$", place)]

    assert [] == doubled


def test_a_response_has_the_headers_of_its_status(testing: RunningGateway) -> None:
    """
    RFC 9110, 15.5.2: "MUST send a WWW-Authenticate"; 15.5.6: "MUST generate an Allow"; 15.6.4 and
    RFC 6585, 4: Retry-After says when to try again. The request id is that of the request.
    """
    expected = {
        "machnet.get_user: unauthorized": ("www-authenticate", 'X-Client-Id realm="Machnet"'),
        "machnet.get_user: method_not_allowed": ("allow", "GET, HEAD, PATCH"),
        "kraken.get_user: rate_limit_exceeded": ("retry-after", "1"),
        "kraken.get_user: unavailable": ("retry-after", "1"),
        "diadoc.get_my_user: invalid_auth_token": ("x-diadoc-errorcode", "Http.Auth"),
    }
    found = {}
    for key, (header, _) in expected.items():
        place, error = ERRORS[key]
        response = call(testing, place, {"Prefer": f"error={error.name}"})
        assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])
        found[key] = (header, response.headers.get(header))

    assert expected == found


def test_a_trace_id_is_the_id_of_the_request(testing: RunningGateway) -> None:
    """
    The header of the spec that carries the request's id has no example of it.
    """
    response = call(testing, "diadoc.get_my_user", {"Prefer": "code=500"})

    assert response.headers["x-request-id"] == response.headers["x-kontur-trace-id"]
