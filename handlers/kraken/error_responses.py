"""Kraken Embed: error responses, ``{"error": ["EGeneral:…"]}`` with an HTTP status."""

from profilegate.errors import (
    AccountUnknownError,
    BodyTooLargeError,
    CredentialError,
    CredentialLockedError,
    CredentialMalformedError,
    CredentialMissingError,
    FieldsLockedError,
    HeadersTooLargeError,
    InvalidFieldsError,
    MediaTypeUnsupportedError,
    MethodNotAllowedError,
    NonceNotIncreasingError,
    PathUnknownError,
    ProfilegateError,
    RateLimitExceededError,
    ReferenceTakenError,
    RequestError,
    RequestTooSlowError,
    SignatureWrongError,
    StoreUnavailableError,
    TargetTooLongError,
    Violation,
)
from profilegate.gateway.provider import ErrorResponse

from ._generated import FIELD_NAMES
from ._generated import ErrorResponse as ErrorBody

INVALID_ARGUMENTS = "EGeneral:Invalid arguments"
INVALID_USER = "ENexus:Invalid user ID"
PERMISSION_DENIED = "EGeneral:Permission denied"

# Where Embed's documents have no words, those of Kraken's other APIs are used: the spec says which.
ERROR_RESPONSES: dict[type[ProfilegateError], tuple[int, str]] = {
    RequestError: (400, INVALID_ARGUMENTS),
    SignatureWrongError: (401, "EAPI:Invalid signature"),
    NonceNotIncreasingError: (401, "EAPI:Invalid nonce"),
    CredentialLockedError: (401, "EGeneral:Temporary lockout"),
    CredentialError: (401, "EAPI:Invalid key"),
    AccountUnknownError: (404, "EGeneral:Unknown user"),
    PathUnknownError: (404, "EGeneral:Unknown method"),
    MethodNotAllowedError: (405, "EGeneral:Unknown method"),
    RequestTooSlowError: (408, INVALID_ARGUMENTS),
    ReferenceTakenError: (409, "EGeneral:Conflict:external_id"),
    BodyTooLargeError: (413, "EGeneral:Request too large"),
    TargetTooLongError: (414, "EGeneral:Request too large"),
    MediaTypeUnsupportedError: (415, "EGeneral:Unsupported media type"),
    RateLimitExceededError: (429, "EAPI:Rate limit exceeded"),
    HeadersTooLargeError: (431, "EGeneral:Request too large"),
    StoreUnavailableError: (503, "EService:Unavailable"),
    ProfilegateError: (500, "EGeneral:Internal error"),
}

# A missing or malformed nonce or signature has the same words as a wrong one.
HEADER_WORDS = {
    "API-Sign": "EAPI:Invalid signature",
    "API-Nonce": "EAPI:Invalid nonce",
    "nonce": "EAPI:Invalid nonce",
}


def to_error_response(error: ProfilegateError) -> ErrorResponse:
    """The error response for an error: one entry for each violation."""
    if isinstance(error, InvalidFieldsError):
        return _error_response(400, [_words(violation) for violation in error.violations])
    if isinstance(error, FieldsLockedError):
        fields = [FIELD_NAMES.get(path, path) for path in error.paths]
        return _error_response(403, [f"{PERMISSION_DENIED}:{field}" for field in fields])
    if isinstance(error, CredentialMissingError) and error.name == "API-Key":
        return _error_response(401, ["EAPI:Missing API-Key"])
    if isinstance(error, CredentialMissingError | CredentialMalformedError):
        return _error_response(401, [HEADER_WORDS.get(error.name, "EAPI:Invalid key")])
    status, word = next(
        ERROR_RESPONSES[kind] for kind in type(error).__mro__ if kind in ERROR_RESPONSES
    )
    return _error_response(status, [word])


def _words(violation: Violation) -> str:
    if not violation.at:
        return INVALID_ARGUMENTS
    # "get-embed-user" and "create-embed-user": 400, "ENexus:Invalid user ID".
    is_of_user = violation.at in (("user",), ("query", "user")) and violation.rule != "required"
    return INVALID_USER if is_of_user else f"{INVALID_ARGUMENTS}:{violation.field}"


def _error_response(status: int, words: list[str]) -> ErrorResponse:
    body: ErrorBody = {"error": list(dict.fromkeys(words))}
    return ErrorResponse.json(status, body)
