"""Live pages: streams of server-sent events, and the one poller of a process that feeds them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Final

from profilegate.gateway.gateway import Gateway
from profilegate.http.error_responses import log_error
from profilegate.http.exchange import Response
from profilegate.http.http_rules import NO_STORE
from profilegate.http.pages.routes import Stream
from profilegate.store.stamps import Watched, stamps

STREAMS_MAX: Final = 64
"""Streams of one process at the same time, each of which keeps a connection. We chose: a gateway
has few admins, and a hidden page closes its stream."""

POLL_EVERY_SECONDS: Final = 0.25
"""A page is to be up to date "within a second". Each time costs one transaction that reads, however
many watch."""

HEARTBEAT_EVERY_SECONDS: Final = 15.0
"""HTML, 9.2.7: a comment "every 15 seconds or so", so that proxies keep the connection."""

RETRY_AFTER_SECONDS: Final = 1
"""After this time a browser connects again to a gateway that has stopped or ended the stream."""

EVENT_STREAM: Final = (b"content-type", b"text/event-stream; charset=utf-8")

UNBUFFERED: Final = (b"x-accel-buffering", b"no")
"""nginx passes on each event at once."""

BUSY: Final[Response] = (
    503,
    [(b"retry-after", b"%d" % RETRY_AFTER_SECONDS), NO_STORE],
    b"",
)
"""The response beyond STREAMS_MAX, and of a gateway that stops."""


class LiveStreams:
    """
    The streams of one process: each tells its page when what it watches has another stamp.

    The streams share one poller, which runs while there are any (ADR 42 says why it polls). A
    stream ends with its session, and when the gateway stops.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._open: set[_LiveStream] = set()
        self._polling: asyncio.Task[None] | None = None

    def respond(self, watched: Watched, until: datetime) -> Response | Stream:
        """A stream until a time, or 503 if there are too many."""
        if self._gateway.is_stopping or len(self._open) >= STREAMS_MAX:
            return BUSY
        gateway = self._gateway
        stream = _LiveStream(watched, lambda: gateway.is_stopping or gateway.now() >= until)
        self._open.add(stream)
        self._count(-1)
        if self._polling is None or self._polling.done():
            self._polling = asyncio.get_running_loop().create_task(self._poll())
        headers = [EVENT_STREAM, UNBUFFERED, NO_STORE]
        return Stream(headers, stream.parts(), lambda: self._close(stream))

    def _close(self, stream: "_LiveStream") -> None:
        self._open.discard(stream)
        self._count(+1)

    def _count(self, requests: int) -> None:
        """Readers of the journal wait for requests in progress, but not for streams."""
        if self._gateway.journal is not None:
            self._gateway.journal.in_progress += requests

    async def _poll(self) -> None:
        has_failed = False
        while self._open:
            watched = list({each.watched for each in self._open})
            try:
                found = await self._gateway.store.read(stamps, watched)
            except Exception as error:
                # The next time may succeed: the database may be away for a while, which is told
                # once.
                if not has_failed:
                    log_error("live pages", error)
                found = []
                has_failed = True
            else:
                has_failed = False
            known = dict(zip(watched, found, strict=False))
            for each in self._open:
                each.note(known.get(each.watched))
            await asyncio.sleep(POLL_EVERY_SECONDS)


class _LiveStream:
    """The events for one page."""

    def __init__(self, watched: Watched, is_over: Callable[[], bool]) -> None:
        self.watched = watched
        self._is_over = is_over
        self._stamp: str | None = None
        self._has_news = asyncio.Event()

    def note(self, stamp: str | None) -> None:
        """Note the present stamp (None: it is not known), and whether the stream is over."""
        if self._is_over() or stamp not in (None, self._stamp):
            self._stamp = stamp
            self._has_news.set()

    async def parts(self) -> AsyncIterator[bytes]:
        """The stream (HTML, 9.2): each event has a stamp as its data."""
        yield b"retry: %d\n\n" % (1000 * RETRY_AFTER_SECONDS)
        while not self._is_over():
            try:
                async with asyncio.timeout(HEARTBEAT_EVERY_SECONDS):
                    await self._has_news.wait()
            except TimeoutError:
                yield b":\n\n"
                continue
            self._has_news.clear()
            if self._stamp is not None and not self._is_over():
                yield f"data: {self._stamp}\n\n".encode()
