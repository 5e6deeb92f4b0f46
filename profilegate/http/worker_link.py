"""The link between a supervisor and a worker: one order, then signs of life."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

import msgspec

from profilegate.gateway.settings import Settings
from profilegate.profile.private import Private

READY: Final = b"ready\n"
"""What a worker sends once it serves."""

ALIVE: Final = b"alive\n"
"""What it sends every ALIVE_EVERY_SECONDS."""

ALIVE_EVERY_SECONDS: Final = 1.0

ORDER_MAX_BYTES: Final = 1024 * 1024
"""The longest order; it holds the settings, and the environment that sets them is no longer."""


def metrics_folder(folder: Path) -> Path:
    """Where the workers keep their metrics, in the folder that they share."""
    return folder / "metrics"


class Order(Private, frozen=True):
    """What a supervisor tells a worker.

    ``folder`` is what the workers share; ``secret`` keys what they count in it. ``is_first``
    is whether the worker loads the seeds and prints the address.
    """

    settings: Settings
    folder: str
    secret: bytes
    is_first: bool

    def encode(self) -> bytes:
        """The order as a line."""
        return msgspec.json.encode(self) + b"\n"


class Link:
    """A worker's end of the link."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, link: socket.socket) -> tuple[Self, Order]:
        """Use a socket; return the link, and the order that came on it."""
        reader, writer = await asyncio.open_connection(sock=link, limit=ORDER_MAX_BYTES)
        order = msgspec.json.decode(await reader.readline(), type=Order)
        return cls(reader, writer), order

    def report_ready(self) -> None:
        """Tell the supervisor that the worker serves."""
        self._writer.write(READY)

    async def keep(self, stop: Callable[[], None]) -> None:
        """Send signs of life, and call ``stop`` at the end of the supervisor."""
        ended = asyncio.ensure_future(self._reader.read())
        try:
            while not ended.done():
                self._writer.write(ALIVE)
                await asyncio.wait([ended], timeout=ALIVE_EVERY_SECONDS)
            stop()
        finally:
            ended.cancel()
