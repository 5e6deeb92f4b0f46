"""Checks of one exchange: its request and its response against the spec, without a server."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import msgspec

from profilegate.admin.exchanges import Body, ExchangeView
from profilegate.admin.rule_places import Rule, response_rule, response_rule_of, rule_of, scheme_of
from profilegate.client.checks import Checker
from profilegate.contract.findings import Finding, Side
from profilegate.contract.matching import Match
from profilegate.contract.personal import personal_names, unmasked
from profilegate.contract.recorded import NOTHING, Recorded
from profilegate.errors import (
    CredentialMissingError,
    InvalidFieldsError,
    MediaTypeUnsupportedError,
    MethodNotAllowedError,
    ParameterRepeatedError,
    RequestError,
    Violation,
)
from profilegate.gateway.provider import Provider
from profilegate.gateway.request import Request
from profilegate.http.decoders import compile_body_reader
from profilegate.http.validation import ReadArguments, compile_arguments
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Operation, Schema, Spec, json_schema
from profilegate.openapi.inspection import (
    HIDDEN,
    HIDDEN_NAME,
    schemas_at,
    unknown_fields,
)
from profilegate.openapi.media_types import bare
from profilegate.openapi.validator import compile_json_schema

CHOICES: Final = frozenset({"anyOf", "oneOf", "allOf", "not"})
"""Rules of a whole value, which a hidden part of it may seem to break."""


@dataclass(slots=True)
class Checked:
    """
    An exchange with what breaks the contract in it.

    ``request_value`` is the request's decoded body, ``response_value`` the response's; None without
    one. ``hidden`` counts the values that the recording hides. ``rejection`` is the error by which
    the gateway rejects the request, None for a valid one.
    """

    recorded: Recorded
    match: Match
    view: ExchangeView
    request_value: Any = None
    response_value: Any = None
    findings: list[Finding] = field(default_factory=list)
    hidden: int = 0
    rejection: RequestError | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the response is a success."""
        return 200 <= self.recorded.status < 300

    @property
    def where(self) -> str:
        """The exchange, without anything that was sent."""
        return f"#{self.recorded.number} {self.recorded.method} {self.match.template}"

    def add(self, side: Side, rule: Rule, *, is_warning: bool = False) -> None:
        """Add a finding."""
        found = Finding(
            provider=self.match.provider.name,
            operation=self.operation_id,
            where=self.where,
            side=side,
            rule=rule,
            is_warning=is_warning,
        )
        self.findings.append(found)

    @property
    def operation_id(self) -> str:
        """The id of the operation; empty without one."""
        return "" if self.match.operation is None else self.match.operation.id


class ExchangeChecker:
    """The compiled checks of some providers."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._compiled = {each.name: _Compiled(each) for each in providers}

    def check(self, recorded: Recorded, match: Match) -> Checked:
        """Check a request and its response."""
        checked = self.check_request(recorded, match)
        if recorded.status:
            self._compiled[match.provider.name].check_response(checked)
        return checked

    def check_request(self, recorded: Recorded, match: Match) -> Checked:
        """Check a request alone."""
        operation = match.operation
        name = match.provider.name
        entry = recorded.entry(name, "" if operation is None else operation.id, match.path)
        checked = Checked(recorded, match, ExchangeView(match.provider, entry, shows_all=True))
        if operation is None:
            rule = Rule("", "method", f"{recorded.method} is no method of this path in the spec")
            checked.add("request", rule)
            checked.rejection = MethodNotAllowedError(match.methods)
        else:
            self._compiled[name].check_request(checked, operation)
        return checked


class _Compiled:
    """The checks of one provider; an operation's are compiled when it is first seen."""

    def __init__(self, provider: Provider) -> None:
        self._spec: Spec = provider.spec
        self._messages = Messages(provider.spec, provider.messages)
        self._readers: dict[str, tuple[ReadArguments, Callable[[Request], Any]]] = {}
        self._checker = Checker(provider.spec, self._messages)

    @cached_property
    def _personal(self) -> frozenset[str]:
        return personal_names(self._spec)

    # --- The request ---------------------------------------------------------------------

    def check_request(self, checked: Checked, operation: Operation) -> None:
        """Check parameters, headers, credentials, media type and body."""
        recorded = checked.recorded
        for scheme in _missing_credentials(self._spec, operation, recorded):
            known = scheme_of(self._spec, scheme) or Rule(scheme, "required", "")
            checked.add("request", replace(known, rule="required", detail=f"{scheme} is required"))
            checked.rejection = CredentialMissingError(scheme)
        if recorded.request_body is None:
            return
        request = self._request(checked, operation)
        for violation in self._violations(checked, operation, request):
            if self._is_hidden(checked, violation, checked.request_value, request):
                checked.hidden += 1
            else:
                checked.add("request", rule_of(checked.view, violation))
        for name in self._unknown(checked, operation, request):
            detail = f"{name} is not known to the spec, so it is ignored"
            checked.add("request", Rule(name, "unknown", detail), is_warning=True)

    def _request(self, checked: Checked, operation: Operation) -> Request:
        recorded = checked.recorded
        body = b"" if recorded.request_body is None else recorded.request_body
        read = self._reader(operation)[1]
        request = Request(
            recorded.method, recorded.target, recorded.joined_headers(), body, read, "", _never
        )
        if recorded.request_value is not NOTHING and operation.bodies:
            sent = bare(request.header(b"content-type") or "")
            known = (each for each in operation.bodies if bare(each) == sent)
            request.media_type = next(known, next(iter(operation.bodies)))
            request._decoded = recorded.request_value
        return request

    def _violations(
        self, checked: Checked, operation: Operation, request: Request
    ) -> list[Violation]:
        try:
            arguments = self._reader(operation)[0](request, checked.match.path)
        except RequestError as error:
            checked.rejection = checked.rejection or error
            found = _violations_of(error)
        else:
            found = []
            checked.request_value = arguments.get("body")
        if found and request._decoded is not msgspec.UNSET:
            checked.request_value = request._decoded
        return found

    def _unknown(self, checked: Checked, operation: Operation, request: Request) -> Iterator[str]:
        view = replace(checked.view, shows_all=False)
        yield from (each for each in view.unknown_fields() if each.startswith("query: "))
        if isinstance(checked.request_value, dict) and request.media_type in operation.bodies:
            schema = self._spec.schema(operation.bodies[request.media_type]["schema"])
            yield from (shown for _, shown in _unknown_names([schema], checked.request_value))

    def _reader(self, operation: Operation) -> tuple[ReadArguments, Callable[[Request], Any]]:
        if operation.id not in self._readers:
            self._readers[operation.id] = (
                compile_arguments(self._spec, operation),
                compile_body_reader(self._spec, operation, self._messages),
            )
        return self._readers[operation.id]

    # --- The response --------------------------------------------------------------------

    def check_response(self, checked: Checked) -> None:
        """Check status, headers, media type, body, masks, and what is personal."""
        view, recorded, operation = checked.view, checked.recorded, checked.match.operation
        if operation is None or (recorded.response_body is None and view.response_node()):
            return
        if recorded.response_value is not NOTHING:
            self._check_shown_value(checked)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in recorded.joined_response_headers().items()
        }
        body = recorded.response_body or b""
        found = self._checker.response(operation, recorded.status, headers, body)
        checked.response_value = found[0]
        known = view.response_body()
        for violation in found[1] if known is None else self._narrowed(found[1], known):
            is_hidden = headers.get(violation.field.lower()) == HIDDEN
            if is_hidden or self._is_hidden(checked, violation, checked.response_value):
                checked.hidden += 1
            else:
                checked.add("response", response_rule_of(view, violation))
        if known is not None:
            self._check_personal(checked, known.schema, known.value)

    def _narrowed(self, found: Iterable[Violation], body: Body) -> Iterator[Violation]:
        """The violations, with those of the nearest branch in place of "none of the forms"."""
        for violation in found:
            nearest: list[Violation] = []
            if violation.rule in ("anyOf", "oneOf"):
                nearest = self._of_nearest_branch(violation, body)
            yield from nearest or [violation]

    def _of_nearest_branch(self, violation: Violation, body: Body) -> list[Violation]:
        value = body.value
        for step in violation.at:
            value = value[step]
        tried: list[list[Violation]] = []
        at = tuple(map(str, violation.at))
        for schema in schemas_at([self._spec.schema(body.schema)], body.value, violation.at):
            for branch in (*schema.any_of, *schema.one_of):
                rules = json_schema(self._spec, branch.node, "response")
                tried.append(compile_json_schema(rules, at)(value))
        return min(filter(None, tried), key=len, default=[])

    def _check_shown_value(self, checked: Checked) -> None:
        """Check the value of a response whose bytes the recording does not have."""
        node = checked.view.response_node() or {}
        name = bare(checked.view.response_media_type)
        for known, media in node.get("content", {}).items():
            if bare(known) == name:
                checked.response_value = checked.recorded.response_value
                self._check_personal(checked, media.get("schema", {}), checked.response_value)

    def _check_personal(self, checked: Checked, schema: Node, value: Any) -> None:
        """Check masks, and find what the spec does not know in a response."""
        schemas = [self._spec.schema(schema)]
        for violation in unmasked(self._spec, schemas, value):
            checked.add("response", response_rule_of(checked.view, violation))
        for name, shown in _unknown_names(schemas, value):
            if name.rpartition(".")[2] in self._personal:
                detail = f"{name} is personal, and the spec does not have it in this response"
                rule = response_rule(checked.view, Violation((name,), "x-pii"))
                checked.add("response", replace(rule, detail=detail))
            else:
                detail = f"{shown} is not known to the spec"
                checked.add("response", Rule(shown, "unknown", detail), is_warning=True)

    # --- What is hidden ------------------------------------------------------------------

    def _is_hidden(
        self, checked: Checked, violation: Violation, body: Any, request: Request | None = None
    ) -> bool:
        """Whether a violation is one of a value that the recording hides."""
        if violation.is_parameter and request is not None:
            return _parameter(checked.match.path, request, str(violation.at[0])) == HIDDEN
        if violation.rule == "required":
            # Of what is personal as a whole the names are hidden, too.
            within = _part(body, violation.at[:-1])
            return isinstance(within, dict) and any(each.startswith(HIDDEN_NAME) for each in within)
        value = _part(body, violation.at)
        return value == HIDDEN or (violation.rule in CHOICES and _has_hidden(value))


def _unknown_names(schemas: Sequence[Schema], value: Any) -> Iterator[tuple[str, str]]:
    """The fields that the spec does not know: each path, and what may be shown of it."""
    names = unknown_fields(schemas, value, shows_all=True)
    for name, shown in zip(names, unknown_fields(schemas, value), strict=True):
        # The recording itself hides the names of what is personal as a whole.
        if HIDDEN_NAME not in name:
            yield name, shown


def _violations_of(error: RequestError) -> list[Violation]:
    if isinstance(error, InvalidFieldsError):
        return list(error.violations)
    if isinstance(error, ParameterRepeatedError):
        return [Violation((error.name,), "repeated", is_parameter=True)]
    if isinstance(error, MediaTypeUnsupportedError):
        return [Violation(("content-type",), "enum", tuple(error.supported), is_parameter=True)]
    return [Violation((), "unreadable", str(error))]


def _parameter(path: Mapping[str, str], request: Request, name: str) -> str | None:
    sent = request.query().get(name, ())
    return path.get(name) or (sent[0] if sent else request.header(name.lower().encode()))


def _part(value: Any, at: Sequence[str | int]) -> Any:
    """A part of a value; None if it does not have it."""
    for step in at:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _has_hidden(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_hidden, value.values()))
    return any(map(_has_hidden, value)) if isinstance(value, list) else bool(value == HIDDEN)


def _missing_credentials(spec: Spec, operation: Operation, recorded: Recorded) -> list[str]:
    """The credentials that the request lacks of the requirement that it comes nearest to."""
    document: list[Node] = spec.document.get("security", [])
    requirements = operation.node.get("security", document)
    headers = recorded.joined_headers()
    query = recorded.target.partition(b"?")[2].decode("latin-1")
    names = {part.partition("=")[0] for part in query.split("&")}

    def is_sent(scheme: Node) -> bool:
        if scheme.get("in") == "query":
            return scheme["name"] in names
        if scheme.get("in") == "cookie":
            return b"cookie" in headers
        return scheme.get("name", "Authorization").lower().encode() in headers

    missing = [
        [
            spec.security_schemes[name].get("name", "Authorization")
            for name in requirement
            if not is_sent(spec.security_schemes[name])
        ]
        for requirement in requirements
    ]
    return min(missing, key=len, default=[])


async def _never() -> dict[str, Any]:
    return {"type": "http.disconnect"}
