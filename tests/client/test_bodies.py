"""Bodies: the server's decoders read back what the client writes, in every kind of media type."""

from typing import Any

import pytest

from profilegate.client.bodies import decode_body, encode_body
from profilegate.errors import BodyUnreadableError
from profilegate.gateway.request import Request
from profilegate.http.decoders import compile_decoder
from profilegate.media.protobuf import Messages
from profilegate.openapi.reader import parse_spec

SPEC = """
openapi: "3.0.3"
info: {title: Shop, version: "1"}
paths:
  /items:
    post:
      operationId: add_item
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Item"}}
          application/x-www-form-urlencoded:
            schema: {$ref: "#/components/schemas/Item"}
            encoding: {codes: {style: form, explode: false}, size: {contentType: application/json}}
          multipart/form-data: {schema: {$ref: "#/components/schemas/WithFile"}}
          application/x-ndjson: {schema: {type: array, items: {$ref: "#/components/schemas/Item"}}}
          text/plain: {schema: {type: string}}
          application/pdf: {schema: {type: string, format: binary}}
      responses: {"204": {description: Nothing}}
components:
  schemas:
    Item:
      type: object
      properties:
        name: {type: string}
        count: {type: integer}
        is_new: {type: boolean}
        tags: {type: array, items: {type: string}}
        codes: {type: array, items: {type: integer}}
        size: {type: object, properties: {width: {type: integer}}}
        place: {type: object, properties: {city: {type: string}}}
    WithFile:
      allOf:
        - $ref: "#/components/schemas/Item"
        - type: object
          properties: {photo: {type: string, format: binary}}
"""

ITEM = {
    "name": "Zoë & = ü\r\n",
    "count": 7,
    "is_new": True,
    "tags": ["a,b", "c"],
    "codes": [1, 2],
    "size": {"width": 3},
    "place": {"city": "Köln"},
}


@pytest.mark.parametrize(
    ("media_type", "value"),
    [
        ("application/json", ITEM),
        ("application/x-www-form-urlencoded", ITEM),
        ("multipart/form-data", {**ITEM, "photo": b"\x00\xff\r\n--"}),
        ("application/x-ndjson", [ITEM, {"name": "b"}]),
        ("text/plain", "Zoë"),
        ("application/pdf", b"\x00\xff"),
    ],
)
def test_the_server_reads_what_the_client_writes(media_type: str, value: Any) -> None:
    """
    Two directions of one spec: neither may understand it otherwise.
    """
    spec = parse_spec("shop", SPEC)
    messages = Messages(spec, b"")
    [operation] = spec.operations()
    raw, content_type = encode_body(spec, messages, media_type, operation.bodies[media_type], value)
    decode = compile_decoder(spec, operation.bodies, messages)
    headers = {b"content-type": content_type.encode()}

    assert value == decode(Request("POST", b"/items", headers, raw, decode, "", receive))


async def receive() -> dict[str, Any]:
    """No message."""
    return {}


@pytest.mark.parametrize(
    "content", [b"{", b"NaN", b'{"a": Infinity}', b"\xff", b'"\\ud800"', b"[" * 100_000]
)
def test_what_is_no_json_cannot_be_read(content: bytes) -> None:
    """
    RFC 8259 has no NaN; and a server cannot exhaust the stack of the client.
    """
    spec = parse_spec("shop", SPEC)
    node = {"schema": {"type": "object"}}
    with pytest.raises(BodyUnreadableError, match="the body is not application/json"):
        decode_body(spec, Messages(spec, b""), "application/json", node, content)


@pytest.mark.parametrize(
    "media_type", ["application/x-www-form-urlencoded", "application/x-ndjson"]
)
def test_a_value_that_its_media_type_cannot_say_is_told(media_type: str) -> None:
    """
    An unchecked body may be anything: it is an error of the caller, and no traceback.
    """
    spec = parse_spec("shop", SPEC)
    [operation] = spec.operations()
    with pytest.raises(BodyUnreadableError, match="cannot be written"):
        encode_body(spec, Messages(spec, b""), media_type, operation.bodies[media_type], 7)
