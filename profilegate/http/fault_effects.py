"""What a scripted fault does to a response: it is late, slow, another one, broken, or missing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Literal

from starlette.types import Message, Receive, Scope, Send

from profilegate.gateway.call import Call
from profilegate.gateway.request import ClientGoneError, ConnectionDroppedError
from profilegate.http.documented_responses import DocumentedResponses, FullResponse
from profilegate.http.exchange import END_CONNECTION, EXCHANGE
from profilegate.http.http_rules import HeaderList
from profilegate.store.faults import Effect
from profilegate.store.journal import Failure

SLOW_PARTS_MAX = 20
"""Parts of a slow body: enough for a client to see that it still arrives."""

NOT_UTF8 = b"\xff\xfe"
"""Bytes that no text in UTF-8 has; in protobuf they are a number without an end."""


class OperationReplacedError(Exception):
    """An effect takes the place of the operation, which runs no further."""


class Delivery:
    """
    Sends the response of one request, as an effect changes it.

    The operation sends its response to ``send``, which keeps it while there is an effect.
    ``on_response`` is called before its first part; ``headers`` are added to every response.
    """

    def __init__(
        self,
        call: Call,
        responses: DocumentedResponses,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self.effect: Effect | None = None
        self.headers: HeaderList = []
        self.on_response: Callable[[], Awaitable[None]] | None = None
        self._call = call
        self._responses = responses
        self._scope = scope
        self._receive = receive
        self._send = send
        self._is_gone = False
        self._replacement: FullResponse | None = None
        self._kept = FullResponse(0, [], b"")

    async def apply(self, effect: Effect) -> None:
        """
        Let an effect change the response; its delay passes now, unless it follows the operation.
        A client that does not wait for it is gone, but its request runs, as at a slow provider.

        Raises:
            OperationReplacedError: the effect takes the place of the operation.
        """
        self.effect = effect
        self._replacement = self._responses.response(effect, self._call.request_id)
        if not effect.after:
            await self._pause(effect.delay_seconds)
        if effect.replaces_operation:
            raise OperationReplacedError

    async def send(self, message: Message) -> None:
        """Take a part of the operation's response."""
        if self.on_response is not None:
            await self.on_response()
        if self.effect is None:
            await self._send(message)
        elif message["type"] == "http.response.start":
            self._kept = FullResponse(message["status"], list(message["headers"]), b"")
        else:
            self._kept = self._kept._replace(body=self._kept.body + message.get("body", b""))
            if not message.get("more_body"):
                if self.effect.after:
                    await self._pause(self.effect.delay_seconds)
                await self.deliver()

    async def deliver(self) -> None:
        """
        Send the replacement, or the response that the operation has sent.

        Raises:
            ClientGoneError: the connection has ended before the response did.
            ConnectionDroppedError: it was to end, and there is none.
        """
        effect, exchange = self.effect or Effect(), self._scope[EXCHANGE]
        response = self._replacement or self._kept
        if self._replacement is not None or effect.broken is not None:
            exchange.failure = _failure(effect, response.status)
        exchange.response = None
        if self._is_gone:
            exchange.failure = None
            raise ClientGoneError
        if effect.broken == "no_response":
            await self._end_connection()
        if effect.broken == "malformed" and response.body:
            response = _malformed(response)
        body = b"" if self._scope["method"] == "HEAD" else response.body
        if effect.broken in ("head_only", "truncated"):
            body = body[: len(body) // 2] if effect.broken == "truncated" else b""
        headers = [*response.headers, *self.headers]
        exchange.response_started = True
        exchange.response = (response.status, headers, body)
        start = {"type": "http.response.start", "status": response.status, "headers": headers}
        await self._send(start)
        if effect.broken == "head_only":
            await self._end_connection()
        await self._send_body(body, effect.body_seconds)
        if effect.broken == "truncated":
            await self._end_connection()
        await self._send({"type": "http.response.body", "body": b""})

    async def _send_body(self, body: bytes, seconds: float) -> None:
        """Send a body, in parts with equal pauses between them if it is to take a time."""
        parts = list(_parts(body)) if seconds else [body]
        for part in parts:
            await self._send({"type": "http.response.body", "body": part, "more_body": True})
            await self._pause(seconds / len(parts))
            if self._is_gone:
                self._scope[EXCHANGE].response = None
                raise ClientGoneError

    async def _pause(self, seconds: float) -> None:
        """Let a time pass, or the client leave."""
        if not seconds or self._is_gone:
            return
        leaving = asyncio.ensure_future(self._left())
        await asyncio.wait([leaving], timeout=seconds)
        self._is_gone = leaving.done()
        leaving.cancel()

    async def _left(self) -> None:
        """Wait until the client has left; its body was read before."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _end_connection(self) -> None:
        """End the connection, and wait for its end, so that the server sends nothing more."""
        extension = self._scope.get("extensions", {}).get(END_CONNECTION)
        if extension is None:
            raise ConnectionDroppedError
        extension["end"]()
        await self._left()
        raise ClientGoneError


def _failure(effect: Effect, status: int) -> Failure:
    """What the journal says of a response that a test has scripted."""
    outcome: Literal["rejected", "failed"] = "rejected" if 400 <= status < 500 else "failed"
    what = (
        "replaced the response" if effect.broken is None else f"broke the response: {effect.broken}"
    )
    return Failure(outcome, "ScriptedFault", f"a scripted fault {what}", {})


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
