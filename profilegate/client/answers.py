"""Answers: a response, its value, and what in it breaks the spec."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from profilegate.client.bodies import decode_body
from profilegate.errors import BodyUnreadableError
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Operation, Spec
from profilegate.openapi.json_schema import json_schema
from profilegate.openapi.media_types import bare, is_json
from profilegate.openapi.messages import sentence
from profilegate.openapi.validator import compile_json_schema

BODY_SHOWN_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """
    A response to a call.

    ``value`` is its body, decoded by the spec; the bytes themselves if the spec does not have them.
    ``violations`` are sentences, each about one place that is not as the spec says.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    value: Any = field(repr=False)
    violations: tuple[str, ...]

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


def read_answer(
    spec: Spec,
    messages: Messages,
    operation: Operation,
    *,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
) -> Answer:
    """A response, decoded and checked against the responses of its operation."""
    value, violations = _read(spec, messages, operation, status, headers, body)
    return Answer(status, headers, body, value, tuple(violations))


def response_node(spec: Spec, operation: Operation, status: int) -> Node | None:
    """The response of a status: its own, that of its range, or the default one."""
    responses = {str(key).upper(): node for key, node in operation.node["responses"].items()}
    for key in (str(status), f"{status // 100}XX", "DEFAULT"):
        if key in responses:
            return spec.resolve(responses[key])
    return None


def _read(
    spec: Spec,
    messages: Messages,
    operation: Operation,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
) -> tuple[Any, list[str]]:
    media_type = bare(headers.get("content-type", ""))
    node = response_node(spec, operation, status)
    if node is None:
        return _plain(media_type, body), [f"the spec has no response {status} of this operation"]
    missing = list(_missing_headers(spec, node, headers))
    content = {bare(name): (name, media) for name, media in node.get("content", {}).items()}
    if not content:
        extra = ["the response has a body, which the spec does not have"] if body else []
        return _plain(media_type, body), [*missing, *extra]
    if not body and operation.method == "HEAD":
        return None, missing
    if media_type not in content:
        known = ", ".join(content)
        what = f"the media type is none of the response {status}, which has {known}"
        return _plain(media_type, body), [*missing, what]
    name, media = content[media_type]
    media = {**media, "schema": media.get("schema", {})}
    try:
        value = decode_body(spec, messages, name, media, body)
    except BodyUnreadableError as error:
        return body, [*missing, str(error)]
    if isinstance(value, bytes):
        return value, missing
    validate = compile_json_schema(json_schema(spec, media["schema"], direction="response"), ())
    return value, [*missing, *(f"{each.field or 'the body'} {sentence(each)}"
                               for each in validate(value))]  # fmt: skip


def _missing_headers(spec: Spec, node: Node, headers: Mapping[str, str]) -> Iterator[str]:
    for name, header in node.get("headers", {}).items():
        if spec.resolve(header).get("required") and name.lower() not in headers:
            yield f"the header {name} is missing"


def _plain(media_type: str, body: bytes) -> Any:
    """A body of which the spec says nothing."""
    import json

    if is_json(media_type):
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            return body
    return body
