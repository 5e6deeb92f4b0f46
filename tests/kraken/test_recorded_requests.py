"""Kraken: the requests of the official Go SDK and of the Python sample, byte for byte."""

import base64
import hashlib
import hmac
import json
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.clients import KRAKEN_USER, KrakenPartner
from tests.kraken.calls import path_of
from tests.kraken.users import OPTIONAL, REQUIRED, rejected
from tests.running_gateway import Response, RunningGateway
from tests.wire import Wire, head

KEYS = KrakenPartner()

Headers = list[tuple[str, str]]


def api_sign(target: str, nonce: str, body: bytes) -> str:
    """
    The guide: HMAC-SHA512 of (URI path + SHA256(nonce + payload)) with the decoded private key.
    """
    message = target.encode() + hashlib.sha256(nonce.encode() + body).digest()
    mac = hmac.new(base64.b64decode(KEYS.private_key), message, hashlib.sha512)
    return base64.b64encode(mac.digest()).decode()


@dataclass
class GoClient:
    """The official SDK (krakenfx/api-go): its requests as bytes.

    Nonces are the Unix time in seconds and a counter of three digits; a body is compact JSON
    with its keys in the order of the alphabet and <, > and & escaped, as Go's encoder writes it;
    without parameters it is {}, also with a GET; the target is signed as it is sent.
    """

    port: int
    wire: Wire
    clock: int = 1767323045
    counter: int = field(default=-1)

    def send(self, method: str, target: str, body: dict[str, Any] | None = None) -> Response:
        """Send one request on the connection."""
        raw = self.encoded(body or {})
        self.wire.write(self.head(method, target, raw), raw)
        return self.wire.read()

    def nonce(self) -> str:
        """The next nonce."""
        self.counter += 1
        return f"{self.clock}{self.counter:03}"

    @staticmethod
    def encoded(body: dict[str, Any]) -> bytes:
        """A body as Go's JSON encoder writes a map."""
        text = json.dumps(body, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        for character in "<>&\u2028\u2029":
            text = text.replace(character, f"\\u{ord(character):04x}")
        return text.encode()

    def head(self, method: str, target: str, raw: bytes) -> bytes:
        """The headers in the order in which Go writes them."""
        nonce = self.nonce()
        return head(
            method,
            target,
            [
                ("Host", f"127.0.0.1:{self.port}"),
                ("User-Agent", "krakenfx/api-go"),
                ("Content-Length", str(len(raw))),
                ("API-Key", KEYS.api_key),
                ("API-Nonce", nonce),
                ("API-Sign", api_sign(target, nonce, raw)),
                ("Content-Type", "application/json"),
                ("Accept-Encoding", "gzip"),
            ],
        )


@pytest.fixture
def go(gateway: RunningGateway):
    """A Go client that keeps one connection."""
    with Wire(gateway.port) as wire:
        yield GoClient(gateway.port, wire)


# --- The official Go SDK -----------------------------------------------------------------


def test_the_go_client_creates_reads_and_updates_on_one_connection(go: GoClient):
    """
    The connection is used again; every response ends where its Content-Length says.
    """
    created = go.send("POST", "/b2b/users", REQUIRED)
    user = path_of(created.json()["result"]["user"])
    before = go.send("GET", user)
    updated = go.send("PATCH", user, OPTIONAL)
    after = go.send("GET", user)

    assert [201, 200, 200, 200] == [one.status for one in (created, before, updated, after)]
    assert {"result": "success"} == updated.json()
    assert 5 == len(before.json()["result"]["status"]["required_actions"])
    assert [] == after.json()["result"]["status"]["required_actions"]


def test_the_go_clients_escapes_are_signed_as_they_are(gateway: RunningGateway, go: GoClient):
    """
    Go writes <, > and & as \\u003c, \\u003e and \\u0026: signed as escapes, stored as characters.
    """
    body = {"employer_name": "R&D <Observatory>\u2028", "language": "nb"}

    assert b"R\\u0026D \\u003cObservatory\\u003e\\u2028" in go.encoded(body)
    assert 200 == go.send("PATCH", path_of(KRAKEN_USER), body).status
    assert body["employer_name"] == gateway.fields("kraken", KRAKEN_USER)["employer.name"]


def test_the_go_clients_query_is_signed_too(go: GoClient):
    """
    The SDK signs URL.RequestURI(): the path and, when there is one, the query.
    """
    target = f"{path_of('AA08 N84G CPAR UN7A')}?trace=a+b%26c&z=%C3%A9"

    assert 200 == go.send("GET", target).status


def test_the_go_client_reads_an_error_response(go: GoClient):
    """
    The SDK reads "error" as a list and the status from the status line; the connection stays
    open.
    """
    error_response = go.send("GET", path_of("AA00NOBODY000000"))

    assert rejected(404, "EGeneral:Unknown user") == (error_response.status, error_response.json())
    assert 200 == go.send("GET", path_of(KRAKEN_USER)).status


# --- The Python sample -------------------------------------------------------------------


def python_headers(target: str, nonce: str, raw: bytes) -> Headers:
    """The headers that the library requests sends for the sample of the guide."""
    return [
        ("Host", "nexus.kraken.com"),
        ("User-Agent", "python-requests/2.32.3"),
        ("Accept-Encoding", "gzip, deflate"),
        ("Accept", "*/*"),
        ("Connection", "keep-alive"),
        ("Content-Type", "application/json"),
        ("API-Key", KEYS.api_key),
        ("API-Nonce", nonce),
        ("API-Sign", api_sign(target, nonce, raw)),
        ("Content-Length", str(len(raw))),
    ]


def test_the_python_sample_creates_and_reads(gateway: RunningGateway):
    """
    The guide's sample signs json.dumps(data) with its blanks and \\u escapes, and the path with
    "?" + urllib.parse.urlencode(params); its nonce is the time in milliseconds.
    """
    body = json.dumps({**REQUIRED, "full_name": {"first_name": "Zoë", "last_name": "Łą"}}).encode()
    target = "/b2b/users"
    with Wire(gateway.port) as wire:
        wire.write(head("POST", target, python_headers(target, "1700000000000", body)), body)
        created = wire.read()
        iiban = created.json()["result"]["user"]
        query = urllib.parse.urlencode({"include": "status, actions", "name": "Zoë"})
        target = f"/b2b/users/{urllib.parse.quote(iiban)}?{query}"
        wire.write(head("GET", target, python_headers(target, "1700000000001", b"")))
        shown = wire.read()

    assert (201, 200) == (created.status, shown.status)
    assert iiban == shown.json()["result"]["user"]
    assert "Zoë" == gateway.fields("kraken", iiban.replace(" ", ""))["name.given"]
