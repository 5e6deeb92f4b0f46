"""Records: the values that callers give to the store, and those that it returns."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final, NamedTuple

from msgspec import Struct

from profilegate.errors import AccountUnknownError
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.private import Private
from profilegate.profile.text_forms import SentForm
from profilegate.store.vault import Box

DEFAULT_NAMESPACE: Final = "default"


class AnyTenant(Enum):
    """The type of ``ANY_TENANT``."""

    ANY_TENANT = "any tenant"


ANY_TENANT: Final = AnyTenant.ANY_TENANT
"""Passed in place of a tenant by the admin actions, which may see every account."""

Tenant = str | AnyTenant | None
"""The tenant that a caller acts for. None matches only accounts that belong to no tenant."""


class AccountKey(NamedTuple):
    """One provider's account: ``external_id`` is the provider's own id for it."""

    namespace: str
    provider: str
    external_id: str

    def __repr__(self) -> str:
        return f"AccountKey({self.provider!r}, …)"


class CredentialKey(Private, frozen=True):
    """The key of a credential: its provider, its kind, and the text that a caller sends.

    ``text`` is a public id (``demo-client``, an API key), or the secret itself if the credential
    has no id (a Navixy hash, a Diadoc token).
    """

    namespace: str
    provider: str
    kind: str
    text: str


class Credential(Private, frozen=True):
    """A credential of a tenant (Machnet client, Kraken partner), of an account, or of a client.

    ``secret`` verifies signatures, or equals what a caller sends (None if the text is the secret);
    ``nonce`` is the largest accepted one, 0 before the first; smaller ones are accepted within the
    ``nonce_window`` below it, each once. From ``expires_at`` on the credential is unknown (None: it
    does not expire).
    """

    key: CredentialKey
    tenant: str | None = None
    external_id: str | None = None
    secret: bytes | None = None
    nonce: int = 0
    nonce_window: int = 0
    expires_at: datetime | None = None


class CredentialInfo(Private, frozen=True):
    """The public facts of a credential: its holder and its times, never its text or secret.

    ``last_nonce`` is the largest accepted nonce, 0 before the first.
    ``created_at`` is None for a credential of an older version, which did not record it. Of a
    ``damaged`` one the holder is not known.
    """

    id: str
    provider: str
    kind: str
    tenant: str | None
    external_id: str | None
    created_at: datetime | None
    expires_at: datetime | None
    last_nonce: int = 0
    nonce_window: int = 0
    damaged: bool = False


class OutgoingMail(Private, frozen=True):
    """A mail that an update puts into the outbox, in the same transaction."""

    to: str
    subject: str
    text: str


class Mail(Private, frozen=True):
    """A mail in the outbox; times are UTC.

    ``attempts`` counts all hand-overs to a mail server, ``rejections`` those that the server
    rejected for good (SMTP 5xx). ``next_attempt_at`` is None for a mail that was sent or given up.
    Of a ``damaged`` mail, address, subject and text are empty.
    """

    id: str
    to: str
    subject: str
    text: str
    created_at: datetime
    sent_at: datetime | None = None
    attempts: int = 0
    rejections: int = 0
    next_attempt_at: datetime | None = None
    damaged: bool = False


class LoginChange(Private, frozen=True):
    """A new login that is pending until its owner opens the mailed link, which has ``token``.

    It replaces an older pending login of the same account, and invalidates its token. Until
    ``expires_at`` no other account gets the login. A login equal to the present one
    (case-insensitive) is not a change: the store ignores it and sends no mail.
    """

    login: str
    token: str
    expires_at: datetime
    mail: OutgoingMail


class NonceUse(Private, frozen=True):
    """A nonce that the store accepts in the same transaction as the request's own change.

    0 < ``value`` < 2**64; ``window`` is that of the credential.
    """

    credential: CredentialKey
    value: int
    window: int = 0

    def is_below(self, last: int) -> bool:
        """Whether it is too small, after the largest accepted nonce."""
        return self.value + self.window <= last


class Origin(Private, frozen=True):
    """Who changes something, and through which channel.

    ``channel`` is a provider, ``profiles`` (the admin API), ``inspector`` (its page) or ``command
    line``; ``who`` is a tenant or an external id; ``request_id`` names one request. A list in
    ``events`` gets the id of the profile and its version for each event that the request adds to a
    history.
    """

    channel: str
    who: str
    request_id: str
    events: list[tuple[str, int]] | None = None


class Update(Private, frozen=True):
    """One update of an account and its profile; the store applies all of it, or nothing.

    ``account.id`` never changes, and ``account.login`` changes only through ``login``; the present
    value of either is not a change.

    ``tenant``: the account must belong to it, otherwise it is unknown. ``requires``: (path, wanted)
    pairs; the account's field must equal ``wanted`` or, if it is a list, contain it. ``forms``: the
    forms that the texts in ``changes`` must have. ``origin``: None for the account itself through
    its provider's API.
    """

    account: AccountKey
    changes: Changes
    tenant: Tenant = None
    requires: Sequence[tuple[str, object]] = ()
    forms: Sequence[SentForm] = ()
    login: LoginChange | None = None
    nonce: NonceUse | None = None
    origin: Origin | None = None


class NewAccount(Private, frozen=True):
    """An account to create, with its own fields (``account.…``) and shared ones.

    Documents have their contents and no ids, as in an update.

    ``profile_of`` links the account to the profile of another account of the same namespace,
    ``profile_id`` to the profile with this id; the shared fields then update that profile. Without
    either the account gets a new profile. ``must_be_new``: an account that exists already is an
    error; otherwise it stays as it is. ``reference`` is the tenant's own name for the account,
    unique within the tenant. ``origin``: None for the account itself.
    """

    account: AccountKey
    fields: Fields
    tenant: str | None = None
    nonce: NonceUse | None = None
    profile_of: AccountKey | None = None
    profile_id: str | None = None
    must_be_new: bool = False
    reference: str | None = None
    origin: Origin | None = None


class ChainHead(Struct, frozen=True, eq=False):
    """The end of a profile's history: the version and the hash of the last event.

    ``box`` is the key of the profile.
    """

    namespace: str
    profile_id: str
    box: Box
    version: int
    hash: bytes

    def __eq__(self, other: object) -> bool:
        # The hash covers everything before it; a key has no value to compare.
        return isinstance(other, ChainHead) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[str, str, int, bytes]:
        return self.namespace, self.profile_id, self.version, self.hash


class AccountRecord(Private, frozen=True):
    """A provider's account on a profile.

    ``fields`` are its own fields, ``account.id`` among them; ``digest`` finds its row;
    ``reference`` is the tenant's own name for it.
    """

    key: AccountKey
    digest: bytes
    tenant: str | None
    reference: str | None
    fields: Fields


class ProfileRecord(Private, frozen=True):
    """A profile with all of its accounts; ``fields`` are the shared ones.

    Accounts are in the order of their keys.
    """

    head: ChainHead
    fields: Fields
    accounts: tuple[AccountRecord, ...]

    @property
    def namespace(self) -> str:
        """The namespace of the profile."""
        return self.head.namespace

    @property
    def id(self) -> str:
        """The id of the profile, a UUID."""
        return self.head.profile_id

    @property
    def version(self) -> int:
        """The number of changes so far, the creation among them."""
        return self.head.version

    def account(self, key: AccountKey) -> AccountRecord:
        """
        One of the accounts.

        Raises:
            AccountUnknownError: the profile has no such account.
        """
        for account in self.accounts:
            if account.key == key:
                return account
        raise AccountUnknownError


class ProfilePage(Private, frozen=True):
    """Some profiles, in the order of their ids.

    ``damaged`` are the ids of profiles in between that cannot be read; the next page begins after
    the id ``next`` (None: there is no next page).
    """

    profiles: list[ProfileRecord]
    damaged: list[str]
    next: str | None


class ExportPage(Private, frozen=True):
    """Some exported profiles; ``damaged`` and ``next`` as in a ``ProfilePage``."""

    documents: list[dict[str, Any]]
    damaged: list[str]
    next: str | None


class Event(Private, frozen=True):
    """One change of a profile, which made it this ``version``.

    ``changes`` holds for each path its value before and after (None: there was, or is, none).
    An account's own paths carry its provider, ``machnet:account.status``, and ``account`` is
    that account: an event touches the own fields of at most one. An account that joins or leaves
    the profile is a change of its ``account.id``.
    """

    version: int
    at: datetime
    origin: Origin
    changes: dict[str, tuple[Any, Any]]
    hash: bytes
    account: AccountKey | None = None


class Break(Struct, frozen=True):
    """A place where a history is broken; ``what`` describes how, in a sentence."""

    profile_id: str
    version: int
    what: str


class Damage(Struct, frozen=True):
    """Something damaged: a row of a table, a whole table (``row`` is empty), or a page.

    ``row`` is the row's key: ids and keyed digests, never personal data.
    """

    table: str
    row: str
    what: str


class Audit(Struct, frozen=True):
    """The result of an audit.

    The numbers of verified profiles and events, the places where histories are broken, and the
    damaged rows of all tables.
    """

    profiles: int
    events: int
    broken: tuple[Break, ...]
    damaged: tuple[Damage, ...] = ()


class Backup(Struct, frozen=True):
    """A verified backup: its numbers of profiles and events, and the fingerprint of its key."""

    profiles: int
    events: int
    fingerprint: str


class Rotation(Struct, frozen=True):
    """A finished rotation of the master key, to the one with ``fingerprint``.

    ``old_key_file`` keeps the old key (None: an earlier run wrote it, or the key file is
    read-only); ``holds_old_key``: the key file still has the old key, as its second line.
    ``rows`` were visited; ``damaged`` ones do not open, and stay as they were.
    """

    fingerprint: str
    old_key_file: Path | None
    holds_old_key: bool
    is_continued: bool
    rows: int
    damaged: int


class Preview(Private, frozen=True):
    """The result of a dry-run update: the fields after it, and the values before and after.

    If fields are locked, only ``locked`` and ``lock_reason`` describe the update.
    """

    fields: Fields
    changed: Mapping[str, tuple[Any, Any]]
    locked: tuple[str, ...]
    lock_reason: str = ""
