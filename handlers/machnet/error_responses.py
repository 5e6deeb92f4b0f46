"""Machnet SEND: error responses, in the envelope ``{"status", "code", "message"}``."""

from profilegate.errors import (
    AccountUnknownError,
    BodyTooLargeError,
    BodyUnreadableError,
    CredentialError,
    CredentialLockedError,
    DocumentsLimitExceededError,
    DocumentsWithoutValueError,
    FieldsLockedError,
    HeadersTooLargeError,
    InvalidFieldsError,
    MediaTypeUnsupportedError,
    MethodNotAllowedError,
    PathUnknownError,
    ProfilegateError,
    RequestError,
    RequestTooSlowError,
    StoreUnavailableError,
    TargetTooLongError,
)
from profilegate.gateway.provider import ErrorResponse
from profilegate.openapi.messages import sentence

from ._generated import FIELD_NAMES, Error

BAD_REQUEST = "BAD_REQUEST"

NAMES_NO_DOCUMENT = "is required, if neither id nor mask names a stored document"
DIFFERS_FROM_DOCUMENT = (
    "must be the whole value, since the stored document with this id has another value or other"
    " parts"
)

ERROR_RESPONSES: dict[type[ProfilegateError], tuple[int, str, str]] = {
    RequestError: (400, BAD_REQUEST, "The request cannot be taken as it is"),
    CredentialLockedError: (429, "TOO_MANY_REQUESTS", "Too many failed attempts, try again later"),
    CredentialError: (401, "UNAUTHORIZED", "X-Client-Id or X-Client-Secret is missing or wrong"),
    AccountUnknownError: (404, "NOT_FOUND", "User not found"),
    PathUnknownError: (404, "NOT_FOUND", "There is nothing at this path"),
    MethodNotAllowedError: (405, "METHOD_NOT_ALLOWED", "This method is not allowed here"),
    RequestTooSlowError: (408, "REQUEST_TIMEOUT", "The request took too long to arrive"),
    BodyTooLargeError: (413, "PAYLOAD_TOO_LARGE", "The body is too large"),
    TargetTooLongError: (414, "URI_TOO_LONG", "The path and the query are too long"),
    MediaTypeUnsupportedError: (
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "The body must be application/json",
    ),
    HeadersTooLargeError: (431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "The headers are too large"),
    StoreUnavailableError: (503, "SERVICE_UNAVAILABLE", "Try again later"),
    ProfilegateError: (500, "INTERNAL_SERVER_ERROR", "Something went wrong"),
}


def to_error_response(error: ProfilegateError) -> ErrorResponse:
    """The error response for an error; the message names every invalid field, in Machnet's
    brackets."""
    if isinstance(error, InvalidFieldsError):
        violations = [
            f"{violation.field or 'body'}: {sentence(violation)}" for violation in error.violations
        ]
        return _error_response(
            400, BAD_REQUEST, f"Some fields are not valid [{', '.join(violations)}]"
        )
    if isinstance(error, FieldsLockedError):
        fields = ", ".join(_field(path) for path in error.paths)
        return _error_response(400, BAD_REQUEST, f"Some fields cannot be updated [{fields}]")
    if isinstance(error, DocumentsLimitExceededError):
        words = f"{_field(error.path)}: must have at most {error.items_max} items"
        return _error_response(400, BAD_REQUEST, f"Some fields are not valid [{words}]")
    if isinstance(error, DocumentsWithoutValueError):
        needed = dict.fromkeys(error.unknown, NAMES_NO_DOCUMENT)
        needed |= dict.fromkeys(error.different, DIFFERS_FROM_DOCUMENT)
        words = ", ".join(
            f"{_field(error.path)}[{place}].document_value: {needed[place]}"
            for place in sorted(needed)
        )
        return _error_response(400, BAD_REQUEST, f"Some fields are not valid [{words}]")
    if isinstance(error, BodyUnreadableError):
        return _error_response(400, BAD_REQUEST, f"The body is not valid JSON [{error}]")
    return _error_response(
        *next(ERROR_RESPONSES[kind] for kind in type(error).__mro__ if kind in ERROR_RESPONSES)
    )


def _field(path: str) -> str:
    """``documents.physical:EIN`` -> ``physical_documents: EIN``."""
    path, _, document_type = path.partition(":")
    name = FIELD_NAMES.get(path, path)
    return f"{name}: {document_type}" if document_type else name


def _error_response(status: int, code: str, message: str) -> ErrorResponse:
    body: Error = {"status": status, "code": code, "message": message}
    return ErrorResponse.json(status, body)
