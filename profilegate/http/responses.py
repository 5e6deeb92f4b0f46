"""Responses: bytes and headers made ready, so that sending is two calls."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.types import Send

from profilegate.gateway.call import Request
from profilegate.gateway.provider import ErrorResponse
from profilegate.http.negotiation import choose, media_type_of
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node

HeaderList = list[tuple[bytes, bytes]]
Response = Callable[[Send, Request, Any, HeaderList], Awaitable[None]]
Encoder = Callable[[Any], bytes]

JSON_LINES = "application/x-ndjson"
"""A list, one item a line; https://github.com/ndjson/ndjson-spec"""

_encode_json = msgspec.json.Encoder().encode


def compile_response(
    status: int, content: Mapping[str, Node], messages: Messages, headers: HeaderList
) -> Response:
    """
    A function that sends what a handler gave back.

    ``content`` are the media types of the response, the first of them the usual one; without any,
    the response has no body. ``headers`` go with every response.
    """
    if not content:
        return _compile_empty_response(status, headers)
    forms = {
        media_type_of(shown.encode())[0]: (
            _encoder(shown, node, messages),
            [*headers, (b"content-type", shown.encode())],
        )
        for shown, node in content.items()
    }
    offered = tuple(forms)

    async def response(send: Send, request: Request, result: Any, more: HeaderList) -> None:
        name = offered[0]
        if len(offered) > 1:
            name = choose(offered, request.headers.get(b"accept", b""), _came_in(request))
        encode, fixed = forms[name]
        body = encode(result)
        complete = [*fixed, *more, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": complete})
        await send({"type": "http.response.body", "body": body})

    return response


def _compile_empty_response(status: int, headers: HeaderList) -> Response:
    async def response(send: Send, request: Request, result: Any, more: HeaderList) -> None:
        complete = [*headers, *more]
        await send({"type": "http.response.start", "status": status, "headers": complete})
        await send({"type": "http.response.body", "body": b""})

    return response


def _came_in(request: Request) -> str:
    """The media type of a request's body; a request without a body came in none."""
    return media_type_of(request.headers.get(b"content-type", b""))[0] if request.body else ""


def _encoder(media_type: str, node: Node, messages: Messages) -> Encoder:
    """How a media type of the spec is written: protobuf, lines of JSON, text, or else JSON."""
    if "x-protobuf" in node:
        return messages.compile_encoder(node)
    if media_type == JSON_LINES:
        return msgspec.json.Encoder().encode_lines
    if node["schema"].get("type") == "string":
        return lambda text: str(text).encode()
    return _encode_json


async def send_error_response(
    send: Send, error_response: ErrorResponse, headers: HeaderList
) -> None:
    """Send an error response, with the headers that go with every response."""
    complete: HeaderList = [
        *headers,
        (b"content-type", error_response.media_type.encode()),
        (b"content-length", b"%d" % len(error_response.body)),
    ]
    for name, value in error_response.headers:
        complete.append((name.encode(), value.encode()))
    await send(
        {"type": "http.response.start", "status": error_response.status, "headers": complete}
    )
    await send({"type": "http.response.body", "body": error_response.body})
