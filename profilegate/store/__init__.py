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
- **History.** Every change of a profile, its creation first, leaves one event in the same
  transaction: who, by which door, when, from what to what. Events are chained by their hashes, so
  one that was changed, moved or taken away is found.
- **Erased is erased.** What was known of an erased profile can be read nowhere any more, in no
  table, no file and no log; only the hashes of its history stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

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
class Origin:
    """Who changes something, and by which door.

    ``door`` is a provider, or another way in (``profiles``, ``command line``); ``who`` a tenant
    or an external id; ``request_id`` is one request's alone.
    """

    door: str
    who: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Update:
    """Everything that happens, or does not happen, as one.

    ``account.id`` takes no new value, and ``account.login`` takes one by ``login`` only; the
    value that is there already is no change here as everywhere.

    ``tenant``: when given, the account must belong to it, or there is no such account.
    ``requires``: (path, wanted) pairs; the account's field must equal ``wanted`` or, being a
    list, hold it. ``origin``: without it, the account itself, by its own door.
    """

    account: AccountKey
    changes: Changes
    tenant: str | None = None
    requires: Sequence[tuple[str, object]] = ()
    login: LoginChange | None = None
    nonce: NonceUse | None = None
    origin: Origin | None = None


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
    origin: Origin | None = None
    """Without it, the account itself, by its own door."""


@dataclass(frozen=True, slots=True)
class Account:
    """A provider's account on a profile; ``fields`` are its own, ``account.id`` among them."""

    key: AccountKey
    tenant: str | None
    fields: Fields


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile behind all of its doors; ``fields`` are the shared ones.

    ``version`` is the number of changes so far, the creation among them; ``accounts`` are in the
    order of their keys.
    """

    world: str
    id: str
    version: int
    fields: Fields
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Event:
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


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a history is not what was written; ``what`` says it in a sentence."""

    profile_id: str
    version: int
    what: str


@dataclass(frozen=True, slots=True)
class Audit:
    """How many histories were verified, erased ones too, and where they are broken."""

    profiles: int
    events: int
    broken: tuple[Break, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an update would do; when it is ``locked``, as if nothing had been sent."""

    fields: Fields
    changed: dict[str, tuple[Any, Any]]
    locked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CredentialInfo:
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

    async def preview(self, update: Update) -> Preview:
        """
        What ``update`` would do. Nothing is written, no nonce is used, and locked paths are listed.

        Raises:
            AccountUnknownError, RequirementUnmetError, LoginTakenError: as ``update``.
        """
        ...

    async def confirm_login(
        self, world: str, provider: str, token: str, origin: Origin | None = None
    ) -> Fields:
        """
        Make a waiting login the account's login (``account.login``); its token is used up.

        Who opens a mailed link is not known: without a name in ``origin`` it is the account.

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

    async def put_credential(self, credential: Credential) -> str:
        """Create a credential, and tell its id; one that is there already is left as it is."""
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

    # --- The profile behind all doors -----------------------------------------------------

    async def profile(self, world: str, profile_id: str) -> Profile:
        """
        A profile by its id.

        Raises:
            ProfileUnknownError: there is none, or it is erased.
        """
        ...

    async def profile_of(self, account: AccountKey) -> Profile:
        """
        The profile that an account sees.

        Raises:
            AccountUnknownError: there is no such account.
        """
        ...

    async def profiles(self, world: str, *, after: str | None, limit: int) -> list[Profile]:
        """Profiles in the order of their ids, from the first one behind ``after``."""
        ...

    async def create_profile(self, world: str, fields: Fields, origin: Origin) -> Profile:
        """
        Make a profile that no account sees yet.

        Raises:
            FieldsLockedError: there are fields of an account among them.
        """
        ...

    async def update_profile(
        self,
        world: str,
        profile_id: str,
        changes: Changes,
        origin: Origin,
        *,
        version: int | None = None,
    ) -> Profile:
        """
        Change shared fields.

        Raises (nothing is written then):
            ProfileUnknownError: there is no such profile.
            VersionChangedError: the profile is not of this version (any more).
            FieldsLockedError: an account locks a field, or it is an account's own.
        """
        ...

    async def erase(self, world: str, profile_id: str) -> None:
        """
        Forget a profile: its fields, accounts, logins, credentials, documents and mails.

        Raises:
            ProfileUnknownError: there is no such profile.
            StoreUnavailableError: it is erased, but somebody keeps the log from being emptied;
                to erase it once more empties the log.
        """
        ...

    async def link(
        self,
        account: AccountKey,
        profile_id: str,
        origin: Origin,
        *,
        prefer: Literal["profile", "account"] | None,
    ) -> Profile:
        """
        Let an account see another profile, and bring along what only its old profile has.

        Where both have a value and not the same, ``prefer`` says whose stays. The old profile is
        erased if no account is left there; its documents come along then, archived ones too, and
        so do its mails.

        Raises (nothing is written then):
            AccountUnknownError, ProfileUnknownError: there is no such account or profile.
            LinkConflictError: values differ, and ``prefer`` is None.
            FieldsLockedError: a field would change that an account of the profile locks, or that
                the joining account locks.
        """
        ...

    async def unlink(self, account: AccountKey, origin: Origin) -> Profile:
        """
        Let an account leave with a copy of its profile, contents of documents included.

        The old profile stays, even without any account. Gives back the new one.

        Raises:
            AccountUnknownError: there is no such account.
        """
        ...

    # --- History --------------------------------------------------------------------------

    async def history(
        self, world: str, profile_id: str, *, after: int = 0, limit: int = 100
    ) -> list[Event]:
        """
        A profile's events, oldest first, from the first one behind version ``after``.

        Raises:
            ProfileUnknownError: there is no such profile.
        """
        ...

    async def profile_at(self, world: str, profile_id: str, at: datetime) -> Fields:
        """
        The shared fields as they were at a time.

        Raises:
            ProfileUnknownError: there is no such profile, or there was none yet.
        """
        ...

    async def undo(self, world: str, profile_id: str, version: int, origin: Origin) -> Profile:
        """
        Set what an event changed back to what it was before, as a new change.

        An account that joined or left is not brought back by this: ``account.id`` is locked.

        Raises (nothing is written then):
            ProfileUnknownError, EventUnknownError: there is no such profile or event.
            UndoConflictError: a later event changed one of the fields, or the account has left.
            FieldsLockedError: an account locks a field.
        """
        ...

    async def audit(self, world: str) -> Audit:
        """Verify every history, and that replaying it gives the profile as it is."""
        ...

    # --- Credentials, exports -------------------------------------------------------------

    async def credentials(self, world: str, *, provider: str | None = None) -> list[CredentialInfo]:
        """All credentials that somebody has, oldest first."""
        ...

    async def revoke_credential_by_id(self, world: str, credential_id: str) -> None:
        """
        From now on nobody has this credential.

        Raises:
            CredentialIdUnknownError: nobody has it anyway.
        """
        ...

    async def export_profile(self, world: str, profile_id: str) -> dict[str, Any]:
        """
        A profile as plain JSON, with its accounts and the contents of its documents; without
        credentials and history.

        Raises:
            ProfileUnknownError: there is no such profile.
        """
        ...

    async def import_profile(self, world: str, document: dict[str, Any]) -> bool:
        """
        Make the profile that was exported; False if it is here already, just so.

        Raises (nothing is written then):
            BodyUnreadableError: this is no export.
            ImportConflictError: the profile or one of its accounts is here with other values, or
                was erased.
        """
        ...

    async def close(self) -> None:
        """Finish what is waiting and let go of everything."""
        ...
