"""What a store must do, and what it promises.

Promises, each tested on every backend:

- **All or nothing.** An update happens whole or not at all; a rejected one leaves no trace.
- **Durable before the response.** When a call that writes returns, the change survives
  ``kill -9`` and a power cut.
- **One at a time.** Updates of one profile are decided one after another, each on the
  result of the one before; none is lost.
- **Sealed.** What is personal is encrypted at rest under a key of the profile's own, itself
  wrapped by the master key. Logins and credentials can be looked up only through keyed digests.
  Namespaces, providers, tenants, external ids and times stand there to be read.
- **Copies.** What a store gives out is the caller's own; changing it changes nothing here.
- **Namespaces never meet.** Every call is about one namespace.
- **History.** Every change of a profile, its creation first, leaves one event in the same
  transaction: who, through which channel, when, from what to what. Events are chained by their
  hashes, so
  one that was changed, moved or taken away is found.
- **Erased is erased.** What was known of an erased profile can be read nowhere any more, in no
  table, no file and no log; only the hashes of its history stay.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Protocol

from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.store.records import (
    DEFAULT_NAMESPACE,
    Account,
    AccountKey,
    Audit,
    Break,
    Credential,
    CredentialInfo,
    CredentialKey,
    Event,
    LoginChange,
    Mail,
    NewAccount,
    NonceUse,
    Origin,
    OutgoingMail,
    Preview,
    Profile,
    Update,
)

__all__ = [
    "DEFAULT_NAMESPACE",
    "Account",
    "AccountKey",
    "Audit",
    "Break",
    "Credential",
    "CredentialInfo",
    "CredentialKey",
    "Event",
    "LoginChange",
    "Mail",
    "NewAccount",
    "NonceUse",
    "Origin",
    "OutgoingMail",
    "Preview",
    "Profile",
    "Store",
    "Update",
]


class Store(Protocol):
    """A durable store of profiles; ``rules`` are the providers' locks, by provider."""

    rules: Mapping[str, LockRules]

    async def credential(self, key: CredentialKey) -> Credential | None:
        """The credential, or None if nobody has it, or has it any longer."""
        ...

    async def account(self, key: AccountKey, tenant: str | None = None) -> Fields:
        """
        The profile as this account's provider may see it: all shared fields and the account's own
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
        self, namespace: str, provider: str, token: str, origin: Origin | None = None
    ) -> Fields:
        """
        Make a waiting login the account's login (``account.login``); its token is used up.

        Who opens a mailed link is not known: without a name in ``origin`` it is the account.

        Raises:
            LoginLinkUnknownError: no change was ever mailed with this token.
            LoginLinkInvalidError: it is used, replaced, or past ``expires_at``.
            StoreUnavailableError: the store takes no writes.
        """
        ...

    async def create(self, new: NewAccount) -> Fields:
        """
        Create an account, and its profile unless it is linked to one that exists; give back the
        fields afterwards, as ``account`` does.

        An account that is there already is left as it is (so loading a namespace twice is once),
        unless it must be new.

        Raises (nothing is written then):
            AccountExistsError: it must be new and is there already.
            AccountUnknownError: there is no account ``profile_of`` in this namespace.
            NonceNotIncreasingError: the nonce is not above the credential's last one.
            FieldsLockedError: the linked profile's locks reject a new value.
            LoginTakenError: another account of this provider has the login, or waits for it.
            ReferenceTakenError: another account of this tenant has the reference.
            StoreUnavailableError: the store takes no writes.
        """
        ...

    async def account_of_login(self, namespace: str, provider: str, login: str) -> str | None:
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

    async def mails(self, namespace: str, *, unsent_only: bool = False) -> list[Mail]:
        """The outbox, oldest first."""
        ...

    async def mark_mail(self, mail_id: int, *, sent: bool) -> None:
        """Count an attempt; with ``sent``, the mail is done."""
        ...

    # --- The profile behind all providers -----------------------------------------------------

    async def profile(self, namespace: str, profile_id: str) -> Profile:
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

    async def profiles(self, namespace: str, *, after: str | None, limit: int) -> list[Profile]:
        """Profiles in the order of their ids, from the first one behind ``after``."""
        ...

    async def create_profile(self, namespace: str, fields: Fields, origin: Origin) -> Profile:
        """
        Make a profile that no account sees yet.

        Raises:
            FieldsLockedError: there are fields of an account among them.
        """
        ...

    async def update_profile(
        self,
        namespace: str,
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

    async def erase(self, namespace: str, profile_id: str) -> None:
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
        self, namespace: str, profile_id: str, *, after: int = 0, limit: int = 100
    ) -> list[Event]:
        """
        A profile's events, oldest first, from the first one behind version ``after``.

        Raises:
            ProfileUnknownError: there is no such profile.
        """
        ...

    async def profile_at(self, namespace: str, profile_id: str, at: datetime) -> Fields:
        """
        The shared fields as they were at a time.

        Raises:
            ProfileUnknownError: there is no such profile, or there was none yet.
        """
        ...

    async def undo(self, namespace: str, profile_id: str, version: int, origin: Origin) -> Profile:
        """
        Set what an event changed back to what it was before, as a new change.

        An account that joined or left is not brought back by this: ``account.id`` is locked.

        Raises (nothing is written then):
            ProfileUnknownError, EventUnknownError: there is no such profile or event.
            UndoConflictError: a later event changed one of the fields, or the account has left.
            FieldsLockedError: an account locks a field.
        """
        ...

    async def audit(self, namespace: str) -> Audit:
        """Verify every history, and that replaying it gives the profile as it is."""
        ...

    # --- Credentials, exports -------------------------------------------------------------

    async def credentials(
        self, namespace: str, *, provider: str | None = None
    ) -> list[CredentialInfo]:
        """All credentials that somebody has, oldest first."""
        ...

    async def revoke_credential_by_id(self, namespace: str, credential_id: str) -> None:
        """
        From now on nobody has this credential.

        Raises:
            CredentialIdUnknownError: nobody has it anyway.
        """
        ...

    async def export_profile(self, namespace: str, profile_id: str) -> dict[str, Any]:
        """
        A profile as plain JSON, with its accounts and the contents of its documents; without
        credentials and history.

        Raises:
            ProfileUnknownError: there is no such profile.
        """
        ...

    async def import_profile(self, namespace: str, document: dict[str, Any]) -> bool:
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
