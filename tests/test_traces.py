"""Traces: what a collector gets of each request, decoded by OpenTelemetry's own messages."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from profilegate.errors import SettingError
from profilegate.http.traces import ENDPOINTS, traces_of
from tests.clients import JSON
from tests.gateway_process import CHECKOUT, GatewayProcess, environment
from tests.http.providers import NAVIXY
from tests.test_logs import SECRET_PATH, SPAN_ID, TRACE_ID, TRACEPARENT

KIND_SERVER = Span.SpanKind.SPAN_KIND_SERVER


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A collector on loopback: its address, and the bodies that it has got at /v1/traces."""
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/traces":
                got.append(body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def values(attributes: Any) -> dict[str, Any]:
    """Attributes as plain values."""
    return {each.key: each.value.string_value or each.value.int_value for each in attributes}


def test_each_request_is_a_span_of_its_trace(tmp_path: Path) -> None:
    """
    "OpenTelemetry as an optional extra": operation, status, provider and the parent that the client
    names, and no personal data. What waits is sent before the gateway ends.
    """
    with collector() as (endpoint, got):
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
        with GatewayProcess.serving(tmp_path, "--demo", settings=settings) as process:
            headers = {**JSON, "traceparent": TRACEPARENT}
            accepted = process.send("POST", NAVIXY.target, body=NAVIXY.good_body(), headers=headers)
            process.send("PATCH", f"{SECRET_PATH}?email=zoe", body=b'{"a": "Zoe"}', headers=JSON)
            process.send("GET", "/health/live")
            code, _, errors = process.end(signal.SIGTERM)

    assert (0, "") == (code, errors)
    messages = [ExportTraceServiceRequest.FromString(body) for body in got]
    (resource,) = [each for message in messages for each in message.resource_spans]
    first, second = [span for scope in resource.scope_spans for span in scope.spans]
    assert "profilegate" == values(resource.resource.attributes)["service.name"]
    assert ("POST /user/personal_info/update", KIND_SERVER) == (first.name, first.kind)
    assert (TRACE_ID, SPAN_ID) == (first.trace_id.hex(), first.parent_span_id.hex())
    assert 0 < first.end_time_unix_nano - first.start_time_unix_nano < 60 * 10**9
    assert {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": "/user/personal_info/update",
        "profilegate.operation": "update_personal_info",
        "profilegate.provider": "navixy",
        "profilegate.request_id": accepted.headers["x-request-id"],
    } == values(first.attributes)
    assert "CredentialMissingError" == values(second.attributes)["error.type"]
    assert (b"", Status.STATUS_CODE_UNSET) == (second.parent_span_id, second.status.code)
    assert [] == [word for word in (b"Zoe", b"127.0.0.1", b"hash=") if word in b"".join(got)]


def test_a_trace_that_is_not_sampled_is_not_sent(tmp_path: Path) -> None:
    """
    The caller decides for the whole trace (the sampler is OpenTelemetry's ``parentbased_always_on``
    unless its variables say otherwise).
    """
    with collector() as (endpoint, got):
        settings = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{endpoint}/v1/traces"}
        with GatewayProcess.serving(tmp_path, "--demo", settings=settings) as process:
            parent = {"traceparent": TRACEPARENT.removesuffix("1") + "0"}
            process.send("GET", "/users/x", headers=parent)
            process.end(signal.SIGTERM)

    assert [] == got


def test_without_a_collector_nothing_of_it_is_imported() -> None:
    """
    "Nothing imported when it is off": it takes 15 MB and a tenth of a second.
    """
    script = (
        "import sys, profilegate.http.server as server; assert server.traces_of({}) is None;"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(CHECKOUT), capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "[]\n" == done.stdout


@pytest.mark.parametrize("variable", ENDPOINTS)
def test_traces_without_their_packages_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """
    Who asks for traces learns which extra they need, not that there are none.
    """
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with pytest.raises(SettingError, match=r"profilegate\[opentelemetry\]"):
        traces_of({variable: "http://127.0.0.1:1"})
    assert traces_of({variable: "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}) is None
