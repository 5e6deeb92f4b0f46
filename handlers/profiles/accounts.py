"""Providers' accounts on a profile: created, linked, changed, unlinked."""

from typing import Any
from urllib.parse import quote

from profilegate.errors import AccountUnknownError, InvalidFieldsError, Violation
from profilegate.gateway.call import Call
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.profile.fields import ACCOUNT_PREFIX, Fields
from profilegate.store import Account as StoredAccount
from profilegate.store import AccountKey, Update
from profilegate.store import NewAccount as AccountToCreate
from profilegate.store import Profile as StoredProfile

from ._generated import (
    Account,
    AccountPage,
    LinkRequest,
    NewAccount,
    OwnChanges,
    Profile,
    new_account_to_changes,
    own_changes_to_changes,
)
from .representations import shown_account, shown_profile


async def list_accounts(call: Call, *, profile_id: str) -> AccountPage:
    """Show the accounts that see a profile."""
    profile = await call.context.store.profile(call.context.namespace, profile_id)
    return {"accounts": [shown_account(account) for account in profile.accounts]}


async def create_account(call: Call, *, profile_id: str, body: NewAccount) -> Account:
    """Make an account that sees a profile."""
    own = _first_fields(call.projections.policy(body["provider"]), body)
    profile = await call.context.store.profile(call.context.namespace, profile_id)
    key = AccountKey(call.context.namespace, body["provider"], body["external_id"])
    await call.context.store.create(
        AccountToCreate(
            account=key,
            fields=own,
            tenant=body.get("tenant"),
            must_be_new=True,
            profile_of=profile.accounts[0].key if profile.accounts else None,
            origin=call.origin,
        )
    )
    if not profile.accounts:
        # A profile without accounts has none by which the store could name it.
        await call.context.store.link(key, profile_id, call.origin, prefer="profile")
    place = f"/profiles/{profile_id}/accounts/{key.provider}/{quote(key.external_id, safe='')}"
    call.response_headers.append((b"location", place.encode()))
    return shown_account(await _account(call, profile_id, key.provider, key.external_id))


async def link_account(
    call: Call,
    *,
    profile_id: str,
    provider: str,
    external_id: str,
    body: LinkRequest | None = None,
) -> Profile:
    """Let an account join a profile; what only it knows comes along."""
    key = AccountKey(call.context.namespace, provider, external_id)
    prefer = None if body is None else body.get("prefer")
    profile = await call.context.store.link(key, profile_id, call.origin, prefer=prefer)
    return shown_profile(call, profile)


async def unlink_account(
    call: Call, *, profile_id: str, provider: str, external_id: str
) -> Profile:
    """Let an account leave with a copy of the profile, and show the copy."""
    account = await _account(call, profile_id, provider, external_id)
    return shown_profile(call, await call.context.store.unlink(account.key, call.origin))


async def update_account(
    call: Call, *, profile_id: str, provider: str, external_id: str, body: OwnChanges
) -> Account:
    """Set what only the provider decides."""
    account = await _account(call, profile_id, provider, external_id)
    changes = own_changes_to_changes(body)
    policy = call.projections.policy(provider)
    allowed = () if policy is None else policy.mutable_fields
    if violations := [
        Violation((_named(path),), "foreign") for path in changes if path not in allowed
    ]:
        raise InvalidFieldsError(violations)
    await call.context.store.update(Update(account.key, changes, origin=call.origin))
    return shown_account(await _account(call, profile_id, provider, external_id))


async def _account(call: Call, profile_id: str, provider: str, external_id: str) -> StoredAccount:
    """
    One of a profile's accounts.

    Raises:
        ProfileUnknownError, AccountUnknownError: there is no such profile, or it has no such one.
    """
    profile = await call.context.store.profile(call.context.namespace, profile_id)
    return account_of(profile, provider, external_id)


def account_of(profile: StoredProfile, provider: str, external_id: str) -> StoredAccount:
    """
    One of a profile's accounts.

    Raises:
        AccountUnknownError: it has no such one.
    """
    for account in profile.accounts:
        if (account.key.provider, account.key.external_id) == (provider, external_id):
            return account
    raise AccountUnknownError


def _first_fields(policy: AccountPolicy | None, body: NewAccount) -> Fields:
    """
    What is a new account's own.

    Raises:
        InvalidFieldsError: it is not as the provider's accounts are; every violation is told.
    """
    if policy is None:
        raise InvalidFieldsError([Violation(("provider",), "provider")])
    sent: dict[str, Any] = new_account_to_changes(body)
    violations = []
    if not policy.external_id.fullmatch(body["external_id"]):
        violations.append(Violation(("external_id",), "pattern", f"^{policy.external_id.pattern}$"))
    if policy.has_tenant and "tenant" not in body:
        violations.append(Violation(("tenant",), "required"))
    if not policy.has_tenant and "tenant" in body:
        violations.append(Violation(("tenant",), "foreign"))
    violations += [
        Violation(_in_fields(path), "foreign") for path in sent if path not in policy.own
    ]
    own = {**policy.own, **{path: sent[path] for path in sent if path in policy.own}}
    violations += [
        Violation(_in_fields(path), "required") for path, value in own.items() if value is None
    ]
    if violations:
        raise InvalidFieldsError(violations)
    return own


def _named(path: str) -> str:
    return path.removeprefix(ACCOUNT_PREFIX)


def _in_fields(path: str) -> tuple[str, str]:
    return ("fields", _named(path))
