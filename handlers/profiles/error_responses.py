"""Admin API: errors as problem details (RFC 9457), with every violation at once."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from profilegate.errors import (
    AccountExistsError,
    AccountUnknownError,
    BodyTooLargeError,
    BodyUnreadableError,
    ClockBackwardsError,
    CredentialError,
    CredentialIdUnknownError,
    CredentialLockedError,
    CredentialNotIssuableError,
    CredentialTakenError,
    EventUnknownError,
    ExchangeUnknownError,
    FaultUnknownError,
    FieldsLockedError,
    HeadersTooLargeError,
    ImportConflictError,
    InvalidFieldsError,
    LinkConflictError,
    LoginTakenError,
    MailUnknownError,
    MediaTypeUnsupportedError,
    MethodNotAllowedError,
    NamespaceExistsError,
    NamespaceLimitExceededError,
    NamespaceUnknownError,
    PathUnknownError,
    ProfilegateError,
    ProfileUnknownError,
    RateLimitExceededError,
    ReferenceTakenError,
    RequestError,
    RequestTooSlowError,
    SnapshotUnknownError,
    StoreUnavailableError,
    TargetTooLongError,
    TestModeRequiredError,
    UndoAccountMoveError,
    UndoConflictError,
    UnexpectedError,
    VersionChangedError,
    Violation,
)
from profilegate.gateway.provider import ErrorResponse
from profilegate.openapi import pointer
from profilegate.openapi.messages import sentence
from profilegate.profile.fields import ACCOUNT_PREFIX

from ._generated import Difference, Problem, ProblemError

MEDIA_TYPE = "application/problem+json"

NAMELESS = ("about:blank", "")
"""RFC 9457, 4.2.1: a problem that means no more than its status."""


def _problem_type(name: str, title: str) -> tuple[str, str]:
    return f"urn:profilegate:problem:{name}", title


ERROR_RESPONSES: Mapping[type[ProfilegateError], tuple[int, tuple[str, str]]] = {
    RequestError: (400, NAMELESS),
    InvalidFieldsError: (400, _problem_type("invalid", "Some fields break their rules")),
    BodyUnreadableError: (400, _problem_type("unreadable", "The body cannot be read")),
    CredentialError: (401, NAMELESS),
    AccountUnknownError: (404, NAMELESS),
    CredentialIdUnknownError: (404, NAMELESS),
    EventUnknownError: (404, NAMELESS),
    ExchangeUnknownError: (404, NAMELESS),
    FaultUnknownError: (404, NAMELESS),
    MailUnknownError: (404, NAMELESS),
    ProfileUnknownError: (404, NAMELESS),
    PathUnknownError: (404, NAMELESS),
    NamespaceUnknownError: (404, NAMELESS),
    SnapshotUnknownError: (404, NAMELESS),
    MethodNotAllowedError: (405, NAMELESS),
    RequestTooSlowError: (408, NAMELESS),
    AccountExistsError: (409, _problem_type("account-exists", "The account exists already")),
    LoginTakenError: (409, _problem_type("login-taken", "Another account has the login")),
    ReferenceTakenError: (
        409,
        _problem_type("reference-taken", "Another account has the reference"),
    ),
    FieldsLockedError: (409, _problem_type("locked", "A linked account locks fields")),
    LinkConflictError: (409, _problem_type("sides-differ", "The profile and the account differ")),
    UndoConflictError: (409, _problem_type("changed-again", "The fields have changed again")),
    UndoAccountMoveError: (
        409,
        _problem_type("account-moved", "The event created, linked or unlinked an account"),
    ),
    ImportConflictError: (409, _problem_type("import-conflict", "The profile exists already")),
    CredentialNotIssuableError: (
        409,
        _problem_type("not-issued", "The credential is not issued here"),
    ),
    NamespaceExistsError: (
        409,
        _problem_type("namespace-exists", "A namespace with this name exists already"),
    ),
    NamespaceLimitExceededError: (409, _problem_type("too-many", "There are too many already")),
    CredentialTakenError: (
        409,
        _problem_type("credential-taken", "Another namespace has the credential"),
    ),
    ClockBackwardsError: (409, _problem_type("clock-backwards", "A clock never moves backwards")),
    TestModeRequiredError: (
        409,
        _problem_type("not-in-test-mode", "The gateway is not in test mode"),
    ),
    VersionChangedError: (412, _problem_type("changed", "The profile has changed since")),
    BodyTooLargeError: (413, NAMELESS),
    TargetTooLongError: (414, NAMELESS),
    MediaTypeUnsupportedError: (415, NAMELESS),
    RateLimitExceededError: (429, NAMELESS),
    CredentialLockedError: (429, NAMELESS),
    HeadersTooLargeError: (431, NAMELESS),
    StoreUnavailableError: (503, NAMELESS),
    ProfilegateError: (500, NAMELESS),
}

PARAMETER_WORDS: Mapping[tuple[str, str], str] = {
    ("cursor", "pattern"): "must be a cursor from an earlier response",
    ("If-Match", "pattern"): "must be * or entity tags in quotation marks",
}


def to_error_response(error: ProfilegateError) -> ErrorResponse:
    """The error response for an error."""
    status, (kind, title) = next(
        ERROR_RESPONSES[cls] for cls in type(error).__mro__ if cls in ERROR_RESPONSES
    )
    problem: Problem = {
        "type": kind,
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": _detail(error, status),
    }
    if isinstance(error, InvalidFieldsError):
        problem["errors"] = [_violation(violation) for violation in error.violations]
    if isinstance(error, FieldsLockedError):
        problem["errors"] = [_at_path(path, f"is {error.reason}") for path in error.paths]
    if isinstance(error, UndoConflictError):
        problem["errors"] = [_at_path(path, "was changed by a later event") for path in error.paths]
    if isinstance(error, LinkConflictError):
        problem["differences"] = [
            _difference(path, *values) for path, values in error.differences.items()
        ]
    return ErrorResponse.json(status, problem, MEDIA_TYPE)


def _detail(error: ProfilegateError, status: int) -> str:
    if isinstance(error, InvalidFieldsError):
        return "See errors for each of them"
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return str(UnexpectedError())
    return str(error)


def _violation(violation: Violation) -> ProblemError:
    """A violation, at its parameter or at a pointer into the body."""
    name = str(violation.at[0]) if violation.at else ""
    words = PARAMETER_WORDS.get((name, violation.rule)) or sentence(violation)
    if violation.is_parameter:
        return {"parameter": name, "detail": words}
    return {"pointer": pointer(violation.at), "detail": words}


def _at_path(path: str, why: str) -> ProblemError:
    """``name.given`` -> ``/name/given``; an account's own fields are at the top of a body."""
    path, _, document_type = path.partition(":")
    steps = tuple(path.removeprefix(ACCOUNT_PREFIX).split("."))
    return {"pointer": pointer(steps), "detail": f"{document_type} {why}".strip()}


def _difference(path: str, profile: Any, account: Any) -> Difference:
    return {"field": path, "profile": profile, "account": account}
