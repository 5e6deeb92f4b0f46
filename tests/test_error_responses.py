"""Every error has words for every provider: in the provider's envelope, under a fitting status."""

import inspect
import json
from collections.abc import Mapping
from typing import Any

import pytest

from profilegate import errors
from profilegate.errors import InternalError, ProfilegateError, RequestError, Violation
from profilegate.gateway.loading import load_provider
from profilegate.gateway.provider import ErrorResponse
from profilegate.openapi.validator import compile_validator
from tests.specs.all_specs import ENVELOPES, SPECS

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "MethodNotAllowedError": (["POST"],),
    "MediaTypeUnsupportedError": (["application/json"],),
    "BodyTooLargeError": (16,),
    "BodyUnreadableError": ("the body is not JSON",),
    "HeaderRepeatedError": ("content-type",),
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
    "RequirementUnmetError": ("account.plugins", 45),
    "FieldsLockedError": (["name.given", "documents.physical:EIN", "account.id"],),
    "VersionChangedError": (7,),
    "LinkConflictError": ({"name.given": ("Kai", "Zoe")},),
    "UndoConflictError": (["name.given"],),
    "SpecError": ("specs/x.yaml", "/paths", "this is wrong", "fix it"),
    "HandlerMissingError": ("x", "update_user"),
    "SettingError": ("PROFILEGATE_PORT", "this is no port"),
    "OptionNotSupportedError": ("security_map", "add an authenticator"),
    "LineRejectedError": ("profiles.jsonl, line 3", "this is not JSON"),
    "MasterKeyError": ("there is no key",),
}
"""What an error is made with; all others need nothing."""

ALL_ERRORS: dict[str, ProfilegateError] = {
    name: kind(*ARGUMENTS.get(name, ()))
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, ProfilegateError)
}

PROVIDER_APIS = {name: load_provider(SPECS[name]) for name in ENVELOPES}


# An author's error stops the start; these are the ones that a request can meet.
AT_A_REQUEST = {
    name: error
    for name, error in ALL_ERRORS.items()
    if isinstance(error, RequestError | InternalError)
}


def each_at_each_provider(chosen: Mapping[str, ProfilegateError]) -> pytest.MarkDecorator:
    """The mark that tries each of these errors at each provider's API."""
    cases = [
        pytest.param(api, error, id=f"{api} {name}")
        for api in ENVELOPES
        for name, error in chosen.items()
    ]
    return pytest.mark.parametrize(("api", "error"), cases)


def read(error_response: ErrorResponse) -> Any:
    """An error response's body, by its media type."""
    text = error_response.body.decode("utf-8")
    return json.loads(text) if error_response.media_type == "application/json" else text


@each_at_each_provider(ALL_ERRORS)
def test_an_error_is_worded_in_the_providers_envelope(api: str, error: ProfilegateError) -> None:
    """
    Every error response is written by the provider's own module, in that provider's envelope.
    """
    media_type, reference = ENVELOPES[api]
    error_response = PROVIDER_APIS[api].to_error_response(error)
    violations = compile_validator(SPECS[api], {"$ref": reference})(read(error_response))

    assert (media_type, []) == (error_response.media_type, violations)


@each_at_each_provider(ALL_ERRORS)
def test_the_status_says_whose_fault_it_is(api: str, error: ProfilegateError) -> None:
    """
    "Never a 500 for anything a caller can send"; and what is ours is never blamed on the caller.
    """
    status = PROVIDER_APIS[api].to_error_response(error).status
    class_of_status = 4 if isinstance(error, RequestError) else 5

    assert class_of_status == status // 100


@each_at_each_provider(AT_A_REQUEST)
def test_a_status_that_is_sent_stands_in_the_spec(api: str, error: ProfilegateError) -> None:
    """
    A client that was written by the spec knows every status that can come.
    """
    statuses = {
        status for operation in SPECS[api].operations() for status in operation.node["responses"]
    }

    assert str(PROVIDER_APIS[api].to_error_response(error).status) in statuses
