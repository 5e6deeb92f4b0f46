"""Request bodies: reads their bytes, within bounds of size, time and memory."""

import asyncio
from collections.abc import Mapping

from starlette.types import Message, Receive

from profilegate.errors import (
    BodiesTooManyError,
    BodyTooLargeError,
    RequestTooSlowError,
)
from profilegate.gateway.request import ClientGoneError
from profilegate.http.limits import (
    BODY_GRACE_SECONDS,
    BODY_RATE_MIN_BYTES_PER_SECOND,
    BODY_SIZE_MAX_BYTES,
    LARGE_BODIES_MAX_BYTES,
)


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], size_max_bytes: int) -> bytes:
    """
    All bytes of a body, chunked or not.

    Raises:
        BodyTooLargeError: the body, or its Content-Length, exceeds the maximum.
        BodiesTooManyError: too many large bodies arrive at the same time.
        RequestTooSlowError: the body arrives more slowly than BODY_RATE_MIN_BYTES_PER_SECOND.
        ClientGoneError: the connection ended before the body did.
    """
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced[:20]) > size_max_bytes:
        raise BodyTooLargeError(size_max_bytes)
    message = await receive()
    part: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        if len(part) > size_max_bytes:
            raise BodyTooLargeError(size_max_bytes)
        return part
    return await _read_rest(message, receive, size_max_bytes)


class _LargeBodies:
    """The sizes of all large bodies that are being received."""

    def __init__(self) -> None:
        self._sizes_bytes: dict[int, int] = {}

    def note(self, key: int, size_bytes: int) -> None:
        """
        Note how much of a body has arrived.

        Raises:
            BodiesTooManyError: all of them together exceed LARGE_BODIES_MAX_BYTES.
        """
        self._sizes_bytes[key] = size_bytes
        if sum(self._sizes_bytes.values()) > LARGE_BODIES_MAX_BYTES:
            raise BodiesTooManyError

    def forget(self, key: int) -> None:
        """Forget a body, which is complete or rejected."""
        self._sizes_bytes.pop(key, None)


_large_bodies = _LargeBodies()


async def _read_rest(message: Message, receive: Receive, size_max_bytes: int) -> bytes:
    """All bytes of a body that arrives in several parts; ``message`` has the first."""
    parts: list[bytes] = []
    size_bytes = 0
    started = asyncio.get_running_loop().time()
    key = id(parts)
    try:
        async with asyncio.timeout(BODY_GRACE_SECONDS) as timeout:
            while message["type"] == "http.request":
                parts.append(message.get("body", b""))
                size_bytes += len(parts[-1])
                if size_bytes > size_max_bytes:
                    raise BodyTooLargeError(size_max_bytes)
                if not message.get("more_body"):
                    return b"".join(parts)
                if size_bytes > BODY_SIZE_MAX_BYTES:
                    _large_bodies.note(key, size_bytes)
                earned_seconds = size_bytes / BODY_RATE_MIN_BYTES_PER_SECOND
                timeout.reschedule(started + BODY_GRACE_SECONDS + earned_seconds)
                message = await receive()
    except TimeoutError:
        raise RequestTooSlowError from None
    finally:
        _large_bodies.forget(key)
    raise ClientGoneError
