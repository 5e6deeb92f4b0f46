"""Signing of generated requests: each gets the credentials, and a valid body what makes it fit."""

import json
from contextlib import suppress
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

from profilegate.contract.caller import Caller
from profilegate.contract.provider_rules import Subject
from profilegate.contract.verification import Plan
from profilegate.errors import SettingError
from profilegate.gateway.outgoing import OutgoingRequest
from profilegate.openapi import Operation, Spec
from profilegate.openapi.validator import Validate, compile_validator

if TYPE_CHECKING:
    import requests


def signed(plan: Plan, subject: Subject) -> Any:
    """What authenticates each request just before it is sent, as the provider's clients do."""
    from requests.auth import AuthBase

    caller = plan.caller

    class Signed(AuthBase):
        def __call__(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
            request.headers.setdefault("Accept", "application/json, */*;q=0.1")
            operation = caller.operation_at(str(request.method), str(request.url))
            if operation is not None:
                _adapt(plan, operation, request, subject)
                _sign(caller, operation, request)
            return request

    return Signed()


def _adapt(
    plan: Plan, operation: Operation, request: "requests.PreparedRequest", subject: Subject
) -> None:
    """Make a valid body fit, as those of examples: a nonce that is too large locks the key."""
    value = _value(as_bytes(request.body or b""))
    if not isinstance(value, dict) or operation.body is None:
        return
    if not _validator(plan.spec, operation.id)(value):
        request.body = json.dumps(plan.rules.adapt(operation.id, value, subject)).encode()
        request.headers["Content-Length"] = str(len(request.body))


@cache
def _validator(spec: Spec, operation_id: str) -> Validate:
    operation = next(each for each in spec.operations() if each.id == operation_id)
    return compile_validator(spec, operation.body or {})


def _sign(caller: Caller, operation: Operation, request: "requests.PreparedRequest") -> None:
    """Add the provider's credentials to a request, if there are those that it needs."""
    client, body = caller.client, as_bytes(request.body or b"")
    outgoing = OutgoingRequest(
        operation, client.base_url.origin, str(request.method), request.path_url, body=body or None
    )
    needed = [frozenset(each) for each in client.spec.requirements(operation)]
    with suppress(SettingError):
        outgoing.schemes = client.signer.choose(needed, client.credentials)
        outgoing.value = _value(body)
        before = deepcopy(outgoing.value)
        client.signer.complete(outgoing, client.credentials)
        if outgoing.value != before:
            outgoing.body = request.body = json.dumps(outgoing.value).encode()
            request.headers["Content-Length"] = str(len(outgoing.body))
        client.signer.sign(outgoing, client.credentials)
        request.headers.update(outgoing.headers)


def _value(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def as_bytes(value: Any) -> bytes:
    """A body or a header as it is sent."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
