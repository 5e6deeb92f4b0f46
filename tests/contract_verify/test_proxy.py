"""`profilegate proxy`: what passes through it, what it reports, rejects and records."""

import asyncio
import gzip
import json
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner

from profilegate.cli.main import main
from tests.clients import INDIVIDUAL, INDIVIDUAL_VERIFIED, JSON, MACHNET, KrakenPartner
from tests.contract_verify.recordings import KRAKEN_USER, SDK_SECRET
from tests.gateway_process import CHECKOUT, environment
from tests.running_gateway import Response, RunningGateway
from tests.wire import Wire

USER = f"/users/{INDIVIDUAL}"
VERIFIED = f"/users/{INDIVIDUAL_VERIFIED}"


@dataclass
class ProxyProcess:
    """A proxy in a process of its own."""

    process: "subprocess.Popen[str]"
    port: int

    def send(
        self, method: str, target: str, headers: dict[str, str], body: bytes | None = None
    ) -> Response:
        """Send one request, byte for byte."""
        length = {} if body is None else {"Content-Length": str(len(body))}
        lines = [f"{method} {target} HTTP/1.1", "Host: proxy.example"]
        lines += [f"{name}: {value}" for name, value in {**headers, **length}.items()]
        with Wire(self.port) as wire:
            wire.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))
            return wire.read()

    def stop(self) -> tuple[int, str]:
        """End it as Ctrl+C does; its exit code, and what it has printed."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=60)
        return self.process.returncode, out


def start(provider: str, url: str, *options: str) -> ProxyProcess:
    """Start a proxy on a free port."""
    command = [sys.executable, "-m", "profilegate", "proxy", provider, "--to", url, "--port", "0"]
    process = subprocess.Popen(
        [*command, *options],
        env={**environment(CHECKOUT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert " forwards to " in line, line + process.stdout.read()
    return ProxyProcess(process, int(line.split()[0].rpartition(":")[2]))


def of(gateway: RunningGateway) -> str:
    """The address of the gateway."""
    return f"http://127.0.0.1:{gateway.port}"


def test_signed_requests_pass_and_nothing_is_found(gateway: RunningGateway, tmp_path: Path) -> None:
    """
    The signature covers the raw target and the raw body: both arrive byte for byte.
    """
    proxy = start("kraken", of(gateway))
    partner = KrakenPartner(api_key="demo-sdk-key", private_key=SDK_SECRET)
    body = b'{ "date_of_birth" :"1990-05-04"}'
    version = {"Payward-Version": "2025-04-15"}
    headers = {**partner.headers(KRAKEN_USER, body), **version, **JSON}

    updated = proxy.send("PATCH", KRAKEN_USER, headers, body)
    shown = proxy.send("GET", KRAKEN_USER, {**partner.headers(KRAKEN_USER, b""), **version})

    assert (200, b'{"result":"success"}') == (updated.status, updated.body)
    assert 200 == shown.status
    code, out = proxy.stop()
    assert (0, True) == (code, "2 calls, 2 accepted, 0 of no spec; 0 errors" in out), out


def test_violations_are_reported_live_and_still_forwarded(gateway: RunningGateway) -> None:
    """
    "violations reported live": the client gets the server's own response all the same.
    """
    proxy = start("machnet", of(gateway))
    assert proxy.process.stdout is not None

    response = proxy.send("PATCH", USER, {**MACHNET, **JSON}, b'{"gender": "WOMAN"}')
    lines = [proxy.process.stdout.readline() for _ in range(2)]

    assert (400, "x-request-id" in response.headers) == (response.status, True)
    assert "#1 PATCH /users/{user_id} update_user 400\n" == lines[0]
    assert lines[1].startswith("  error request: gender must match ^([Mm]")
    assert 1 == proxy.stop()[0]


def test_an_invalid_request_is_rejected_in_the_providers_own_form(gateway: RunningGateway) -> None:
    """
    "optionally rejected (in the provider's own error format)": the server does not see it.
    """
    direct = gateway.send(
        "PATCH", USER, headers={**MACHNET, **JSON}, body=b'{"gender": "WOMAN"}'
    ).json()
    proxy = start("machnet", "http://127.0.0.1:9", "--reject")

    response = proxy.send("PATCH", USER, {**MACHNET, **JSON}, b'{"gender": "WOMAN"}')
    missing = proxy.send("GET", USER, {"X-Client-Id": "demo-client"})

    assert (400, direct) == (response.status, response.json())
    assert (401, 1) == (missing.status, proxy.stop()[0])


def test_the_recording_has_no_secret_and_nothing_personal(
    gateway: RunningGateway, tmp_path: Path
) -> None:
    """
    "records a HAR with credentials and personal data removed by default", for the owner alone.
    """
    har = tmp_path / "recorded.har"
    proxy = start("machnet", of(gateway), "--har", str(har))
    body = b'{"first_name": "Pemba", "occupation": "Banker"}'

    proxy.send("PATCH", USER, {**MACHNET, **JSON}, body)
    proxy.send("GET", VERIFIED, MACHNET)
    proxy.send("GET", "/elsewhere", {"Cookie": "secret"})
    text = har.read_text()
    proxy.stop()

    assert 2 == len(json.loads(text)["log"]["entries"])
    assert 0o600 == stat.S_IMODE(har.stat().st_mode)
    for secret in ("demo-client", "demo-secret", "Pemba", "Banker", "1112", "vera@", "elsewhere"):
        assert secret not in text, secret
    checked = CliRunner().invoke(main, ["verify", "--har", str(har), "--strict"])
    hides = "values are hidden in the recording" in checked.stdout
    assert (0, True) == (checked.exit_code, hides), checked.stdout


def test_originals_are_recorded_if_they_are_asked_for(
    gateway: RunningGateway, tmp_path: Path
) -> None:
    """
    A person who looks for a wrong signature needs the very bytes.
    """
    har = tmp_path / "recorded.har"
    proxy = start("machnet", of(gateway), "--har", str(har), "--originals")

    proxy.send("PATCH", USER, {**MACHNET, **JSON}, b'{"first_name":  "Pemba"}')
    proxy.stop()
    [entry] = json.loads(har.read_text())["log"]["entries"]

    assert '{"first_name":  "Pemba"}' == entry["request"]["postData"]["text"]
    assert "demo-secret" in json.dumps(entry["request"]["headers"])


# --- A server that says what it has received ----------------------------------------------


@dataclass
class Upstream:
    """A server that keeps what it receives, and sends what a test wants."""

    port: int
    received: list[Any] = field(default_factory=list)
    answer: tuple[int, list[tuple[bytes, bytes]], bytes] = (200, [], b"{}")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        self.received.append((scope["raw_path"] + query, list(scope["headers"]), body))
        status, headers, content = self.answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A server on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = Upstream(listener.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    yield app
    server.should_exit = True
    thread.join()
    listener.close()


def test_headers_of_one_connection_are_not_forwarded(upstream: Upstream) -> None:
    """
    RFC 9110, 7.6.1: "Intermediaries are required to … remove the header fields themselves"; 7.6.3:
    a gateway sends Via.
    """
    upstream.answer = (
        200,
        [(b"connection", b"x-own"), (b"x-own", b"1"), (b"keep-alive", b"5"), (b"set-cookie", b"a"),
         (b"set-cookie", b"b"), (b"content-type", b"application/json")],
        b"{}",
    )  # fmt: skip
    proxy = start("machnet", f"http://127.0.0.1:{upstream.port}")
    hop = {"Connection": "X-Mine", "X-Mine": "1", "TE": "trailers", "X-Other": "kept"}

    response = proxy.send("POST", "/users?a=%2F%20b&&c", {**hop, "Expect": "100-continue"}, b"{ }")
    proxy.stop()
    [(target, headers, body)] = upstream.received
    names = {name for name, _ in headers}

    assert (b"/users?a=%2F%20b&&c", b"{ }") == (target, body)
    assert {b"host", b"x-other", b"via", b"content-length"} == names
    assert (b"host", f"127.0.0.1:{upstream.port}".encode()) in headers
    assert (200, None, None) == (
        response.status, response.headers.get("x-own"), response.headers.get("keep-alive")
    )  # fmt: skip


def test_a_compressed_response_passes_as_it_is_and_is_checked(upstream: Upstream) -> None:
    """
    A client that sends Accept-Encoding may get gzip; the check reads what is inside.
    """
    compressed = gzip.compress(b'{"id": 7}')
    coding = [(b"content-type", b"application/json"), (b"content-encoding", b"gzip")]
    upstream.answer = (200, coding, compressed)
    proxy = start("machnet", f"http://127.0.0.1:{upstream.port}")

    response = proxy.send("GET", USER, {**MACHNET, "Accept-Encoding": "gzip"})
    out = proxy.stop()[1]

    assert (compressed, "gzip") == (response.body, response.headers["content-encoding"])
    assert "status is required" in out


def test_a_response_that_breaks_the_spec_is_replaced_if_asked(upstream: Upstream) -> None:
    """
    ``--reject``: a client that is tested for its errors gets one in the provider's form.
    """
    upstream.answer = (200, [(b"content-type", b"application/json")], b'{"id": 7}')
    proxy = start("machnet", f"http://127.0.0.1:{upstream.port}", "--reject")

    response = proxy.send("GET", USER, MACHNET)
    proxy.stop()

    assert (500, "INTERNAL_SERVER_ERROR") == (response.status, response.json()["code"])


def test_a_server_that_does_not_respond_is_a_bad_gateway() -> None:
    """
    RFC 9110, 15.6.3: 502, "received an invalid response from an inbound server".
    """
    proxy = start("machnet", "http://127.0.0.1:9")

    response = proxy.send("GET", USER, MACHNET)

    assert (502, True) == (response.status, "does not respond" in response.json()["detail"])
    assert 0 == proxy.stop()[0]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://api.example", "it must look like https://api.example.com"),
        ("https://api.example/v4", "a path belongs to the client's base URL"),
        ("api.example", "it must look like https://api.example.com"),
    ],
)
def test_a_wrong_server_is_a_usage_error(url: str, why: str) -> None:
    """
    2, with the way out: a base path in the proxy would break every signature.
    """
    result = CliRunner().invoke(main, ["proxy", "machnet", "--to", url])

    assert (2, True) == (result.exit_code, why in result.stderr)
