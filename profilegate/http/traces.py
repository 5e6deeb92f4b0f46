"""Traces: a span for each request of a provider's API, sent to a collector (OTLP over HTTP).

OpenTelemetry's own variables configure it (``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_SERVICE_NAME``,
``OTEL_TRACES_SAMPLER``, …). A span has names of the spec, a status and ids: no path, no address.
"""

from collections.abc import Mapping
from time import time_ns
from typing import TYPE_CHECKING, Any, Final

from starlette.types import Scope

from profilegate.errors import SettingError
from profilegate.http.exchange import Exchange
from profilegate.http.trace_context import trace_parent

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")

SERVICE: Final = "profilegate"
"""The name of the service, unless a variable gives another."""


def traces_of(environment: Mapping[str, str]) -> "Traces | None":
    """
    What sends spans to the collector that the environment names; None without one.

    Nothing of OpenTelemetry is imported then: it takes 15 MB.

    Raises:
        SettingError: OpenTelemetry is not installed.
    """
    variable = next((name for name in ENDPOINTS if environment.get(name)), None)
    if variable is None or environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SettingError(
            variable,
            "traces need more packages: pip install 'profilegate[opentelemetry]'; or unset it",
        ) from None
    resource = Resource.create()
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": SERVICE}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Traces(provider)


class Traces:
    """Makes a span of each request that has ended; a thread of OpenTelemetry sends them."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry.trace import SpanKind, StatusCode

        self._provider = provider
        self._tracer = provider.get_tracer(SERVICE)
        self._server = SpanKind.SERVER
        self._error = StatusCode.ERROR

    def observe(self, scope: Scope, exchange: Exchange, seconds: float) -> None:
        """Make the span of a request; its parent is the span that its ``traceparent`` names."""
        if exchange.api is None:
            return
        now = time_ns()
        status = 0 if exchange.response is None else exchange.response[0]
        name, facts = scope["method"], _facts(scope, exchange, status)
        if "http.route" in facts:
            name += f" {facts['http.route']}"
        span = self._tracer.start_span(
            name,
            context=_parent(scope),
            kind=self._server,
            attributes=facts,
            start_time=now - int(1e9 * seconds),
        )
        if status >= 500:
            span.set_status(self._error)
        span.end(now)

    def close(self) -> None:
        """Send what waits, and end the thread; it takes no longer than the exporter's timeout."""
        self._provider.shutdown()


def _facts(scope: Scope, exchange: Exchange, status: int) -> dict[str, str | int]:
    """The attributes of a span, by OpenTelemetry's conventions for HTTP and names of ours."""
    facts: dict[str, str | int] = {
        "http.request.method": scope["method"],
        "profilegate.request_id": exchange.request_id,
    }
    if status:
        facts["http.response.status_code"] = status
    if exchange.error:
        facts["error.type"] = exchange.error
    if exchange.api is not None:
        facts["profilegate.provider"] = exchange.api.provider.name
        if exchange.operation_id:
            operation = exchange.api.operations[exchange.operation_id]
            facts["profilegate.operation"] = operation.id
            facts["http.route"] = operation.path
    return facts


def _parent(scope: Scope) -> Any:
    """The context of the span that called us; an empty one without a valid ``traceparent``."""
    from opentelemetry.context import Context
    from opentelemetry.trace import (
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    parent = trace_parent(scope)
    if parent is None:
        return Context()
    called_by = SpanContext(
        int(parent.trace_id, 16),
        int(parent.span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED if parent.is_sampled else TraceFlags.DEFAULT),
    )
    return set_span_in_context(NonRecordingSpan(called_by), Context())
