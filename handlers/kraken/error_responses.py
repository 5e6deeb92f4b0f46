"""Kraken Embed: our errors in Kraken's words, ``{"error": ["EGeneral:…"]}`` under a real status."""

from profilegate.errors import (
    AccountUnknownError,
    BodyTooLargeError,
    CredentialError,
    CredentialMalformedError,
    CredentialMissingError,
    FieldsLockedError,
    InvalidFieldsError,
    MediaTypeNotSpokenError,
    MethodNotAllowedError,
    NonceNotIncreasingError,
    ProfilegateError,
    RateLimitExceededError,
    ReferenceTakenError,
    RequestError,
    SignatureWrongError,
    StoreUnavailableError,
)
from profilegate.gateway.provider import Refusal

from ._generated import FIELD_NAMES, ErrorResponse

INVALID_ARGUMENTS = "EGeneral:Invalid arguments"
PERMISSION_DENIED = "EGeneral:Permission denied"

# The words are those of Kraken's other APIs where Embed's pages show none: the spec says which.
REFUSALS: dict[type[ProfilegateError], tuple[int, str]] = {
    RequestError: (400, INVALID_ARGUMENTS),
    SignatureWrongError: (401, "EAPI:Invalid signature"),
    NonceNotIncreasingError: (401, "EAPI:Invalid nonce"),
    CredentialError: (401, "EAPI:Invalid key"),
    AccountUnknownError: (404, "EGeneral:Unknown user"),
    MethodNotAllowedError: (405, "EGeneral:Unknown method"),
    ReferenceTakenError: (409, "EGeneral:Conflict:external_id"),
    BodyTooLargeError: (413, "EGeneral:Request too large"),
    MediaTypeNotSpokenError: (415, "EGeneral:Unsupported media type"),
    RateLimitExceededError: (429, "EAPI:Rate limit exceeded"),
    StoreUnavailableError: (503, "EService:Unavailable"),
    ProfilegateError: (500, "EGeneral:Internal error"),
}

# A missing or malformed header is named as the header's wrong value is.
HEADER_WORDS = {"API-Sign": "EAPI:Invalid signature", "API-Nonce": "EAPI:Invalid nonce"}


def refuse(error: ProfilegateError) -> Refusal:
    """The refusal for an error: one entry for each fault."""
    if isinstance(error, InvalidFieldsError):
        words = [
            f"{INVALID_ARGUMENTS}:{fault.field}" if fault.at else INVALID_ARGUMENTS
            for fault in error.faults
        ]
        return _refusal(400, words)
    if isinstance(error, FieldsLockedError):
        fields = [FIELD_NAMES.get(path, path) for path in error.paths]
        return _refusal(403, [f"{PERMISSION_DENIED}:{field}" for field in fields])
    if isinstance(error, CredentialMissingError | CredentialMalformedError):
        return _refusal(401, [HEADER_WORDS.get(error.name, "EAPI:Invalid key")])
    status, word = next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
    return _refusal(status, [word])


def _refusal(status: int, words: list[str]) -> Refusal:
    body: ErrorResponse = {"error": list(dict.fromkeys(words))}
    return Refusal.json(status, body)
