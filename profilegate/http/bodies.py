"""Request bodies: reads their bytes and decodes them by their media type."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive

from profilegate.errors import (
    BodyTooLargeError,
    BodyUnreadableError,
    MediaTypeUnsupportedError,
)
from profilegate.gateway.call import Request
from profilegate.http.negotiation import media_type_of
from profilegate.media.json_text import read_json, read_json_lines
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Operation, Spec

BODY_SIZE_MAX_BYTES = 16 * 1024 * 1024
"""A body of Machnet holds several documents in base64."""

FORM_FIELDS_MAX = 1000

Decoder = Callable[[bytes], Any]


class ClientGoneError(Exception):
    """The client closed the connection before its body was complete; no response is sent."""


async def read_body(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
    """
    All bytes of a body, chunked or not.

    Raises:
        BodyTooLargeError: the body, or its Content-Length, exceeds BODY_SIZE_MAX_BYTES.
        ClientGoneError: the connection ended before the body did.
    """
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced[:20]) > BODY_SIZE_MAX_BYTES:
        raise BodyTooLargeError(BODY_SIZE_MAX_BYTES)
    parts: list[bytes] = []
    size_bytes = 0
    while (message := await receive())["type"] == "http.request":
        part = message.get("body", b"")
        size_bytes += len(part)
        if size_bytes > BODY_SIZE_MAX_BYTES:
            raise BodyTooLargeError(BODY_SIZE_MAX_BYTES)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
    raise ClientGoneError


# --- Forms -------------------------------------------------------------------------------


def read_form(raw: bytes) -> dict[str, str]:
    """
    The fields of a form (application/x-www-form-urlencoded) by name.

    Raises:
        BodyUnreadableError: the form is not UTF-8, has too many fields, or a field twice.
    """
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FORM_FIELDS_MAX,
        )
    except UnicodeDecodeError:
        raise BodyUnreadableError("the form is not UTF-8") from None
    except ValueError:
        raise BodyUnreadableError(f"the form has more than {FORM_FIELDS_MAX} fields") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise BodyUnreadableError("the form is ambiguous: a field appears twice")
    return form


# --- Decoders ----------------------------------------------------------------------------

DECODERS: Mapping[str, Decoder] = {
    "application/json": read_json,
    "application/merge-patch+json": read_json,
    "application/x-www-form-urlencoded": read_form,
    "application/x-ndjson": read_json_lines,
}
"""The decoders of the media types that a spec may name."""

CHARSETS = frozenset({"", "utf-8", "utf8"})

PLAIN_CODINGS = frozenset({b"", b"identity"})
"""The gateway rejects compressed bodies: they could expand without limit, and no provider uses
them."""


def compile_body_reader(
    spec: Spec, operation: Operation, messages: Messages
) -> Callable[[Request], Any]:
    """
    The function that decodes an operation's request bodies; it returns None if there is no body.

    Raises:
        SpecError: a protobuf message is not what its schema says.
    """
    body = spec.resolve(operation.node.get("requestBody", {}))
    if not body:
        return lambda request: None
    decode = compile_decoder(body["content"], messages)
    if body.get("required"):
        return decode
    return lambda request: decode(request) if request.body else None


def compile_decoder(content: Mapping[str, Node], messages: Messages) -> Callable[[Request], Any]:
    """
    The function that decodes a request's body by its media type.

    ``content`` maps the operation's media types to their nodes in the spec; the first one is the
    default for a request without a media type. The charset must be UTF-8; protobuf has no charset,
    so it is ignored there. The function raises ``MediaTypeUnsupportedError`` or
    ``BodyUnreadableError``.

    Raises:
        SpecError: a protobuf message is not what its schema says.
    """
    supported = list(content)
    decoders = {name: _decoder(name, node, messages) for name, node in content.items()}
    binary = {name for name, node in content.items() if "x-protobuf" in node}
    # Most clients send the bare media type or none at all: skip the parser for these.
    bare = {b"": decoders[supported[0]]} | {name.encode(): decoders[name] for name in supported}

    def decode(request: Request) -> Any:
        header = request.headers.get(b"content-type", b"")
        coding = request.headers.get(b"content-encoding", b"")
        decoder = bare.get(header)
        if decoder is None:
            name, charset = media_type_of(header)
            if charset in CHARSETS or name in binary:
                decoder = decoders.get(name or supported[0])
        if decoder is None or coding.strip().lower() not in PLAIN_CODINGS:
            raise MediaTypeUnsupportedError(supported)
        return decoder(request.body)

    return decode


def _decoder(media_type: str, node: Node, messages: Messages) -> Decoder:
    if "x-protobuf" in node:
        return messages.compile_decoder(node)
    return DECODERS[media_type]
