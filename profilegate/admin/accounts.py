"""Account actions: create, link, unlink, update, and give a password."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from profilegate.admin.context import Admin
from profilegate.admin.validation import (
    own_field_violations,
    password_violations,
    reject_invalid,
    shared_violations,
    tenant_violations,
    type_violations,
)
from profilegate.errors import AccountUnknownError, Violation
from profilegate.gateway.gateway import ProviderDescription
from profilegate.gateway.passwords import digest_password, password_key
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.profile.fields import ACCOUNT_PREFIX, Changes, Fields
from profilegate.store import (
    ANY_TENANT,
    AccountKey,
    Credential,
    ProfileRecord,
    Session,
    Update,
    accounts,
    credentials,
    linking,
    rows,
)
from profilegate.store import NewAccount as AccountToCreate
from profilegate.store.linking import Prefer


@dataclass(frozen=True, slots=True, repr=False)
class NewAccount:
    """An account to create, on the profile ``profile_id`` or, without one, on a new profile.

    ``fields`` are its own fields (``account.…``) and shared ones, which update the profile.
    """

    provider: str
    external_id: str
    tenant: str | None = None
    profile_id: str | None = None
    fields: Fields = field(default_factory=dict)


async def create(admin: Admin, new: NewAccount) -> ProfileRecord:
    """
    Create an account and return the profile that it belongs to.

    Raises (nothing is written then):
        InvalidFieldsError: fields break the provider's rules for accounts; all violations.
        AccountExistsError, ProfileUnknownError, FieldsLockedError, LoginTakenError: as
            ``store.accounts.create``.
    """
    policy = admin.policy(new.provider)
    key = admin.account_key(new.provider, new.external_id)
    own, shared = _split(new.fields)
    fields = {**policy.default_fields, **own}
    reject_invalid(
        [
            *_identity_violations(policy, key, new.tenant),
            *_own_violations(admin.providers[new.provider], own),
            *(Violation((path,), "required") for path in fields if fields[path] is None),
            *shared_violations(shared),
        ]
    )
    account = AccountToCreate(
        account=key,
        fields={**fields, **shared},
        tenant=new.tenant,
        profile_id=new.profile_id,
        must_be_new=True,
        origin=admin.origin,
    )
    return await admin.store.write(_create, account)


async def link(
    admin: Admin, key: AccountKey, profile_id: str, *, prefer: Prefer = None
) -> ProfileRecord:
    """
    Move an account to another profile and return that profile.

    Raises: as ``store.linking.link``.
    """
    profile = await admin.store.write(linking.link, key, profile_id, admin.origin, prefer=prefer)
    await admin.store.maintain()
    return profile


async def unlink(admin: Admin, key: AccountKey, *, profile_id: str | None = None) -> ProfileRecord:
    """
    Move an account to a copy of its profile and return the copy.

    Raises:
        ProfileUnknownError, AccountUnknownError: there is no such profile or account, or the
            account is not on the profile ``profile_id``.
    """
    return await admin.store.write(
        _on_profile, key, profile_id, lambda session: linking.unlink(session, key, admin.origin)
    )


async def update(
    admin: Admin, key: AccountKey, changes: Changes, *, profile_id: str | None = None
) -> ProfileRecord:
    """
    Change an account's own fields, such as its verification status; return its profile.

    Raises (nothing is written then):
        InvalidFieldsError: a field is not mutable, or has the wrong type.
        ProfileUnknownError, AccountUnknownError: as ``unlink``.
    """
    provider = admin.providers.get(key.provider)
    if provider is None or provider.policy is None:
        raise AccountUnknownError
    policy = provider.policy
    mutable = policy.mutable_fields
    names = ", ".join(sorted(mutable))
    reject_invalid(
        [
            *(Violation((path,), "immutable", names) for path in changes if path not in mutable),
            *_own_violations(
                provider, {path: changes[path] for path in changes if path in mutable}
            ),
        ]
    )
    update = Update(key, changes, tenant=ANY_TENANT, origin=admin.origin)

    def change(session: Session) -> ProfileRecord:
        accounts.update(session, update)
        return rows.find_of(session, key)

    return await admin.store.write(_on_profile, key, profile_id, change)


async def set_password(
    admin: Admin, key: AccountKey, password: str, *, profile_id: str | None = None
) -> None:
    """
    Give an account a password, or another one; its sessions stay open.

    Raises (nothing is written then):
        InvalidFieldsError: the provider's accounts have no passwords, or other ones.
        ProfileUnknownError, AccountUnknownError: as ``unlink``.
    """
    reject_invalid(password_violations(admin.policy(key.provider).password, password))
    # Computing a digest takes long on purpose: a thread does it.
    secret = await asyncio.to_thread(digest_password, password)
    credential = Credential(password_key(key), external_id=key.external_id, secret=secret)

    def put(session: Session) -> ProfileRecord:
        credentials.revoke(session, credential.key)
        credentials.put(session, credential)
        return rows.find_of(session, key)

    await admin.store.write(_on_profile, key, profile_id, put)


async def profile_of(admin: Admin, key: AccountKey) -> ProfileRecord:
    """
    The profile of an account.

    Raises:
        AccountUnknownError: there is no such account.
    """
    return await admin.store.read(rows.find_of, key)


def _create(session: Session, account: AccountToCreate) -> ProfileRecord:
    accounts.create(session, account)
    return rows.find_of(session, account.account)


def _on_profile(
    session: Session,
    key: AccountKey,
    profile_id: str | None,
    action: Callable[[Session], ProfileRecord],
) -> ProfileRecord:
    """
    Run an action on an account.

    Raises:
        ProfileUnknownError, AccountUnknownError: there is no such profile or account, or the
            account is not on the profile ``profile_id``.
    """
    if profile_id is not None:
        rows.find(session, key.namespace, profile_id)
        if rows.find_of(session, key).id != profile_id:
            raise AccountUnknownError
    return action(session)


def _split(fields: Fields) -> tuple[Fields, Fields]:
    """The account's own fields, and the shared ones."""
    own = {path: value for path, value in fields.items() if path.startswith(ACCOUNT_PREFIX)}
    return own, {path: value for path, value in fields.items() if path not in own}


def _identity_violations(
    policy: AccountPolicy, key: AccountKey, tenant: str | None
) -> list[Violation]:
    found = tenant_violations(tenant)
    if not policy.external_id.fullmatch(key.external_id):
        found.append(Violation(("external_id",), "pattern", f"^{policy.external_id.pattern}$"))
    if policy.has_tenant and tenant is None:
        found.append(Violation(("tenant",), "required"))
    if not policy.has_tenant and tenant is not None:
        found.append(Violation(("tenant",), "tenantless"))
    return found


def _own_violations(provider: ProviderDescription, own: Mapping[str, Any]) -> list[Violation]:
    """Violations of own fields that the provider's accounts lack, or that break its spec."""
    types = {} if provider.policy is None else provider.policy.field_types
    foreign = [Violation((path,), "foreign") for path in own if path not in types]
    return [*foreign, *type_violations(own, types)] or own_field_violations(provider, own)
