"""What a store must do, and what it promises.

Promises, each tested on every backend:

- **All or nothing.** An update happens whole or not at all; a refused one leaves no trace.
- **Durable before the answer.** When a call that writes returns, the change survives
  ``kill -9`` and a power cut.
- **One at a time.** Updates of one profile are decided one after another, each on the
  result of the one before; none is lost.
- **Sealed.** What is personal is encrypted at rest under a key of the profile's own, itself
  wrapped by the master key. Logins and credentials can be looked up only through keyed digests.
  Worlds, providers, tenants, external ids and times stand there to be read.
- **Copies.** What a store gives out is the caller's own; changing it changes nothing here.
- **Worlds never meet.** Every call is about one world.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from profilegate.profile.rules import Changes, DoorRules, Fields

DEFAULT_WORLD = "default"


class AccountKey(NamedTuple):
    """One provider's account: ``external_id`` is the provider's own name for it."""

    world: str
    provider: str
    external_id: str


@dataclass(frozen=True, slots=True)
class CredentialKey:
    """How a credential is found: its provider, its kind, and the text by which it is looked up.

    ``text`` is what the caller sends: a public id (``demo-client``, an API key) or the secret
    itself where a provider has nothing else (a Navixy hash, a Diadoc token).
    """

    world: str
    provider: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Credential:
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


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that waits in the outbox, or was sent. Times are UTC."""

    id: int
    to: str
    subject: str
    text: str
    created_at: datetime
    sent_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be put into the outbox together with an update."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class LoginChange:
    """A new login that waits until its mailed link is opened.

    It replaces an older waiting change of the same account, whose token is dead from then on.
    Until ``expires_at`` nobody else gets the login; after it, whoever asks first.
    A login equal to the present one (without regard to case) is no change: nothing waits, no
    mail is written, and an older waiting change stays as it is.
    """

    login: str
    token: str
    expires_at: datetime
    mail: Draft


@dataclass(frozen=True, slots=True)
class NonceUse:
    """A nonce that is accepted together with what it came with, or not at all.

    0 < value < 2**64.
    """

    credential: CredentialKey
    value: int


@dataclass(frozen=True, slots=True)
class Update:
    """Everything that happens, or does not happen, as one.

    ``account.id`` takes no new value, and ``account.login`` takes one by ``login`` only; the
    value that is there already is no change here as everywhere.

    ``tenant``: when given, the account must belong to it, or there is no such account.
    ``requires``: (path, wanted) pairs; the account's field must equal ``wanted`` or, being a
    list, hold it.
    """

    account: AccountKey
    changes: Changes
    tenant: str | None = None
    requires: Sequence[tuple[str, object]] = ()
    login: LoginChange | None = None
    nonce: NonceUse | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be created, with its profile's first fields (``account.…`` among them).

    Documents among them come as an update sends them: without ids, with their contents.
    """

    account: AccountKey
    fields: Fields
    tenant: str | None = None
    nonce: NonceUse | None = None
    profile_of: AccountKey | None = None
    """Link to the profile of this account, in the same world, instead of making a new profile.

    Shared fields among ``fields`` are then written as an update would write them.
    """
    must_be_new: bool = False
    """Refuse an account that is there already, instead of leaving it as it is."""
    reference: str | None = None
    """The tenant's own name for the account, which none of its other accounts may have."""


class Store(Protocol):
    """A durable store of profiles; ``rules`` are the doors' locks, by provider."""

    rules: Mapping[str, DoorRules]

    async def credential(self, key: CredentialKey) -> Credential | None:
        """The credential, or None if nobody has it, or has it any longer."""
        ...

    async def account(self, key: AccountKey, tenant: str | None = None) -> Fields:
        """
        The profile as this account's door may see it: all shared fields and the account's own
        (``account.id`` is always there).

        Raises:
            AccountUnknownError: there is none, or it belongs to another tenant.
        """
        ...

    async def update(self, update: Update) -> Fields:
        """
        Apply an update durably and give back the fields afterwards, as ``account`` does.

        Raises (nothing is written then):
            AccountUnknownError: there is no such account, or it is another tenant's.
            NonceNotIncreasingError: the nonce is not above the credential's last one, or the
                credential is gone.
            RequirementUnmetError: the account lacks what ``requires`` asks for.
            FieldsLockedError: locked fields would get new values (locks of *every* account
                that is linked to the profile hold).
            LoginTakenError: another account of this provider has the login, or waits for it.
            StoreUnavailableError: the store takes no writes.
        """
        ...

    async def confirm_login(self, world: str, provider: str, token: str) -> Fields:
        """
        Make a waiting login the account's login (``account.login``); its token is used up.

        Raises:
            LoginLinkUnknownError: no change was ever mailed with this token.
            LoginLinkDeadError: it is used, replaced, or past ``expires_at``.
            StoreUnavailableError: the store takes no writes.
        """
        ...

    async def create(self, new: NewAccount) -> Fields:
        """
        Create an account, and its profile unless it is linked to one that exists; give back the
        fields afterwards, as ``account`` does.

        An account that is there already is left as it is (so loading a world twice is once),
        unless it must be new.

        Raises (nothing is written then):
            AccountExistsError: it must be new and is there already.
            AccountUnknownError: there is no account ``profile_of`` in this world.
            NonceNotIncreasingError: the nonce is not above the credential's last one.
            FieldsLockedError: the linked profile's locks refuse a new value.
            LoginTakenError: another account of this provider has the login, or waits for it.
            ReferenceTakenError: another account of this tenant has the reference.
            StoreUnavailableError: the store takes no writes.
        """
        ...

    async def account_of_login(self, world: str, provider: str, login: str) -> str | None:
        """The external id of the account that has a login, without regard to case, or None."""
        ...

    async def put_credential(self, credential: Credential) -> None:
        """Create a credential; one that is there already is left as it is."""
        ...

    async def renew_credential(self, key: CredentialKey, expires_at: datetime) -> None:
        """Let a credential live until another time; one that nobody has stays so."""
        ...

    async def revoke_credential(self, key: CredentialKey) -> None:
        """From now on nobody has this credential."""
        ...

    async def use_nonce(self, nonce: NonceUse) -> None:
        """
        Accept a nonce by itself, for a request that changes nothing else.

        Raises:
            NonceNotIncreasingError: the nonce is not above the credential's last one.
        """
        ...

    async def mails(self, world: str, *, unsent_only: bool = False) -> list[Mail]:
        """The outbox, oldest first."""
        ...

    async def mark_mail(self, mail_id: int, *, sent: bool) -> None:
        """Count an attempt; with ``sent``, the mail is done."""
        ...

    async def close(self) -> None:
        """Finish what is waiting and let go of everything."""
        ...
