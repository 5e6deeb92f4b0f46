"""Every rule of a spec that a client can meet, with its place and how we know it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from profilegate.codegen.ledger.names import SchemaNames
from profilegate.openapi import Node, Spec, pointer
from profilegate.openapi.bounds import NO_CONTROL, NO_NUL
from profilegate.openapi.json_schema import INTEGER_BOUNDS
from profilegate.openapi.walk import Found, objects, step_into

CLASSES: Final = ("documented", "example", "inferred", "assumed")
"""How we know a rule (``x-basis``), the surest first."""

SCHEMA_RULES: Final = tuple(
    """
    type nullable enum format pattern minLength maxLength minimum maximum minItems maxItems
    uniqueItems minProperties maxProperties multipleOf exclusiveMinimum exclusiveMaximum
    additionalProperties discriminator not
    x-any-case x-applies x-omitted x-only x-whole
    """.split()
)
"""Keywords of a schema that are a rule each; fields, forms, locks and masks are more than one."""

LIMITS: Final = frozenset(
    "minLength maxLength minimum maximum minItems maxItems x-body-size-max-bytes".split()
)

OPERATION_RULES: Final = ("security", "x-body-size-max-bytes", "x-requires", "x-unsafe")
PARAMETER_RULES: Final = ("style", "explode", "x-also-named", "x-any-case")
DOCUMENT_RULES: Final = (
    "security", "x-cors", "x-lock-states", "x-null", "x-rate-limit", "x-request-id-header",
    "x-routing",
)  # fmt: skip

_INTEGERS: Final = frozenset(bound for pair in INTEGER_BOUNDS.values() for bound in pair)
"""The bounds of int32 and int64, which follow from the format."""

OURS: Final = "The page names no limit; this one is our choice (see the head of the spec)."

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class LedgerRule:
    """
    One rule.

    ``kind`` is the keyword, or what the rule is of (``field``, ``status``, ``lock``); ``subject``
    names what has it (``UserUpdate.phone``); ``value`` is the keyword's. ``direction`` is
    "request", "response", "both" or, for what belongs to neither alone, empty. ``basis`` is one of
    ``CLASSES``, ``note`` the sentence or the reason. ``place`` is ``specs/kraken.yaml:12``.
    """

    spec: str
    kind: str
    subject: str
    value: Any
    pointer: str
    place: str
    direction: str
    basis: str
    note: str

    @property
    def detail(self) -> str:
        """The rule in words: ``maxLength 255``."""
        if self.value is None:
            return self.kind
        text = self.value if isinstance(self.value, str) else json.dumps(self.value)
        return f"{self.kind} {text}"


def rules_of(spec: Spec) -> list[LedgerRule]:
    """All rules of a spec, in the order of the file."""
    return list(_Rules(spec))


class _Rules:
    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._names = SchemaNames(spec)
        self._operations: dict[Place, str] = {
            ("paths", each.path, each.method.lower()): each.id for each in spec.operations()
        }
        self._parameters = {
            id(parameter.node): f"{operation.id}?{parameter.name}"
            for operation in reversed(spec.operations())
            for parameter in operation.parameters
        }

    def __iter__(self) -> Iterator[LedgerRule]:
        for found in objects(self._spec.document, "document"):
            yield from self._rules(found)

    def _rules(self, found: Found) -> Iterator[LedgerRule]:
        kind, node, at = found
        if "$ref" in node:
            return
        if kind == "document":
            yield from self._document(node)
        elif kind == "operation":
            yield from self._operation(node, at)
        elif kind == "parameter":
            yield from self._parameter(node, at)
        elif kind == "request body":
            yield from self._body(node, at)
        elif kind == "response":
            yield from self._contents(self._subject(at), node, at, "response")
            for name, header in node.get("headers", {}).items():
                place = self._spec.where(self._spec.resolve(header))
                here = (*at, "headers", name)
                subject = self._subject(at)
                yield self._rule("header", subject, name, here, "response", known_at=place)
        elif kind == "header" and node.get("required"):
            subject = f"{self._subject(at)} {at[-1]}"
            yield self._rule("required", subject, None, (*at, "required"), "response")
        elif kind == "security scheme":
            sent = " ".join(str(node[key]) for key in ("in", "name", "scheme") if key in node)
            yield self._rule("credential", str(at[-1]), sent or node["type"], at, "request")
        elif kind == "schema":
            yield from self._schema(node, at)

    def _document(self, node: Node) -> Iterator[LedgerRule]:
        for number, server in enumerate(node.get("servers", ())):
            yield self._rule("base path", "/", server["url"], ("servers", number), "")
        yield from self._keys("/", node, (), DOCUMENT_RULES, "")

    def _operation(self, node: Node, at: Place) -> Iterator[LedgerRule]:
        name = self._operations[at]
        yield self._rule("operation", name, f"{str(at[-1]).upper()} {at[1]}", at, "")
        yield from self._keys(name, node, at, OPERATION_RULES, "request")
        for status, response in node["responses"].items():
            place = self._spec.where(self._spec.resolve(response))
            here = (*at, "responses", status)
            yield self._rule("status", name, str(status), here, "response", known_at=place)

    def _parameter(self, node: Node, at: Place) -> Iterator[LedgerRule]:
        subject = self._parameters[id(node)]
        yield self._rule("parameter", subject, f"{node['in']} {node['name']}", at, "request")
        if node.get("required") and node["in"] != "path":
            yield self._rule("required", subject, None, (*at, "required"), "request")
        yield from self._keys(subject, node, at, PARAMETER_RULES, "request")

    def _body(self, node: Node, at: Place) -> Iterator[LedgerRule]:
        subject = f"{self._subject(at)} body"
        if "required" in node:
            yield self._rule("required", subject, None if node["required"] else False,
                             (*at, "required"), "request")  # fmt: skip
        yield from self._contents(subject, node, at, "request")

    def _contents(
        self, subject: str, node: Node, at: Place, direction: str
    ) -> Iterator[LedgerRule]:
        for name, content in node.get("content", {}).items():
            here = (*at, "content", name)
            yield self._rule("media type", subject, name, here, direction)
            yield from self._keys(subject, content, here, ("x-also-any", "x-protobuf"), direction)

    def _schema(self, node: Node, at: Place) -> Iterator[LedgerRule]:
        directions = [
            name
            for name, found in (
                ("request", self._names.of_requests),
                ("response", self._names.of_responses),
            )
            if id(node) in found
        ]
        direction = "both" if len(directions) == 2 else "".join(directions)
        names = {**self._names.of_responses, **self._names.of_requests}
        subject = names.get(id(node), self._subject(at))
        yield from self._keys(subject, node, at, SCHEMA_RULES, direction)
        for name in node.get("properties", {}):
            yield self._rule("field", subject, name, (*at, "properties", name), direction)
        for number, name in enumerate(node.get("required", ())):
            yield self._rule("required", subject, name, (*at, "required", number), direction)
        for key in ("oneOf", "anyOf"):
            for number, branch in enumerate(node.get(key, ())):
                word = str(branch.get("$ref", "")).rpartition("/")[2] or f"form {number + 1}"
                yield self._rule("form", subject, word, (*at, key, number), direction)
        for key, kind in (("x-lock", "lock"), ("x-mask", "mask")):
            if key in node:
                yield from self._cells(kind, subject, node[key], (*at, key), direction)

    def _cells(
        self, kind: str, subject: str, said: Any, at: Place, direction: str
    ) -> Iterator[LedgerRule]:
        """A lock or a mask; one rule for each type of documents that has it."""
        if not isinstance(said, dict):
            yield self._rule(kind, subject, said, at, direction)
            return
        for number, word in enumerate(said["document_types"]):
            value = f"{said.get('when', said.get('as'))}, {word}"
            yield self._rule(kind, subject, value, (*at, "document_types", number), direction)

    def _keys(
        self, subject: str, node: Node, at: Place, keys: tuple[str, ...], direction: str
    ) -> Iterator[LedgerRule]:
        for key in keys:
            if key in node:
                yield self._rule(key, subject, node[key], (*at, key), direction)

    def _subject(self, at: Place) -> str:
        """The operation or the component at a place."""
        if at[:1] == ("components",):
            return str(at[2])
        name = self._operations.get(at[:3], str(at[1]) if len(at) > 1 else "/")
        if "responses" in at:
            return f"{name} {at[at.index('responses') + 1]}"
        return name

    def _rule(
        self,
        kind: str,
        subject: str,
        value: Any,
        at: Place,
        direction: str,
        *,
        known_at: Place | None = None,
    ) -> LedgerRule:
        basis, note = self._known(kind, value, at if known_at is None else known_at)
        error = self._spec.error(at, "", "")
        return LedgerRule(
            self._spec.name, kind, subject, value, f"#{pointer(at)}", error.place, direction,
            basis, note,
        )  # fmt: skip

    def _known(self, kind: str, value: Any, at: Place) -> tuple[str, str]:
        """The class and the sentence: those of the nearest object that says how we know it."""
        reason: Node = {}
        for length in range(len(at), -1, -1):
            node = step_into(self._spec.document, tuple(map(str, at[:length])))
            if isinstance(node, dict) and "x-basis" in node:
                reason = node
                break
        note = " ".join(str(reason.get("x-note", "")).split())
        if _is_our_limit(kind, value, note):
            return "assumed", OURS
        return str(reason.get("x-basis", "")), note


def _is_our_limit(kind: str, value: Any, note: str) -> bool:
    """A limit is the provider's only if the sentence beside it names its number."""
    if kind == "pattern":
        return value in (NO_NUL, NO_CONTROL) and "control" not in note
    if kind in LIMITS:
        if value in _INTEGERS:
            return False
        return re.search(rf"(?<![\d.]){value}(?!\d|\.\d)", note.replace(" ", "")) is None
    return False
