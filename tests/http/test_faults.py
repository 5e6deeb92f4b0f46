"""Scripted faults: which requests they affect, and what becomes of the response."""

import http.client
import json
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest

from profilegate.gateway.request import ConnectionDroppedError
from profilegate.store.faults import DELAY_MAX_SECONDS
from tests.clients import INDIVIDUAL, JSON, MACHNET, NAVIXY_HASH, KrakenPartner
from tests.http.providers import KRAKEN
from tests.profiles.client import send
from tests.running_gateway import Response, RunningGateway

USER = f"/users/{INDIVIDUAL}"
ERROR = {"provider": "machnet", "error": "service_unavailable"}


def script(gateway: RunningGateway, fault: Mapping[str, Any], namespace: str = "default") -> str:
    """Script a fault; its id."""
    headers = {"X-Profilegate-Namespace": namespace}
    response = send(gateway, "POST", "/faults", fault, headers=headers)
    assert 201 == response.status, response.text
    return str(response.json()["id"])


def get_user(gateway: RunningGateway, **headers: str) -> Response:
    """Read a user of Machnet."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return gateway.send("GET", USER, headers={**MACHNET, **more})


def update(gateway: RunningGateway, **fields: Any) -> Response:
    """Update a user of Machnet."""
    body = json.dumps(fields or {"first_name": "Zoe"}).encode()
    return gateway.send("PATCH", USER, body=body, headers={**MACHNET, **JSON})


def first_name(gateway: RunningGateway) -> Any:
    """The stored name of that user."""
    return gateway.fields("machnet", INDIVIDUAL)["name.given"]


# --- The operation -----------------------------------------------------------------------


def test_a_rejected_request_stores_nothing(testing: RunningGateway) -> None:
    """
    "A fault with a status rejects the request before the handler: nothing is stored".
    """
    script(testing, ERROR)
    before = first_name(testing)
    response = update(testing)

    assert (503, before) == (response.status, first_name(testing))


def test_a_rejected_request_uses_up_no_nonce(testing: RunningGateway) -> None:
    """
    A client that repeats the request, its nonce included, succeeds.
    """
    script(testing, {"provider": "kraken", "error": "internal_error", "times": 1})
    body = KRAKEN.good_body()
    headers = {**JSON, **KrakenPartner().headers(KRAKEN.target, body, 1767323045000)}
    responses = [testing.send("PATCH", KRAKEN.target, body=body, headers=headers) for _ in range(3)]

    assert [500, 200, 401] == [response.status for response in responses]
    assert {"error": ["EAPI:Invalid nonce"]} == responses[-1].json()


@pytest.mark.parametrize(
    "effect", [{"broken": "no_response"}, {"error": "internal_server_error"}, {"status": 504}],
    ids=["no response", "an error by name", "a status"],
)  # fmt: skip
def test_after_an_operation_only_its_response_is_lost(
    testing: RunningGateway, effect: dict[str, Any]
) -> None:
    """
    "Did my update arrive?": it did, although its client cannot know it.
    """
    script(testing, {"provider": "machnet", "after": True, **effect})
    try:
        status = update(testing).status
    except http.client.RemoteDisconnected:
        status = 0

    assert (effect.get("status", 500 if "error" in effect else 0), "Zoe") == (
        status,
        first_name(testing),
    )


def test_a_wrong_credential_is_an_error_of_its_own(testing: RunningGateway) -> None:
    """
    The namespace of a request is known only when its caller is authenticated.
    """
    script(testing, {**ERROR, "times": 1})
    wrong = testing.send("GET", USER, headers={**MACHNET, "X-Client-Secret": "wrong"})

    assert (401, 503) == (wrong.status, get_user(testing).status)


# --- The response ------------------------------------------------------------------------


def raw(gateway: RunningGateway) -> tuple[int, int, bytes, bool]:
    """Status, Content-Length, the received body, and whether the connection then serves more."""
    with closing(http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)) as connection:
        connection.request("GET", USER, headers=MACHNET)
        with connection.getresponse() as response:
            length = int(response.headers["content-length"])
            try:
                body = response.read()
            except http.client.IncompleteRead as error:
                body = error.partial
        try:
            connection.request("GET", USER, headers=MACHNET)
            with connection.getresponse() as another:
                serves_more = another.status == 200
        except (ConnectionError, http.client.HTTPException):
            serves_more = False
    return response.status, length, body, serves_more


def test_a_response_breaks_where_the_fault_says(testing: RunningGateway) -> None:
    """
    After its head; in the middle of its body, before as many bytes as Content-Length announces; in
    its content, which no parser of JSON takes, on a connection that goes on.
    """
    whole = get_user(testing).body
    found = {}
    for broken in ("head_only", "truncated", "malformed"):
        script(testing, {"provider": "machnet", "broken": broken, "times": 1})
        found[broken] = raw(testing)
    half = whole[: len(whole) // 2]

    assert (200, len(whole), b"", False) == found["head_only"]
    assert (200, len(whole), half, False) == found["truncated"]
    assert (200, len(half) + 2, half + b"\xff\xfe", True) == found["malformed"]


def test_a_connection_ends_before_its_response(testing: RunningGateway) -> None:
    """
    The operation does not run, and the server logs nothing and sends nothing.
    """
    script(testing, {"provider": "machnet", "broken": "no_response", "times": 1})
    before = first_name(testing)
    with pytest.raises(http.client.RemoteDisconnected):
        update(testing)

    assert (before, 200) == (first_name(testing), update(testing).status)


def test_an_error_may_break_too(testing: RunningGateway) -> None:
    """
    The effects of one fault add up: here the provider's error response, cut in its middle.
    """
    script(testing, {**ERROR, "broken": "truncated"})

    status, length, body, _ = raw(testing)
    assert (503, length // 2) == (status, len(body))


def test_an_error_of_the_operation_breaks_too(testing: RunningGateway) -> None:
    """
    A fault changes what the operation sends, whatever that is.
    """
    script(testing, {"provider": "machnet", "broken": "malformed"})
    response = update(testing, first_name="")

    assert 400 == response.status
    with pytest.raises(UnicodeDecodeError):
        response.json()


def test_a_delayed_request_holds_up_no_other(testing: RunningGateway) -> None:
    """
    "asyncio.sleep, holds no other client up".
    """
    script(testing, {"provider": "machnet", "delay_seconds": 1, "times": 1})
    ended: list[str] = []

    def read(name: str) -> None:
        get_user(testing)
        ended.append(name)

    late = threading.Thread(target=read, args=("late",))
    late.start()
    while send(testing, "GET", "/faults").json()["faults"]:
        pass
    read("other")
    late.join()

    assert ["other", "late"] == ended


def test_a_delay_and_a_slow_body_take_their_time(testing: RunningGateway) -> None:
    """
    A client's timeouts begin at different moments: that of a response, and that of its next part.
    """
    plain = get_user(testing).body
    for effect in ({"delay_seconds": 0.2}, {"body_seconds": 0.2}):
        fault_id = script(testing, {"provider": "machnet", **effect})
        started = time.monotonic()
        assert plain == get_user(testing).body
        assert time.monotonic() - started >= 0.15
        send(testing, "DELETE", f"/faults/{fault_id}")


def test_a_response_to_head_has_no_body(testing: RunningGateway) -> None:
    """
    RFC 9110, 9.3.2: "the server MUST NOT send content in the response".
    """
    script(testing, ERROR)
    response = testing.send("HEAD", USER, headers=MACHNET)

    assert (503, b"") == (response.status, response.body)


def test_a_bare_status_is_the_providers_own_if_it_has_one(testing: RunningGateway) -> None:
    """
    "The provider's own error response for that status, or an empty body".
    """
    found = {}
    for status in (404, 418):
        script(testing, {"provider": "machnet", "status": status, "times": 1})
        response = get_user(testing)
        found[response.status] = response.headers.get("content-type"), response.body

    assert b"NOT_FOUND" in found[404][1]
    assert (None, b"") == found[418]


def test_an_app_without_a_connection_raises_an_error(testing: RunningGateway) -> None:
    """
    httpx and Starlette call the app itself: there the lost connection is an exception.
    """
    script(testing, {"provider": "machnet", "broken": "no_response"})
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": USER,
        "raw_path": USER.encode(),
        "query_string": b"",
        "headers": [
            (b"host", b"gateway"),
            *((name.lower().encode(), value.encode()) for name, value in MACHNET.items()),
        ],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def keep(message: Any) -> None:
        raise AssertionError(message)

    with pytest.raises(ConnectionDroppedError):
        testing.run(testing.app(scope, receive, keep))


# --- The match ---------------------------------------------------------------------------

MATCHES: dict[str, tuple[dict[str, Any], bool]] = {
    "everything": ({}, True),
    "a header that is there": ({"headers": [{"header": "x-client-id"}]}, True),
    "a header that is not there": ({"headers": [{"header": "X-Trace"}]}, False),
    "the value of a header": (
        {"headers": [{"header": "X-Client-Id", "value": "demo-client"}]},
        True,
    ),
    "another value of a header": ({"headers": [{"header": "X-Client-Id", "value": "demo"}]}, False),
    "a pattern of a header": ({"headers": [{"header": "X-Client-Id", "pattern": "^demo-"}]}, True),
    "another pattern": ({"headers": [{"header": "X-Client-Id", "pattern": "^client"}]}, False),
    "a field": ({"body": {"first_name": "Zoe"}}, True),
    "another value of a field": ({"body": {"first_name": "Kai"}}, False),
    "a field in a list": ({"body": {"physical_documents[0].country": "NO"}}, True),
    "an item that is not there": ({"body": {"physical_documents[1].country": "NO"}}, False),
    "a field below a text": ({"body": {"first_name.length": 3}}, False),
    "a number": ({"body": {"number": 1}}, True),
    "a number that is no truth": ({"body": {"number": True}}, False),
    "two conditions, both true": (
        {"headers": [{"header": "X-Client-Id"}], "body": {"first_name": "Zoe"}},
        True,
    ),
    "two conditions, one true": (
        {"headers": [{"header": "X-Trace"}], "body": {"first_name": "Zoe"}},
        False,
    ),
}


@pytest.mark.parametrize(("match", "is_affected"), MATCHES.values(), ids=MATCHES)
def test_a_fault_affects_the_requests_that_it_matches(
    testing: RunningGateway, match: dict[str, Any], is_affected: bool
) -> None:
    """
    Everything that a match says must be true; fields have the provider's own names, and the body
    need not be valid.
    """
    script(testing, {**ERROR, "operation": "update_user", "match": match})
    body = {"first_name": "Zoe", "physical_documents": [{"country": "NO"}], "number": 1}

    assert is_affected == (503 == update(testing, **body).status)


def test_an_unreadable_body_matches_no_field(testing: RunningGateway) -> None:
    """
    The operation rejects it, as it does without a fault.
    """
    script(testing, {**ERROR, "match": {"body": {"first_name": "Zoe"}}})
    response = testing.send("PATCH", USER, body=b"{", headers={**MACHNET, **JSON})

    assert 400 == response.status


def test_forms_send_texts(testing: RunningGateway) -> None:
    """
    In a form a number is a text that looks like one.
    """
    match = {"body": {"legal_type": "individual", "flag": 7}}
    script(testing, {"provider": "navixy", "error": "access_denied", "match": match})
    response = testing.send(
        "POST",
        f"/v2/user/personal_info/update?hash={NAVIXY_HASH}",
        body=b"legal_type=individual&flag=7",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert 403 == response.status


def test_a_fault_affects_its_operation_only(testing: RunningGateway) -> None:
    """
    Another operation of the provider, and another provider, answer as ever.
    """
    script(testing, {**ERROR, "operation": "update_user"})
    kraken = KRAKEN.send(testing, KRAKEN.good_body())

    assert (200, 503, 200) == (get_user(testing).status, update(testing).status, kraken.status)


def test_a_fault_without_an_operation_affects_those_that_document_its_error(
    testing: RunningGateway,
) -> None:
    """
    An error that an operation does not document is none that its client has to expect.
    """
    script(testing, {"provider": "machnet", "error": "unsupported_media_type"})

    assert (200, 415) == (get_user(testing).status, update(testing).status)


def test_a_fault_affects_so_many_requests_and_then_is_gone(testing: RunningGateway) -> None:
    """
    "For the next n calls"; meanwhile the list says how many are still to come.
    """
    script(testing, {**ERROR, "times": 2})
    statuses = [get_user(testing).status]
    (fault,) = send(testing, "GET", "/faults").json()["faults"]
    statuses += [get_user(testing).status for _ in range(2)]

    assert ([503, 503, 200], 1) == (statuses, fault["remaining"])
    assert {"faults": []} == send(testing, "GET", "/faults").json()


def test_the_nth_matching_request_is_affected(testing: RunningGateway) -> None:
    """
    Requests that do not match are not counted; the one after the nth is affected with ``times``.
    """
    match = {"headers": [{"header": "X-Trace"}], "nth": 2}
    script(testing, {**ERROR, "match": match})
    script(testing, {**ERROR, "match": {**match, "nth": 5}, "times": 2})
    statuses = [(get_user(testing), get_user(testing, X_Trace="1"))[1].status for _ in range(7)]

    assert [200, 503, 200, 200, 200, 503, 503] == statuses


def test_a_seed_affects_the_same_requests_again(testing: RunningGateway) -> None:
    """
    "Probability with a seed (the same sequence again for the same seed)".
    """
    sequences = []
    for seed in (7, 7, 8):
        match = {"probability": 0.5, "seed": seed}
        fault_id = script(testing, {**ERROR, "match": match})
        sequences.append([get_user(testing).status for _ in range(24)])
        send(testing, "DELETE", f"/faults/{fault_id}")
    same, again, other = sequences

    assert same == again != other
    assert {200, 503} == set(same)


def test_a_probability_is_none_always_or_sometimes(testing: RunningGateway) -> None:
    """
    Without a seed nothing is counted, and the choices are random.
    """
    found = []
    for probability in (0, 1):
        fault_id = script(testing, {**ERROR, "match": {"probability": probability}})
        found.append({get_user(testing).status for _ in range(8)})
        send(testing, "DELETE", f"/faults/{fault_id}")

    assert [{200}, {503}] == found


# --- Namespaces --------------------------------------------------------------------------


def new_namespace(gateway: RunningGateway, name: str) -> dict[str, str]:
    """A namespace with a user of Navixy that logs in as ``<name>@example.com``, and its header."""
    inside = {"X-Profilegate-Namespace": name}
    assert 201 == send(gateway, "POST", "/namespaces", {"namespace": name}).status
    profile = send(gateway, "POST", "/profiles", {}, headers=inside).json()["id"]
    account = {
        "provider": "navixy",
        "external_id": "4711",
        "fields": {"login": f"{name}@example.com", "plugins": [45]},
    }
    made = send(gateway, "POST", f"/profiles/{profile}/accounts", account, headers=inside)
    assert 201 == made.status, made.text
    password = f"/profiles/{profile}/accounts/navixy/4711/password"
    assert 204 == send(gateway, "PUT", password, {"password": "secret"}, headers=inside).status
    return inside


def log_in(gateway: RunningGateway, login: str, **headers: str) -> Response:
    """Log in at Navixy, without a header that names the namespace."""
    body = json.dumps({"login": login, "password": "secret"}).encode()
    return gateway.send("POST", "/v2/user/auth", body=body, headers=JSON)


def test_a_fault_affects_its_namespace_only(testing: RunningGateway) -> None:
    """
    "Scripted faults per namespace": the namespace of a request is that of its credential, or of
    the login in its body, before the operation does anything.
    """
    first = new_namespace(testing, "first")
    new_namespace(testing, "second")
    script(testing, {"provider": "navixy", "error": "access_denied"}, "first")
    logins = [log_in(testing, f"{name}@example.com") for name in ("first", "second")]
    session = logins[1].json()["hash"]
    issued = send(
        testing,
        "POST",
        "/credentials",
        {"provider": "navixy", "external_id": "4711"},
        headers=first,
    ).json()["shown"]["hash"]
    responses = [
        testing.send("GET", f"/v2/user/get_info?hash={each}")
        for each in (session, issued, NAVIXY_HASH)
    ]

    assert [403, 200] == [response.status for response in logins]
    assert [200, 403, 200] == [response.status for response in responses]
    kept = send(testing, "GET", "/credentials", headers=first).json()["credentials"]
    assert ["hash", "password"] == sorted(each["kind"] for each in kept)


def test_a_fault_of_the_default_namespace_affects_its_logins_only(
    testing: RunningGateway,
) -> None:
    """
    A request with a login is in the default namespace only if no other one has the login.
    """
    new_namespace(testing, "first")
    script(testing, {"provider": "navixy", "error": "access_denied"})
    statuses = [
        log_in(testing, login).status for login in ("first@example.com", "nobody@example.com")
    ]

    assert [200, 403] == statuses


def test_a_namespace_takes_its_faults_with_it(testing: RunningGateway) -> None:
    """
    "Deleted with the namespace": one of the same name begins without any.
    """
    inside = new_namespace(testing, "first")
    script(testing, ERROR, "first")
    send(testing, "DELETE", "/namespaces/first")
    new_namespace(testing, "first")

    assert {"faults": []} == send(testing, "GET", "/faults", headers=inside).json()


# --- Preferences -------------------------------------------------------------------------

PREFERENCES: dict[str, tuple[str, int, str | None]] = {
    "a status": ("code=503", 503, "code=503"),
    "an error": ("error=not_found", 404, "error=not_found"),
    "quotation marks": ('code="503"', 503, "code=503"),
    "a delay": ("delay=0.01", 200, "delay=0.01"),
    "two of them": ("delay=0.01, code=404", 404, "delay=0.01, code=404"),
    "capital letters": ("CODE=503", 503, "code=503"),
    "a parameter": ("code=503;strict", 503, "code=503"),
    "others, which are ignored": ("respond-async, wait=10, code=503", 503, "code=503"),
    "only others": ("return=minimal", 200, None),
    "a name twice": ("code=503, code=404", 503, "code=503"),
    "nothing": ("", 200, None),
}


@pytest.mark.parametrize(("value", "status", "applied"), PREFERENCES.values(), ids=PREFERENCES)
def test_a_request_prefers_its_own_fault(
    testing: RunningGateway, value: str, status: int, applied: str | None
) -> None:
    """
    RFC 7240, 2: a server ignores the preferences that it does not know, and of a name that appears
    twice "the first occurrence" counts; 3: Preference-Applied says which were honored.
    """
    response = get_user(testing, Prefer=value)

    assert (status, applied) == (response.status, response.headers.get("preference-applied"))


UNUSABLE = {
    "an unknown error": ("error=nonsense", "error must be one of not_updatable, invalid_fields"),
    "an error of another operation": ("error=payload_too_large", "error must be one of"),
    "a success": ("code=200", "code must be a status from 400 to 599"),
    "no number": ("code=abc", "code must be a status from 400 to 599"),
    "digits of another script": ("code=٥٠٣", "code must be a status from 400 to 599"),
    "a long delay": (f"delay={DELAY_MAX_SECONDS + 1}", "delay must be a number of seconds from 0"),
    "no delay": ("delay=nan", "delay must be a number of seconds from 0 to 60"),
    "both": ("code=503, error=not_found", "send code or error, not both"),
}


@pytest.mark.parametrize(("value", "what"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_preference_that_cannot_be_applied_is_rejected(
    testing: RunningGateway, value: str, what: str
) -> None:
    """
    A test with a wrong name must not pass by accident: problem details list the right ones.
    """
    response = get_user(testing, Prefer=value.encode().decode("latin-1"))

    assert (400, "application/problem+json") == (response.status, response.headers["content-type"])
    assert response.json()["detail"].startswith(f"Prefer: {what}")


def test_a_preference_leaves_scripted_faults_as_they_are(testing: RunningGateway) -> None:
    """
    The request says itself what becomes of it; the fault waits for the next one.
    """
    script(testing, {**ERROR, "times": 1})

    assert (404, 503) == (get_user(testing, Prefer="code=404").status, get_user(testing).status)


def test_a_gateway_outside_of_test_mode_has_no_faults(gateway: RunningGateway) -> None:
    """
    No client of a real gateway may choose its response.
    """
    response = get_user(gateway, Prefer="code=503")

    assert (200, None) == (response.status, response.headers.get("preference-applied"))
