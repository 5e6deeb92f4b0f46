"""The journal's memory: exchanges wait here until some are stored together."""

import asyncio
import logging
from dataclasses import fields, is_dataclass
from time import monotonic as time
from typing import Any, Final

import msgspec

from profilegate.errors import ProfilegateError, StoreUnavailableError
from profilegate.store import Store
from profilegate.store.journal import Entry, Packed, append, pack

logger = logging.getLogger("profilegate")

REQUEST_BODY_KEPT_MAX_BYTES: Final = 256 * 1024
"""Of a longer body only the beginning is kept. We chose it: an update with the photograph of a
document is shorter."""

RESPONSE_BODY_KEPT_MAX_BYTES: Final = 16 * 1024
"""As for requests."""

WAITING_MAX_EXCHANGES: Final = 2048
"""Exchanges that wait; further ones are left out and counted. We chose it: a third of a second of
full load; with the largest heads that the server reads they take 32 MiB."""

WAITING_MAX_BYTES: Final = 16 * 1024 * 1024
"""The bytes that they take."""

STORE_AFTER_SECONDS: Final = 0.25
"""How long an exchange waits for others: a client that sends one request after another causes four
more commits in a second, not one for each request."""

ABANDONED_MAX_SECONDS: Final = 0.05
"""How long a reader waits for requests in progress: the end of a connection arrives in less. We
chose it; a request whose client still waits is not in the journal."""

STORE_FROM_EXCHANGES: Final = 256
"""So many exchanges wait no longer."""

STORED_AT_ONCE_MAX: Final = 128
"""Exchanges in one row and one task of the writer: less than a millisecond, so that updates hardly
wait."""


class Journal:
    """
    The exchanges of one process that are not stored yet.

    ``kept`` is how many exchanges of each namespace the store keeps, ``left_out`` how many this
    process had no room for, or could not store.
    """

    def __init__(self, kept: int) -> None:
        self.kept = kept
        self.left_out = 0
        self._waiting: dict[str, list[Packed]] = {}
        """The exchanges of each namespace."""
        self._count = self._size_bytes = 0
        self.in_progress = 0
        """The requests that are not added yet, the reader's own among them."""
        self._storing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def add(self, store: Store, namespace: str, entry: Entry) -> None:
        """Add an exchange, which is stored soon; it is left out if there is no room."""
        packed = pack(entry)
        self._size_bytes += len(packed.data)
        self._count += 1
        if self._count > WAITING_MAX_EXCHANGES or self._size_bytes > WAITING_MAX_BYTES:
            self.left_out += 1
            return
        if namespace in self._waiting:
            self._waiting[namespace].append(packed)
        else:
            self._waiting[namespace] = [packed]
        if self._count == STORE_FROM_EXCHANGES:
            self._begin(store)
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(STORE_AFTER_SECONDS, self._begin, store)

    async def complete(self, store: Store, *, own: int = 0) -> None:
        """
        Store all exchanges for a reader, who has ``own`` requests in progress.

        A client that has left its request, by a timeout, may ask for it before the gateway knows:
        requests in progress get ABANDONED_MAX_SECONDS to end.
        """
        deadline = time() + ABANDONED_MAX_SECONDS
        # An event would cost every request more than this costs a reader.
        while self.in_progress > own and time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(ABANDONED_MAX_SECONDS / 50)
        await self.flush(store)

    async def flush(self, store: Store) -> None:
        """Store all exchanges that wait; one that cannot be stored is left out."""
        async with self._storing:
            waiting, self._waiting = self._waiting, {}
            self._count = self._size_bytes = 0
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            for namespace, entries in waiting.items():
                for start in range(0, len(entries), STORED_AT_ONCE_MAX):
                    await self._store(store, namespace, entries[start : start + STORED_AT_ONCE_MAX])

    async def _store(self, store: Store, namespace: str, entries: list[Packed]) -> None:
        try:
            await store.write(append, namespace, entries, self.kept)
        except StoreUnavailableError as error:
            self.left_out += len(entries)
            logger.error("journal: %d exchanges are left out: %s", len(entries), error)

    def _begin(self, store: Store) -> None:
        self._task = asyncio.get_running_loop().create_task(self.flush(store))


def facts_of(error: ProfilegateError) -> dict[str, Any]:
    """The facts that an error holds, as JSON has them."""
    if not is_dataclass(error):
        return {}
    facts = {each.name: getattr(error, each.name) for each in fields(error)}
    plain: dict[str, Any] = msgspec.to_builtins(facts, str_keys=True, enc_hook=str)
    return plain
