"""Every error has words at every door: in the provider's envelope, under a fitting status."""

import inspect
import json
from collections.abc import Mapping
from typing import Any

import pytest

from profilegate import errors
from profilegate.errors import Fault, GateError, ProfilegateError, RequestError
from profilegate.gateway.loading import load_provider
from profilegate.gateway.provider import Refusal
from profilegate.openapi.validator import compile_check
from tests.specs.all_specs import ENVELOPES, SPECS

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "MethodNotAllowedError": (["POST"],),
    "MediaTypeNotSpokenError": (["application/json"],),
    "BodyTooLargeError": (16,),
    "BodyUnreadableError": ("the body is not JSON",),
    "InvalidFieldsError": (
        [
            Fault(("full_name", "first_name"), "required", "first_name"),
            Fault(("nationalities", 0), "enum", ("AD", "NO")),
            Fault((), "type", ("object",)),
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
    "SpecError": ("specs/x.yaml", "/paths", "this is wrong", "mend it"),
    "HandlerMissingError": ("x", "update_user"),
    "SettingError": ("PROFILEGATE_PORT", "this is no port"),
    "LineRefusedError": ("profiles.jsonl, line 3", "this is not JSON"),
    "MasterKeyError": ("there is no key",),
}
"""What an error is made with; all others need nothing."""

ALL_ERRORS: dict[str, ProfilegateError] = {
    name: kind(*ARGUMENTS.get(name, ()))
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, ProfilegateError)
}

DOORS = {name: load_provider(SPECS[name]) for name in ENVELOPES}


# An author's error stops the start; these are the ones that a request can meet.
AT_A_REQUEST = {
    name: error for name, error in ALL_ERRORS.items() if isinstance(error, RequestError | GateError)
}


def each_at_each_door(chosen: Mapping[str, ProfilegateError]) -> pytest.MarkDecorator:
    """The mark that tries each of these errors at each provider's door."""
    cases = [
        pytest.param(door, error, id=f"{door} {name}")
        for door in ENVELOPES
        for name, error in chosen.items()
    ]
    return pytest.mark.parametrize(("door", "error"), cases)


def read(refusal: Refusal) -> Any:
    """A refusal's body, by its media type."""
    text = refusal.body.decode("utf-8")
    return json.loads(text) if refusal.media_type == "application/json" else text


@each_at_each_door(ALL_ERRORS)
def test_an_error_is_worded_in_the_providers_envelope(door: str, error: ProfilegateError) -> None:
    """
    "Every refusal is worded by the provider's refusals module in that provider's envelope".
    """
    media_type, reference = ENVELOPES[door]
    refusal = DOORS[door].refuse(error)
    faults = compile_check(SPECS[door], {"$ref": reference})(read(refusal))

    assert (media_type, []) == (refusal.media_type, faults)


@each_at_each_door(ALL_ERRORS)
def test_the_status_says_whose_fault_it_is(door: str, error: ProfilegateError) -> None:
    """
    "Never a 500 for anything a caller can send"; and what is ours is never the caller's fault.
    """
    status = DOORS[door].refuse(error).status
    class_of_status = 4 if isinstance(error, RequestError) else 5

    assert class_of_status == status // 100


@each_at_each_door(AT_A_REQUEST)
def test_a_status_that_is_sent_stands_in_the_spec(door: str, error: ProfilegateError) -> None:
    """
    A client that was written by the spec knows every status that can come.
    """
    statuses = {
        status for operation in SPECS[door].operations() for status in operation.node["responses"]
    }

    assert str(DOORS[door].refuse(error).status) in statuses
