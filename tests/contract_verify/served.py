"""Servers that change the traffic of a correct gateway, on a free port."""

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.testing import Profilegate


@dataclass(frozen=True)
class Message:
    """A request, or a response with ``status``; header names are in lower case."""

    headers: dict[str, str]
    body: bytes
    method: str = ""
    target: str = ""
    status: int = 0

    def json(self) -> Any:
        """The body as a JSON object; an empty one if it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def with_json(self, value: Any) -> "Message":
        """The same with another body."""
        return replace(self, body=json.dumps(value).encode())

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.partition("?")[0]

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON."""
        return "json" in self.headers.get("content-type", "")


Ask = Callable[[Message], Awaitable[Message]]
"""Asks the correct gateway."""


@dataclass
class Server:
    """What a wrong server knows: the right credentials, and what it has seen."""

    ask: Ask
    double: Profilegate
    seen: dict[str, Any] = field(default_factory=dict)


Serve = Callable[[Server, Message], Awaitable[Message]]


async def correct(server: Server, request: Message) -> Message:
    """A server without a change."""
    return await server.ask(request)


class _App:
    """The ASGI app of a server."""

    def __init__(self, inner: ASGIApp, serve: Serve, double: Profilegate) -> None:
        self._inner = inner
        self._serve = serve
        self._server = Server(self._ask, double)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request as the wrong server does."""
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        query = "?" + scope["query_string"].decode() if scope["query_string"] else ""
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        request = Message(
            headers, body, method=scope["method"], target=scope["raw_path"].decode() + query
        )
        # The spec itself is served as it is.
        is_spec = request.path.startswith("/specs/")
        response = await (self._ask(request) if is_spec else self._serve(self._server, request))
        lines = [
            (name.encode(), value.encode("latin-1"))
            for name, value in {
                **response.headers,
                "content-length": str(len(response.body)),
            }.items()
        ]
        await send({"type": "http.response.start", "status": response.status, "headers": lines})
        await send({"type": "http.response.body", "body": response.body})

    async def _ask(self, request: Message) -> Message:
        path, _, query = request.target.partition("?")
        sent = {**request.headers, "content-length": str(len(request.body))}
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(n.encode(), v.encode("latin-1")) for n, v in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1),
        }
        parts: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Any) -> None:
            parts.append(message)

        await self._inner(scope, receive, send)
        headers = {n.decode(): v.decode("latin-1") for n, v in parts[0]["headers"]}
        body = b"".join(part.get("body", b"") for part in parts[1:])
        return Message(headers, body, status=parts[0]["status"])


@contextmanager
def serving(serve: Serve, double: Profilegate) -> Iterator[str]:
    """The address of a server that listens on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = _App(double.asgi_app(), serve, double)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()
