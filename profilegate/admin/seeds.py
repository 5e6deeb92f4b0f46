"""Seeds: people, their accounts and credentials, put into a namespace in one transaction."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec

from profilegate.admin.context import Admin
from profilegate.admin.seed_checks import seed_violations
from profilegate.admin.validation import reject_invalid
from profilegate.gateway.passwords import digest_password, password_key
from profilegate.gateway.provisioning import AccountPolicy, CredentialIssuer, Holder, new_login
from profilegate.profile.fields import ACCOUNT_LOGIN, Fields
from profilegate.profile.private import Private
from profilegate.store import (
    AccountKey,
    Credential,
    CredentialKey,
    NewAccount,
    Session,
    accounts,
    credentials,
    profiles,
)

TENANT = "tenant"
"""The tenant of what belongs to one, where a seed names none."""

DIGESTS_KEPT_MAX = 64
"""Different passwords whose digests are kept: one takes 17 ms, and tests use few passwords."""


class SeedCredential(Private, frozen=True):
    """A credential; without a text it is generated."""

    kind: str | None = None
    text: str | None = None
    secret: str | None = None
    secret_base64: str | None = None
    provider: str = ""
    tenant: str | None = None


class SeedAccount(Private, frozen=True):
    """An account at a provider, with its own fields; without an id it gets one."""

    provider: str
    id: str | None = None
    tenant: str | None = None
    reference: str | None = None
    fields: Fields = msgspec.field(default_factory=dict)
    credentials: tuple[SeedCredential, ...] = ()
    password: str | None = None


class SeedPerson(Private, frozen=True):
    """A person: the fields of one profile, and accounts that share it."""

    fields: Fields = msgspec.field(default_factory=dict)
    accounts: tuple[SeedAccount, ...] = ()


class Seed(Private, frozen=True):
    """What fills a namespace; ``read_seed`` makes it of a document that it has validated."""

    credentials: tuple[SeedCredential, ...] = ()
    people: tuple[SeedPerson, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class LoadedCredential:
    """A credential that was generated; ``shown`` are its secrets, which the caller sees once."""

    provider: str
    kind: str
    holder: str | None
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a seed became: the keys of its accounts in their order, and what was generated."""

    accounts: list[AccountKey] = field(default_factory=list)
    credentials: list[LoadedCredential] = field(default_factory=list)


def read_seed(admin: Admin, document: Any) -> Seed:
    """
    The seed in a document.

    Raises:
        InvalidFieldsError: it breaks the rules of a seed or of a provider; all violations.
    """
    reject_invalid(seed_violations(document, admin.providers))
    return msgspec.convert(document, Seed)


async def is_empty(admin: Admin) -> bool:
    """Whether the namespace has neither profiles nor credentials."""
    known = await admin.store.read(credentials.page, admin.namespace, limit=1)
    found = await admin.store.read(profiles.page, admin.namespace, limit=1)
    return not known and not found.profiles and not found.damaged


async def load(admin: Admin, seed: Seed) -> Loaded:
    """
    Put a seed into the namespace; leave accounts and credentials that exist already as they are.

    What has neither an id nor a text is generated each time.

    Raises (nothing is written then):
        LoginTakenError, ReferenceTakenError, FieldsLockedError: as ``store.accounts.create``.
    """
    return await admin.store.write(_load, admin, seed)


def _load(session: Session, admin: Admin, seed: Seed) -> Loaded:
    loaded = Loaded()
    for credential in seed.credentials:
        _put_credential(session, admin, credential, loaded)
    for person in seed.people:
        if not person.accounts:
            profiles.create(session, admin.namespace, person.fields, admin.origin)
        first: AccountKey | None = None
        for account in person.accounts:
            shared = person.fields if first is None else {}
            key = _put_account(session, admin, account, shared, first)
            first = first or key
            for credential in account.credentials:
                owned = msgspec.structs.replace(credential, provider=key.provider)
                _put_credential(session, admin, owned, loaded, key)
            loaded.accounts.append(key)
    return loaded


def _put_account(
    session: Session, admin: Admin, account: SeedAccount, shared: Fields, first: AccountKey | None
) -> AccountKey:
    policy = admin.policy(account.provider)
    key = admin.account_key(account.provider, account.id or policy.new_id(session.random_bytes))
    new = NewAccount(
        key,
        {**shared, **_own_fields(session, policy, account)},
        (account.tenant or TENANT) if policy.has_tenant else None,
        profile_of=first,
        reference=account.reference,
        origin=admin.origin,
    )
    accounts.create(session, new)
    if account.password is not None:
        _put_password(session, key, account.password)
    return key


def _own_fields(session: Session, policy: AccountPolicy, account: SeedAccount) -> Fields:
    own = {**policy.default_fields, **account.fields}
    if own.get(ACCOUNT_LOGIN, "") is None:
        own[ACCOUNT_LOGIN] = new_login(session.random_bytes)
    return own


def _put_password(session: Session, account: AccountKey, password: str) -> None:
    key = password_key(account)
    if credentials.find(session, key) is None:
        secret = _digest(password)
        credentials.put(session, Credential(key, external_id=account.external_id, secret=secret))


@lru_cache(DIGESTS_KEPT_MAX)
def _digest(password: str) -> bytes:
    return digest_password(password)


def _put_credential(
    session: Session,
    admin: Admin,
    credential: SeedCredential,
    loaded: Loaded,
    account: AccountKey | None = None,
) -> None:
    issuer = _issuer(admin.policy(credential.provider), credential, account)
    tenant = (credential.tenant or TENANT) if issuer.holder == "tenant" else None
    external_id = account.external_id if account else None
    text, secret = credential.text, _secret(credential)
    if text is None:
        issued = issuer.issue(session.random_bytes)
        text, secret = issued.text, issued.secret
        loaded.credentials.append(
            LoadedCredential(credential.provider, issuer.kind, tenant or external_id, issued.shown)
        )
    key = CredentialKey(admin.namespace, credential.provider, issuer.kind, text)
    credentials.put(session, Credential(key, tenant, external_id, secret))


def _issuer(
    policy: AccountPolicy, credential: SeedCredential, account: AccountKey | None
) -> CredentialIssuer:
    holders: Sequence[Holder] = ("tenant", "nobody") if account is None else ("account",)
    possible = [each for each in policy.issuers if each.holder in holders]
    return next(each for each in possible if credential.kind in (None, each.kind))


def _secret(credential: SeedCredential) -> bytes | None:
    if credential.secret_base64 is not None:
        return base64.b64decode(credential.secret_base64)
    return None if credential.secret is None else credential.secret.encode()
