"""Machnet's door as its clients speak to it: the bytes of the page's curl commands, and more."""

from typing import Any

import pytest

from tests.clients import INDIVIDUAL, MACHNET
from tests.running_gateway import Answer, RunningGate
from tests.wire import CONTINUE, Wire, chunked, head

Headers = list[tuple[str, str]]

# --data-raw sends what stands between the quotation marks as it is, line ends and all.
REGISTRATION = b"""{
"first_name":"Tenzin",
"last_name":"Norgay",
"email":"tenzin@example.com",
"type":"SEND",
"physical_documents":[
{
"document_value":"data:image/jpg;base64,SUQs==",
"document_type":"STATE_ID",
"country":"US",
"expiry_date":"2030-03-09",
"state":"CA"
}
]
}"""

UPDATE = b"""{
"number_of_transaction_per_month": "122",
"city":"Santa Clara",
"occupation":"Banker"
}"""

USER = f"/users/{INDIVIDUAL}"


def curl(method: str, target: str, body: bytes | None, *more: tuple[str, str]) -> bytes:
    """``curl --location -g --request PATCH … --data-raw …``: its request up to the body."""
    headers: Headers = [
        ("Host", "127.0.0.1:8080"),
        ("User-Agent", "curl/8.5.0"),
        ("Accept", "*/*"),
        *MACHNET.items(),
    ]
    if body is not None:
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    return head(method, target, [*headers, *more])


def exchange(gate: RunningGate, *pieces: bytes) -> Answer:
    """The answer to what is written piece by piece."""
    with Wire(gate.port) as wire:
        wire.write(*pieces)
        return wire.read()


def test_curl_registers_shows_and_updates_on_one_connection(gate: RunningGate):
    """
    The page's samples are curl commands; with --next, curl keeps its connection.
    """
    answers = []
    with Wire(gate.port) as wire:
        wire.write(curl("POST", "/users", REGISTRATION), REGISTRATION)
        answers.append(wire.read())
        target = f"/users/{answers[0].json()['id']}"
        wire.write(curl("GET", target, None))
        answers.append(wire.read())
        wire.write(curl("PATCH", target, UPDATE), UPDATE)
        answers.append(wire.read())
        wire.write(curl("GET", target, None))
        answers.append(wire.read())

    assert [200] * 4 == [answer.status for answer in answers]
    assert answers[0].json() == answers[1].json()
    assert answers[2].json() == answers[3].json()
    assert "Banker" == answers[3].json()["occupation"]


def test_curl_may_offer_compression(gate: RunningGate):
    """
    --compressed is an offer: the answer comes as it is, and does not claim to be compressed.
    """
    offer = ("Accept-Encoding", "deflate, gzip, br, zstd")
    answer = exchange(gate, curl("GET", USER, None, offer))

    assert "content-encoding" not in answer.headers
    assert INDIVIDUAL == answer.json()["id"]


def test_curl_asks_before_it_sends_large_documents(gate: RunningGate):
    """
    curl sends Expect: 100-continue with a body of more than a megabyte: documents are that large.
    """
    content = b"A" * 1_400_000
    body = REGISTRATION.replace(b"SUQs==", content)
    with Wire(gate.port) as wire:
        wire.write(curl("POST", "/users", body, ("Expect", "100-continue")))
        said = wire.read_exactly(CONTINUE)
        wire.write(body)
        answer = wire.read()

    assert CONTINUE == said
    assert 200 == answer.status
    assert ["STATE_ID"] == [one["document_type"] for one in answer.json()["physical_documents"]]


def test_who_asks_first_is_told_at_once_that_it_is_too_much(gate: RunningGate):
    """
    RFC 9110, 10.1.1: a final status instead of 100, so that nothing is sent in vain.
    """
    headers = [("Host", "gate"), *MACHNET.items(), ("Expect", "100-continue")]
    start = head("POST", "/users", [*headers, ("Content-Length", str(2**30))])
    answer = exchange(gate, start)

    assert 413 == answer.status
    assert "PAYLOAD_TOO_LARGE" == answer.json()["code"]


@pytest.mark.parametrize(("method", "target"), [("POST", "/users"), ("PATCH", USER)])
def test_a_body_may_come_in_chunks(gate: RunningGate, method: str, target: str):
    """
    curl --header 'Transfer-Encoding: chunked', and every client that streams.
    """
    body = REGISTRATION if method == "POST" else UPDATE
    headers = [("Host", "gate"), *MACHNET.items(), ("Content-Type", "application/json")]
    start = head(method, target, [*headers, ("Transfer-Encoding", "chunked")])

    assert 200 == exchange(gate, start, chunked(body)).status


@pytest.mark.parametrize("change", [str.lower, str.upper], ids=["small", "capital"])
def test_header_names_have_no_case(gate: RunningGate, change: Any):
    """
    RFC 9110, 5.1: field names are case-insensitive; HTTP/2 gateways write them in small letters.
    """
    headers = [("Host", "gate"), *MACHNET.items(), ("Content-Type", "application/json")]
    named = [
        (change(name), value) for name, value in [*headers, ("Content-Length", str(len(UPDATE)))]
    ]

    assert 200 == exchange(gate, head("PATCH", USER, named), UPDATE).status


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [("GET", USER, 200), ("PATCH", USER, 400), ("POST", "/users", 400)],
)
def test_a_body_of_no_length_is_no_body(gate: RunningGate, method: str, target: str, expected: int):
    """
    Content-Length: 0 with a GET is nothing; where a body is needed, it is not JSON.
    """
    assert expected == exchange(gate, curl(method, target, b"")).status


def test_a_connection_outlives_a_refusal(gate: RunningGate):
    """
    A refused request is read to its end, so that the next one begins where it does.
    """
    with Wire(gate.port) as wire:
        wire.write(curl("PATCH", USER, b'{"gender": "F"}'), b'{"gender": "F"}')
        refused = wire.read()
        wire.write(curl("PATCH", USER, UPDATE), UPDATE)
        accepted = wire.read()

    assert (400, 200) == (refused.status, accepted.status)
