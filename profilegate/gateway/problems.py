"""Problem details (RFC 9457): the error responses of a provider that words none itself."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from profilegate.errors import (
    AccountExistsError,
    AccountUnknownError,
    BodyTooLargeError,
    CredentialError,
    CredentialLockedError,
    DocumentsLimitExceededError,
    FieldsLockedError,
    HeadersTooLargeError,
    InvalidFieldsError,
    LoginLinkUnknownError,
    LoginTakenError,
    MailLimitExceededError,
    MediaTypeUnsupportedError,
    MethodNotAllowedError,
    PathUnknownError,
    ProfilegateError,
    RateLimitExceededError,
    ReferenceTakenError,
    RequestError,
    RequestTooSlowError,
    RequirementUnmetError,
    StoreUnavailableError,
    TargetTooLongError,
    UnexpectedError,
)
from profilegate.gateway.provider import ErrorResponse
from profilegate.openapi.messages import sentence

MEDIA_TYPE: Final = "application/problem+json"

STATUSES: Final[Mapping[type[ProfilegateError], int]] = {
    RequestError: 400,
    CredentialError: 401,
    RequirementUnmetError: 403,
    AccountUnknownError: 404,
    LoginLinkUnknownError: 404,
    PathUnknownError: 404,
    MethodNotAllowedError: 405,
    RequestTooSlowError: 408,
    AccountExistsError: 409,
    DocumentsLimitExceededError: 409,
    FieldsLockedError: 409,
    LoginTakenError: 409,
    ReferenceTakenError: 409,
    BodyTooLargeError: 413,
    TargetTooLongError: 414,
    MediaTypeUnsupportedError: 415,
    CredentialLockedError: 429,
    MailLimitExceededError: 429,
    RateLimitExceededError: 429,
    HeadersTooLargeError: 431,
    ProfilegateError: 500,
    StoreUnavailableError: 503,
}
"""The statuses of HTTP for our errors; the one of the nearest base class counts."""


def to_problem(error: ProfilegateError) -> ErrorResponse:
    """The problem details of an error, with every invalid or locked field."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(UnexpectedError())
        if status == HTTPStatus.INTERNAL_SERVER_ERROR
        else str(error),
    }
    if isinstance(error, InvalidFieldsError):
        problem["detail"] = "See errors for each of them"
        problem["errors"] = [
            {"field": violation.field, "detail": sentence(violation)}
            for violation in error.violations
        ]
    if isinstance(error, FieldsLockedError):
        problem["detail"] = "A linked account locks fields"
        problem["errors"] = [{"field": path, "detail": "is locked"} for path in error.paths]
    return ErrorResponse.json(status, problem, MEDIA_TYPE)
