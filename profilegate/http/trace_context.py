"""Trace context: the trace to which a request belongs, by its ``traceparent`` (W3C)."""

import re
from contextvars import ContextVar
from typing import Final, NamedTuple

from starlette.types import Scope

from profilegate.http.exchange import EXCHANGE, Exchange

TRACEPARENT = b"traceparent"

TRACEPARENT_SIZE_MAX_BYTES: Final = 512
"""W3C Trace Context, 3.2.2: version 00 has 55; a later one may have more. tracestate's bound is 512
(3.3.1.5), so we take the same."""

_TRACEPARENT: Final = re.compile(
    rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)


class TraceParent(NamedTuple):
    """The trace and the span that called us, in hexadecimal digits, and whether it is sampled."""

    trace_id: str
    span_id: str
    is_sampled: bool


CURRENT: ContextVar[Scope | None] = ContextVar("profilegate.scope", default=None)
"""The scope of the request that is served; the outermost stage sets it."""


def trace_parent(scope: Scope) -> TraceParent | None:
    """
    The valid ``traceparent`` of a request.

    W3C Trace Context, 3.2.2: an invalid one is ignored; one of a later version is read as far as
    version 00 goes. Two lines of it are invalid.
    """
    found = [value for name, value in scope["headers"] if name == TRACEPARENT]
    if len(found) != 1 or len(found[0]) > TRACEPARENT_SIZE_MAX_BYTES:
        return None
    match = _TRACEPARENT.fullmatch(found[0])
    if match is None or (match[5] and match[1] == b"00"):
        return None
    return TraceParent(match[2].decode(), match[3].decode(), bool(int(match[4], 16) & 1))


def current_ids() -> dict[str, str]:
    """The ids of the request that is served, for a line of the log; empty outside of one."""
    scope = CURRENT.get()
    # A task that outlives its request has its context, but the exchange has ended.
    if scope is None or EXCHANGE not in scope:
        return {}
    return ids_of(scope, scope[EXCHANGE])


def ids_of(scope: Scope, exchange: Exchange) -> dict[str, str]:
    """The id of a request and, if it belongs to one, that of its trace."""
    ids = {"request_id": exchange.request_id}
    if (parent := trace_parent(scope)) is not None:
        ids["trace_id"] = parent.trace_id
    return ids
