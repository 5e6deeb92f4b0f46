"""Logs: one form for all loggers, the ids of a request in its lines, and no data of it."""

import asyncio
import contextlib
import io
import json
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from profilegate.http import logs
from profilegate.http.exchange import EXCHANGE, Exchange
from profilegate.http.trace_context import CURRENT, TraceParent, current_ids, trace_parent
from tests.clients import JSON, MACHNET
from tests.gateway_process import GatewayProcess
from tests.http.providers import NAVIXY
from tests.running_gateway import RunningGateway
from tests.test_lockouts import FAIL2BAN

TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE_ID}-{SPAN_ID}-01"

PERSONAL = "Zoe Quinn"
SECRET_PATH = "/b2b/users/Zoe-Quinn-4722123456"


def lines_of(folder: Path, *arguments: str, send: Any) -> tuple[list[dict[str, Any]], str]:
    """The lines that a gateway has logged, each as JSON, and the whole text."""
    log = folder / "log"
    with GatewayProcess.serving(folder, "--demo", *arguments, log=log) as process:
        send(process)
        process.process.send_signal(signal.SIGTERM)
        process.process.wait(60)
    text = log.read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()], text


def test_each_line_is_json_with_the_ids_of_its_request(tmp_path: Path) -> None:
    """
    "request id in every response and line; W3C traceparent": a failed authentication has the id
    that its response has, and the trace to which the client's request belongs.
    """
    seen = []

    def send(process: GatewayProcess) -> None:
        headers = {**MACHNET, "X-Client-Secret": "wrong", "traceparent": TRACEPARENT}
        seen.append(process.send("GET", "/users/x", headers=headers))

    (line,), text = lines_of(tmp_path, send=send)

    (response,) = seen
    assert (401, response.headers["x-request-id"]) == (response.status, line["request_id"])
    assert (TRACE_ID, "warning", "profilegate.security") == (
        line["trace_id"],
        line["level"],
        line["logger"],
    )
    assert line["event"].startswith('authentication failed: provider=machnet credential="client"')
    match = FAIL2BAN.search(text)
    assert match is not None
    assert "127.0.0.1" == match["host"]


def test_the_access_log_names_operations_and_no_data(tmp_path: Path) -> None:
    """
    "access log by setting; no personal data": the operation's path in the spec in the place of the
    path, no query, no header, no body, and no address unless the setting says so.
    """

    seen = []

    def send(process: GatewayProcess) -> None:
        seen.append(process.send("POST", NAVIXY.target, body=NAVIXY.good_body(), headers=JSON))
        process.send("PATCH", f"{SECRET_PATH}?email=zoe", body=b'{"a": "Zoe"}', headers=JSON)
        process.send("GET", "/Zoe-Quinn-4722123456")

    (accepted, rejected, unknown), text = lines_of(tmp_path, "--access-log", "on", send=send)

    assert {
        "event": "request",
        "level": "info",
        "logger": "profilegate.access",
        "method": "POST",
        "provider": "navixy",
        "operation": "update_personal_info",
        "route": "/user/personal_info/update",
        "status": 200,
    } == {
        name: value
        for name, value in accepted.items()
        if name not in ("time", "request_id", "duration_ms")
    }
    assert seen[0].headers["x-request-id"] == accepted["request_id"]
    assert (401, "/b2b/users/{user}", "CredentialMissingError") == (
        rejected["status"],
        rejected["route"],
        rejected["error"],
    )
    assert (404, False) == (unknown["status"], "route" in unknown)
    assert [] == [each for each in ("Zoe", "4722123456", "127.0.0.1", "hash") if each in text]


def test_the_access_log_has_addresses_if_it_is_told_so(tmp_path: Path) -> None:
    """
    An address is personal data, so it takes a setting of its own; behind a proxy it is the
    client's.
    """

    def send(process: GatewayProcess) -> None:
        process.send("GET", "/", headers={"X-Forwarded-For": "192.0.2.7"})

    arguments = ("--access-log", "peers", "--forwarded-allow-ips", "127.0.0.1")
    (line,), _ = lines_of(tmp_path, *arguments, send=send)

    assert "192.0.2.7" == line["peer"]


def test_text_is_for_people(tmp_path: Path) -> None:
    """
    "JSON unless on a terminal"; a setting asks for text, whose lines fail2ban reads too.
    """
    log = tmp_path / "log"
    with GatewayProcess.serving(tmp_path, "--demo", "--log-format", "text", log=log) as process:
        process.send("GET", "/users/x", headers={**MACHNET, "X-Client-Secret": "wrong"})

    text = log.read_text("utf-8")
    assert "\x1b" not in text
    assert FAIL2BAN.search(text.splitlines()[0]) is not None


MALFORMED = {
    "no HTTP": b"Zoe Quinn 4722123456\r\n\r\n",
    "a malformed header": b"GET / HTTP/1.1\r\nHost: x\r\nZoe Quinn\r\n\r\n",
    "a malformed chunk": (
        b"POST /v2/user/auth HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZoe\r\n"
    ),
}


def test_a_malformed_request_leaves_nothing_in_the_log(tmp_path: Path) -> None:
    """
    Neither uvicorn nor the gateway quotes a byte of it.
    """

    def send(process: GatewayProcess) -> None:
        for sent in MALFORMED.values():
            with socket.create_connection(("127.0.0.1", process.port), timeout=30) as connection:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1000):
                    pass

    _, text = lines_of(tmp_path, "--log-level", "info", send=send)

    assert [] == [each for each in ("Zoe", "Quinn", "4722123456") if each in text]


def test_an_error_without_an_operation_is_logged_without_its_path(
    gateway: RunningGateway, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A path holds ids of people.
    """

    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("profilegate.http.routing.TableRoutingMiddleware._find", fail)
    response = gateway.send("GET", SECRET_PATH)

    assert 500 == response.status
    assert response.headers["x-request-id"] in caplog.text
    assert "Zoe" not in caplog.text


@contextmanager
def written() -> Iterator[list[dict[str, Any]]]:
    """The lines that loggers write in the block; afterwards they write what they did before."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers, root.level)
    lines: list[dict[str, Any]] = []
    with contextlib.redirect_stderr(stream):
        logs.configure_logs("json", "info", current_ids)
    try:
        yield lines
    finally:
        root.handlers, level = before
        root.setLevel(level)
        lines += map(json.loads, stream.getvalue().splitlines())


def test_an_exception_is_named_without_its_message() -> None:
    """
    A message may quote what was sent: loggers of libraries show the type and the frames.
    """

    async def fail() -> None:
        logs.log_loop_errors(asyncio.get_running_loop())
        asyncio.get_running_loop().call_soon(int, "Zoe Quinn")
        await asyncio.sleep(0)

    with written() as lines:
        try:
            raise ValueError(PERSONAL)
        except ValueError:
            logging.getLogger("another.package").exception("it failed")
        asyncio.run(fail())

    first, second = lines
    assert "ValueError" == first["exception"]
    assert "test_logs.py" in first["frames"]
    assert "unexpected ValueError" in second["event"]
    assert "Zoe" not in str(lines)


def test_libraries_log_what_is_wrong_only() -> None:
    """
    Their less important lines may hold anything.
    """
    with written() as lines:
        logging.getLogger("another.package").info("Zoe")
        logging.getLogger("profilegate").info("ours")

    assert ["ours"] == [each["event"] for each in lines]


def test_a_line_after_a_request_has_not_its_id() -> None:
    """
    A task that outlives its request has its context; what it does is not that request's.
    """
    scope: dict[str, Any] = {"headers": [], EXCHANGE: Exchange()}
    token = CURRENT.set(scope)
    with written() as lines:
        logging.getLogger("profilegate").warning("during")
        del scope[EXCHANGE]
        logging.getLogger("profilegate").warning("after")
    CURRENT.reset(token)

    assert [True, False] == ["request_id" in each for each in lines]


PARENTS = {
    "version 00": ([TRACEPARENT], TraceParent(TRACE_ID, SPAN_ID, True)),
    "not sampled": ([f"00-{TRACE_ID}-{SPAN_ID}-02"], TraceParent(TRACE_ID, SPAN_ID, False)),
    "a later version": ([f"cc-{TRACE_ID}-{SPAN_ID}-01-x"], TraceParent(TRACE_ID, SPAN_ID, True)),
    "version 00 with more": ([f"{TRACEPARENT}-x"], None),
    "version ff": ([f"ff-{TRACE_ID}-{SPAN_ID}-01"], None),
    "capital letters": ([TRACEPARENT.upper()], None),
    "no trace": ([f"00-{'0' * 32}-{SPAN_ID}-01"], None),
    "no span": ([f"00-{TRACE_ID}-{'0' * 16}-01"], None),
    "a line break": ([f"{TRACEPARENT}\n"], None),
    "too long": ([f"cc-{TRACE_ID}-{SPAN_ID}-01-{'x' * 500}"], None),
    "two lines": ([TRACEPARENT, TRACEPARENT], None),
    "none": ([], None),
}


@pytest.mark.parametrize(("sent", "expected"), PARENTS.values(), ids=PARENTS)
def test_a_traceparent_is_taken_only_if_it_is_valid(
    sent: list[str], expected: TraceParent | None
) -> None:
    """
    W3C Trace Context, 3.2.2.3 to 3.2.2.5: what is invalid is ignored, the request is served.
    """
    scope = {"headers": [(b"traceparent", value.encode()) for value in sent]}

    assert expected == trace_parent(scope)


def test_pages_have_a_request_id_too(gateway: RunningGateway) -> None:
    """
    "request id in every response": also the gateway's own.
    """
    ids = {gateway.send("GET", path).headers["x-request-id"] for path in ("/", "/", "/nothing")}

    assert 3 == len(ids)
    assert {32} == set(map(len, ids))
