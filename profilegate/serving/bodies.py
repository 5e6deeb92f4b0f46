"""Bodies: how each media type is read, and what is refused while reading."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive

from profilegate.call import Request
from profilegate.errors import (
    BodyTooLargeError,
    BodyUnreadableError,
    MediaTypeNotSpokenError,
)
from profilegate.serving.negotiation import HEADERS_REMEMBERED_MAX, media_type_of
from profilegate.serving.parts import PARTS_MAX, has_too_many_parts
from profilegate.serving.protobuf import Messages
from profilegate.spec import Node

BODY_SIZE_MAX_BYTES = 16 * 1024 * 1024
"""Machnet's documents travel inside the body, base64-encoded, several at once."""

BODY_SIZE_DIGITS = len(str(BODY_SIZE_MAX_BYTES))

NESTING_DEPTH_MAX = 64
"""No spec needs more than five; what is deeper is an attack on the parser's stack."""

FORM_FIELDS_MAX = 1000

LINES_MAX = 10_000
"""No spec takes more than a thousand at once."""

Decoder = Callable[[bytes], Any]


class ClientGoneError(Exception):
    """The client closed the connection before its body was complete; nobody waits for an answer."""


async def read_body(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
    """
    All bytes of a body, chunked or not.

    Raises:
        BodyTooLargeError: as soon as it is known that there are more than BODY_SIZE_MAX_BYTES.
        ClientGoneError: the connection ended first.
    """
    announced = headers.get(b"content-length", b"")
    if (
        len(announced) >= BODY_SIZE_DIGITS
        and announced.isdigit()
        and int(announced[:20]) > BODY_SIZE_MAX_BYTES
    ):
        raise BodyTooLargeError(BODY_SIZE_MAX_BYTES)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > BODY_SIZE_MAX_BYTES:
            raise BodyTooLargeError(BODY_SIZE_MAX_BYTES)
        return body
    parts: list[bytes] = []
    size_bytes = 0
    while message["type"] == "http.request":
        part = message.get("body", b"")
        size_bytes += len(part)
        if size_bytes > BODY_SIZE_MAX_BYTES:
            raise BodyTooLargeError(BODY_SIZE_MAX_BYTES)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()
    raise ClientGoneError


# --- JSON --------------------------------------------------------------------------------

_decode_json = msgspec.json.Decoder().decode
_encode_json = msgspec.json.Encoder().encode


def read_json(raw: bytes) -> Any:
    """
    A JSON text as Python has it.

    Refused beside what is not JSON: NaN, lone surrogates, numbers that no double holds, a key
    that stands twice in one object (parsers disagree on which counts), deep nesting, and more
    than PARTS_MAX parts, before anything is made of them.

    Raises:
        BodyUnreadableError: with what is wrong and where, but nothing of the text itself.
    """
    if not raw:
        raise BodyUnreadableError("the body is empty; it must be JSON")
    if len(raw) > PARTS_MAX and has_too_many_parts(raw):
        raise BodyUnreadableError(f"the body has more than {PARTS_MAX} parts; send less at once")
    try:
        value = _decode_json(raw)
    except UnicodeDecodeError:
        raise BodyUnreadableError("the body is not UTF-8") from None
    except RecursionError:
        raise BodyUnreadableError(_too_deep()) from None
    except (msgspec.DecodeError, ValueError) as error:
        raise BodyUnreadableError(f"the body is not JSON: {_plainly(error)}") from None
    if raw.count(b"{") + raw.count(b"[") > NESTING_DEPTH_MAX and _depth(value) > NESTING_DEPTH_MAX:
        raise BodyUnreadableError(_too_deep())
    if _has_a_key_twice(raw, value):
        raise BodyUnreadableError("the body is ambiguous: a key stands twice in one object")
    return value


def _plainly(error: Exception) -> str:
    """The parser's own sentence where it is known to quote nothing."""
    if isinstance(error, msgspec.DecodeError) and not isinstance(error, msgspec.ValidationError):
        return str(error).removeprefix("JSON is malformed: ")
    return "a number is out of range"


def _too_deep() -> str:
    return f"the body is nested more than {NESTING_DEPTH_MAX} levels deep"


def _depth(value: Any) -> int:
    depth = 0
    level = [value]
    while level:
        depth += 1
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += [child for child in item.values() if isinstance(child, dict | list)]
            elif isinstance(item, list):
                below += [child for child in item if isinstance(child, dict | list)]
        level = below
    return depth


def _has_a_key_twice(raw: bytes, value: Any) -> bool:
    """Whether decoding dropped a key, told from the number of quotation marks.

    Without escapes every quotation mark begins or ends a string, and writing the decoded value
    again gives back all of them unless a key (and its value) was dropped: two ``memchr`` scans
    instead of a parser of our own. Texts with escapes take the slow way.
    """
    if b"\\" in raw:
        return _has_a_key_twice_with_escapes(raw)
    return raw.count(b'"') != _encode_json(value).count(b'"')


def _has_a_key_twice_with_escapes(raw: bytes) -> bool:
    import json

    def refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise KeyError
        return found

    try:
        json.loads(raw, object_pairs_hook=refuse_twice)
    except KeyError:
        return True
    return False


def read_json_lines(raw: bytes) -> list[Any]:
    """
    JSON texts, one a line; empty lines do not count.

    Raises:
        BodyUnreadableError: as ``read_json``, with the line's number.
    """
    if raw.count(b"\n") > LINES_MAX:
        raise BodyUnreadableError(f"the body has more than {LINES_MAX} lines")
    values = []
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            try:
                values.append(read_json(line))
            except BodyUnreadableError as error:
                raise BodyUnreadableError(f"line {number}: {error}") from None
    return values


# --- Forms -------------------------------------------------------------------------------


def read_form(raw: bytes) -> dict[str, str]:
    """
    A form (application/x-www-form-urlencoded): every value is text.

    Raises:
        BodyUnreadableError: it is not UTF-8, has too many fields, or one field twice.
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
        raise BodyUnreadableError("the form is ambiguous: a field stands twice")
    return form


# --- Which one ---------------------------------------------------------------------------

DECODERS: Mapping[str, Decoder] = {
    "application/json": read_json,
    "application/merge-patch+json": read_json,
    "application/x-www-form-urlencoded": read_form,
    "application/x-ndjson": read_json_lines,
}
"""How each media type is read that a spec may name."""

CHARSETS = frozenset({"", "utf-8", "utf8"})

PLAIN_CODINGS = frozenset({b"", b"identity"})
"""A compressed body is not unpacked: a few bytes could become many, and no provider asks for it."""


def compile_decoder(content: Mapping[str, Node], messages: Messages) -> Callable[[Request], Any]:
    """
    The function that reads a request's body by its media type.

    ``content`` are the media types that the operation speaks. A request without one is read as
    the first of them. Text must be UTF-8; protobuf has no charset, whatever is said of one.
    """
    spoken = list(content)
    decoders = {name: _decoder(name, node, messages) for name, node in content.items()}
    binary = {name for name, node in content.items() if "x-protobuf" in node}

    @lru_cache(HEADERS_REMEMBERED_MAX)
    def decoder_for(header: bytes, coding: bytes) -> Decoder | None:
        media_type, charset = media_type_of(header)
        name = media_type or spoken[0]
        if coding.strip().lower() not in PLAIN_CODINGS:
            return None
        return decoders.get(name) if charset in CHARSETS or name in binary else None

    def decode(request: Request) -> Any:
        headers = request.headers
        decoder = decoder_for(
            headers.get(b"content-type", b""), headers.get(b"content-encoding", b"")
        )
        if decoder is None:
            raise MediaTypeNotSpokenError(spoken)
        return decoder(request.body)

    return decode


def _decoder(media_type: str, node: Node, messages: Messages) -> Decoder:
    if "x-protobuf" in node:
        return messages.compile_decoder(node)
    return DECODERS[media_type]
