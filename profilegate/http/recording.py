"""Recording: error responses, with each exchange of a provider's API added to the journal."""

from datetime import datetime
from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from profilegate.errors import ProfilegateError, RequestError, UnexpectedError
from profilegate.gateway.call import new_request_id
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.journal import (
    REQUEST_BODY_KEPT_MAX_BYTES,
    RESPONSE_BODY_KEPT_MAX_BYTES,
    Journal,
    content,
    facts_of,
    headers_kept,
)
from profilegate.http.error_responses import ErrorResponseMiddleware
from profilegate.http.exchange import EXCHANGE, Exchange, Failure
from profilegate.http.http_rules import REQUEST_ID
from profilegate.http.security import raw_target
from profilegate.profile.times import utc_now
from profilegate.store.journal import Entry, Outcome, Recorded

ENTRY_SIZE_BYTES: Final = 1000
"""What an entry takes beside its bodies, roughly."""


class RecordingMiddleware(ErrorResponseMiddleware):
    """
    The outermost stage of a gateway that has a journal.

    The times of the journal are real ones, whatever the clock of a namespace shows.
    """

    def __init__(self, app: ASGIApp, gateway: Gateway, journal: Journal) -> None:
        super().__init__(app)
        self._gateway = gateway
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, then add it to the journal with its response."""
        at, started = utc_now(), perf_counter()
        scope[EXCHANGE] = exchange = Exchange()
        sent: list[Message] = []

        async def note(message: Message) -> None:
            sent.append(message)
            await send(message)

        try:
            await super().__call__(scope, receive, note)
        finally:
            # An API without accounts is no provider's, but the admin API.
            if exchange.api is not None and exchange.api.provider.policy is not None:
                duration_ms = 1000 * (perf_counter() - started)
                self._add(_entry(scope, exchange, sent, at, duration_ms))

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

    def _add(self, entry: Entry) -> None:
        recorded = entry.recorded
        size_bytes = len(recorded.body.kept) + len(recorded.response_body.kept) + ENTRY_SIZE_BYTES
        self._journal.add(self._gateway.store, entry, size_bytes)


def _entry(
    scope: Scope, exchange: Exchange, sent: list[Message], at: datetime, duration_ms: float
) -> Entry:
    call, failure = exchange.call, exchange.failure
    head: Message = sent[0] if sent else {"status": 0, "headers": []}
    body = exchange.request.body if exchange.request is not None else b""
    outcome: Outcome = "accepted" if sent else "unanswered"
    return Entry(
        namespace=exchange.namespace,
        request_id=_request_id(exchange, head),
        at=at,
        provider=exchange.api.provider.name if exchange.api is not None else "",
        operation=exchange.operation_id.partition(".")[2],
        outcome=outcome if failure is None else failure.outcome,
        status=head["status"],
        recorded=Recorded(
            method=scope["method"],
            target=raw_target(scope),
            path=scope.get("path_params", {}),
            headers=headers_kept(scope["headers"]),
            body=content(body, REQUEST_BODY_KEPT_MAX_BYTES),
            response_headers=headers_kept(head["headers"]),
            response_body=content(
                b"".join(message["body"] for message in sent[1:]), RESPONSE_BODY_KEPT_MAX_BYTES
            ),
            duration_ms=duration_ms,
            error="" if failure is None else failure.error,
            message="" if failure is None else failure.message,
            facts={} if failure is None else failure.facts,
            events=[] if call is None else call.events,
        ),
    )


def _request_id(exchange: Exchange, head: Message) -> str:
    """The id in the response; a client that left before has not got one."""
    for name, value in head["headers"]:
        if name == REQUEST_ID:
            text: str = value.decode()
            return text
    return new_request_id() if exchange.call is None else exchange.call.request_id
