"""Error responses: each error, for each provider, in its envelope and under a fitting status."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

from profilegate import errors
from profilegate.errors import (
    InternalError,
    ProfilegateError,
    RequestError,
    SpecError,
    Violation,
)
from profilegate.gateway.loading import load_provider
from profilegate.gateway.provider import ErrorResponse
from profilegate.openapi.validator import compile_validator
from tests.specs.all_specs import ENVELOPES, SPECS

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "WorkerStartError": (1,),
    "MethodNotAllowedError": (["POST"],),
    "MediaTypeUnsupportedError": (["application/json"],),
    "BodyTooLargeError": (16,),
    "BodyUnreadableError": ("the body is not JSON",),
    "HeaderRepeatedError": ("content-type",),
    "ParameterRepeatedError": ("type",),
    "InvalidFieldsError": (
        [
            Violation(("full_name", "first_name"), "required", "first_name"),
            Violation(("nationalities", 0), "enum", ("AD", "NO")),
            Violation((), "type", ("object",)),
        ],
    ),
    "CredentialMissingError": ("API-Key",),
    "CredentialMalformedError": ("API-Nonce",),
    "CredentialUnknownError": ("API-Key",),
    "RateLimitExceededError": (50, 1),
    "CredentialLockedError": (60,),
    "LoginLockedError": (60,),
    "LoginQueueFullError": (1,),
    "MailLimitExceededError": (60,),
    "RequirementUnmetError": ("account.plugins", 45),
    "FieldsLockedError": (["name.given", "documents.physical:EIN", "account.id"],),
    "DocumentsLimitExceededError": ("documents.virtual", 100),
    "DocumentsWithoutValueError": ("documents.virtual", (0,), (1,)),
    "VersionChangedError": (7,),
    "LinkConflictError": ({"name.given": ("Kai", "Zoe")},),
    "UndoConflictError": (["name.given"],),
    "NamespaceLimitExceededError": ("namespaces", 10_000),
    "UndoAccountMoveError": ("kraken", "AA08N84GCPARUN7A", True),
    "SpecError": ("specs/x.yaml", "/paths", "this is wrong", "fix it"),
    "SpecsRejectedError": ([SpecError("specs/x.yaml", "/paths", "this is wrong", "fix it", 3)],),
    "HandlerMissingError": ("x", "update_user"),
    "HandlerSignatureError": ("x", "update_user", "does not take id"),
    "SettingError": ("PROFILEGATE_PORT", "this is no port"),
    "CredentialsNotGivenError": ([["client_id", "client_secret"], ["access_token"]],),
    "OptionNotSupportedError": ("security_map", "add an authenticator"),
    "BackupRejectedError": ("backup.db", "it is damaged"),
    "LineRejectedError": ("profiles.jsonl, line 3", "this is not JSON"),
    "ServerUnreachableError": ("https://api.example", "timed out"),
    "ArchiveUnreadableError": ("a.har", "log", "It is no list", "export it again"),
    "ResponseTooLargeError": (64,),
    "MasterKeyError": ("there is no key",),
}
"""The arguments of an error; all others take none."""

ERRORS: dict[str, ProfilegateError] = {
    name: kind(*ARGUMENTS.get(name, ()))
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, ProfilegateError)
}

PROVIDER_APIS = {name: load_provider(SPECS[name]) for name in ENVELOPES}

STATUSES = {
    "MethodNotAllowedError": 405,
    "BodyTooLargeError": 413,
    "MediaTypeUnsupportedError": 415,
    "StoreUnavailableError": 503,
    "UnexpectedError": 500,
}
"""Statuses that HTTP itself decides (RFC 9110, 15), for every provider."""

PAGE_STATUSES = {("diadoc", "StoreUnavailableError"): 500}
"""What a provider's page says instead: Diadoc's knows 500 for everything on its side."""


def error_responses() -> Iterator[tuple[str, str, ErrorResponse]]:
    """Each provider's response to each error: provider, name of the error, response."""
    for api in ENVELOPES:
        for name, error in ERRORS.items():
            yield api, name, PROVIDER_APIS[api].to_error_response(error)


def read(error_response: ErrorResponse) -> Any:
    """An error response's body, by its media type."""
    text = error_response.body.decode("utf-8")
    return json.loads(text) if error_response.media_type == "application/json" else text


def test_an_error_has_the_providers_envelope() -> None:
    """
    Every error response is written by the provider's own module, in that provider's envelope.
    """
    wrong = []
    for api, name, response in error_responses():
        media_type, reference = ENVELOPES[api]
        violations = compile_validator(SPECS[api], {"$ref": reference})(read(response))
        if violations or media_type != response.media_type:
            wrong.append((api, name, response.media_type, violations))

    assert [] == wrong


def test_the_status_says_which_side_caused_the_error() -> None:
    """
    "Never a 500 for anything a caller can send"; an error of the gateway is never a 4xx.
    """
    wrong = [
        (api, name, response.status)
        for api, name, response in error_responses()
        if response.status // 100 != (4 if isinstance(ERRORS[name], RequestError) else 5)
    ]

    assert [] == wrong


def test_the_status_is_the_one_of_http_where_http_has_one() -> None:
    """
    503 lets a client retry, 500 does not; 405, 413 and 415 tell it what to change.
    """
    wrong = [
        (api, name, expected, response.status)
        for api, name, response in error_responses()
        if (expected := PAGE_STATUSES.get((api, name), STATUSES.get(name, response.status)))
        != response.status
    ]

    assert [] == wrong


UNREAD = {408, 414, 431}
"""The statuses of requests that the server does not read: they belong to no operation."""


def test_every_status_that_is_sent_stands_in_the_spec() -> None:
    """
    A client that was written by the spec knows every status. (A ConfigurationError stops the
    start, so no request meets it.).
    """
    declared = {
        api: {
            int(status)
            for operation in SPECS[api].operations()
            for status in operation.node["responses"]
        }
        for api in ENVELOPES
    }
    wrong = [
        (api, name, response.status)
        for api, name, response in error_responses()
        if isinstance(ERRORS[name], RequestError | InternalError)
        and response.status not in declared[api] | UNREAD
    ]

    assert len(ERRORS) > 30
    assert [] == wrong
