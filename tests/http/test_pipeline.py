"""The pipeline: which stages a request passes, in which order, and what stands between them."""

import asyncio
import gc
import logging
import re
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType, SimpleNamespace
from typing import Any, cast

import pytest
from connexion.middleware import MiddlewarePosition
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from profilegate.errors import OptionNotSupportedError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.loading import load_providers
from profilegate.gateway.provider import Provider
from profilegate.http.app import NOT_SUPPORTED, GatewayApp
from tests.gateway_process import CHECKOUT
from tests.http.providers import KRAKEN, MACHNET_MAPPING, NAVIXY, PROVIDER_APIS, ProviderApi
from tests.running_gateway import PUBLIC_URL, RunningGateway

PROVIDERS = load_providers()

Sent = list[Message]


def app_of(gateway: RunningGateway, **changed: Any) -> GatewayApp:
    """A second app over the gateway's store, with some of Kraken's parts changed."""
    kraken = replace(PROVIDERS["kraken"], **changed)
    shared = Gateway(gateway.store, PUBLIC_URL, now=gateway.clock)
    return GatewayApp(shared, {**PROVIDERS, "kraken": kraken})


def with_handler(provider: Provider, name: str, handler: Any) -> Any:
    """A provider's handlers, one of them replaced."""
    handlers = {
        each.id: getattr(provider.operations, each.id) for each in provider.spec.operations()
    }
    return SimpleNamespace(**{**handlers, name: handler})


def scope_of(api: ProviderApi, body: bytes, method: str = "") -> dict[str, Any]:
    """The ASGI scope of a provider's update."""
    path, _, query = api.target.partition("?")
    headers = {"host": "gateway", "content-type": "application/json", **api.headers(body)}
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method or api.method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }


def send(
    gateway: RunningGateway, app: ASGIApp, api: ProviderApi, body: bytes, method: str = ""
) -> Sent:
    """Send a provider's update (or another method) to an app; the messages of the response."""
    scope = scope_of(api, body, method)
    sent: Sent = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def keep(message: Message) -> None:
        sent.append(message)

    async def call() -> None:
        await app(scope, receive, keep)

    gateway.run(call())
    return sent


# --- The stages --------------------------------------------------------------------------


def stages_on_the_stack(frame: FrameType | None) -> Iterator[tuple[str, str, str]]:
    """The classes of the stages that wait for a frame, with their bases and files, inmost first."""
    while frame is not None:
        function = frame.f_code.co_qualname
        found = frame.f_globals.get(function.partition(".")[0])
        if function.endswith(".__call__"):
            # It may be inherited.
            found = type(frame.f_locals["self"])
        if isinstance(found, type):
            base = next((b for b in found.__mro__ if b.__module__.startswith("connexion.")), None)
            file = found.__module__.replace(".", "/") + ".py"
            if base is not None and not found.__module__.startswith("connexion."):
                yield found.__name__, base.__name__, file
        frame = frame.f_back


def documented_stages() -> list[tuple[str, str, str]]:
    """The rows of the table in ARCHITECTURE.md, "The way of a request"."""
    text = (CHECKOUT / "ARCHITECTURE.md").read_text("utf-8")
    section = text.partition("## The way of a request")[2].partition("\n## ")[0]
    cells = [re.findall(r"`([^`]+)`", line) for line in section.splitlines() if line[:1] == "|"]
    return [(stage, base, file) for stage, base, file in filter(None, cells)]


def test_a_kraken_update_passes_the_stages_that_are_documented(gateway: RunningGateway) -> None:
    """
    ARCHITECTURE.md lists the stages of a request with the classes of Connexion that they extend;
    a PATCH that reaches its handler passes these and no others.
    """
    passed: list[tuple[str, str, str]] = []

    async def handler(call: Any, **_: Any) -> Any:
        passed.extend(stages_on_the_stack(sys._getframe()))
        return {"result": "success"}

    app = app_of(gateway, operations=with_handler(PROVIDERS["kraken"], "update_user", handler))

    start, _ = send(gateway, app, KRAKEN, KRAKEN.good_body())

    assert 200 == start["status"]
    assert documented_stages() == passed[::-1]


class Foreign:
    """An ASGI middleware that knows nothing of the gateway: it copies the scope and counts."""

    def __init__(self, app: ASGIApp, seen: list[str]) -> None:
        self.app = app
        self.seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request and pass it on."""
        self.seen.append(scope["path"])
        await self.app(dict(scope), receive, send)


POSITIONS = [
    MiddlewarePosition.BEFORE_EXCEPTION,
    MiddlewarePosition.BEFORE_ROUTING,
    MiddlewarePosition.BEFORE_SECURITY,
    MiddlewarePosition.BEFORE_VALIDATION,
    MiddlewarePosition.BEFORE_CONTEXT,
]


@pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position.name)
def test_a_foreign_middleware_between_two_stages_is_called(
    gateway: RunningGateway, position: MiddlewarePosition
) -> None:
    """
    Stages call each other directly, unless another ASGI middleware stands between them: then it
    gets every request of every provider, accepted or rejected, and may pass on a copy of the scope.
    """
    app = app_of(gateway)
    seen: list[str] = []
    app.add_middleware(Foreign, position=position, seen=seen)

    accepted = [send(gateway, app, api, api.good_body())[0]["status"] for api in PROVIDER_APIS]
    rejected = [send(gateway, app, api, b"[]") for api in PROVIDER_APIS]

    assert [200] * len(PROVIDER_APIS) == accepted
    assert [400] * len(PROVIDER_APIS) == [start["status"] for start, _ in rejected]
    is_innermost = position is MiddlewarePosition.BEFORE_CONTEXT
    times = 1 if is_innermost else 2
    assert [api.target.partition("?")[0] for api in PROVIDER_APIS] * times == seen


@pytest.mark.parametrize("option", NOT_SUPPORTED)
def test_an_option_that_has_no_effect_is_rejected(gateway: RunningGateway, option: str) -> None:
    """
    Connexion's own options configure stages that are replaced here; none is ignored silently.
    """
    with pytest.raises(OptionNotSupportedError, match=option):
        GatewayApp(gateway.gateway, PROVIDERS, **cast(Any, {option: None}))


@pytest.mark.parametrize(
    "change",
    [
        lambda app: app.add_api("openapi.yaml"),
        lambda app: app.add_error_handler(404, print),
        lambda app: app.add_middleware(Foreign, position=MiddlewarePosition.BEFORE_SWAGGER),
    ],
    ids=["add_api", "add_error_handler", "BEFORE_SWAGGER"],
)
def test_what_connexion_would_add_to_other_stages_is_rejected(
    gateway: RunningGateway, change: Any
) -> None:
    """
    There is no stage that would take it.
    """
    with pytest.raises(OptionNotSupportedError):
        change(app_of(gateway))


# --- Errors ------------------------------------------------------------------------------

SECRET = "a name that must not be logged"


@contextmanager
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """The lines that the gateway logs in the block."""
    lines: list[str] = []
    with caplog.at_level(logging.ERROR, "profilegate"):
        yield lines
    lines += [record.getMessage() for record in caplog.records]


def test_a_result_that_cannot_be_encoded_is_an_error_response(
    gateway: RunningGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """
    Responses are encoded before anything is sent, so a mistake of a handler is still answered in
    the provider's envelope; the log has the request's id and no value.
    """

    async def handler(call: Any, **_: Any) -> Any:
        return {SECRET: object()}

    app = app_of(gateway, operations=with_handler(PROVIDERS["kraken"], "update_user", handler))
    with logged(caplog) as lines:
        start, body = send(gateway, app, KRAKEN, KRAKEN.good_body())

    assert (500, b'{"error":["EGeneral:Internal error"]}') == (start["status"], body["body"])
    (line,) = lines
    assert dict(start["headers"])[b"x-request-id"].decode() in line
    assert SECRET not in line


def test_an_error_once_the_response_has_started_sends_no_second_one(
    gateway: RunningGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """
    ASGI allows one start of a response; the rest is missing, and the server closes the connection.
    """

    class Failing(Foreign):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await super().__call__(scope, receive, send)
            raise ValueError(SECRET)

    app = app_of(gateway)
    app.add_middleware(Failing, position=MiddlewarePosition.BEFORE_SECURITY, seen=[])
    with logged(caplog) as lines:
        sent = send(gateway, app, KRAKEN, KRAKEN.good_body())

    assert ["http.response.start", "http.response.body"] == [message["type"] for message in sent]
    assert ["unexpected ValueError", "cut short"] == re.findall(
        "unexpected ValueError|cut short", "".join(lines)
    )
    assert SECRET not in "".join(lines)


@pytest.mark.parametrize("api", [KRAKEN, NAVIXY], ids=str)
def test_an_error_before_routing_is_the_gateways_own(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    No provider is known yet, so the error response is a problem of RFC 9457.
    """

    class Failing(Foreign):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            raise ValueError(SECRET)

    app = app_of(gateway)
    app.add_middleware(Failing, position=MiddlewarePosition.BEFORE_ROUTING, seen=[])

    start, body = send(gateway, app, api, api.good_body())

    assert (500, b"application/problem+json") == (
        start["status"],
        dict(start["headers"])[b"content-type"],
    )
    assert b'"title":"Internal Server Error"' in body["body"]


def test_an_error_in_a_providers_error_response_is_the_gateways_own(
    gateway: RunningGateway,
) -> None:
    """
    A mistake in ``error_responses.py`` must not be answered with an exception of the server.
    """

    def to_error_response(error: Exception) -> Any:
        raise KeyError(SECRET)

    app = app_of(gateway, to_error_response=to_error_response)

    start, body = send(gateway, app, KRAKEN, b"[]")

    assert 500 == start["status"]
    assert SECRET.encode() not in body["body"]


def test_a_response_to_head_has_no_body_for_any_server(gateway: RunningGateway) -> None:
    """
    Uvicorn would drop a body; ASGI does not say that every server does.
    """
    start, body = send(gateway, app_of(gateway), MACHNET_MAPPING, b"", "HEAD")

    assert (200, b"") == (start["status"], body["body"])


@pytest.mark.parametrize("scope_type", ["lifespan", "websocket"])
def test_what_is_not_http_is_not_served(gateway: RunningGateway, scope_type: str) -> None:
    """
    ASGI: a server takes an exception for "not supported".
    """
    with pytest.raises(NotImplementedError, match=scope_type):
        asyncio.run(app_of(gateway)({"type": scope_type}, None, None))  # type: ignore[arg-type]


class Connection:
    """A server's end of a connection: like uvicorn's, it holds the scope and is the receiver."""

    def __init__(self, api: ProviderApi, body: bytes) -> None:
        self.scope = scope_of(api, body)
        self.body = body

    async def receive(self) -> Message:
        """The body."""
        return {"type": "http.request", "body": self.body}

    async def send(self, message: Message) -> None:
        """Drop a part of the response."""


@pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)
def test_a_request_is_freed_with_its_response(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    A circle of references would keep each request until the garbage collector finds it: a quarter
    of the time of an update, and memory that strangers can fill.
    """
    app = app_of(gateway)

    async def call() -> "weakref.ref[Connection]":
        connection = Connection(api, api.good_body())
        await app(connection.scope, connection.receive, connection.send)
        return weakref.ref(connection)

    gc.disable()
    try:
        assert gateway.run(call())() is None
    finally:
        gc.enable()
