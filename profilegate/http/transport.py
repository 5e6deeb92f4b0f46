"""The HTTP protocol: uvicorn's, with limits on what a client sends and how slowly (ADR 19)."""

import asyncio
import logging
from enum import Enum, auto
from functools import partial
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from profilegate.errors import (
    HeadersTooLargeError,
    RequestError,
    RequestMalformedError,
    RequestTooSlowError,
    TargetTooLongError,
)
from profilegate.http.connections import Connections
from profilegate.http.exchange import END_CONNECTION, REJECTED
from profilegate.http.limits import (
    BODY_GRACE_SECONDS,
    FRAMING_RATIO_MAX,
    HEAD_MAX_SECONDS,
    HEAD_SIZE_MAX_BYTES,
    HEADER_LINES_MAX,
    IDLE_MAX_SECONDS,
    LAST_REQUEST_GRACE_SECONDS,
    LINGER_MAX_SECONDS,
    LINGER_SIZE_MAX_BYTES,
    PIPELINED_REQUESTS_MAX,
    SEND_STALL_MAX_SECONDS,
    TARGET_SIZE_MAX_BYTES,
    UNREAD_BODY_MAX_BYTES,
)

logger = logging.getLogger("profilegate")

BUSY_RESPONSE = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"retry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)
"""The response to a connection for which there is no room; its request is not read."""


class GatheringTransport:
    """
    Sends everything that is written in one turn of the event loop with one system call.

    uvicorn writes the head and the body of a response separately: without this class each response
    costs two system calls and two TCP segments (ADR 12).
    """

    __slots__ = ("_loop", "_protocol", "_transport", "_waiting")

    def __init__(self, transport: asyncio.Transport, protocol: "LimitedProtocol") -> None:
        self._transport = transport
        self._protocol = protocol
        self._loop = protocol.loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send data with everything else that is written in this turn of the event loop."""
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(data)

    def close(self) -> None:
        """
        Send what is not sent yet, then close the connection.

        If the client is still sending, the connection lingers: closed at once, the kernel would
        reset it, and the client might lose the response (RFC 9112, 9.6).
        """
        self._send()
        if self._protocol.is_receiving and not self._transport.is_closing():
            self._transport.write_eof()
            self._protocol.linger()
        else:
            self._transport.close()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        # The client may have left in the meantime.
        if waiting and not self._transport.is_closing():
            self._transport.write(b"".join(waiting))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Phase(Enum):
    """What the client has to send next."""

    REQUEST = auto()
    """The first byte of a request."""
    HEAD = auto()
    """The rest of a request's head."""
    BODY = auto()
    """The rest of a request's body."""
    NOTHING = auto()
    """The request is complete."""
    IGNORED = auto()
    """What it sends is read and dropped until the connection ends."""


class LimitedProtocol(HttpToolsProtocol):
    """
    uvicorn's HTTP protocol on a ``GatheringTransport``, within the limits of ``limits.py``.

    A request whose head breaks a limit is passed to the app without its headers, with the error at
    ``REJECTED`` in the scope, for the provider to word it. ``http/bodies.py`` limits bodies.
    """

    def __init__(self, *args: Any, connections: Connections, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._registry = connections
        self.peer = ""
        self._phase = _Phase.REQUEST
        self._since = self.loop.time()
        self._has_request = False
        self._is_lingering = self._is_last = False
        self._awaits_body = False
        self._head_size_bytes = 0
        self._framing_size_bytes = 0
        self._unread_size_bytes = 0
        self._dropped_size_bytes = 0
        self._unsent_bytes = 0
        self._unsent_since = 0.0

    # --- The connection ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to serve a connection, if there is room for it."""
        super().connection_made(GatheringTransport(transport, self))  # type: ignore[arg-type]
        self.peer = self.client[0] if self.client else ""
        if not self._registry.add(self):
            # Nothing to linger for: that would keep what there is too little of.
            self._phase = _Phase.NOTHING
            self.transport.write(BUSY_RESPONSE)
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._registry.remove(self)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """
        End after the present request; without one, after a request that may be on its way.

        RFC 9112, 9.3.1: a server that closes an idle connection may lose a request that its client
        has sent meanwhile, which the client must not repeat unless it is idempotent.
        """
        self._is_last = True
        if self._has_request and not self.cycle.response_complete:
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(LAST_REQUEST_GRACE_SECONDS, super().shutdown)

    @property
    def is_receiving(self) -> bool:
        """Whether the client may still be sending a request that nobody reads."""
        return self._phase in (_Phase.HEAD, _Phase.BODY, _Phase.IGNORED)

    def linger(self) -> None:
        """Read and drop what the client sends, for a while, before the connection ends."""
        self._enter(_Phase.IGNORED)
        self._is_lingering = True
        self.flow.resume_reading()

    def abort(self) -> None:
        """End the connection at once."""
        self.transport.abort()

    def end_if_overdue(self, now: float) -> None:
        """End the connection if its client exceeds a time limit; ``now`` is the loop's time."""
        seconds = now - self._since
        if self._is_stalled(now):
            self.abort()
        elif self._is_lingering:
            if seconds > LINGER_MAX_SECONDS:
                self.abort()
        elif self._has_request and not self.cycle.response_complete:
            # The app has the request, and limits the time of a body from its first part on
            # (http/bodies.py).
            if self._phase is _Phase.BODY and self._awaits_body and seconds > BODY_GRACE_SECONDS:
                self._reject(RequestTooSlowError())
        elif self._phase is _Phase.HEAD and seconds > HEAD_MAX_SECONDS:
            self._reject(RequestTooSlowError())
        elif seconds > (IDLE_MAX_SECONDS if self._has_request else HEAD_MAX_SECONDS):
            self.transport.close()

    def _is_stalled(self, now: float) -> bool:
        """Whether the client has read nothing of a waiting response for too long."""
        unsent_bytes = self.transport.get_write_buffer_size()
        if unsent_bytes == 0 or unsent_bytes != self._unsent_bytes:
            self._unsent_bytes, self._unsent_since = unsent_bytes, now
        return now - self._unsent_since > SEND_STALL_MAX_SECONDS

    def _enter(self, phase: _Phase) -> None:
        self._phase = phase
        self._since = self.loop.time()

    # --- Requests ------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse what the client sends, within the limits of heads and of what surrounds bodies."""
        if self._phase is _Phase.BODY:
            self._read_body(data)
        elif self._phase is _Phase.IGNORED:
            self._drop(data)
        elif self._head_size_bytes + len(data) < HEAD_SIZE_MAX_BYTES:
            self._head_size_bytes += len(data)
            self._parse(data)
        else:
            # The parser keeps a header of any length until the header is complete.
            room = HEAD_SIZE_MAX_BYTES - self._head_size_bytes
            self._head_size_bytes = HEAD_SIZE_MAX_BYTES
            self._parse(data[:room])
            if self._head_size_bytes >= HEAD_SIZE_MAX_BYTES:
                self._reject(HeadersTooLargeError() if self.headers else TargetTooLongError())
            if len(data) > room:
                self.data_received(data[room:])

    def _read_body(self, data: bytes) -> None:
        """Parse a part of a body, with its chunks' sizes and extensions, and trailers."""
        self._framing_size_bytes += len(data)
        self._parse(data)
        if self._phase is _Phase.BODY and self._framing_size_bytes > HEAD_SIZE_MAX_BYTES:
            self._reject(RequestMalformedError())

    def _drop(self, data: bytes) -> None:
        """Read and forget, up to a limit."""
        self._dropped_size_bytes += len(data)
        if self._dropped_size_bytes > LINGER_SIZE_MAX_BYTES:
            self.abort()

    def _parse(self, data: bytes) -> None:
        """Parse a part of what the client sends; the callbacks below follow."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # RFC 9110, 7.8: a server may ignore Upgrade. The parser reads nothing after it.
            self._enter(_Phase.IGNORED)
            self.cycle.keep_alive = False
        except httptools.HttpParserError:
            if self._phase is not _Phase.IGNORED:
                self._reject(RequestMalformedError())
        except Exception as error:
            # Only the type: asyncio would log a traceback with what was sent.
            logger.error("a connection: unexpected %s", type(error).__name__)
            self.abort()

    def on_message_begin(self) -> None:
        """Begin a request's head, which may follow another request in the same packet."""
        super().on_message_begin()
        self._enter(_Phase.HEAD)

    def on_headers_complete(self) -> None:
        """Pass the request to the app; its body may follow."""
        self._head_size_bytes = 0
        if len(self.url) > TARGET_SIZE_MAX_BYTES:
            self._reject(TargetTooLongError())
        elif len(self.headers) > HEADER_LINES_MAX:
            self._reject(HeadersTooLargeError())
        elif len(self.pipeline) >= PIPELINED_REQUESTS_MAX:
            self._phase = _Phase.IGNORED
            self.abort()
        else:
            try:
                super().on_headers_complete()
            except (httptools.HttpParserInvalidURLError, AttributeError):
                # A target that is no URL, or has no path, for which uvicorn asks None.
                self._reject(RequestMalformedError())
                return
            self._enter(_Phase.BODY)
            self._has_request = self._awaits_body = True
            if self._is_last:
                self.cycle.keep_alive = False
            # RFC 9110, 6.5.1: trailer fields, which come after the body, are no headers.
            self.headers = []

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body to the app; without a reader, read on only to a limit."""
        if self._phase is not _Phase.BODY:
            return
        self._awaits_body = False
        size_bytes = len(body)
        self._framing_size_bytes -= min(self._framing_size_bytes, FRAMING_RATIO_MAX * size_bytes)
        if self.cycle.response_complete:
            self._unread_size_bytes += size_bytes
            if self._unread_size_bytes > UNREAD_BODY_MAX_BYTES:
                self.transport.close()
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete."""
        if self._phase is not _Phase.BODY:
            return
        super().on_message_complete()
        self._framing_size_bytes = self._unread_size_bytes = 0
        self._phase = _Phase.NOTHING
        self._registry.serves(self)
        if self.cycle.response_complete:
            self._wait()

    def on_response_complete(self) -> None:
        """Begin with the next request of the pipeline, or wait for one."""
        self.server_state.total_requests += 1
        if self.transport.is_closing() or self._is_lingering:
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif self._phase is _Phase.NOTHING:
            self._wait()

    def _wait(self) -> None:
        """
        Wait for the next request.

        The registry ends idle connections: one task for all, in the place of uvicorn's timers.
        """
        self._enter(_Phase.REQUEST)
        self._registry.waits(self)

    def _reject(self, error: RequestError) -> None:
        """Read no more of the client, and answer the request that it was sending."""
        if self._phase is not _Phase.BODY:
            if self._phase is not _Phase.HEAD:
                self.on_message_begin()
            self.headers.clear()
            self.url = _readable(self.url)
            super().on_headers_complete()
            self._has_request = True
        self._enter(_Phase.IGNORED)
        if self.cycle.response_complete:
            self.transport.close()
            return
        # If the app has the request already, it finds the error at the end of its body.
        self.scope[REJECTED] = error  # type: ignore[literal-required]
        self.cycle.keep_alive = False
        self.cycle.more_body = False
        self.cycle.message_event.set()


class EndableProtocol(LimitedProtocol):
    """The protocol of a gateway in test mode: the app can end a connection."""

    def on_message_begin(self) -> None:
        """Offer the end of the connection to the app."""
        super().on_message_begin()
        self.scope["extensions"] = {END_CONNECTION: {"end": self.transport.close}}


def protocol_of(connections: Connections, *, test_mode: bool) -> Any:
    """What makes uvicorn's protocol of a new connection."""
    return partial(EndableProtocol if test_mode else LimitedProtocol, connections=connections)


def _readable(target: bytes) -> bytes:
    """The beginning of a request target, if it can be read; else another one."""
    target = target[:TARGET_SIZE_MAX_BYTES]
    try:
        return target if httptools.parse_url(target).path else b"/"
    except httptools.HttpParserInvalidURLError:
        return b"/"
