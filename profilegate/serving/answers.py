"""Answers: bytes and headers made ready, so that sending is two calls."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.types import Send

from profilegate.provider import Refusal

HeaderList = list[tuple[bytes, bytes]]

_encode_json = msgspec.json.Encoder().encode


def compile_answer(status: int, media_type: str) -> Callable[[Send, Any], Awaitable[None]]:
    """A function that sends what a handler gave back, in the operation's status and media type."""
    encode: Callable[[Any], bytes] = (
        _encode_json if "json" in media_type else lambda text: text.encode()
    )
    content_type = (b"content-type", media_type.encode())

    async def answer(send: Send, result: Any) -> None:
        body = encode(result)
        headers = [content_type, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


async def send_refusal(send: Send, refusal: Refusal) -> None:
    """Send a refusal."""
    headers: HeaderList = [
        (b"content-type", refusal.media_type.encode()),
        (b"content-length", b"%d" % len(refusal.body)),
        *((name.encode(), value.encode()) for name, value in refusal.headers),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": refusal.body})
