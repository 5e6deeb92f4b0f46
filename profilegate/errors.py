"""Every error by name, grouped by who can correct it.

The tree::

    ProfilegateError
    ├── RequestError                      the caller
    │   ├── PathUnknownError
    │   ├── MethodNotAllowedError
    │   ├── MediaTypeUnsupportedError
    │   ├── HeaderRepeatedError
    │   ├── RequestMalformedError
    │   ├── HeadersTooLargeError
    │   ├── TargetTooLongError
    │   ├── RequestTooSlowError
    │   ├── ParameterRepeatedError
    │   ├── BodyTooLargeError
    │   ├── BodyUnreadableError
    │   ├── InvalidFieldsError            all violations at once
    │   ├── CredentialError               the caller is not authenticated
    │   │   ├── CredentialMissingError
    │   │   ├── CredentialMalformedError
    │   │   ├── CredentialUnknownError
    │   │   ├── SignatureWrongError
    │   │   ├── NonceNotIncreasingError
    │   │   ├── LoginWrongError
    │   │   └── CredentialLockedError
    │   │       └── LoginLockedError
    │   ├── RateLimitExceededError
    │   ├── AccountUnknownError
    │   ├── AccountExistsError
    │   ├── ReferenceTakenError
    │   ├── RequirementUnmetError
    │   ├── FieldsLockedError
    │   ├── DocumentsLimitExceededError
    │   ├── DocumentsWithoutValueError
    │   ├── LoginTakenError
    │   ├── MailLimitExceededError
    │   ├── LoginLinkUnknownError
    │   ├── LoginLinkInvalidError
    │   ├── ProfileUnknownError
    │   ├── VersionChangedError
    │   ├── LinkConflictError
    │   ├── EventUnknownError
    │   ├── UndoConflictError
    │   ├── UndoAccountMoveError
    │   ├── CredentialIdUnknownError
    │   ├── CredentialNotIssuableError
    │   ├── MailUnknownError
    │   ├── ImportConflictError
    │   ├── NamespaceUnknownError
    │   ├── NamespaceExistsError
    │   ├── NamespaceLimitExceededError
    │   ├── SnapshotUnknownError
    │   ├── CredentialTakenError
    │   ├── ClockBackwardsError
    │   ├── TestModeRequiredError
    │   ├── FaultUnknownError
    │   └── ExchangeUnknownError
    ├── ConfigurationError                the author of a spec, a handler, a setting, a file
    │   ├── SpecError
    │   ├── SpecsRejectedError            all errors of all specs at once
    │   ├── HandlerMissingError
    │   ├── HandlerSignatureError
    │   ├── SettingError
    │   ├── CredentialsNotGivenError
    │   ├── OptionNotSupportedError
    │   ├── LineRejectedError
    │   ├── BackupRejectedError
    │   └── ArchiveUnreadableError
    ├── CallError                         the server that our client calls
    │   ├── ServerUnreachableError
    │   └── ResponseTooLargeError
    └── InternalError                     the operator
        ├── StoreUnavailableError
        │   ├── StoreDamagedError
        │   └── BodiesTooManyError
        ├── LoginQueueFullError
        ├── MasterKeyError
        ├── WorkerStartError
        └── UnexpectedError

An error holds facts, and ``str()`` formats them into a sentence. No error holds a value that a
caller sent, so its sentence cannot leak one. (``LinkConflictError`` holds stored values, and omits
them from its sentence. The sentence of ``FieldsLockedError`` names the accounts that hold locks:
only the admin API and the command line show it.)

Each provider chooses its status and its words for an error in
``handlers/<name>/error_responses.py``. This module does not depend on HTTP.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from msgspec import Struct


class ProfilegateError(Exception):
    """The base class of all errors; ``template`` is a format string over ``self``."""

    template: ClassVar[str] = "something went wrong"

    def __str__(self) -> str:
        return self.template.format(self=self)


# --- The caller ---------------------------------------------------------------------------


class RequestError(ProfilegateError):
    """The request is not acceptable."""

    template = "the request is not acceptable"


class PathUnknownError(RequestError):
    """No spec has an operation at the path."""

    template = "no operation has this path"


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
    """A header that is not a list has several lines; ``name`` is in lower case."""

    name: str
    template = "the header {self.name} must have one line only"


class RequestMalformedError(RequestError):
    """The request breaks the rules of its protocol (RFC 9112)."""

    template = "the request is malformed"


class HeadersTooLargeError(RequestError):
    """The head of the request has too many bytes or too many lines."""

    template = "the headers are too long or too many; send fewer"


class TargetTooLongError(RequestError):
    """The request target has too many bytes."""

    template = "the path and the query are too long; send values in the body"


class RequestTooSlowError(RequestError):
    """The client took too long to send the request."""

    template = "the request took too long to arrive"


@dataclass(eq=False)
class ParameterRepeatedError(RequestError):
    """A query parameter of the operation appears twice; parsers disagree about which counts."""

    name: str
    template = "the query is ambiguous: {self.name} appears twice"


@dataclass(eq=False)
class BodyTooLargeError(RequestError):
    """The body is longer than ``size_max_bytes``."""

    size_max_bytes: int
    template = "the body must have at most {self.size_max_bytes} bytes"


@dataclass(eq=False)
class BodyUnreadableError(RequestError):
    """
    The body cannot be decoded: it is not JSON, not UTF-8, incomplete, or nested too deep.

    ``schema`` is the name of the body's schema in the spec; empty if there is none.
    """

    reason: str
    schema: str = ""
    template = "{self.reason}"


class Violation(Struct, frozen=True):
    """One rule that one field breaks.

    ``at`` is the path to the field (``("residence", "country")``, list indexes as integers; empty
    for the whole body), ``rule`` the name of the rule, mostly a schema keyword, ``limit`` its value
    (the maximum length, the pattern, the name of the format). ``is_parameter``: the first step
    names a parameter of the path, the query or the headers, not a field of the body. A violation
    omits the wrong value on purpose.
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
    """
    Fields break their rules; ``violations`` are all of them.

    ``schema`` is the name of the body's schema in the spec; empty if only parameters were checked.
    """

    violations: Sequence[Violation]
    schema: str = ""

    def __post_init__(self) -> None:
        self.violations = tuple(self.violations)

    def __str__(self) -> str:
        return "; ".join(f"{each.field or 'body'}: {each.rule}" for each in self.violations)


class CredentialError(RequestError):
    """The caller is not authenticated."""

    template = "the caller is not authenticated"


@dataclass(eq=False)
class CredentialMissingError(CredentialError):
    """The request lacks a credential that the operation requires: ``name``."""

    name: str
    template = "{self.name} is missing"


@dataclass(eq=False)
class CredentialMalformedError(CredentialError):
    """A credential does not have the form of one; ``name`` is its header or field."""

    name: str
    template = "{self.name} is malformed"


@dataclass(eq=False)
class CredentialUnknownError(CredentialError):
    """A well-formed credential does not exist, or has expired."""

    name: str
    template = "{self.name} is not known"


class SignatureWrongError(CredentialError):
    """The signature does not match the request."""

    template = "the signature does not match the request"


@dataclass(eq=False)
class NonceNotIncreasingError(CredentialError):
    """The nonce is not larger than the ``last`` one that was accepted for the same key, nor unused
    within the key's ``window`` below it; ``last`` is None if the key is gone."""

    last: int | None = None
    window: int = 0
    template = "the nonce must be larger than the last accepted one"


class LoginWrongError(CredentialError):
    """No account has this login with this password; one error for both cases."""

    template = "the login or the password is wrong"


@dataclass(eq=False)
class CredentialLockedError(CredentialError):
    """Too many failures came from this peer for this credential; it may try again later."""

    seconds: int
    template = "too many failures; try again in {self.seconds} seconds"


class LoginLockedError(CredentialLockedError):
    """Too many failed logins came from this peer, for this login or for many."""


@dataclass(eq=False)
class RateLimitExceededError(RequestError):
    """One user, or one peer, made more requests than the rate limit allows."""

    requests: int
    seconds: int
    template = "at most {self.requests} requests in {self.seconds} seconds"


class AccountUnknownError(RequestError):
    """There is no such account, or it belongs to another tenant: one error for both."""

    template = "there is no such account"


class AccountExistsError(RequestError):
    """An account with this external id exists already."""

    template = "this account exists already"


class ReferenceTakenError(RequestError):
    """Another account of the tenant has this reference, the tenant's own name for it."""

    template = "another account has this reference"


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
    """A request changes fields that an account of the profile locks.

    ``paths`` are paths of the profile (``name.given``, ``account.country``), with the type for a
    locked document (``documents.physical:EIN``). ``holders`` are the accounts that hold the locks:
    only an admin may see them.
    """

    paths: Sequence[str]
    holders: tuple[LockHolder, ...] = ()

    def __post_init__(self) -> None:
        self.paths = tuple(self.paths)

    @property
    def reason(self) -> str:
        """The accounts that lock the fields, and the states of theirs that do."""
        return f"locked by {'; '.join(map(str, self.holders))}" if self.holders else "locked"

    def __str__(self) -> str:
        return f"{', '.join(self.paths)} cannot be changed: {self.reason}"


@dataclass(eq=False)
class DocumentsLimitExceededError(RequestError):
    """A list of documents of the profile, at ``path``, would have more than ``items_max``."""

    path: str
    items_max: int
    template = "{self.path} must have at most {self.items_max} documents"


@dataclass(eq=False)
class DocumentsWithoutValueError(RequestError):
    """Documents have no value: their places in the list that was sent for ``path``.

    Those at ``unknown`` name no stored document; those at ``different`` have the id of one with
    another value or other parts.
    """

    path: str
    unknown: tuple[int, ...]
    different: tuple[int, ...] = ()
    template = "documents for {self.path} have no value, and no stored document is the same"


class LoginTakenError(RequestError):
    """Another account has the login."""

    template = "another account has this login"


@dataclass(eq=False)
class MailLimitExceededError(RequestError):
    """An account causes too many mails, or an address gets too many."""

    seconds: int
    template = "too many mails; try again in {self.seconds} seconds"


class LoginLinkUnknownError(RequestError):
    """No mail ever contained this token."""

    template = "this link is not known"


class LoginLinkInvalidError(RequestError):
    """The pending login is confirmed already (by any account), replaced, or expired."""

    template = "this link is no longer valid"


class ProfileUnknownError(RequestError):
    """The profile does not exist, did not exist yet, or is erased: one error for all."""

    template = "there is no such profile"


@dataclass(eq=False)
class VersionChangedError(RequestError):
    """The profile is not at the version that the caller requires."""

    version: int
    template = "the profile has changed; it is now at version {self.version}"


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
    """Later events changed the same fields, ``paths``, or their account has left the profile."""

    paths: Sequence[str]

    def __post_init__(self) -> None:
        self.paths = tuple(self.paths)

    def __str__(self) -> str:
        return f"{', '.join(self.paths)} changed again since"


@dataclass(eq=False)
class UndoAccountMoveError(RequestError):
    """The event created, linked or unlinked an account, of ``provider``; no undo moves accounts."""

    provider: str
    external_id: str
    has_joined: bool

    def __str__(self) -> str:
        what, way_out = (
            ("created or linked", "unlink it instead")
            if self.has_joined
            else ("unlinked", "link it again instead")
        )
        account = f"the {self.provider} account {self.external_id}"
        return f"an event that {what} {account} cannot be undone; {way_out}"


class CredentialIdUnknownError(RequestError):
    """There is no credential with this id, or it has expired."""

    template = "there is no such credential"


class CredentialNotIssuableError(RequestError):
    """The gateway cannot replace a credential of this kind, such as a session."""

    template = "the gateway does not issue credentials of this kind"


class MailUnknownError(RequestError):
    """There is no unsent mail with this id."""

    template = "there is no such unsent mail"


class ImportConflictError(RequestError):
    """A profile, or one of its accounts, exists already and differs from the export."""

    template = "this profile exists with other values, or was erased"


# --- The author ---------------------------------------------------------------------------


class NamespaceUnknownError(RequestError):
    """There is no namespace with this name."""

    template = "there is no such namespace"


class NamespaceExistsError(RequestError):
    """A namespace with this name exists already."""

    template = "this namespace exists already"


@dataclass(eq=False)
class NamespaceLimitExceededError(RequestError):
    """There are as many of something (``what``) as there may be: namespaces, snapshots of one."""

    what: str
    count_max: int
    template = "there may be at most {self.count_max} {self.what}"


class SnapshotUnknownError(RequestError):
    """The namespace has no snapshot with this name."""

    template = "the namespace has no such snapshot"


class CredentialTakenError(RequestError):
    """A credential with this text exists in another namespace."""

    template = "a credential with this text exists in another namespace"


class ClockBackwardsError(RequestError):
    """A namespace's clock was to be set to a time before its present one."""

    template = "a clock never moves backwards"


class TestModeRequiredError(RequestError):
    """A gateway that is not in test mode was asked for what only tests need."""

    __test__ = False
    """pytest takes every class whose name begins with Test for one with tests."""

    template = "the gateway is not in test mode; serve it with --test-mode or --demo"


class FaultUnknownError(RequestError):
    """There is no scripted fault with this id: it was removed, or has affected its last request."""

    template = "there is no such scripted fault (any more)"


class ExchangeUnknownError(RequestError):
    """The journal of the namespace has no exchange with this request id, or not any more."""

    template = (
        "the journal has no exchange with this request id; each response of a provider has one in "
        "X-Request-Id, and the journal keeps as many as it is set to (PROFILEGATE_JOURNAL)"
    )


class ConfigurationError(ProfilegateError):
    """A spec, a handler or a setting is wrong; the gateway does not start."""

    template = "the configuration is wrong"


@dataclass(eq=False)
class SpecError(ConfigurationError):
    """A spec, or its handler package, is wrong or uses something that the gateway does not support.

    ``file`` is the spec's name, ``pointer`` a JSON pointer into it, ``hint`` how to correct it;
    ``line`` is the line of the place, None for a whole file.
    """

    file: str
    pointer: str
    what: str
    hint: str
    line: int | None = None
    template = "{self.place}: #{self.pointer}: {self.what}; {self.hint}"

    @property
    def place(self) -> str:
        """The file and the line, as editors and terminals take them: ``specs/acme.yaml:12``."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


SPEC_ERRORS_SHOWN_MAX = 50
"""Errors; more do not fit on a screen, and most authors correct them from the top. We chose it."""


@dataclass(eq=False)
class SpecsRejectedError(ConfigurationError):
    """Several errors of one or more specs: one line for each."""

    errors: Sequence[SpecError]

    def __str__(self) -> str:
        lines = [str(error) for error in self.errors[:SPEC_ERRORS_SHOWN_MAX]]
        if (more := len(self.errors) - len(lines)) > 0:
            lines.append(f"and {more} more")
        return "\n".join([f"{len(self.errors)} errors", *lines])


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
class HandlerSignatureError(ConfigurationError):
    """A handler cannot be called as its operation needs; ``why`` names the argument."""

    provider: str
    operation: str
    why: str
    template = (
        "specs/{self.provider}.yaml: operation {self.operation}: its handler {self.why}; give it "
        "the arguments that handlers/{self.provider}/_generated.py lists in Operations"
    )


@dataclass(eq=False)
class SettingError(ConfigurationError):
    """A setting has a value that cannot be used."""

    name: str
    what: str
    template = "{self.name}: {self.what}"


@dataclass(eq=False)
class CredentialsNotGivenError(ConfigurationError):
    """
    A call needs credentials that the client does not have.

    ``alternatives`` are the names of their parts, for each way to authenticate the operation.
    """

    alternatives: Sequence[Sequence[str]]

    def __str__(self) -> str:
        if not self.alternatives:
            return "this operation has security schemes for which there is no signer"
        options = ", or ".join(" and ".join(each) for each in self.alternatives)
        return f"this operation needs the credentials {options}"


@dataclass(eq=False)
class OptionNotSupportedError(ConfigurationError):
    """The app was built with an option of Connexion that it does not support."""

    option: str
    hint: str
    template = "Connexion's {self.option} is not supported; {self.hint}"


@dataclass(eq=False)
class LineRejectedError(ConfigurationError):
    """A line of a file cannot be imported; ``where`` names the file and the line."""

    where: str
    what: str
    template = "{self.where}: {self.what}"


@dataclass(eq=False)
class BackupRejectedError(ConfigurationError):
    """A backup, or the database that is to be backed up, is damaged."""

    where: str
    what: str
    template = "{self.where}: {self.what}"


@dataclass(eq=False)
class ArchiveUnreadableError(ConfigurationError):
    """A file is no HTTP archive; ``place`` is a path in it, empty for all of it."""

    file: str
    place: str
    what: str
    hint: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        return f"{where}: {self.what[:1].lower()}{self.what[1:]}; {self.hint}"


# --- The server that our client calls -----------------------------------------------------


class CallError(ProfilegateError):
    """A call has no response."""

    template = "the call has no response"


@dataclass(eq=False)
class ServerUnreachableError(CallError):
    """There is no connection, or it broke; ``why`` are the words of the HTTP library."""

    origin: str
    why: str
    template = "{self.origin} does not respond: {self.why}"


@dataclass(eq=False)
class ResponseTooLargeError(CallError):
    """The response is longer than ``size_max_bytes``."""

    size_max_bytes: int
    template = "the response has more than {self.size_max_bytes} bytes; it was not read to its end"


# --- The operator -------------------------------------------------------------------------


class InternalError(ProfilegateError):
    """The gateway cannot do its work."""

    template = "the gateway cannot do its work"


@dataclass(eq=False)
class StoreUnavailableError(InternalError):
    """The store cannot be reached, or takes no writes; ``why`` is a clause."""

    why: str = "the store is not available"
    template = "{self.why}; try again later"


class StoreDamagedError(StoreUnavailableError):
    """The database is damaged, which does not pass by itself."""

    template = (
        "the database is damaged; `profilegate audit` lists what is damaged, and `profilegate "
        "restore` restores a backup"
    )


@dataclass(eq=False)
class LoginQueueFullError(InternalError):
    """Too many logins wait for their turn; ``seconds`` later there may be a place."""

    seconds: int
    template = "too many logins at once; try again in {self.seconds} seconds"


class BodiesTooManyError(StoreUnavailableError):
    """Too many large bodies arrive at the same time; that passes soon."""

    template = "too many large bodies arrive at the same time; try again later"


@dataclass(eq=False)
class MasterKeyError(InternalError):
    """The master key is missing, unreadable, or not that of this store; or a row is damaged."""

    what: str
    template = "{self.what}"


@dataclass(eq=False)
class WorkerStartError(InternalError):
    """A process that is to serve ended with ``code`` before it served."""

    code: int
    template = "a worker ended with code {self.code} before it served; try again"


class UnexpectedError(InternalError):
    """An error that no handler expects; the log shows where, the caller sees no details."""

    template = "an unexpected error happened"
