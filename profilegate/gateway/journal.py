"""The journal's memory: exchanges wait here until some are stored together."""

import asyncio
import logging
from dataclasses import fields, is_dataclass
from typing import Any, Final

import msgspec

from profilegate.errors import ProfilegateError, StoreUnavailableError
from profilegate.store import Store
from profilegate.store.journal import Content, Entry, append

logger = logging.getLogger("profilegate")

REQUEST_BODY_KEPT_MAX_BYTES: Final = 16 * 1024
"""Of a longer body only the beginning is kept. No JSON body of a test is longer; a file is."""

RESPONSE_BODY_KEPT_MAX_BYTES: Final = 16 * 1024
"""As for requests."""

HEADERS_KEPT_MAX_BYTES: Final = 8 * 1024
"""Further lines are left out; most servers accept no more in all."""

WAITING_MAX_EXCHANGES: Final = 4096
"""Exchanges that wait; further ones are left out and counted. More than a second of full load."""

WAITING_MAX_BYTES: Final = 16 * 1024 * 1024
"""The bytes of their bodies and headers."""

STORE_AFTER_SECONDS: Final = 0.25
"""How long an exchange waits for others: a client that sends one request after another causes four
more commits in a second, not one for each request."""

STORED_AT_ONCE_MAX: Final = 128
"""Exchanges in one task of the writer: about two milliseconds, so that updates hardly wait."""


class Journal:
    """
    The exchanges of one process that are not stored yet.

    ``kept`` is how many exchanges of each namespace the store keeps, ``left_out`` how many this
    process had no room for, or could not store.
    """

    def __init__(self, kept: int) -> None:
        self.kept = kept
        self.left_out = 0
        self._waiting: list[Entry] = []
        self._size_bytes = 0
        self._storing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def add(self, store: Store, entry: Entry, size_bytes: int) -> None:
        """Add an exchange, which is stored soon; it costs no time if there is no room."""
        if (
            len(self._waiting) >= WAITING_MAX_EXCHANGES
            or self._size_bytes + size_bytes > WAITING_MAX_BYTES
        ):
            self.left_out += 1
            return
        self._waiting.append(entry)
        self._size_bytes += size_bytes
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(STORE_AFTER_SECONDS, self._begin, store)

    async def flush(self, store: Store) -> None:
        """Store all exchanges that wait; one that cannot be stored is left out."""
        async with self._storing:
            waiting, self._waiting, self._size_bytes = self._waiting, [], 0
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            for start in range(0, len(waiting), STORED_AT_ONCE_MAX):
                some = waiting[start : start + STORED_AT_ONCE_MAX]
                try:
                    await store.write(append, some, self.kept)
                except StoreUnavailableError as error:
                    self.left_out += len(some)
                    logger.error("journal: %d exchanges are left out: %s", len(some), error)

    def _begin(self, store: Store) -> None:
        self._task = asyncio.get_running_loop().create_task(self.flush(store))


def content(body: bytes, kept_max_bytes: int) -> Content:
    """A body, or its beginning if it is too long to be kept."""
    return Content(body[:kept_max_bytes], len(body))


def headers_kept(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The header lines that are kept: all, or the first ones."""
    size_bytes = 0
    for count, (name, value) in enumerate(headers):
        size_bytes += len(name) + len(value)
        if size_bytes > HEADERS_KEPT_MAX_BYTES:
            return headers[:count]
    return headers


def facts_of(error: ProfilegateError) -> dict[str, Any]:
    """The facts that an error holds, as JSON has them."""
    if not is_dataclass(error):
        return {}
    facts = {each.name: getattr(error, each.name) for each in fields(error)}
    plain: dict[str, Any] = msgspec.to_builtins(facts, str_keys=True, enc_hook=str)
    return plain
