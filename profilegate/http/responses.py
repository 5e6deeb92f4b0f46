"""Responses: encodes what a handler returns into headers and bytes."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from profilegate.gateway.call import Call
from profilegate.gateway.request import Request
from profilegate.http.http_rules import VARY_ACCEPT, HeaderList, request_id_headers
from profilegate.http.negotiation import choose, media_type_of
from profilegate.http.provider_api import ProviderApi
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Spec
from profilegate.openapi.media_types import JSON, is_json, kind_of

EncodeResponse = Callable[[Call, Any], tuple[HeaderList, bytes]]
"""Takes the call and the handler's result; returns the response's headers and body."""

Encoder = Callable[[Any], bytes]

_encode_json = msgspec.json.Encoder().encode


def compile_response(spec: Spec, content: Mapping[str, Node], api: ProviderApi) -> EncodeResponse:
    """
    The function that encodes what a handler returns.

    ``content`` maps the media types of the response to their nodes in the spec, the default one
    first; if it is empty, the response has no body.

    Raises:
        SpecError: a protobuf message is not what its schema says.
    """
    headers, id_names = api.headers, api.request_id_names
    if not content:
        return lambda call, result: (
            [
                *headers,
                *call.response_headers,
                *request_id_headers(id_names, call.request_id),
            ],
            b"",
        )
    negotiated = [VARY_ACCEPT] if len(content) > 1 else []
    forms = {
        media_type_of(content_type.encode())[0]: (
            encoder_of(spec, content_type, node, api.messages),
            [*headers, *negotiated, (b"content-type", content_type.encode())],
        )
        for content_type, node in content.items()
    }
    offered = tuple(forms)

    def encode_response(call: Call, result: Any) -> tuple[HeaderList, bytes]:
        name = offered[0]
        if len(offered) > 1:
            accept = call.request.headers.get(b"accept", b"")
            name = choose(offered, accept, _sent_media_type(call.request))
        encode, fixed = forms[name]
        body = encode(result)
        return [
            *fixed,
            *call.response_headers,
            *request_id_headers(id_names, call.request_id),
            (b"content-length", b"%d" % len(body)),
        ], body

    return encode_response


def _sent_media_type(request: Request) -> str:
    """The media type of a request's body, whatever name JSON has; empty without a body."""
    if not request.body:
        return ""
    name = media_type_of(request.headers.get(b"content-type", b""))[0]
    return JSON if is_json(name) else name


def encoder_of(spec: Spec, media_type: str, node: Node, messages: Messages) -> Encoder:
    """The encoder of a media type of the spec."""
    # Encoders of protobuf read the schema: resolve its reference once, here.
    resolved = {**node, "schema": spec.resolve(node["schema"])}
    kind = kind_of(media_type, node, resolved["schema"])
    if kind == "protobuf":
        return messages.compile_encoder(resolved)
    if kind == "lines":
        return msgspec.json.Encoder().encode_lines
    if kind == "binary":
        return lambda content: content
    if kind == "text":
        return lambda text: str(text).encode()
    return _encode_json
