"""The gateway as an ASGI app in the event loop of a test, without a socket."""

from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.types import Message, Receive, Scope, Send

if TYPE_CHECKING:
    from profilegate.testing.double import Profilegate


class AsgiApp:
    """
    Serves requests of the test's event loop in that of the gateway; ``profilegate`` is the double.

    ::

        transport = httpx.ASGITransport(app=profilegate.asgi_app())
        client = starlette.testclient.TestClient(profilegate.asgi_app())
    """

    def __init__(self, double: "Profilegate") -> None:
        self.profilegate = double

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request: it arrives as a whole, and so does the response."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body = await _body(receive)
        sent: list[Message] = []

        async def receive_body() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            sent.append(message)

        gateway = self.profilegate.gateway
        serving = gateway.submit(gateway.app(scope, receive_body, keep))
        await to_thread.run_sync(serving.result)
        for message in sent:
            await send(message)


async def _live(receive: Receive, send: Send) -> None:
    """Answer the events of a lifespan; the gateway's own is longer."""
    for event in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{event}.complete"})


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)
