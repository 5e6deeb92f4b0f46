"""Exchanges as the journal shows them: decoded and checked by the spec, personal data masked."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import msgspec

from profilegate.errors import BodyUnreadableError, SpecError, Violation
from profilegate.gateway.gateway import ProviderDescription
from profilegate.media.json_text import read_json, read_json_lines
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Operation, Spec, json_schema
from profilegate.openapi.inspection import HIDDEN, masked, shown_names, unknown_fields
from profilegate.openapi.media_types import Kind, bare, is_json, kind_of
from profilegate.openapi.messages import sentence
from profilegate.openapi.text_values import TextReader
from profilegate.openapi.validator import Validate, compile_json_schema
from profilegate.store.journal import Content, Entry

SHOWN_HEADERS: Final = frozenset(
    """
    accept accept-encoding accept-language allow cache-control connection content-encoding
    content-language content-length content-type date expect host retry-after transfer-encoding
    user-agent vary www-authenticate x-request-id x-profilegate-namespace
    """.split()
)
"""Headers that hold nothing personal and no secret. All others are masked, unless the spec
describes one and does not say that it is personal."""

MEDIA_TYPE_WORDS: Final = frozenset(
    """
    application text image multipart json xml html plain form data octet stream x www urlencoded
    csv pdf png jpeg charset utf 8 q 0 1 2 3 4 5 6 7 9
    """.split()
)
"""Words in the media types of ordinary clients; another one may be anything."""

CHECKS_CACHED_MAX: Final = 512
"""Compiled validators: more than the operations of all providers have responses."""


@dataclass(frozen=True, slots=True, repr=False)
class Body:
    """A body of one media type of the spec: the schema that it should have, and its value."""

    media_type: str
    schema: Node
    value: Any
    is_text: bool = False
    """Whether every scalar is a text, as in a form."""


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """One exchange, by the spec of its provider; ``shows_all``: nothing is masked."""

    provider: ProviderDescription
    entry: Entry
    shows_all: bool = False

    @property
    def spec(self) -> Spec:
        """The provider's spec."""
        return self.provider.spec

    @property
    def operation(self) -> Operation | None:
        """The operation that was called; None if the path or the method has none."""
        operations = self.spec.operations()
        return next((each for each in operations if each.id == self.entry.operation), None)

    # --- The request ---------------------------------------------------------------------

    @property
    def target(self) -> str:
        """The path and the query; of a masked one the personal parameters are hidden."""
        raw = self.entry.target.decode("latin-1")
        if self.shows_all:
            return raw
        query = "&".join(f"{name}={quote(value, safe='*')}" for name, value in self.query())
        return self._masked_path(raw) + (f"?{query}" if query else "")

    def _masked_path(self, raw: str) -> str:
        operation = self.operation
        if operation is None:
            # It may be a known path with a mistake in it, and have an account's id in it.
            first, _, rest = raw.partition("?")[0].removeprefix("/").partition("/")
            paths = (path for each in self.spec.operations() for path in each.paths)
            is_known = any(path.split("/")[1] == first for path in paths)
            return f"/{first if is_known else HIDDEN}" + (f"/{HIDDEN}" if rest else "")
        path = operation.paths[0]
        for name, value in self.entry.path.items():
            is_shown = name in self._shown_parameters("path")
            path = path.replace(f"{{{name}}}", quote(value, safe="") if is_shown else HIDDEN)
        return path

    def query(self) -> list[tuple[str, str]]:
        """The parameters of the query."""
        text = self.entry.target.partition(b"?")[2].decode("latin-1")
        sent = parse_qsl(text, keep_blank_values=True)
        if self.shows_all:
            return sent
        shown = self._shown_parameters("query")
        names = shown_names([name for name, _ in sent], self._query_names())
        return [(names[name], value if name in shown else HIDDEN) for name, value in sent]

    def _query_names(self) -> set[str]:
        """The names of the parameters of the query, those of credentials too."""
        operation = self.operation
        sent = () if operation is None else operation.parameters
        names = {each.name for each in sent if each.location == "query"}
        # The members of a spread object are parameters of their own.
        texts = TextReader(self.spec)
        names |= {
            name
            for each in sent
            if each.location == "query" and each.style == "form" and each.explode
            for name in texts.form(self.spec.schema(each.schema)).members
        }
        schemes = self.spec.security_schemes.values()
        return names | {each["name"] for each in schemes if each.get("in") == "query"}

    def _shown_parameters(self, location: str) -> set[str]:
        """The parameters of the operation that are neither personal nor wrong; headers in lower
        case."""
        if self.operation is None:
            return set()
        broken = {each.field for each in self.request_violations() if each.is_parameter}
        return {
            each.name.lower() if location == "header" else each.name
            for each in self.operation.parameters
            if each.location == location
            and each.name not in broken
            and "x-pii" not in each.node
            and "x-pii" not in self.spec.resolve(each.schema)
        }

    def headers(self, lines: list[tuple[bytes, bytes]], *, sent: bool) -> list[tuple[str, str]]:
        """The lines of a head; ``sent``: of the response. A masked one hides what may be secret."""
        texts = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines]
        if self.shows_all:
            return texts
        if sent:
            return [(name, value if name in SHOWN_HEADERS else HIDDEN) for name, value in texts]
        shown = SHOWN_HEADERS | self._shown_parameters("header")
        return [(name, self._shown_value(name, value, shown)) for name, value in texts]

    def _shown_value(self, name: str, value: str, shown: Collection[str] = ()) -> str:
        """The value of a header of a request; of a media type only known words."""
        if name in ("accept", "content-type"):
            words = set(re.findall(r"[a-z0-9]+", value.lower()))
            return value if words <= MEDIA_TYPE_WORDS | self._media_type_words else HIDDEN
        return value if name in shown else HIDDEN

    @property
    def _media_type_words(self) -> set[str]:
        return {
            word
            for each in self.spec.operations()
            for media_type in (*each.bodies, *each.content)
            for word in re.findall(r"[a-z0-9]+", media_type.lower())
        }

    @property
    def media_type(self) -> str:
        """The media type of the request's body, as it was sent."""
        return _header(self.entry.headers, b"content-type")

    @property
    def shown_media_type(self) -> str:
        """The same, masked if it has unknown words."""
        value = self.media_type
        return value if self.shows_all else self._shown_value("content-type", value)

    def request_body(self) -> Body | None:
        """The request's body; None without one, or if it cannot be decoded."""
        content = {} if self.operation is None else self.operation.bodies
        return self._body(content, self.media_type, self.entry.request)

    def unknown_fields(self) -> list[str]:
        """What the request has and the spec does not know: it was ignored."""
        found = []
        if self.operation is not None:
            known = self._query_names()
            found = [f"query: {name}" for name, _ in self.query() if name not in known]
        if (body := self.request_body()) is not None:
            schemas = [self.spec.schema(body.schema)]
            found += unknown_fields(schemas, body.value, shows_all=self.shows_all)
        return found

    def request_violations(self) -> list[Violation]:
        """The rules that the request breaks; its body is checked even if it was rejected before."""
        told = self.entry.facts.get("violations")
        if told is not None:
            return msgspec.convert(told, list[Violation])
        body = self.request_body()
        if self.entry.outcome == "accepted" or body is None or body.is_text:
            return []
        return _check(self.spec, self.entry.operation, "request", body.media_type)(body.value)

    # --- The response --------------------------------------------------------------------

    @property
    def response_media_type(self) -> str:
        """The media type of the response."""
        return _header(self.entry.response_headers, b"content-type")

    def response_body(self) -> Body | None:
        """The response's body; None without one, or if it cannot be decoded."""
        content = {} if (node := self.response_node()) is None else node.get("content", {})
        response = self.entry.response
        return self._body(content, self.response_media_type, response, of_response=True)

    def response_violations(self) -> list[Violation]:
        """What our response has that the spec does not say."""
        entry = self.entry
        if self.operation is None or not entry.status:
            return []
        node = self.response_node()
        if node is None:
            return [Violation(("status",), "undocumented", entry.status)]
        size_bytes = entry.response.size_bytes
        if not size_bytes or not entry.response.is_whole:
            return []
        body = self.response_body()
        if body is None:
            return [Violation(("content-type",), "undocumented", bare(self.response_media_type))]
        return _check(self.spec, entry.operation, str(entry.status), body.media_type)(body.value)

    def response_node(self) -> Node | None:
        """What the spec says of the response; None if it does not have it."""
        # An error without an operation has the form of the same error of any operation.
        operations = self.spec.operations() if self.operation is None else (self.operation,)
        found = (self.spec.response_of(each, self.entry.status) for each in operations)
        return next(filter(None, found), None)

    # --- Bodies --------------------------------------------------------------------------

    def _body(
        self,
        content: Mapping[str, Node],
        media_type: str,
        body: Content,
        *,
        of_response: bool = False,
    ) -> Body | None:
        name = bare(media_type) or next(map(bare, content), "")
        found = next((each for each in content if _is_named(bare(each), name)), None)
        if found is None or not body.size_bytes or not body.is_whole:
            return None
        node = content[found]
        schema = node.get("schema", {})
        try:
            kind = kind_of(found, node, self.spec.resolve(schema))
            value = self._decoded(kind, node, body.kept, of_response=of_response)
        except (BodyUnreadableError, SpecError, UnicodeDecodeError):
            return None
        return None if value is None else Body(found, schema, value, is_text=kind == "form")

    def _decoded(self, kind: Kind | None, node: Node, raw: bytes, *, of_response: bool) -> Any:
        if kind == "json":
            return read_json(raw)
        if kind == "lines":
            return read_json_lines(raw)
        if kind == "form":
            return dict(parse_qsl(raw.decode(), keep_blank_values=True))
        if kind == "protobuf":
            messages = Messages(self.spec, self.provider.messages)
            return messages.compile_decoder(node, of_response=of_response)(raw)
        return raw.decode() if kind == "text" else None

    def shown_body(self, body: Body | None) -> Any:
        """The value of the body of the request or of the response, masked unless all is shown."""
        if body is None:
            return None
        if self.shows_all:
            return body.value
        broken = [each.at for each in self.request_violations() if not each.is_parameter]
        return masked([self.spec.schema(body.schema)], body.value, broken)


def _is_named(known: str, name: str) -> bool:
    return known == name or (is_json(known) and is_json(name))


def _header(lines: list[tuple[bytes, bytes]], wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in lines if name == wanted), "")


@lru_cache(CHECKS_CACHED_MAX)
def _check(spec: Spec, operation_id: str, what: str, media_type: str) -> Validate:
    """The validator of a body: of the request, or of the response with a status."""
    operation = next(each for each in spec.operations() if each.id == operation_id)
    if what == "request":
        return compile_json_schema(json_schema(spec, operation.bodies[media_type]["schema"]))
    node = spec.response_of(operation, int(what)) or {}
    schema = node.get("content", {})[media_type].get("schema", {})
    return compile_json_schema(json_schema(spec, schema, "response"))


def told(violations: list[Violation]) -> Iterator[dict[str, str]]:
    """Violations as the journal shows them: the field, the rule, and the rule in words."""
    for each in violations:
        yield {"field": each.field, "rule": each.rule, "detail": sentence(each)}
