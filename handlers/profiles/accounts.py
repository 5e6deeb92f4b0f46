"""Admin API: accounts on a profile."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from msgspec.structs import replace

from profilegate.admin import accounts, profiles
from profilegate.errors import AccountUnknownError, InvalidFieldsError, Violation
from profilegate.gateway.call import Call
from profilegate.profile.fields import ACCOUNT_PREFIX
from profilegate.store import AccountKey

from ._generated import (
    Account,
    AccountPage,
    LinkRequest,
    NewAccount,
    NewPassword,
    OwnChanges,
    Profile,
    new_account_to_changes,
    own_changes_to_changes,
)
from .context import admin_of
from .representations import shown_account, shown_profile


async def list_accounts(call: Call, *, profile_id: str) -> AccountPage:
    """List the accounts of a profile."""
    profile = await profiles.get(admin_of(call), profile_id)
    return {"accounts": [shown_account(account) for account in profile.accounts]}


async def create_account(call: Call, *, profile_id: str, body: NewAccount) -> Account:
    """Create an account on a profile."""
    admin = admin_of(call)
    new = accounts.NewAccount(
        provider=body["provider"],
        external_id=body["external_id"],
        tenant=body.get("tenant"),
        profile_id=profile_id,
        fields=new_account_to_changes(body),
    )
    with _own_fields_below("fields"):
        profile = await accounts.create(admin, new)
    key = admin.account_key(new.provider, new.external_id)
    path = f"/profiles/{profile_id}/accounts/{key.provider}/{quote(key.external_id, safe='')}"
    call.response_headers.append((b"location", path.encode()))
    return shown_account(profile.account(key))


async def link_account(
    call: Call,
    *,
    profile_id: str,
    provider: str,
    external_id: str,
    body: LinkRequest | None = None,
) -> Profile:
    """Move an account to a profile, with the fields that only its old profile has."""
    prefer = None if body is None else body.get("prefer")
    key = _key(call, provider, external_id)
    return shown_profile(call, await accounts.link(admin_of(call), key, profile_id, prefer=prefer))


async def unlink_account(
    call: Call, *, profile_id: str, provider: str, external_id: str
) -> Profile:
    """Move an account to a copy of the profile, and return the copy."""
    key = _key(call, provider, external_id)
    return shown_profile(call, await accounts.unlink(admin_of(call), key, profile_id=profile_id))


async def update_account(
    call: Call, *, profile_id: str, provider: str, external_id: str, body: OwnChanges
) -> Account:
    """Change an account's own fields, such as its verification status."""
    key = _key(call, provider, external_id)
    changes = own_changes_to_changes(body)
    with _own_fields_below():
        profile = await accounts.update(admin_of(call), key, changes, profile_id=profile_id)
    return shown_account(profile.account(key))


async def find_account(call: Call, *, provider: str, external_id: str) -> Profile:
    """Show the profile of an account."""
    key = _key(call, provider, external_id)
    return shown_profile(call, await accounts.profile_of(admin_of(call), key))


async def set_password(
    call: Call, *, profile_id: str, provider: str, external_id: str, body: NewPassword
) -> None:
    """Give an account a password."""
    key = _key(call, provider, external_id)
    await accounts.set_password(admin_of(call), key, body["password"], profile_id=profile_id)


def _key(call: Call, provider: str, external_id: str) -> AccountKey:
    """
    The key of an account, whose external id may be written as people type it.

    Raises:
        AccountUnknownError: there is no such provider.
    """
    try:
        return admin_of(call).account_key(provider, external_id)
    except InvalidFieldsError:
        raise AccountUnknownError from None


@contextmanager
def _own_fields_below(*above: str) -> Iterator[None]:
    """Rename own fields in violations as in bodies of this API: ``account.status`` -> ``status``.

    ``above`` are the steps to the object that holds them.
    """
    try:
        yield
    except InvalidFieldsError as error:
        raise InvalidFieldsError([_named(each, above) for each in error.violations]) from None


def _named(violation: Violation, above: tuple[str, ...]) -> Violation:
    path = str(violation.at[0])
    if not path.startswith(ACCOUNT_PREFIX):
        return violation
    return replace(violation, at=(*above, path.removeprefix(ACCOUNT_PREFIX), *violation.at[1:]))
