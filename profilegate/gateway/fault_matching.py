"""Scripted faults of a request: finds the one that affects it."""

import json
import re
from collections.abc import Container
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from profilegate.errors import BodyUnreadableError, MediaTypeUnsupportedError
from profilegate.gateway.call import Call
from profilegate.gateway.request import Request
from profilegate.openapi.patterns import pattern_of_validator
from profilegate.store import faults
from profilegate.store.faults import Effect, Fault, HeaderMatch

PATTERNS_CACHED: Final = 256
"""Compiled patterns; as many as some namespaces with many faults have."""

_STEP: Final = re.compile(r"[^.\[\]]+")
"""A step of a path: ``physical_documents[0].country`` has three."""

_NOTHING: Final = object()


async def scripted_effect(call: Call, operation: str, errors: Container[str]) -> Effect | None:
    """
    What a scripted fault of the namespace does to a request; None if there is none for it.

    ``errors`` are the names of the operation's documented errors.
    """
    context = call.context
    found = await context.store.read(faults.find_all, context.namespace)
    if not found:
        return None
    matching = [
        fault
        for fault in found
        if fault.provider == context.provider
        and fault.operation in (None, operation)
        and (fault.effect.error is None or fault.effect.error in errors)
        and matches(fault, call.request)
    ]
    for place, fault in enumerate(matching):
        if fault.is_counted:
            # From here on the order of requests matters, so one transaction decides.
            ids = [each.id for each in matching[place:]]
            hit = await context.store.write(faults.count_call, context.namespace, ids)
            return None if hit is None else hit.effect
        if fault.affects(1):
            return fault.effect
    return None


def matches(fault: Fault, request: Request) -> bool:
    """Whether a request has the headers and the fields that a fault asks for."""
    match = fault.match
    if not all(_has_header(request, each) for each in match.headers):
        return False
    if not match.body:
        return True
    try:
        body = request.decoded()
    except (BodyUnreadableError, MediaTypeUnsupportedError):
        return False
    return all(_is_equal(value_at(body, path), value) for path, value in match.body.items())


def _has_header(request: Request, match: HeaderMatch) -> bool:
    value = request.header(match.header.lower().encode("latin-1"))
    if value is None:
        return False
    if match.value is not None:
        return value == match.value
    return match.pattern is None or compile_pattern(match.pattern).is_valid(value)


@lru_cache(PATTERNS_CACHED)
def compile_pattern(pattern: str) -> jsonschema_rs.Draft202012Validator:
    """
    A validator of texts that contain a pattern of ECMA 262.

    Raises:
        ValueError: the pattern is malformed.
    """
    return jsonschema_rs.Draft202012Validator({"pattern": pattern_of_validator(pattern)})


def value_at(body: Any, path: str) -> Any:
    """The value at a path of a decoded body, or a value that equals nothing."""
    for step in _STEP.findall(path):
        if isinstance(body, dict):
            body = body.get(step, _NOTHING)
        elif isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            return _NOTHING
    return body


def _is_equal(sent: Any, wanted: Any) -> bool:
    """Whether two values are equal in JSON, where 1 is not true; forms send all values as text."""
    if isinstance(sent, str) and not isinstance(wanted, str):
        return sent == json.dumps(wanted)
    return bool(sent == wanted) and isinstance(sent, bool) == isinstance(wanted, bool)
