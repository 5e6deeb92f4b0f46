"""Decoders: a request's body as a value, by its media type."""

from collections.abc import Callable, Mapping
from typing import Any

from profilegate.errors import BodyUnreadableError, MediaTypeUnsupportedError
from profilegate.gateway.request import Request
from profilegate.http.forms import FormReader, MultipartReader
from profilegate.http.negotiation import media_type_of
from profilegate.media.json_text import read_json, read_json_lines
from profilegate.media.nulls import without_nulls
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Operation, Spec
from profilegate.openapi.media_types import JSON, bare, is_json, kind_of
from profilegate.openapi.text_values import TextReader

Decoder = Callable[[bytes, bytes], Any]
"""Takes a body and its Content-Type; returns the value."""

CHARSETS = frozenset({"", "utf-8", "utf8"})

PLAIN_CODINGS = frozenset({b"", b"identity"})
"""The gateway rejects compressed bodies: they could expand without limit, and no provider uses
them."""

WITHOUT_CHARSET = frozenset({"protobuf", "multipart", "binary"})
"""Kinds of bodies that have no charset of their own."""


def compile_body_reader(
    spec: Spec, operation: Operation, messages: Messages
) -> Callable[[Request], Any]:
    """
    The function that decodes an operation's request bodies; it returns None if there is no body.

    Raises:
        SpecError: a protobuf message is not what its schema says.
    """
    if not operation.bodies:
        return lambda request: None
    decode = compile_decoder(spec, operation.bodies, messages)
    if operation.is_body_required:
        return decode
    return lambda request: decode(request) if request.body else None


def compile_decoder(
    spec: Spec, content: Mapping[str, Node], messages: Messages
) -> Callable[[Request], Any]:
    """
    The function that decodes a request's body by its media type, and notes which one it is.

    ``content`` maps the operation's media types to their nodes in the spec; the first one is the
    default for a request without a media type. One of them may take in every other media type
    (``x-also-any``), apart from the names of JSON, which are JSON then. The charset must be UTF-8;
    where a body has none, it is ignored. The function raises ``MediaTypeUnsupportedError`` or
    ``BodyUnreadableError``.

    Raises:
        SpecError: a protobuf message is not what its schema says.
    """
    supported = [bare(name) for name in content]
    decoders: dict[str, tuple[str, Decoder]] = {
        bare(name): (name, _decoder(spec, name, node, messages)) for name, node in content.items()
    }
    kinds = {bare(name): kind_of(name, node, {}) for name, node in content.items()}
    other = next((bare(name) for name, node in content.items() if "x-also-any" in node), None)
    # Most clients send the bare media type or none at all: skip the parser for these.
    known = {b"": decoders[supported[0]]} | {name.encode(): decoders[name] for name in supported}

    def decode(request: Request) -> Any:
        header = request.headers.get(b"content-type", b"")
        coding = request.headers.get(b"content-encoding", b"")
        found = known.get(header)
        if found is None:
            name, charset = media_type_of(header)
            name = name or supported[0]
            if other is not None and name not in decoders:
                name = JSON if is_json(name) else other
            if charset in CHARSETS or kinds.get(name) in WITHOUT_CHARSET:
                found = decoders.get(name)
        if found is None or coding.strip().lower() not in PLAIN_CODINGS:
            raise MediaTypeUnsupportedError(supported)
        request.media_type, decoder = found
        return decoder(request.body, header)

    return decode


def _decoder(spec: Spec, media_type: str, node: Node, messages: Messages) -> Decoder:
    schema = spec.resolve(node["schema"])
    kind = kind_of(media_type, node, schema)
    if kind == "protobuf":
        read = messages.compile_decoder(node)
        return lambda raw, header: read(raw)
    if kind == "binary":
        return lambda raw, header: raw
    if kind == "text":
        return _text_decoder(spec, node)
    if kind == "multipart":
        return _plain(spec, schema, MultipartReader(spec, node))
    if kind == "form":
        return _plain(spec, schema, FormReader(spec, node))
    decode = read_json_lines if kind == "lines" else read_json
    return _plain(spec, schema, lambda raw, header: decode(raw))


def _plain(spec: Spec, schema: Node, decode: Decoder) -> Decoder:
    """The decoder with what the spec says of null and of the letter case of keys."""
    if spec.document.get("x-null") == "absent":
        with_nulls = decode
        decode = lambda raw, header: without_nulls(with_nulls(raw, header))  # noqa: E731
    return _with_keys_in_any_case(decode, schema) if "x-any-case" in schema else decode


def _text_decoder(spec: Spec, node: Node) -> Decoder:
    texts, schema = TextReader(spec), spec.schema(node["schema"])

    def decode(raw: bytes, header: bytes) -> Any:
        try:
            return texts.primitive(raw.decode("utf-8"), schema)
        except UnicodeDecodeError:
            raise BodyUnreadableError("the text is not UTF-8") from None

    return decode


def _with_keys_in_any_case(decode: Decoder, schema: Node) -> Decoder:
    """A decoder that gives the keys of an object the letter case of the schema's properties."""
    names = {name.lower(): name for name in schema["properties"]}

    def decode_keys(raw: bytes, header: bytes) -> Any:
        value = decode(raw, header)
        if not isinstance(value, dict):
            return value
        renamed = {names.get(key.lower(), key): each for key, each in value.items()}
        if len(renamed) != len(value):
            raise BodyUnreadableError("the body is ambiguous: a key appears twice in one object")
        return renamed

    return decode_keys
