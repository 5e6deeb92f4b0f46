"""Every error by name, grouped by whose violation it is.

The tree::

    ProfilegateError
    ├── RequestError                      the caller's violation
    │   ├── UnknownPathError
    │   ├── MethodNotAllowedError
    │   ├── MediaTypeUnsupportedError
    │   ├── HeaderRepeatedError
    │   ├── BodyTooLargeError
    │   ├── BodyUnreadableError
    │   ├── InvalidFieldsError            all violations at once
    │   ├── CredentialError               who is not let in learns nothing else
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
    │   └── ImportConflictError
    ├── ConfigurationError                       whoever wrote a spec, a handler, a setting, a file
    │   ├── SpecError
    │   ├── HandlerMissingError
    │   ├── SettingError
    │   ├── OptionNotSupportedError
    │   └── LineRejectedError
    └── InternalError                         ours
        ├── StoreUnavailableError
        ├── MasterKeyError
        └── UnexpectedError

Names end in ``Error`` and say what happened. An error carries its facts and builds its
sentence from them once; it never carries a value that a caller sent, so no text made from
an error can leak one (a ``LinkConflictError`` holds stored values, for those who may see them,
and keeps them out of its text). How a provider words an error, and under which status, is the
business of ``handlers/<name>/error responses.py``: nothing here knows HTTP.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct


class ProfilegateError(Exception):
    """Anything that this project raises on purpose."""


# --- The caller's violation ------------------------------------------------------------------


class RequestError(ProfilegateError):
    """A request cannot be taken as it is."""


class UnknownPathError(RequestError):
    """No operation and no page lies at the path."""

    def __str__(self) -> str:
        return "nothing is served at this path"


class MethodNotAllowedError(RequestError):
    """The path is known; the method is not spoken there."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(allowed)
        self.allowed = tuple(sorted(allowed))

    def __str__(self) -> str:
        return f"this path speaks {', '.join(self.allowed)} only"


class MediaTypeUnsupportedError(RequestError):
    """The body comes in a media type that the operation does not read, or compressed."""

    def __init__(self, supported: Sequence[str]) -> None:
        super().__init__(supported)
        self.supported = tuple(supported)

    def __str__(self) -> str:
        return f"the body's media type must be {' or '.join(self.supported)}"


class HeaderRepeatedError(RequestError):
    """A header that is no list was sent in several lines; ``name`` is in lower case."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"the header {self.name} must have one line only"


class BodyTooLargeError(RequestError):
    """The body is longer than the gateway reads."""

    def __init__(self, size_max_bytes: int) -> None:
        super().__init__(size_max_bytes)
        self.size_max_bytes = size_max_bytes

    def __str__(self) -> str:
        return f"the body must have at most {self.size_max_bytes} bytes"


class BodyUnreadableError(RequestError):
    """The body is not what its media type says: not JSON, not UTF-8, cut short, nested too deep."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return self.why


class Violation(Struct, frozen=True):
    """One rule that one field breaks.

    ``at`` is the way to the field (``("residence", "country")``, list places as integers;
    empty for the whole body), ``rule`` the schema keyword that is broken, ``limit`` what that
    keyword asks for (the maximum length, the pattern, the format's name, the missing name's
    parent is in ``at``). ``is_parameter``: the first step is not a field of the body, but a
    parameter of the path, the query or the headers. The value that broke it is on purpose not here.
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


class InvalidFieldsError(RequestError):
    """Fields break their rules; every violation is here, in the order of the body."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(violations)
        self.violations = tuple(violations)

    def __str__(self) -> str:
        return "; ".join(
            f"{violation.field or 'body'}: {violation.rule}" for violation in self.violations
        )


class CredentialError(RequestError):
    """Whoever calls is not let in."""


class CredentialMissingError(CredentialError):
    """A credential that the operation asks for was not sent."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name} is missing"


class CredentialMalformedError(CredentialError):
    """A credential was sent in a form that cannot be one."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name} is not in the form that it must have"


class CredentialUnknownError(CredentialError):
    """A well-formed credential that nobody has, or has any longer."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name} is not known"


class SignatureWrongError(CredentialError):
    """The signature does not fit the request."""

    def __str__(self) -> str:
        return "the signature does not fit the request"


class NonceNotIncreasingError(CredentialError):
    """The nonce is not larger than the last one that was accepted for the same key."""

    def __str__(self) -> str:
        return "the nonce must be larger than the last accepted one"


class LoginWrongError(CredentialError):
    """Nobody has this login with this password; which of the two is wrong is not said."""

    def __str__(self) -> str:
        return "the login or the password is wrong"


class RateLimitExceededError(RequestError):
    """One credential made more requests than it may."""

    def __init__(self, requests: int, seconds: int) -> None:
        super().__init__(requests, seconds)
        self.requests = requests
        self.seconds = seconds

    def __str__(self) -> str:
        return f"at most {self.requests} requests in {self.seconds} seconds"


class AccountUnknownError(RequestError):
    """There is no such account, or it belongs to another tenant: one response for both."""

    def __str__(self) -> str:
        return "there is no such user"


class AccountExistsError(RequestError):
    """There is an account of this name already."""

    def __str__(self) -> str:
        return "there is such a user already"


class ReferenceTakenError(RequestError):
    """The tenant has given this name of its own to another account."""

    def __str__(self) -> str:
        return "another user has this name of the caller's own"


class RequirementUnmetError(RequestError):
    """The account lacks what the operation requires (``x-requires`` in the spec)."""

    def __init__(self, attribute: str, wanted: Any) -> None:
        super().__init__(attribute, wanted)
        self.attribute = attribute
        self.wanted = wanted

    def __str__(self) -> str:
        return f"the account's {self.attribute} must hold {self.wanted}"


class FieldsLockedError(RequestError):
    """New values for fields that a linked account's state locks.

    ``paths`` are places in the shared profile (``name.given``, ``account.country``); a
    document that is locked is named with its type: ``documents.physical:EIN``.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(paths)
        self.paths = tuple(paths)

    def __str__(self) -> str:
        return f"{', '.join(self.paths)} cannot be changed"


class LoginTakenError(RequestError):
    """Another account has the login, or waits for it."""

    def __str__(self) -> str:
        return "another user has this login"


class LoginLinkUnknownError(RequestError):
    """No login change was ever mailed with this token."""

    def __str__(self) -> str:
        return "this link is not known"


class LoginLinkInvalidError(RequestError):
    """The login change is confirmed already, replaced by a newer one, or too old."""

    def __str__(self) -> str:
        return "this link is no longer valid"


class ProfileUnknownError(RequestError):
    """There is no such profile, or there was none yet, or it is erased: one response for all."""

    def __str__(self) -> str:
        return "there is no such profile"


class VersionChangedError(RequestError):
    """The profile is not of the version that the caller has seen."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version

    def __str__(self) -> str:
        return f"the profile has changed meanwhile; it is at version {self.version}"


class LinkConflictError(RequestError):
    """An account and the profile that it is to join have different values.

    ``differences`` tells for each path the profile's value and the account's.
    """

    def __init__(self, differences: Mapping[str, tuple[Any, Any]]) -> None:
        super().__init__(tuple(differences))
        self.differences = dict(differences)

    def __str__(self) -> str:
        return f"the profile and the account differ in {', '.join(self.differences)}"


class EventUnknownError(RequestError):
    """The profile has no event of this version."""

    def __str__(self) -> str:
        return "the profile has no such event"


class UndoConflictError(RequestError):
    """What an event changed was changed again since; ``paths`` are those fields."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(paths)
        self.paths = tuple(paths)

    def __str__(self) -> str:
        return f"{', '.join(self.paths)} changed again since"


class CredentialIdUnknownError(RequestError):
    """There is no credential with this id, or nobody has it any longer."""

    def __str__(self) -> str:
        return "there is no such credential"


class ImportConflictError(RequestError):
    """A profile is here already, or one of its accounts is, and not as the export has it."""

    def __str__(self) -> str:
        return "this profile is here with other values, or was erased"


# --- The author's violation ------------------------------------------------------------------


class ConfigurationError(ProfilegateError):
    """A spec, a handler or a setting is wrong; the gateway does not start."""


class SpecError(ConfigurationError):
    """A spec says something that the gateway does not understand.

    ``file`` is the spec's name, ``pointer`` a JSON pointer into it, ``fix`` what to do.
    """

    def __init__(self, file: str, pointer: str, what: str, hint: str) -> None:
        super().__init__(file, pointer, what, hint)
        self.file = file
        self.pointer = pointer
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.file}: #{self.pointer}: {self.what}; {self.hint}"


class HandlerMissingError(ConfigurationError):
    """A spec's operation has no function that responds it."""

    def __init__(self, provider: str, operation: str) -> None:
        super().__init__(provider, operation)
        self.provider = provider
        self.operation = operation

    def __str__(self) -> str:
        return (
            f"specs/{self.provider}.yaml: operation {self.operation} has no handler; "
            f"write {self.operation} in handlers/{self.provider}/operations.py "
            "(`make generate` writes a first one)"
        )


class SettingError(ConfigurationError):
    """A setting has a value that cannot be used."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(name, what)
        self.name = name
        self.what = what

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


class OptionNotSupportedError(ConfigurationError):
    """The pipeline was built with an option of Connexion's that it does not honour."""

    def __init__(self, option: str, hint: str) -> None:
        super().__init__(option, hint)
        self.option = option
        self.hint = hint

    def __str__(self) -> str:
        return f"Connexion's {self.option} has no effect here; {self.hint}"


class LineRejectedError(ConfigurationError):
    """A line of a file cannot be imported; ``where`` names the file and the line."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(where, what)
        self.where = where
        self.what = what

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


# --- Ours --------------------------------------------------------------------------------


class InternalError(ProfilegateError):
    """The gateway cannot do its work."""


class StoreUnavailableError(InternalError):
    """The store cannot be reached, or does not take writes."""

    def __str__(self) -> str:
        return "the store is not available; try again later"


class MasterKeyError(InternalError):
    """The master key is missing, unreadable, or not the one this store was sealed with."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return self.what


class UnexpectedError(InternalError):
    """Something that nobody foresaw; the log says where, the caller only that it happened."""

    def __str__(self) -> str:
        return "something unexpected happened on this side"
