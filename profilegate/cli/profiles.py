"""Profiles: to list, show, create, change and erase them."""

from collections.abc import AsyncIterator
from typing import Any

import click

from profilegate.cli.assignments import assigned, check_shared
from profilegate.cli.context import CommandContext, with_context
from profilegate.cli.options import as_json, profile_argument, read_time
from profilegate.cli.printing import cell, print_fields, print_json, print_table
from profilegate.profile.fields import Fields
from profilegate.store import Account, Profile

PAGE_PROFILES = 100

remove_option = click.option(
    "--remove",
    "removed",
    multiple=True,
    metavar="FIELD",
    help="Take a field away; may be repeated.",
)
assignments_argument = click.argument(
    "assignments", nargs=-1, metavar="[FIELD=TEXT|FIELD:=JSON]..."
)


@click.group()
def profiles() -> None:
    """Look at shared profiles and change them.

    A PROFILE is meant by its id, or by one of its accounts: kraken:"AA08 N84G CPAR UN7A".
    """


@profiles.command("list")
@as_json
@with_context()
async def list_profiles(context: CommandContext, *, as_json: bool) -> None:
    """List all profiles."""
    found = [profile async for profile in every_profile(context)]
    if as_json:
        for profile in found:
            print_json(profile_document(profile))
    elif found:
        rows = [(p.id, p.version, _name(p.fields), _providers(p.accounts)) for p in found]
        print_table(rows, ("profile", "version", "name", "accounts"))
    else:
        click.echo("There are no profiles.")


@profiles.command("show")
@profile_argument
@click.option(
    "--at", "at_text", metavar="TIME", help="As it was: 2026-01-02, 2026-01-02T03:04:05Z."
)
@as_json
@with_context()
async def show_profile(
    context: CommandContext, *, profile: str, at_text: str | None, as_json: bool
) -> None:
    """Show a profile with its accounts, or its shared fields as they were."""
    at = None if at_text is None else read_time(at_text)
    found = await context.profile(profile)
    if at is None:
        print_profile(found, as_json=as_json)
        return
    fields = await context.store.profile_at(context.namespace, found.id, at)
    if as_json:
        print_json({"id": found.id, "fields": fields})
    else:
        print_fields(fields)


@profiles.command("create")
@assignments_argument
@as_json
@with_context(may_create=True)
async def create_profile(
    context: CommandContext, *, assignments: tuple[str, ...], as_json: bool
) -> None:
    """Make a profile that no account sees yet."""
    changes = check_shared(assigned(assignments))
    fields = {path: value for path, value in changes.items() if value is not None}
    made = await context.store.create_profile(context.namespace, fields, context.origin)
    print_profile(made, as_json=as_json)


@profiles.command("set")
@profile_argument
@assignments_argument
@remove_option
@click.option("--version", type=int, help="Change it only if it is at this version.")
@as_json
@with_context()
async def set_profile(
    context: CommandContext,
    *,
    profile: str,
    assignments: tuple[str, ...],
    removed: tuple[str, ...],
    version: int | None,
    as_json: bool,
) -> None:
    """Change shared fields; what is not named stays."""
    changes = check_shared(assigned(assignments, removed))
    found = await context.profile(profile)
    changed = await context.store.update_profile(
        context.namespace, found.id, changes, context.origin, version=version
    )
    print_profile(changed, as_json=as_json)


@profiles.command("undo")
@profile_argument
@click.argument("version", type=int)
@as_json
@with_context()
async def undo_event(context: CommandContext, *, profile: str, version: int, as_json: bool) -> None:
    """Set what one change in the history changed back, as a new change."""
    found = await context.profile(profile)
    print_profile(
        await context.store.undo(context.namespace, found.id, version, context.origin),
        as_json=as_json,
    )


@profiles.command("erase")
@profile_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_context()
async def erase_profile(context: CommandContext, *, profile: str, yes: bool) -> None:
    """Forget a profile for good, with its accounts, credentials and documents."""
    found = await context.profile(profile)
    if not yes:
        what = f"profile {found.id} ({cell(_name(found.fields))}) and its accounts"
        click.confirm(f"Erase {what} for good?", abort=True, err=True)
    await context.store.erase(context.namespace, found.id)
    click.echo(f"erased {found.id}")


async def every_profile(context: CommandContext) -> AsyncIterator[Profile]:
    """All profiles of the namespace, in the order of their ids."""
    after = None
    while page := await context.store.profiles(context.namespace, after=after, limit=PAGE_PROFILES):
        for profile in page:
            yield profile
        after = page[-1].id


def print_profile(profile: Profile, *, as_json: bool) -> None:
    """A profile with its accounts: shared fields first, then each account's own."""
    if as_json:
        print_json(profile_document(profile))
        return
    click.echo(f"profile {profile.id}, version {profile.version}")
    print_fields(profile.fields)
    for account in profile.accounts:
        tenant = "" if account.tenant is None else f", tenant {cell(account.tenant)}"
        click.echo(f"\n{account.key.provider} {cell(account.key.external_id)}{tenant}")
        print_fields(account.fields)


def profile_document(profile: Profile) -> dict[str, Any]:
    """A profile for programs."""
    return {
        "id": profile.id,
        "version": profile.version,
        "fields": profile.fields,
        "accounts": [account_document(account) for account in profile.accounts],
    }


def account_document(account: Account) -> dict[str, Any]:
    """An account for programs."""
    return {
        "provider": account.key.provider,
        "external_id": account.key.external_id,
        "tenant": account.tenant,
        "fields": account.fields,
    }


def _name(fields: Fields) -> str | None:
    parts = [fields[path] for path in ("name.given", "name.family") if fields.get(path)]
    return " ".join(parts) or fields.get("organization.legal_name")


def _providers(accounts: tuple[Account, ...]) -> str | None:
    return ", ".join(account.key.provider for account in accounts) or None
