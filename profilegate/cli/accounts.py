"""Accounts: each one provider's view of a profile; to list, create, link and change them."""

import json
from typing import TYPE_CHECKING, Any, Literal

import click

from profilegate.cli.assignments import assigned, check_shared
from profilegate.cli.context import CommandContext, with_context
from profilegate.cli.options import as_json, profile_argument
from profilegate.cli.printing import print_fields, print_json, print_table
from profilegate.cli.profiles import (
    account_document,
    assignments_argument,
    every_profile,
    print_profile,
    remove_option,
)
from profilegate.errors import LinkConflictError
from profilegate.profile.fields import ACCOUNT_PREFIX, Fields
from profilegate.store import NewAccount, Update

if TYPE_CHECKING:
    from profilegate.gateway.provisioning import AccountPolicy

provider_argument = click.argument("provider")
external_id_argument = click.argument("external_id")


@click.group()
def accounts() -> None:
    """Look at providers' accounts, and link them to profiles."""


@accounts.command("list")
@click.option("--provider", help="Only this provider's.")
@as_json
@with_context()
async def list_accounts(context: CommandContext, *, provider: str | None, as_json: bool) -> None:
    """List all accounts and their profiles."""
    found = [
        (profile.id, account)
        async for profile in every_profile(context)
        for account in profile.accounts
        if provider in (None, account.key.provider)
    ]
    if as_json:
        for profile_id, account in found:
            print_json({**account_document(account), "profile": profile_id})
    elif found:
        rows = [(a.key.provider, a.key.external_id, a.tenant, where) for where, a in found]
        print_table(rows, ("provider", "external id", "tenant", "profile"))
    else:
        click.echo("There are no accounts.")


@accounts.command("create")
@provider_argument
@external_id_argument
@assignments_argument
@click.option("--tenant", help="Whose account it is, for providers with tenants.")
@click.option("--profile", help="A profile to link it to, instead of one of its own.")
@as_json
@with_context(may_create=True)
async def create_account(
    context: CommandContext,
    *,
    provider: str,
    external_id: str,
    assignments: tuple[str, ...],
    tenant: str | None,
    profile: str | None,
    as_json: bool,
) -> None:
    """Make an account, with a profile of its own or linked to one that is there.

    Fields that begin with account. are its own, all others the profile's.
    """
    key = context.account(provider, external_id)
    given = {path: value for path, value in assigned(assignments).items() if value is not None}
    check_shared({p: v for p, v in given.items() if not p.startswith(ACCOUNT_PREFIX)})
    fields = _first_fields(context.policy(provider), external_id, given, tenant)
    target = None if profile is None else await context.profile(profile)
    beside = target.accounts[0].key if target is not None and target.accounts else None
    await context.store.create(
        NewAccount(key, fields, tenant, profile_of=beside, must_be_new=True, origin=context.origin)
    )
    if target is not None and beside is None:
        await context.store.link(key, target.id, context.origin, prefer=None)
    print_profile(await context.store.profile_of(key), as_json=as_json)


@accounts.command("link")
@provider_argument
@external_id_argument
@profile_argument
@click.option(
    "--prefer",
    type=click.Choice(["profile", "account"]),
    help="Whose values stay where the two differ; without it nothing is linked then.",
)
@as_json
@with_context()
async def link_account(
    context: CommandContext,
    *,
    provider: str,
    external_id: str,
    profile: str,
    prefer: Literal["profile", "account"] | None,
    as_json: bool,
) -> None:
    """Let an account see another profile, and bring along what only its old one has."""
    target = await context.profile(profile)
    try:
        linked = await context.store.link(
            context.account(provider, external_id), target.id, context.origin, prefer=prefer
        )
    except LinkConflictError as conflict:
        rows = [(path, *values) for path, values in conflict.differences.items()]
        print_table(rows, ("field", "profile", "account"), err=True)
        click.echo("Say whose values stay: --prefer profile, or --prefer account.", err=True)
        raise
    print_profile(linked, as_json=as_json)


@accounts.command("unlink")
@provider_argument
@external_id_argument
@as_json
@with_context()
async def unlink_account(
    context: CommandContext, *, provider: str, external_id: str, as_json: bool
) -> None:
    """Let an account leave with a copy of its profile."""
    left = await context.store.unlink(context.account(provider, external_id), context.origin)
    print_profile(left, as_json=as_json)


@accounts.command("set")
@provider_argument
@external_id_argument
@assignments_argument
@remove_option
@as_json
@with_context()
async def set_account(
    context: CommandContext,
    *,
    provider: str,
    external_id: str,
    assignments: tuple[str, ...],
    removed: tuple[str, ...],
    as_json: bool,
) -> None:
    """Change an account's own fields, its status say: account.status=VERIFIED."""
    key = context.account(provider, external_id)
    changes = assigned(assignments, removed)
    policy = context.policy(provider)
    for path, value in changes.items():
        if path not in policy.mutable_fields:
            words = ", ".join(sorted(policy.mutable_fields)) or "nothing"
            raise click.UsageError(f"{path} cannot be set; of {provider}'s accounts {words} can")
        _check_kind(policy, path, value)
    await context.store.update(Update(key, changes, origin=context.origin))
    fields = await context.own_fields(key)
    if as_json:
        print_json(fields)
    else:
        print_fields(fields)


def _first_fields(
    policy: "AccountPolicy", external_id: str, given: Fields, tenant: str | None
) -> Fields:
    """
    The fields of a new account: those that are given, and its own as they usually are.

    Raises:
        UsageError: it would not be as the provider's accounts are.
    """
    if not policy.external_id.fullmatch(external_id):
        raise click.UsageError(f"EXTERNAL_ID must match ^{policy.external_id.pattern}$")
    if policy.has_tenant != (tenant is not None):
        wanted = "--tenant is required" if policy.has_tenant else "there are no tenants"
        raise click.UsageError(f"of this provider {wanted}")
    fields = {**policy.own, **given}
    for path, value in fields.items():
        if path.startswith(ACCOUNT_PREFIX):
            if path not in policy.own:
                raise click.UsageError(f"this provider's accounts have no {path}")
            if value is None:
                raise click.UsageError(f"{path} is required")
            _check_kind(policy, path, value)
    return fields


def _check_kind(policy: "AccountPolicy", path: str, value: Any) -> None:
    """
    See that a value is of the kind that it usually is.

    Raises:
        UsageError: it is not.
    """
    kind = str if policy.own[path] is None else type(policy.own[path])
    if value is not None and type(value) is not kind:
        example = json.dumps(kind())
        raise click.UsageError(f"{path} must be of the kind of {example}; write {path}:=JSON")
