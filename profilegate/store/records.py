"""Records: what goes into a store, and what comes out of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

from profilegate.profile.fields import Changes, Fields

DEFAULT_NAMESPACE = "default"


class AccountKey(NamedTuple):
    """One provider's account: ``external_id`` is the provider's own name for it."""

    namespace: str
    provider: str
    external_id: str


class CredentialKey(Struct, frozen=True):
    """How a credential is found: its provider, its kind, and the text by which it is looked up.

    ``text`` is what the caller sends: a public id (``demo-client``, an API key) or the secret
    itself where a provider has nothing else (a Navixy hash, a Diadoc token).
    """

    namespace: str
    provider: str
    kind: str
    text: str


class Credential(Struct, frozen=True):
    """Who calls: a tenant (Machnet client, Kraken partner) or one account, or just a known client.

    ``secret`` is what signatures or secrets are compared with (None where the looked-up text
    is itself the secret); ``nonce`` the last accepted one, 0 before the first; from
    ``expires_at`` on nobody has it (None: it does not end).
    """

    key: CredentialKey
    tenant: str | None = None
    external_id: str | None = None
    secret: bytes | None = None
    nonce: int = 0
    expires_at: datetime | None = None


class Mail(Struct, frozen=True):
    """A mail that waits in the outbox, or was sent. Times are UTC."""

    id: int
    to: str
    subject: str
    text: str
    created_at: datetime
    sent_at: datetime | None = None
    attempts: int = 0


class OutgoingMail(Struct, frozen=True):
    """A mail to be put into the outbox together with an update."""

    to: str
    subject: str
    text: str


class LoginChange(Struct, frozen=True):
    """A new login that waits until its mailed link is opened.

    It replaces an older waiting change of the same account, whose token is dead from then on.
    Until ``expires_at`` nobody else gets the login; after it, whoever asks first.
    A login equal to the present one (without regard to case) is no change: nothing waits, no
    mail is written, and an older waiting change stays as it is.
    """

    login: str
    token: str
    expires_at: datetime
    mail: OutgoingMail


class NonceUse(Struct, frozen=True):
    """A nonce that is accepted together with what it came with, or not at all.

    0 < value < 2**64.
    """

    credential: CredentialKey
    value: int


class Origin(Struct, frozen=True):
    """Who changes something, and through which channel.

    ``provider`` is a provider, or another way in (``profiles``, ``command line``); ``who`` a tenant
    or an external id; ``request_id`` is one request's alone.
    """

    context: str
    who: str
    request_id: str


class Update(Struct, frozen=True):
    """Everything that happens, or does not happen, as one.

    ``account.id`` takes no new value, and ``account.login`` takes one by ``login`` only; the
    value that is there already is no change here as everywhere.

    ``tenant``: when given, the account must belong to it, or there is no such account.
    ``requires``: (path, wanted) pairs; the account's field must equal ``wanted`` or, being a
    list, hold it. ``origin``: without it, the account itself, through its own provider API.
    """

    account: AccountKey
    changes: Changes
    tenant: str | None = None
    requires: Sequence[tuple[str, object]] = ()
    login: LoginChange | None = None
    nonce: NonceUse | None = None
    origin: Origin | None = None


class NewAccount(Struct, frozen=True):
    """An account to be created, with its profile's first fields (``account.…`` among them).

    Documents among them come as an update sends them: without ids, with their contents.
    """

    account: AccountKey
    fields: Fields
    tenant: str | None = None
    nonce: NonceUse | None = None
    profile_of: AccountKey | None = None
    """Link to the profile of this account, in the same namespace, instead of making a new profile.

    Shared fields among ``fields`` are then written as an update would write them.
    """
    must_be_new: bool = False
    """Reject an account that is there already, instead of leaving it as it is."""
    reference: str | None = None
    """The tenant's own name for the account, which none of its other accounts may have."""
    origin: Origin | None = None
    """Without it, the account itself, through its own provider API."""


class Account(Struct, frozen=True):
    """A provider's account on a profile; ``fields`` are its own, ``account.id`` among them."""

    key: AccountKey
    tenant: str | None
    fields: Fields


class Profile(Struct, frozen=True):
    """A profile behind all of its providers; ``fields`` are the shared ones.

    ``version`` is the number of changes so far, the creation among them; ``accounts`` are in the
    order of their keys.
    """

    namespace: str
    id: str
    version: int
    fields: Fields
    accounts: tuple[Account, ...]


class Event(Struct, frozen=True):
    """One change of a profile, which made it this ``version``.

    ``changes`` tells for each path its value before and after (None: there was, or is, none).
    An account's own paths carry its provider, ``machnet:account.status``, and ``account`` is
    that account: an event touches the own fields of one at most. An account that joins or leaves
    the profile is a change of its ``account.id``.
    """

    version: int
    at: datetime
    origin: Origin
    changes: dict[str, tuple[Any, Any]]
    hash: bytes
    account: AccountKey | None = None


class Break(Struct, frozen=True):
    """A place where a history is not what was written; ``what`` says it in a sentence."""

    profile_id: str
    version: int
    what: str


class Audit(Struct, frozen=True):
    """How many histories were verified, erased ones too, and where they are broken."""

    profiles: int
    events: int
    broken: tuple[Break, ...]


class Preview(Struct, frozen=True):
    """What an update would do; when it is ``locked``, as if nothing had been sent."""

    fields: Fields
    changed: dict[str, tuple[Any, Any]]
    locked: tuple[str, ...]


class CredentialInfo(Struct, frozen=True):
    """A credential, to be shown: not what it is, but whose and since when.

    ``created_at`` is None for one that is older than this record of it.
    """

    id: str
    provider: str
    kind: str
    tenant: str | None
    external_id: str | None
    created_at: datetime | None
    expires_at: datetime | None
