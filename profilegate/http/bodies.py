"""Request bodies: reads their bytes and decodes them by their media type."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Message, Receive

from profilegate.errors import (
    BodiesTooManyError,
    BodyTooLargeError,
    BodyUnreadableError,
    MediaTypeUnsupportedError,
    RequestTooSlowError,
)
from profilegate.gateway.request import ClientGoneError, Request
from profilegate.http.limits import (
    BODY_GRACE_SECONDS,
    BODY_RATE_MIN_BYTES_PER_SECOND,
    BODY_SIZE_MAX_BYTES,
    FORM_FIELDS_MAX,
    LARGE_BODIES_MAX_BYTES,
)
from profilegate.http.negotiation import JSON, is_json, media_type_of
from profilegate.media.json_text import read_json, read_json_lines
from profilegate.media.nulls import without_nulls
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Operation, Spec

Decoder = Callable[[bytes], Any]


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
    decode = compile_decoder(spec, body["content"], messages)
    if body.get("required"):
        return decode
    return lambda request: decode(request) if request.body else None


def compile_decoder(
    spec: Spec, content: Mapping[str, Node], messages: Messages
) -> Callable[[Request], Any]:
    """
    The function that decodes a request's body by its media type.

    ``content`` maps the operation's media types to their nodes in the spec; the first one is the
    default for a request without a media type. One of them may take in every other media type
    (``x-also-any``), apart from the names of JSON, which are JSON then. The charset must be UTF-8;
    protobuf has no charset, so it is ignored there. The function raises
    ``MediaTypeUnsupportedError`` or ``BodyUnreadableError``.

    Raises:
        SpecError: a protobuf message is not what its schema says.
    """
    supported = list(content)
    decoders = {name: _decoder(spec, name, node, messages) for name, node in content.items()}
    binary = {name for name, node in content.items() if "x-protobuf" in node}
    other = next((name for name, node in content.items() if "x-also-any" in node), None)
    # Most clients send the bare media type or none at all: skip the parser for these.
    bare = {b"": decoders[supported[0]]} | {name.encode(): decoders[name] for name in supported}

    def decode(request: Request) -> Any:
        header = request.headers.get(b"content-type", b"")
        coding = request.headers.get(b"content-encoding", b"")
        decoder = bare.get(header)
        if decoder is None:
            name, charset = media_type_of(header)
            name = name or supported[0]
            if other is not None and name not in decoders:
                name = JSON if is_json(name) else other
            if charset in CHARSETS or name in binary:
                decoder = decoders.get(name)
        if decoder is None or coding.strip().lower() not in PLAIN_CODINGS:
            raise MediaTypeUnsupportedError(supported)
        return decoder(request.body)

    return decode


def _decoder(spec: Spec, media_type: str, node: Node, messages: Messages) -> Decoder:
    if "x-protobuf" in node:
        return messages.compile_decoder(node)
    decode = DECODERS[media_type]
    if spec.document.get("x-null") == "absent":
        decode = _without_nulls(decode)
    schema = spec.resolve(node["schema"])
    return _with_keys_in_any_case(decode, schema) if "x-any-case" in schema else decode


def _without_nulls(decode: Decoder) -> Decoder:
    """A decoder that leaves out each key of an object whose value is null."""
    return lambda raw: without_nulls(decode(raw))


def _with_keys_in_any_case(decode: Decoder, schema: Node) -> Decoder:
    """A decoder that gives the keys of an object the letter case of the schema's properties."""
    names = {name.lower(): name for name in schema["properties"]}

    def decode_keys(raw: bytes) -> Any:
        value = decode(raw)
        if not isinstance(value, dict):
            return value
        renamed = {names.get(key.lower(), key): each for key, each in value.items()}
        if len(renamed) != len(value):
            raise BodyUnreadableError("the body is ambiguous: a key appears twice in one object")
        return renamed

    return decode_keys
