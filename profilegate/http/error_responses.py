"""Error responses, the outermost stage: every error in its provider's words."""

import json
import logging
import traceback
from http import HTTPStatus

from connexion.middleware.exceptions import ExceptionMiddleware
from starlette.types import Receive, Scope, Send

from profilegate.errors import InternalError, ProfilegateError, UnexpectedError
from profilegate.gateway.call import new_request_id
from profilegate.gateway.provider import ErrorResponse
from profilegate.http.bodies import ClientGoneError
from profilegate.http.exchange import EXCHANGE, Exchange, send_response
from profilegate.http.http_rules import REQUEST_ID, HeaderList, error_headers
from profilegate.http.provider_api import ProviderApi

logger = logging.getLogger("profilegate")

PROBLEM = "application/problem+json"


class ErrorResponseMiddleware(ExceptionMiddleware):
    """
    Catches every error of the stages inside and sends the provider's error response.

    An error outside of every provider's API (in a page, or in routing) is answered with the
    gateway's own problem details (RFC 9457).
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; no exception of the stages inside leaves this method."""
        if scope["type"] != "http":
            raise NotImplementedError(f"the gateway speaks HTTP only, not {scope['type']}")
        scope[EXCHANGE] = exchange = Exchange()
        try:
            await self.app(scope, receive, send)
        except ClientGoneError:
            return
        except Exception as error:
            request_id = new_request_id() if exchange.call is None else exchange.call.request_id
            where = f"{exchange.operation_id or scope['path']} (request {request_id})"
            known = known_error(where, error)
            if exchange.response_started:
                # The server sees that the response is not complete, and closes the connection.
                logger.error("%s: the response was cut short", where)
                return
            response, headers = error_response(where, known, exchange.api)
            headers.append((REQUEST_ID, request_id.encode()))
            await send_response(scope, send, response.status, headers, response.body)


def known_error(where: str, error: Exception) -> ProfilegateError:
    """
    The error to tell the caller; what is not the caller's fault is logged.

    ``where`` begins the line in the log: the operation and the request's id.
    """
    if isinstance(error, InternalError):
        logger.error("%s: %s", where, error)
    if isinstance(error, ProfilegateError):
        return error
    log_unexpected(where, error)
    return UnexpectedError()


def log_unexpected(where: str, error: Exception) -> None:
    """Log where an error came from, without its message, which may quote personal data."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: unexpected %s\n%s", where, type(error).__name__, frames)


def error_response(
    where: str, error: ProfilegateError, api: ProviderApi | None
) -> tuple[ErrorResponse, HeaderList]:
    """The error response for an error at a provider's API, and all its headers."""
    response, challenge = gateway_response(error), None
    headers: HeaderList = []
    if api is not None:
        challenge = api.provider.challenge
        headers += api.headers
        try:
            response = api.provider.to_error_response(error)
        except Exception as second:
            log_unexpected(where, second)
    headers += [
        (b"content-type", response.media_type.encode()),
        (b"content-length", b"%d" % len(response.body)),
        *((name.encode(), value.encode()) for name, value in response.headers),
    ]
    return response, headers + error_headers(error, response, challenge)


def gateway_response(error: ProfilegateError) -> ErrorResponse:
    """The gateway's own error response: problem details (RFC 9457) that say no more than 500."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    problem = {"type": "about:blank", "title": status.phrase, "status": status.value}
    return ErrorResponse(status.value, PROBLEM, json.dumps(problem).encode())
