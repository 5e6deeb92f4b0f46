"""Checks: what in a request or a response breaks the spec, all of it at once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from profilegate.client.bodies import decode_body, kind_in, read_json
from profilegate.client.media import Media
from profilegate.errors import BodyUnreadableError, Violation
from profilegate.media.nulls import without_nulls
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Operation, Spec, json_schema
from profilegate.openapi.inspection import unknown_fields
from profilegate.openapi.json_schema import Direction
from profilegate.openapi.media_types import bare, is_json
from profilegate.openapi.parameters import Parameter
from profilegate.openapi.text_values import TextReader
from profilegate.openapi.validator import Validate, compile_json_schema


class Checker:
    """Checks values against one spec; each schema is compiled once."""

    def __init__(self, spec: Spec, messages: Messages) -> None:
        self._spec = spec
        self._messages = messages
        self._texts = TextReader(spec)
        self._compiled: dict[tuple[int, tuple[str, ...], Direction], tuple[Node, Validate]] = {}

    def _violations(
        self, node: Node, value: Any, at: tuple[str, ...] = (), direction: Direction = "request"
    ) -> list[Violation]:
        key = (id(node), at, direction)
        if key not in self._compiled:
            validate = compile_json_schema(json_schema(self._spec, node, direction), at)
            # With its node, whose id no other one can have meanwhile.
            self._compiled[key] = (node, validate)
        return self._compiled[key][1](value)

    # --- Requests ------------------------------------------------------------------------

    def request(
        self, operation: Operation, values: Mapping[str, Any], media: Media | None, body: Any
    ) -> Iterator[Violation]:
        """The violations of a request; ``values`` are those of parameters, by ``argument``."""
        for parameter in operation.parameters:
            for each in self._parameter(parameter, values.get(parameter.argument, UNSET)):
                yield replace(each, is_parameter=True)
        if body is not UNSET and media is None:
            yield Violation(("body",), "bodyless")
        elif body is not UNSET and media is not None:
            yield from self._body(media, body)
        elif operation.is_body_required:
            yield Violation(("body",), "required")

    def _parameter(self, parameter: Parameter, value: Any) -> list[Violation]:
        if value is UNSET:
            missing = [Violation((parameter.name,), "required")]
            return missing if parameter.is_required else []
        return self._violations(parameter.schema, value, (parameter.name,))

    def _body(self, media: Media, body: Any) -> list[Violation]:
        if isinstance(body, bytes):
            kind = kind_in(self._spec, *media)
            if kind in ("form", "multipart", "binary"):
                return []
            try:
                body = decode_body(self._spec, self._messages, *media, body)
            except BodyUnreadableError as error:
                return [Violation(("body",), "unreadable", str(error))]
        if self._spec.document.get("x-null") == "absent":
            body = without_nulls(body)
        try:
            return self._violations(media[1]["schema"], _with_texts(body))
        except (TypeError, ValueError, RecursionError):
            what = "it holds what JSON cannot: a value of Python's own, half of a character, itself"
            return [Violation(("body",), "unreadable", what)]

    def unknown_fields(self, schema: Node, value: Any) -> list[str]:
        """The fields of a value that its schema does not know, by their paths."""
        return list(unknown_fields([self._spec.schema(schema)], value, shows_all=True))

    # --- Responses -----------------------------------------------------------------------

    def response(
        self, operation: Operation, status: int, headers: Mapping[str, str], body: bytes
    ) -> tuple[Any, Sequence[Violation], Sequence[str]]:
        """The value of a response's body, its violations, and the fields that are unknown."""
        name = bare(headers.get("content-type", ""))
        node = self._spec.response_of(operation, status)
        if node is None:
            return _undescribed(name, body), [Violation(("status",), "undocumented", status)], []
        violations = list(self._headers(node, headers))
        content = {bare(each): (each, media) for each, media in node.get("content", {}).items()}
        if not content or (operation.method == "HEAD" and not body):
            if body:
                violations.append(Violation(("body",), "bodyless"))
            return _undescribed(name, body) if body else UNSET, violations, []
        if name not in content:
            what = Violation(("content-type",), "enum", tuple(content))
            return _undescribed(name, body), [*violations, what], []
        media_type, media = content[name]
        try:
            value = decode_body(
                self._spec, self._messages, media_type, media, body, of_response=True
            )
        except BodyUnreadableError as error:
            what = Violation(("body",), "unreadable", str(error))
            return body, [*violations, what], []
        schema = media.get("schema")
        if schema is None or isinstance(value, bytes):
            return value, violations, []
        violations += self._violations(schema, value, (), "response")
        return value, violations, self.unknown_fields(schema, value)

    def _headers(self, node: Node, headers: Mapping[str, str]) -> Iterator[Violation]:
        for name, said in node.get("headers", {}).items():
            header = self._spec.resolve(said)
            text = headers.get(name.lower())
            if text is None and header.get("required"):
                yield Violation((name,), "required", is_parameter=True)
            elif text is not None and "schema" in header:
                schema = self._spec.schema(header["schema"])
                if not self._texts.form(schema).types & {"array", "object"}:
                    value = self._texts.primitive(text, schema)
                    for each in self._violations(header["schema"], value, (name,), "response"):
                        yield replace(each, is_parameter=True)


def _with_texts(value: Any) -> Any:
    """A body whose files are texts: a validator takes no bytes, and a file has no other rules."""
    if isinstance(value, dict):
        return {name: _with_texts(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_texts(each) for each in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _undescribed(media_type: str, body: bytes) -> Any:
    """A body of which the spec says nothing: JSON or text if it is that, else the bytes."""
    try:
        text = body.decode()
        return read_json(body) if is_json(media_type) else text
    except (ValueError, RecursionError):
        return body
