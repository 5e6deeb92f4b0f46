"""Every error by name, grouped by who can correct it.

The tree::

    ProfilegateError
    ├── RequestError                      the caller
    │   ├── UnknownPathError
    │   ├── MethodNotAllowedError
    │   ├── MediaTypeUnsupportedError
    │   ├── HeaderRepeatedError
    │   ├── BodyTooLargeError
    │   ├── BodyUnreadableError
    │   ├── InvalidFieldsError            all violations at once
    │   ├── CredentialError               the caller is not authenticated
    │   │   ├── CredentialMissingError
    │   │   ├── CredentialMalformedError
    │   │   ├── CredentialUnknownError
    │   │   ├── SignatureWrongError
    │   │   ├── NonceNotIncreasingError
    │   │   └── LoginWrongError
    │   ├── RateLimitExceededError
    │   ├── AccountUnknownError
    │   ├── AccountExistsError
    │   ├── ReferenceTakenError
    │   ├── RequirementUnmetError
    │   ├── FieldsLockedError
    │   ├── LoginTakenError
    │   ├── LoginLinkUnknownError
    │   ├── LoginLinkInvalidError
    │   ├── ProfileUnknownError
    │   ├── VersionChangedError
    │   ├── LinkConflictError
    │   ├── EventUnknownError
    │   ├── UndoConflictError
    │   ├── CredentialIdUnknownError
    │   ├── CredentialNotIssuableError
    │   ├── MailUnknownError
    │   └── ImportConflictError
    ├── ConfigurationError                the author of a spec, a handler, a setting, a file
    │   ├── SpecError
    │   ├── HandlerMissingError
    │   ├── SettingError
    │   ├── OptionNotSupportedError
    │   └── LineRejectedError
    └── InternalError                     the operator
        ├── StoreUnavailableError
        ├── MasterKeyError
        └── UnexpectedError

Names end in ``Error`` and say what happened. An error carries its facts, and its sentence is a
template over them. It never carries a value that a caller sent, so no text that is made from an
error can leak one. (``LinkConflictError`` holds stored values, for callers that may see them, and
keeps them out of its sentence; so does ``FieldsLockedError`` with the accounts that hold a lock.)
How a provider words an error, and with which status, is in
``handlers/<name>/error_responses.py``: nothing here knows HTTP.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from msgspec import Struct


class ProfilegateError(Exception):
    """Anything that this project raises on purpose; ``template`` is a format over ``self``."""

    template: ClassVar[str] = "something went wrong"

    def __str__(self) -> str:
        return self.template.format(self=self)


# --- The caller ---------------------------------------------------------------------------


class RequestError(ProfilegateError):
    """A request cannot be accepted as it is."""

    template = "the request cannot be accepted as it is"


class UnknownPathError(RequestError):
    """There is no operation and no page at the path."""

    template = "nothing is served at this path"


@dataclass(eq=False)
class MethodNotAllowedError(RequestError):
    """The path is known; the method is not ``allowed`` there."""

    allowed: Sequence[str]

    def __post_init__(self) -> None:
        self.allowed = tuple(sorted(self.allowed))

    def __str__(self) -> str:
        return f"this path allows {', '.join(self.allowed)} only"


@dataclass(eq=False)
class MediaTypeUnsupportedError(RequestError):
    """The operation does not read the body's media type, or the body is compressed."""

    supported: Sequence[str]

    def __str__(self) -> str:
        return f"the body's media type must be {' or '.join(self.supported)}"


@dataclass(eq=False)
class HeaderRepeatedError(RequestError):
    """A header that is not a list was sent in several lines; ``name`` is in lower case."""

    name: str
    template = "the header {self.name} must have one line only"


@dataclass(eq=False)
class BodyTooLargeError(RequestError):
    """The body is longer than the gateway reads."""

    size_max_bytes: int
    template = "the body must have at most {self.size_max_bytes} bytes"


@dataclass(eq=False)
class BodyUnreadableError(RequestError):
    """The body is not what its media type says: not JSON, not UTF-8, cut short, nested too deep."""

    reason: str
    template = "{self.reason}"


class Violation(Struct, frozen=True):
    """One rule that one field breaks.

    ``at`` is the path to the field (``("residence", "country")``, list indexes as integers; empty
    for the whole body), ``rule`` the schema keyword that is broken, ``limit`` what the keyword
    asks for (the maximum length, the pattern, the name of the format). ``is_parameter``: the
    first step is not a field of the body but a parameter of the path, the query or the headers.
    The value that broke the rule is not here on purpose.
    """

    at: tuple[str | int, ...]
    rule: str
    limit: Any = None
    is_parameter: bool = False

    @property
    def field(self) -> str:
        """The field in the common notation: ``physical_documents[0].country``."""
        text = ""
        for step in self.at:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text


@dataclass(eq=False)
class InvalidFieldsError(RequestError):
    """Fields break their rules; all violations are here, in the order of the body."""

    violations: Sequence[Violation]

    def __post_init__(self) -> None:
        self.violations = tuple(self.violations)

    def __str__(self) -> str:
        return "; ".join(f"{each.field or 'body'}: {each.rule}" for each in self.violations)


class CredentialError(RequestError):
    """The caller is not authenticated."""

    template = "the caller is not authenticated"


@dataclass(eq=False)
class CredentialMissingError(CredentialError):
    """A credential that the operation requires was not sent."""

    name: str
    template = "{self.name} is missing"


@dataclass(eq=False)
class CredentialMalformedError(CredentialError):
    """A credential was sent in a form that no credential has."""

    name: str
    template = "{self.name} is malformed"


@dataclass(eq=False)
class CredentialUnknownError(CredentialError):
    """A well-formed credential that does not exist, or has expired."""

    name: str
    template = "{self.name} is not known"


class SignatureWrongError(CredentialError):
    """The signature does not match the request."""

    template = "the signature does not match the request"


class NonceNotIncreasingError(CredentialError):
    """The nonce is not larger than the last one that was accepted for the same key."""

    template = "the nonce must be larger than the last accepted one"


class LoginWrongError(CredentialError):
    """No account has this login with this password; which of the two is wrong is not said."""

    template = "the login or the password is wrong"


@dataclass(eq=False)
class RateLimitExceededError(RequestError):
    """One credential made more requests than it may."""

    requests: int
    seconds: int
    template = "at most {self.requests} requests in {self.seconds} seconds"


class AccountUnknownError(RequestError):
    """There is no such account, or it belongs to another tenant: one error for both."""

    template = "there is no such user"


class AccountExistsError(RequestError):
    """An account with this external id exists already."""

    template = "there is such a user already"


class ReferenceTakenError(RequestError):
    """The tenant has given this name of its own to another account."""

    template = "another user has this reference"


@dataclass(eq=False)
class RequirementUnmetError(RequestError):
    """The account lacks what the operation requires (``x-requires`` in the spec)."""

    attribute: str
    wanted: Any
    template = "the account's {self.attribute} must hold {self.wanted}"


class LockHolder(Struct, frozen=True):
    """An account that locks fields while its own fields have the values of ``state``.

    ``state`` is a tuple of (path, value); it is empty where the account always locks them.
    """

    provider: str
    external_id: str
    state: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        state = " and ".join(f"{path} is {value}" for path, value in self.state)
        return f"{self.provider} account {self.external_id}" + (f", whose {state}" * bool(state))


@dataclass(eq=False)
class FieldsLockedError(RequestError):
    """New values for fields that an account of the profile locks.

    ``paths`` are places in the shared profile (``name.given``, ``account.country``); a document
    that is locked is named with its type: ``documents.physical:EIN``. ``holders`` are the
    accounts that hold the locks: only an admin may see them.
    """

    paths: Sequence[str]
    holders: tuple[LockHolder, ...] = ()

    def __post_init__(self) -> None:
        self.paths = tuple(self.paths)

    @property
    def reason(self) -> str:
        """Which accounts lock the fields, and by which state."""
        return f"locked by {'; '.join(map(str, self.holders))}" if self.holders else "locked"

    def __str__(self) -> str:
        return f"{', '.join(self.paths)} cannot be changed: {self.reason}"


class LoginTakenError(RequestError):
    """Another account has the login, or waits for it."""

    template = "another user has this login"


class LoginLinkUnknownError(RequestError):
    """No login change was ever mailed with this token."""

    template = "this link is not known"


class LoginLinkInvalidError(RequestError):
    """The login change is confirmed already, replaced by a newer one, or expired."""

    template = "this link is no longer valid"


class ProfileUnknownError(RequestError):
    """There is no such profile, there was none yet, or it is erased: one error for all."""

    template = "there is no such profile"


@dataclass(eq=False)
class VersionChangedError(RequestError):
    """The profile is not at the version that the caller has seen."""

    version: int
    template = "the profile has changed meanwhile; it is at version {self.version}"


@dataclass(eq=False)
class LinkConflictError(RequestError):
    """An account and the profile that it is to join have different values.

    ``differences`` maps each path to the profile's value and the account's.
    """

    differences: Mapping[str, tuple[Any, Any]]

    def __str__(self) -> str:
        return f"the profile and the account differ in {', '.join(self.differences)}"


class EventUnknownError(RequestError):
    """The profile has no event of this version."""

    template = "the profile has no such event"


@dataclass(eq=False)
class UndoConflictError(RequestError):
    """What an event changed has changed again since; ``paths`` are those fields."""

    paths: Sequence[str]

    def __post_init__(self) -> None:
        self.paths = tuple(self.paths)

    def __str__(self) -> str:
        return f"{', '.join(self.paths)} changed again since"


class CredentialIdUnknownError(RequestError):
    """There is no credential with this id, or it has expired."""

    template = "there is no such credential"


class CredentialNotIssuableError(RequestError):
    """A credential of a kind that is not issued here, such as a session, is to be replaced."""

    template = "credentials of this kind are not issued here"


class MailUnknownError(RequestError):
    """There is no unsent mail with this id."""

    template = "there is no such unsent mail"


class ImportConflictError(RequestError):
    """A profile, or one of its accounts, exists already and differs from the export."""

    template = "this profile exists with other values, or was erased"


# --- The author ---------------------------------------------------------------------------


class ConfigurationError(ProfilegateError):
    """A spec, a handler or a setting is wrong; the gateway does not start."""

    template = "the configuration is wrong"


@dataclass(eq=False)
class SpecError(ConfigurationError):
    """A spec says something that the gateway does not understand.

    ``file`` is the spec's name, ``pointer`` a JSON pointer into it, ``hint`` what to do.
    """

    file: str
    pointer: str
    what: str
    hint: str
    template = "{self.file}: #{self.pointer}: {self.what}; {self.hint}"


@dataclass(eq=False)
class HandlerMissingError(ConfigurationError):
    """A spec's operation has no function that handles it."""

    provider: str
    operation: str
    template = (
        "specs/{self.provider}.yaml: operation {self.operation} has no handler; "
        "write {self.operation} in handlers/{self.provider}/operations.py "
        "(`make generate` writes a first one)"
    )


@dataclass(eq=False)
class SettingError(ConfigurationError):
    """A setting has a value that cannot be used."""

    name: str
    what: str
    template = "{self.name}: {self.what}"


@dataclass(eq=False)
class OptionNotSupportedError(ConfigurationError):
    """The pipeline was built with an option of Connexion that it does not honour."""

    option: str
    hint: str
    template = "Connexion's {self.option} has no effect here; {self.hint}"


@dataclass(eq=False)
class LineRejectedError(ConfigurationError):
    """A line of a file cannot be imported; ``where`` names the file and the line."""

    where: str
    what: str
    template = "{self.where}: {self.what}"


# --- The operator -------------------------------------------------------------------------


class InternalError(ProfilegateError):
    """The gateway cannot do its work."""

    template = "the gateway cannot do its work"


class StoreUnavailableError(InternalError):
    """The store cannot be reached, or takes no writes."""

    template = "the store is not available; try again later"


@dataclass(eq=False)
class MasterKeyError(InternalError):
    """The master key is missing, unreadable, or not the one that sealed this store."""

    what: str
    template = "{self.what}"


class UnexpectedError(InternalError):
    """An error that nobody foresaw; the log says where, the caller only that it happened."""

    template = "an unexpected error happened"
