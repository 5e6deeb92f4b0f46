"""Bodies as they are sent and received, by the media types of the spec."""

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from profilegate.client.parameters import nested, text_of
from profilegate.errors import BodyUnreadableError
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Spec
from profilegate.openapi.media_types import Kind, bare, kind_of

BOUNDARY_SIZE_BYTES = 12
"""Random bytes in the boundary of a form with files; we chose more than any file can guess."""


def kind_in(spec: Spec, media_type: str, node: Node) -> Kind:
    """What a body of a media type of the spec is."""
    return kind_of(media_type, node, spec.resolve(node.get("schema", {}))) or "binary"


def encode_body(
    spec: Spec, messages: Messages, media_type: str, node: Node, value: Any
) -> tuple[bytes, str]:
    """
    A body and its Content-Type.

    Raises:
        BodyUnreadableError: the value has not the form that its media type needs.
    """
    kind = kind_in(spec, media_type, node)
    try:
        if kind == "protobuf":
            return messages.compile_encoder(node)(value), bare(media_type)
        if kind == "form":
            return urlencode(list(_form_fields(value, node))).encode(), bare(media_type)
        if kind == "multipart":
            boundary = secrets.token_hex(BOUNDARY_SIZE_BYTES)
            return _multipart(value, boundary), f"{bare(media_type)}; boundary={boundary}"
        if kind == "lines":
            return b"".join(_json(each) + b"\n" for each in value), bare(media_type)
        if kind in ("text", "binary"):
            return value if isinstance(value, bytes) else text_of(value).encode(), media_type
        return _json(value), media_type
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise BodyUnreadableError(f"this body cannot be written as {bare(media_type)}") from None


def decode_body(
    spec: Spec,
    messages: Messages,
    media_type: str,
    node: Node,
    content: bytes,
    *,
    of_response: bool = False,
) -> Any:
    """
    The value of a body that was received; bytes of a binary one.

    Raises:
        BodyUnreadableError: it is not of its media type.
    """
    kind = kind_in(spec, media_type, node)
    try:
        if kind == "protobuf":
            return messages.compile_decoder(node, of_response=of_response)(content)
        if kind == "json":
            return read_json(content)
        if kind == "lines":
            return [read_json(line) for line in content.splitlines() if line.strip()]
        if kind == "form":
            return dict(parse_qsl(content.decode(), keep_blank_values=True))
        return content.decode() if kind == "text" else content
    except (ValueError, RecursionError):
        raise BodyUnreadableError(f"the body is not {bare(media_type)}") from None


def read_json(content: bytes) -> Any:
    """
    The value of a JSON text of any size.

    Raises:
        ValueError: it is none.
    """

    def reject(word: str) -> None:
        raise ValueError(word)

    value = json.loads(content, parse_constant=reject)
    if b"\\u" in content:
        # Half of a surrogate pair is no text: no validator and no terminal takes it.
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _form_fields(value: Mapping[str, Any], node: Node) -> Iterator[tuple[str, str]]:
    for name, each in value.items():
        encoding = node.get("encoding", {}).get(name, {})
        if "json" in encoding.get("contentType", ""):
            yield name, json.dumps(each)
        elif isinstance(each, list) and not any(isinstance(item, dict | list) for item in each):
            if encoding.get("explode", True):
                yield from ((name, text_of(item)) for item in each)
            else:
                yield name, ",".join(map(text_of, each))
        else:
            yield from nested(name, each)


def _multipart(value: Mapping[str, Any], boundary: str) -> bytes:
    parts = []
    for name, each in value.items():
        is_list = isinstance(each, list) and not any(isinstance(item, dict | list) for item in each)
        for item in each if is_list else [each]:
            is_json = isinstance(item, dict | list)
            kind = b"Content-Type: application/json\r\n" if is_json else b""
            file = b'; filename="file"' if isinstance(item, bytes) else b""
            content = item if isinstance(item, bytes) else text_of(item).encode()
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
            parts.append(head + file + b"\r\n" + kind + b"\r\n" + content + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()])
