"""Checks of a request: read by the code by which the gateway reads it, without a server."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from profilegate.admin.rule_places import Rule, rule_of, scheme_of
from profilegate.contract.checked import Checked, is_hidden, unknown_names
from profilegate.contract.recorded import NOTHING, Recorded
from profilegate.errors import (
    CredentialMissingError,
    InvalidFieldsError,
    MediaTypeUnsupportedError,
    ParameterRepeatedError,
    RequestError,
    Violation,
)
from profilegate.gateway.provider import Provider
from profilegate.gateway.request import Request
from profilegate.http.decoders import compile_body_reader
from profilegate.http.validation import ReadArguments, compile_arguments
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Operation, Spec
from profilegate.openapi.inspection import HIDDEN
from profilegate.openapi.media_types import bare


class RequestChecks:
    """The checks of one provider's requests; an operation's are compiled when it is first seen."""

    def __init__(self, provider: Provider, messages: Messages) -> None:
        self._spec: Spec = provider.spec
        self._messages = messages
        self._readers: dict[str, tuple[ReadArguments, Callable[[Request], Any]]] = {}

    def check(self, checked: Checked, operation: Operation) -> None:
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
            if _is_hidden(checked, violation, request):
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
            yield from (shown for _, shown in unknown_names([schema], checked.request_value))

    def _reader(self, operation: Operation) -> tuple[ReadArguments, Callable[[Request], Any]]:
        if operation.id not in self._readers:
            self._readers[operation.id] = (
                compile_arguments(self._spec, operation),
                compile_body_reader(self._spec, operation, self._messages),
            )
        return self._readers[operation.id]


def _is_hidden(checked: Checked, violation: Violation, request: Request) -> bool:
    if violation.is_parameter:
        return _parameter(checked.match.path, request, str(violation.at[0])) == HIDDEN
    return is_hidden(violation, checked.request_value)


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
