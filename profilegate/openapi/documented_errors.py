"""Documented errors: every error response of an operation, under a name that its spec gives."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from profilegate.openapi.examples import Maker, example_of_media
from profilegate.openapi.media_types import kind_of
from profilegate.openapi.schema import Node
from profilegate.openapi.spec import Operation, Spec

STATUSES_OF_RANGES: Final[Mapping[str, int]] = {"4XX": 400, "5XX": 500, "DEFAULT": 500}
"""What is sent for a response that stands for several statuses: the most general one (RFC 9110,
15.5 and 15.6). OpenAPI's "default" does not say whose error it is."""


@dataclass(frozen=True, slots=True)
class DocumentedError:
    """
    One error response of an operation.

    ``name`` is that of the spec's example, or ``status_503`` for a response without one (that of
    "default" is ``default``);
    ``summary`` is what the spec says of it. ``media_type`` is empty if there is no body; ``media``
    is the node of the media type, ``value`` the body before it is encoded. ``headers`` are those
    that the spec documents, with its examples of their values.
    """

    name: str
    status: int
    summary: str
    media_type: str = ""
    media: Node = field(default_factory=dict, repr=False)
    value: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@cache
def errors_of(spec: Spec) -> Mapping[str, Mapping[str, DocumentedError]]:
    """The documented errors of every operation of a spec, by the operation's id and their names."""
    reader = _Reader(spec)
    return {operation.id: reader.errors(operation) for operation in spec.operations()}


class _Reader:
    """Reads the error responses of one spec; responses that operations share are read once."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._maker = Maker(spec, of_request=False)
        self._known: dict[tuple[int, int], list[DocumentedError]] = {}

    def errors(self, operation: Operation) -> dict[str, DocumentedError]:
        """The errors of an operation; a name that several statuses have gets the status too."""
        found = []
        statuses: dict[str, set[int]] = defaultdict(set)
        for key, node in operation.node["responses"].items():
            for error in self._errors_of_response(operation, str(key), self._spec.resolve(node)):
                found.append(error)
                statuses[error.name].add(error.status)
        for place, error in enumerate(found):
            if len(statuses[error.name]) > 1:
                found[place] = replace(error, name=f"{error.name}_{error.status}")
        return {error.name: error for error in found}

    def _errors_of_response(
        self, operation: Operation, key: str, node: Node
    ) -> list[DocumentedError]:
        status = _status_of(key, operation)
        if status is None:
            return []
        place = (status, id(node))
        if place not in self._known:
            self._known[place] = list(self._read(status, key, node))
        return self._known[place]

    def _read(self, status: int, key: str, node: Node) -> Iterator[DocumentedError]:
        plain = DocumentedError(
            name="default" if key == "default" else f"status_{key.lower()}",
            status=status,
            summary=" ".join(node.get("description", "").split()),
            headers=self._headers(node),
        )
        content = self._content(node)
        named = {}
        for media_type, media in content.items():
            is_invalid = self._maker.validator(self._spec.schema(media["schema"]))
            for name, example in media.get("examples", {}).items():
                resolved = self._spec.resolve(example)
                word = word_of(name)
                if word in named or "value" not in resolved or is_invalid(resolved["value"]):
                    continue
                named[word] = replace(
                    plain,
                    name=word or plain.name,
                    summary=resolved.get("summary", plain.summary),
                    media_type=media_type,
                    media=media,
                    value=resolved["value"],
                )
        if named:
            yield from named.values()
        elif content:
            media_type, media = next(iter(content.items()))
            value = example_of_media(self._spec, media)
            yield replace(plain, media_type=media_type, media=media, value=value)
        else:
            yield plain

    def _content(self, node: Node) -> dict[str, Node]:
        """The media types of a response that can be written."""
        content = {}
        for media_type, media in node.get("content", {}).items():
            schema = media.get("schema", {})
            if kind_of(media_type, media, self._spec.resolve(schema)) is not None:
                content[media_type] = {**media, "schema": schema}
        return content

    def _headers(self, node: Node) -> dict[str, str]:
        """The headers that a response must have, or of which the spec shows a value."""
        found = {}
        for name, reference in node.get("headers", {}).items():
            header = self._spec.resolve(reference)
            if header.get("required") or {"example", "examples"} & header.keys():
                value = example_of_media(self._spec, {"schema": {}, **header})
                found[name] = str(value)
        return found


def _status_of(key: str, operation: Operation) -> int | None:
    """The status to send for a key of ``responses``; None if this is no error."""
    word = key.upper()
    if word == "DEFAULT" and not any(str(each).startswith("2") for each in _keys(operation)):
        # The only response of the operation is the successful one.
        return None
    if word in STATUSES_OF_RANGES:
        return STATUSES_OF_RANGES[word]
    return int(word) if word.isdigit() and int(word) >= 400 else None


def _keys(operation: Operation) -> list[str]:
    return list(operation.node["responses"])


def word_of(name: str) -> str:
    """A name in small letters, digits and underscores: ``Invalid Input`` -> ``invalid_input``."""
    spread = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", spread.lower()).strip("_")
