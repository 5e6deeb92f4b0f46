"""The commands of the group accounts: list, show, create, link, unlink, set and set-password."""

import sys
from typing import TYPE_CHECKING, Literal

import click

from profilegate.cli.assignments import assigned
from profilegate.cli.context import admin_command, find_profile
from profilegate.cli.options import as_json, profile_argument, reject_invalid_utf8
from profilegate.cli.printing import print_fields, print_json, print_table, report_damaged
from profilegate.cli.profiles import (
    account_document,
    assignments_argument,
    every_profile,
    print_profile,
    remove_option,
)
from profilegate.errors import LinkConflictError

if TYPE_CHECKING:
    from profilegate.admin.context import Admin

provider_argument = click.argument("provider")
external_id_argument = click.argument("external_id")


@click.group()
def accounts() -> None:
    """List accounts, create them, and link them to profiles."""


@accounts.command("list")
@click.option("--provider", help="Only this provider's accounts.")
@as_json
@admin_command()
async def list_accounts(admin: "Admin", *, provider: str | None, as_json: bool) -> None:
    """List all accounts and their profiles."""
    if provider is not None:
        admin.policy(provider)
    damaged: list[str] = []
    found = [
        (profile.id, account)
        async for profile in every_profile(admin, damaged)
        for account in profile.accounts
        if provider in (None, account.key.provider)
    ]
    if as_json:
        for profile_id, account in found:
            print_json({**account_document(account), "profile": profile_id})
    elif found:
        rows = [
            (account.key.provider, account.key.external_id, account.tenant, profile_id)
            for profile_id, account in found
        ]
        print_table(rows, ("provider", "external id", "tenant", "profile"))
    elif not damaged:
        click.echo("There are no accounts.")
    report_damaged(damaged)


@accounts.command("show")
@provider_argument
@external_id_argument
@as_json
@admin_command()
async def show_account(admin: "Admin", *, provider: str, external_id: str, as_json: bool) -> None:
    """Show the profile of an account, with all its accounts."""
    from profilegate.admin import accounts

    key = admin.account_key(provider, external_id)
    print_profile(await accounts.profile_of(admin, key), as_json=as_json)


@accounts.command("create")
@provider_argument
@external_id_argument
@assignments_argument
@click.option("--tenant", help="The tenant of the account, for providers with tenants.")
@click.option("--profile", help="The profile to create it on, instead of a new one.")
@as_json
@admin_command(may_create=True)
async def create_account(
    admin: "Admin",
    *,
    provider: str,
    external_id: str,
    assignments: tuple[str, ...],
    tenant: str | None,
    profile: str | None,
    as_json: bool,
) -> None:
    """Create an account, on a new profile or on an existing one.

    Fields that begin with account. belong to the account, all others to the profile.
    """
    from profilegate.admin import accounts
    from profilegate.store.profiles import without_none

    target = None if profile is None else await find_profile(admin, profile)
    new = accounts.NewAccount(
        provider=provider,
        external_id=external_id,
        tenant=tenant,
        profile_id=None if target is None else target.id,
        fields=without_none(assigned(assignments)),
    )
    print_profile(await accounts.create(admin, new), as_json=as_json)


@accounts.command("link")
@provider_argument
@external_id_argument
@profile_argument
@click.option(
    "--prefer",
    type=click.Choice(["profile", "account"]),
    help="Whose values stay where the two differ; without it, a difference is an error.",
)
@as_json
@admin_command()
async def link_account(
    admin: "Admin",
    *,
    provider: str,
    external_id: str,
    profile: str,
    prefer: Literal["profile", "account"] | None,
    as_json: bool,
) -> None:
    """Move an account to another profile, with the fields that only its old profile has."""
    from profilegate.admin import accounts

    target = await find_profile(admin, profile)
    key = admin.account_key(provider, external_id)
    try:
        linked = await accounts.link(admin, key, target.id, prefer=prefer)
    except LinkConflictError as conflict:
        rows = [(path, *values) for path, values in conflict.differences.items()]
        print_table(rows, ("field", "profile", "account"), err=True)
        click.echo("Choose whose values stay: --prefer profile, or --prefer account.", err=True)
        raise
    print_profile(linked, as_json=as_json)


@accounts.command("unlink")
@provider_argument
@external_id_argument
@as_json
@admin_command()
async def unlink_account(admin: "Admin", *, provider: str, external_id: str, as_json: bool) -> None:
    """Move an account to a copy of its profile."""
    from profilegate.admin import accounts

    copy = await accounts.unlink(admin, admin.account_key(provider, external_id))
    print_profile(copy, as_json=as_json)


@accounts.command("set")
@provider_argument
@external_id_argument
@assignments_argument
@remove_option
@as_json
@admin_command()
async def set_account(
    admin: "Admin",
    *,
    provider: str,
    external_id: str,
    assignments: tuple[str, ...],
    removed: tuple[str, ...],
    as_json: bool,
) -> None:
    """Change an account's own fields, such as account.status=VERIFIED."""
    from profilegate.admin import accounts

    key = admin.account_key(provider, external_id)
    profile = await accounts.update(admin, key, assigned(assignments, removed))
    fields = profile.account(key).fields
    if as_json:
        print_json(fields)
    else:
        print_fields(fields)


@accounts.command("set-password")
@provider_argument
@external_id_argument
@admin_command()
async def set_password(admin: "Admin", *, provider: str, external_id: str) -> None:
    """Give an account a password, which is asked for, or is the one line of the standard input.

    It cannot be an argument, because every user of the machine can see those.
    """
    from profilegate.admin import accounts

    key = admin.account_key(provider, external_id)
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password, _, more = sys.stdin.read().partition("\n")
        password = password.removesuffix("\r")
        if more:
            raise click.UsageError("a password is one line")
    reject_invalid_utf8("password", password)
    await accounts.set_password(admin, key, password)
    click.echo(f"{key.provider} {key.external_id} has the password")
