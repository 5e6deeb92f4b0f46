"""Media types of bodies: which of them can be read and written, and as what."""

from typing import Final, Literal

from profilegate.openapi.schema import Node

Kind = Literal["json", "lines", "form", "multipart", "protobuf", "text", "binary"]

JSON: Final = "application/json"
JSON_LINES: Final = "application/x-ndjson"
"""A list, one item a line; https://github.com/ndjson/ndjson-spec"""

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"


def is_json(media_type: str) -> bool:
    """Whether a media type, in small letters and without parameters, is JSON by any name."""
    return media_type in (JSON, "text/json") or media_type.endswith("+json")


def bare(media_type: str) -> str:
    """A media type without its parameters, in small letters."""
    return media_type.partition(";")[0].strip().lower()


def kind_of(media_type: str, node: Node, schema: Node) -> Kind | None:
    """
    What a body of a media type is; None if it cannot be read.

    ``node`` is the media type in the spec, ``schema`` its schema, references resolved. A body of
    any type that is not known can be read if its schema says that it is binary.
    """
    name = bare(media_type)
    if "x-protobuf" in node:
        return "protobuf"
    if is_json(name):
        return "json"
    known: dict[str, Kind] = {JSON_LINES: "lines", FORM: "form", MULTIPART: "multipart"}
    if name in known:
        return known[name]
    if "*" in name or schema.get("type", "string") != "string":
        return None
    if not schema or schema.get("format") == "binary":
        return "text" if name.startswith("text/") else "binary"
    return "text" if name.startswith("text/") or "type" in schema else None
