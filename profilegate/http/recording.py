"""Recording: error responses, with each exchange of a provider's API added to the journal."""

from time import perf_counter, time
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.errors import ProfilegateError, RequestError, UnexpectedError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.journal import (
    REQUEST_BODY_KEPT_MAX_BYTES,
    RESPONSE_BODY_KEPT_MAX_BYTES,
    Journal,
    facts_of,
)
from profilegate.http.error_responses import ErrorResponseMiddleware
from profilegate.http.exchange import EXCHANGE, Exchange, Response
from profilegate.http.observing import Observe
from profilegate.http.security import raw_target
from profilegate.store.journal import Entry, Failure

UNANSWERED: Final[Response] = (0, [], b"")
"""What a client gets that leaves before its response."""


class RecordingMiddleware(ErrorResponseMiddleware):
    """
    The outermost stage of a gateway that has a journal.

    The times of the journal are real ones, whatever the clock of a namespace shows.
    """

    def __init__(
        self, app: ASGIApp, gateway: Gateway, journal: Journal, observe: Observe | None = None
    ) -> None:
        super().__init__(app, observe)
        self._gateway = gateway
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, then add it to the journal with its response."""
        at, started = time(), perf_counter()
        scope[EXCHANGE] = exchange = Exchange()
        self._journal.in_progress += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._journal.in_progress -= 1
            # An API without accounts is no provider's, but the admin API.
            if exchange.api is not None and exchange.api.provider.policy is not None:
                entry = _entry(scope, exchange, at, 1000 * (perf_counter() - started))
                self._journal.add(self._gateway.store, exchange.namespace, entry)

    async def send_error(self, scope: Scope, send: Send, error: Exception) -> None:
        """Note the error, and send its response."""
        # The error itself would keep the frames of all stages, and with them the exchange.
        known = error if isinstance(error, ProfilegateError) else UnexpectedError()
        scope[EXCHANGE].failure = Failure(
            "rejected" if isinstance(known, RequestError) else "failed",
            type(known).__name__,
            str(known),
            facts_of(known),
        )
        await super().send_error(scope, send, error)


def _entry(scope: Scope, exchange: Exchange, at: float, duration_ms: float) -> Entry:
    """
    The entry of an exchange whose path a provider has.

    It costs two microseconds: every update pays for it.
    """
    provider, _, operation = exchange.operation_id.partition(".")
    if not provider and exchange.api is not None:
        provider = exchange.api.provider.name
    call, request = exchange.call, exchange.request
    status, headers, body = exchange.response or UNANSWERED
    sent = b"" if request is None else request.body
    return Entry(
        exchange.request_id,
        at,
        provider,
        operation,
        status,
        scope["method"],
        raw_target(scope),
        scope.get("path_params") or {},
        scope["headers"],
        sent[:REQUEST_BODY_KEPT_MAX_BYTES],
        len(sent),
        headers,
        body[:RESPONSE_BODY_KEPT_MAX_BYTES],
        len(body),
        duration_ms,
        [] if call is None else call.events,
        exchange.failure,
    )
