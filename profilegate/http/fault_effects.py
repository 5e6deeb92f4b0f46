"""What a scripted fault does to a response: it is late, slow, another one, broken, or missing."""

import asyncio
from collections.abc import Iterator

from starlette.types import Message, Receive, Scope, Send

from profilegate.gateway.request import ClientGoneError, ConnectionDroppedError
from profilegate.http.documented_responses import FullResponse
from profilegate.http.exchange import END_CONNECTION, EXCHANGE
from profilegate.http.http_rules import HeaderList
from profilegate.store.faults import Effect

SLOW_PARTS_MAX = 20
"""Parts of a slow body: enough for a client to see that it still arrives."""

NOT_UTF8 = b"\xff\xfe"
"""Bytes that no text in UTF-8 has; in protobuf they are a number without an end."""


class Delivery:
    """
    Sends the response of one request as an effect changes it.

    The operation sends its response to ``send``, which keeps it until it is complete.
    ``replacement`` takes its place, if there is one; ``headers`` are added to every response.
    """

    def __init__(
        self,
        effect: Effect,
        replacement: FullResponse | None,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self._effect = effect
        self._replacement = replacement
        self._scope = scope
        self._receive = receive
        self._send = send
        self.headers: HeaderList = []
        self._kept = FullResponse(0, [], b"")

    async def send(self, message: Message) -> None:
        """Take a part of the operation's response."""
        if message["type"] == "http.response.start":
            self._kept = FullResponse(message["status"], list(message["headers"]), b"")
            return
        self._kept = self._kept._replace(body=self._kept.body + message.get("body", b""))
        if not message.get("more_body"):
            if self._effect.after:
                await self.wait()
            await self.deliver()

    async def wait(self) -> None:
        """Let the delay pass; other requests are served meanwhile."""
        await asyncio.sleep(self._effect.delay_seconds)

    async def deliver(self) -> None:
        """
        Send the replacement, or the response that the operation has sent.

        Raises:
            ClientGoneError: the connection has ended before the response did.
            ConnectionDroppedError: it was to end, and there is none.
        """
        response = self._replacement or self._kept
        if self._effect.broken == "no_response":
            await self._end_connection()
        if self._effect.broken == "malformed" and response.body:
            response = _malformed(response)
        self._scope[EXCHANGE].response_started = True
        await self._send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": [*response.headers, *self.headers],
            }
        )
        if self._effect.broken == "head_only":
            await self._end_connection()
        body = b"" if self._scope["method"] == "HEAD" else response.body
        if self._effect.broken == "truncated":
            await self._send_slowly(body[: len(body) // 2])
            await self._end_connection()
        await self._send_slowly(body)
        await self._send({"type": "http.response.body", "body": b""})

    async def _send_slowly(self, body: bytes) -> None:
        """Send the parts of a body with equal pauses between them; at once if it is not slow."""
        parts = list(_parts(body)) if self._effect.body_seconds else [body]
        for part in parts:
            await self._send({"type": "http.response.body", "body": part, "more_body": True})
            if self._effect.body_seconds:
                await asyncio.sleep(self._effect.body_seconds / len(parts))

    async def _end_connection(self) -> None:
        """End the connection, and wait for its end, so that the server sends nothing more."""
        extension = self._scope.get("extensions", {}).get(END_CONNECTION)
        if extension is None:
            raise ConnectionDroppedError
        extension["end"]()
        while (await self._receive())["type"] != "http.disconnect":
            pass
        raise ClientGoneError


def _parts(body: bytes) -> Iterator[bytes]:
    size_bytes = max(1, -(-len(body) // SLOW_PARTS_MAX))
    for start in range(0, len(body), size_bytes):
        yield body[start : start + size_bytes]


def _malformed(response: FullResponse) -> FullResponse:
    """The response with half of its body, which ends in bytes that its media type does not have."""
    body = response.body[: len(response.body) // 2] + NOT_UTF8
    length = (b"content-length", b"%d" % len(body))
    headers = [each for each in response.headers if each[0] != b"content-length"]
    return response._replace(headers=[*headers, length], body=body)
