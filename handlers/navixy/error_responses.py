"""Navixy: error responses, with Navixy's numbered codes in its envelope."""

from profilegate.errors import (
    AccountUnknownError,
    BodyTooLargeError,
    CredentialError,
    CredentialLockedError,
    CredentialUnknownError,
    FieldsLockedError,
    HeadersTooLargeError,
    InvalidFieldsError,
    LoginLockedError,
    LoginQueueFullError,
    LoginWrongError,
    MediaTypeUnsupportedError,
    MethodNotAllowedError,
    PathUnknownError,
    ProfilegateError,
    RateLimitExceededError,
    RequestError,
    RequestTooSlowError,
    RequirementUnmetError,
    StoreUnavailableError,
    TargetTooLongError,
)
from profilegate.gateway.provider import ErrorResponse
from profilegate.openapi.messages import sentence

from ._generated import FIELD_NAMES, Error, ParameterError
from .sessions import ApiKeyIsNoSessionError

# Codes, words and statuses are those of Navixy's table of errors; where a status differs from the
# table, the spec says why.
ERROR_RESPONSES: dict[type[ProfilegateError], tuple[int, int, str]] = {
    CredentialUnknownError: (400, 4, "User or API key not found or session ended"),
    AccountUnknownError: (400, 4, "User or API key not found or session ended"),
    # "even though the key itself is valid" (Session).
    ApiKeyIsNoSessionError: (400, 4, "User or API key not found or session ended"),
    CredentialError: (400, 3, "Wrong hash"),
    RequestError: (400, 5, "Wrong request format"),
    MediaTypeUnsupportedError: (415, 5, "Wrong request format"),
    InvalidFieldsError: (400, 7, "Invalid parameters"),
    RequestTooSlowError: (408, 5, "Wrong request format"),
    LoginQueueFullError: (503, 8, "Queue service error, try again later"),
    BodyTooLargeError: (413, 9, "Too large request"),
    TargetTooLongError: (414, 9, "Too large request"),
    HeadersTooLargeError: (431, 9, "Too large request"),
    FieldsLockedError: (403, 13, "Operation not permitted"),
    StoreUnavailableError: (503, 14, "Database unavailable"),
    RateLimitExceededError: (429, 15, "Too many requests (rate limit exceeded)"),
    CredentialLockedError: (429, 15, "Too many requests (rate limit exceeded)"),
    LoginLockedError: (400, 105, "Login attempts limit exceeded, try again later"),
    LoginWrongError: (400, 102, "Wrong login or password"),
    PathUnknownError: (400, 111, "Wrong handler"),
    MethodNotAllowedError: (405, 112, "Wrong method"),
    RequirementUnmetError: (400, 222, "Plugin not found"),
    ProfilegateError: (500, 6, "Unexpected error"),
}


def to_error_response(error: ProfilegateError) -> ErrorResponse:
    """The error response for an error, with every invalid field beside the code."""
    status, code, words = next(
        ERROR_RESPONSES[kind] for kind in type(error).__mro__ if kind in ERROR_RESPONSES
    )
    body: Error = {"success": False, "status": {"code": code, "description": words}}
    if isinstance(error, InvalidFieldsError):
        body["errors"] = [
            _parameter_error(violation.field or "body", sentence(violation))
            for violation in error.violations
        ]
    if isinstance(error, FieldsLockedError):
        body["errors"] = [
            _parameter_error(FIELD_NAMES.get(path, path), "cannot be changed any more")
            for path in error.paths
        ]
    return ErrorResponse.json(status, body)


def _parameter_error(parameter: str, what: str) -> ParameterError:
    return {"parameter": parameter, "error": what}
