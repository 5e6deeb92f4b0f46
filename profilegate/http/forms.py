"""Forms: application/x-www-form-urlencoded and multipart/form-data, as the schema's members."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from profilegate.errors import BodyUnreadableError, ParameterRepeatedError
from profilegate.http.limits import FORM_FIELDS_MAX
from profilegate.media.json_text import read_json
from profilegate.openapi import Node, Schema, Spec
from profilegate.openapi.media_types import bare, is_json
from profilegate.openapi.text_values import Form, TextReader, keys_of

AMBIGUOUS = "the form is ambiguous: a field appears twice"


class FormReader:
    """Reads the fields of an urlencoded form, each by its schema and its ``encoding``."""

    def __init__(self, spec: Spec, node: Node) -> None:
        self._texts = TextReader(spec)
        self._schema = spec.schema(node["schema"])
        self._encoding: Mapping[str, Node] = node.get("encoding", {})

    def __call__(self, raw: bytes, header: bytes) -> dict[str, Any]:
        """
        The fields of a form by name.

        Raises:
            BodyUnreadableError: the form is not UTF-8, has too many fields, or a field twice that
                is no list.
        """
        try:
            return self._read(read_fields(raw))
        except ParameterRepeatedError:
            raise BodyUnreadableError(AMBIGUOUS) from None

    def _read(self, texts: Mapping[str, list[str]]) -> dict[str, Any]:
        form = self._texts.form(self._schema)
        found: dict[str, Any] = {}
        for name, schema in form.members.items():
            value = self._member(name, texts, schema)
            if value is not None:
                found[name] = value
        for name, each in texts.items():
            if name not in found and not _is_part_of(name, form):
                if len(each) > 1:
                    raise ParameterRepeatedError(name)
                inner = form.additional
                found[name] = each[0] if inner is None else self._texts.primitive(each[0], inner)
        return found

    def _member(self, name: str, texts: Mapping[str, list[str]], schema: Schema) -> Any:
        encoding = self._encoding.get(name, {})
        if name in texts and is_json(bare(encoding.get("contentType", ""))):
            return read_json(texts[name][0].encode())
        style = encoding.get("style", "form")
        explode = bool(encoding.get("explode", style == "form"))
        types = self._texts.form(schema).types
        value = self._texts.named(name, texts, schema, style=style, explode=explode)
        if value is None and types & {"object", "array"}:
            # Forms write objects and lists as name[key] and name[], whether their spec says it or
            # not (RFC 1866 and OpenAPI name no other way).
            value = self._texts.nested(name, texts, schema)
        return value


def _is_part_of(name: str, form: Form) -> bool:
    """Whether a name is that of a part of a member: ``address[city]``."""
    return any(keys_of(name, member) is not None for member in form.members)


def read_fields(raw: bytes) -> dict[str, list[str]]:
    """
    The names of an urlencoded form, each with its texts.

    Raises:
        BodyUnreadableError: the form is not UTF-8, or has too many fields.
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
    texts: dict[str, list[str]] = {}
    for name, text in pairs:
        texts.setdefault(name, []).append(text)
    return texts


# --- multipart/form-data -----------------------------------------------------------------


@dataclass(slots=True)
class _Part:
    name: str
    media_type: str
    content: bytes


class MultipartReader:
    """Reads the parts of a form, each by its schema: files as bytes, others as text or JSON."""

    def __init__(self, spec: Spec, node: Node) -> None:
        self._texts = TextReader(spec)
        self._schema = spec.schema(node["schema"])
        self._encoding: Mapping[str, Node] = node.get("encoding", {})

    def __call__(self, raw: bytes, header: bytes) -> dict[str, Any]:
        """
        The parts of a form by name.

        Raises:
            BodyUnreadableError: the form is malformed, has too many parts, a part is malformed for
                its media type, or a part appears twice that is no list.
        """
        form = self._texts.form(self._schema)
        found: dict[str, Any] = {}
        for part in read_parts(raw, header):
            schema = self._texts.member(part.name, form)
            types = frozenset() if schema is None else self._texts.form(schema).types
            if schema is not None and "array" in types:
                items = self._texts.form(schema).items
                found.setdefault(part.name, []).append(self._value(part, items))
            elif part.name in found:
                raise BodyUnreadableError(AMBIGUOUS)
            else:
                found[part.name] = self._value(part, schema)
        return found

    def _value(self, part: _Part, schema: Schema | None) -> Any:
        if schema is not None and schema.node.get("format") == "binary":
            return part.content
        encoding = self._encoding.get(part.name, {})
        types = frozenset() if schema is None else self._texts.form(schema).types
        media_type = part.media_type or bare(encoding.get("contentType", ""))
        # OpenAPI 3.0.3, Encoding Object: "for object - application/json".
        if is_json(media_type) or "object" in types:
            return read_json(part.content)
        try:
            text = part.content.decode("utf-8")
        except UnicodeDecodeError:
            raise BodyUnreadableError("a part of the form is not UTF-8") from None
        return text if schema is None else self._texts.primitive(text, schema)


def read_parts(raw: bytes, header: bytes) -> list[_Part]:
    """
    The parts of a form in their order (RFC 7578).

    Raises:
        BodyUnreadableError: the form is malformed, or has too many parts.
    """
    _, options = parse_options_header(header.decode("latin-1"))
    boundary = options.get("boundary", "").encode()
    if not boundary:
        raise BodyUnreadableError("the media type of the form has no boundary")
    decoder = MultipartDecoder(boundary, max_parts=FORM_FIELDS_MAX)
    parts: list[_Part] = []
    try:
        decoder.receive_data(raw)
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), Epilogue):
            if isinstance(event, Field | File):
                parts.append(_Part(event.name, bare(event.headers.get("content-type", "")), b""))
            elif isinstance(event, Data):
                parts[-1].content += event.data
    except (ValueError, HTTPException):
        raise BodyUnreadableError(
            f"the form is malformed, or has more than {FORM_FIELDS_MAX} parts"
        ) from None
    return parts
