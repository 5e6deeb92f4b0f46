"""Error responses, the outermost stage: it sends each error as its provider words it."""

import logging
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from time import perf_counter

from connexion.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.errors import (
    CredentialError,
    HeadersTooLargeError,
    LoginQueueFullError,
    ProfilegateError,
    RequestError,
    RequestTooSlowError,
    TargetTooLongError,
    UnexpectedError,
)
from profilegate.gateway.provider import ErrorResponse
from profilegate.gateway.request import ClientGoneError, ConnectionDroppedError
from profilegate.http.exchange import EXCHANGE, Exchange, exchange_of, send_response
from profilegate.http.http_rules import REQUEST_ID, HeaderList, error_headers, request_id_headers
from profilegate.http.observing import Observe
from profilegate.http.provider_api import ProviderApi
from profilegate.http.security_log import log_failed_authentication
from profilegate.http.trace_context import CURRENT

logger = logging.getLogger("profilegate")

GATEWAY_STATUSES: Mapping[type[ProfilegateError], int] = {
    RequestError: 400,
    RequestTooSlowError: 408,
    TargetTooLongError: 414,
    HeadersTooLargeError: 431,
    ProfilegateError: 500,
}
"""The statuses of errors outside of every provider's API."""


class ErrorResponseMiddleware(ExceptionMiddleware):
    """
    Catches every error of the inner stages and sends the provider's error response.

    For an error outside of every provider's API (in a page, or in routing) it sends the gateway's
    own problem details (RFC 9457).
    """

    def __init__(self, app: ASGIApp, observe: Observe | None = None) -> None:
        """``observe`` learns of each request when it has ended."""
        super().__init__(app)
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; no exception of the inner stages leaves this method."""
        if scope["type"] != "http":
            raise NotImplementedError(f"the gateway speaks HTTP only, not {scope['type']}")
        if EXCHANGE not in scope:
            scope[EXCHANGE] = Exchange()
        CURRENT.set(scope)
        started = perf_counter()
        try:
            await self.app(scope, receive, send)
        except ClientGoneError:
            return
        except ConnectionDroppedError:
            raise
        except Exception as error:
            await self.send_error(scope, send, error)
        finally:
            # The request holds ``receive``, which holds the scope: end the circle, or only the
            # garbage collector would free the request (a quarter of an update without a store).
            exchange = scope.pop(EXCHANGE)
            if self._observe is not None:
                ended = exchange.streams_since or perf_counter()
                self._observe(scope, exchange, ended - started)

    async def send_error(self, scope: Scope, send: Send, error: Exception) -> None:
        """Send the error response for an error of an inner stage."""
        await send_error(scope, send, error)


async def send_error(scope: Scope, send: Send, error: Exception) -> None:
    """Send the error response for an error, unless another response has started."""
    exchange = exchange_of(scope)
    request_id = exchange.request_id
    # The login pool logs its full queue itself, once a minute.
    if not isinstance(error, RequestError | LoginQueueFullError):
        log_error(f"{exchange.operation_id or 'no operation'} (request {request_id})", error)
    if isinstance(error, CredentialError):
        log_failed_authentication(exchange, error)
    if exchange.response_started:
        # The server sees that the response is not complete, and closes the connection.
        logger.error("request %s: the response was cut short", request_id)
        return
    known = error if isinstance(error, ProfilegateError) else UnexpectedError()
    exchange.error = type(known).__name__
    response, headers = error_response(known, exchange.api)
    names = (REQUEST_ID,) if exchange.api is None else exchange.api.request_id_names
    headers += request_id_headers(names, request_id)
    await send_response(scope, send, response.status, headers, response.body)


def log_error(where: str, error: Exception) -> None:
    """
    Log an error that the caller did not cause.

    The log omits the message of an unexpected error, because it may quote personal data.
    """
    if isinstance(error, ProfilegateError):
        logger.error("%s: %s", where, error)
    else:
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s: unexpected %s\n%s", where, type(error).__name__, frames)


def error_response(
    error: ProfilegateError, api: ProviderApi | None
) -> tuple[ErrorResponse, HeaderList]:
    """The error response for an error at a provider's API, and all its headers."""
    if api is None:
        response, headers, challenge = gateway_response(error), [], None
    else:
        response, headers, challenge = (
            _to_response(error, api),
            [*api.headers],
            api.provider.challenge,
        )
    headers += [
        (b"content-type", response.media_type.encode()),
        (b"content-length", b"%d" % len(response.body)),
        *error_headers(error, response, challenge),
    ]
    for name, value in response.headers:
        headers.append((name.encode(), value.encode()))
    return response, headers


def _to_response(error: ProfilegateError, api: ProviderApi) -> ErrorResponse:
    """The provider's error response; the gateway's own if the provider fails to make one."""
    try:
        return api.provider.to_error_response(error)
    except Exception as second:
        log_error(f"error response of {api.provider.name}", second)
        return gateway_response(second)


def gateway_response(error: Exception) -> ErrorResponse:
    """Problem details (RFC 9457) for an error outside of every provider's API."""
    status = next(
        (GATEWAY_STATUSES[kind] for kind in type(error).__mro__ if kind in GATEWAY_STATUSES), 500
    )
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return ErrorResponse.json(status, problem, "application/problem+json")
