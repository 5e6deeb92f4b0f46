"""The commands of the group profiles: list, show, create, set, undo and erase."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import click

from profilegate.cli.assignments import assigned
from profilegate.cli.context import admin_command, find_profile
from profilegate.cli.options import as_json, profile_argument, read_time
from profilegate.cli.printing import cell, print_fields, print_json, print_table, report_damaged
from profilegate.profile.fields import Fields

if TYPE_CHECKING:
    from profilegate.admin.context import Admin
    from profilegate.store import AccountRecord, ProfileRecord

PAGE_PROFILES = 100

remove_option = click.option(
    "--remove",
    "removed",
    multiple=True,
    metavar="FIELD",
    help="Remove a field; may be repeated.",
)
assignments_argument = click.argument(
    "assignments", nargs=-1, metavar="[FIELD=TEXT|FIELD:=JSON]..."
)


@click.group()
def profiles() -> None:
    """Show shared profiles and change them.

    PROFILE is its id, or one of its accounts: kraken:"AA08 N84G CPAR UN7A".
    """


@profiles.command("list")
@as_json
@admin_command()
async def list_profiles(admin: "Admin", *, as_json: bool) -> None:
    """List all profiles."""
    damaged: list[str] = []
    found = [profile async for profile in every_profile(admin, damaged)]
    if as_json:
        for profile in found:
            print_json(profile_document(profile))
    elif found:
        rows = [(p.id, p.version, _name(p.fields), _provider_names(p.accounts)) for p in found]
        print_table(rows, ("profile", "version", "name", "accounts"))
    elif not damaged:
        click.echo("There are no profiles.")
    report_damaged(damaged)


@profiles.command("show")
@profile_argument
@click.option(
    "--at", "at_text", metavar="TIME", help="As it was: 2026-01-02, 2026-01-02T03:04:05Z."
)
@as_json
@admin_command()
async def show_profile(admin: "Admin", *, profile: str, at_text: str | None, as_json: bool) -> None:
    """Show a profile with its accounts, or its shared fields at a time in the past."""
    from profilegate.admin import profiles

    at = None if at_text is None else read_time(at_text)
    found = await find_profile(admin, profile)
    if at is None:
        print_profile(found, as_json=as_json)
        return
    fields = await profiles.fields_at(admin, found.id, at)
    if as_json:
        print_json({"id": found.id, "fields": fields})
    else:
        print_fields(fields)


@profiles.command("create")
@assignments_argument
@as_json
@admin_command(may_create=True)
async def create_profile(admin: "Admin", *, assignments: tuple[str, ...], as_json: bool) -> None:
    """Create a profile without accounts."""
    from profilegate.admin import profiles

    print_profile(await profiles.create(admin, assigned(assignments)), as_json=as_json)


@profiles.command("set")
@profile_argument
@assignments_argument
@remove_option
@click.option("--version", type=int, help="Change it only if it is at this version.")
@as_json
@admin_command()
async def set_profile(
    admin: "Admin",
    *,
    profile: str,
    assignments: tuple[str, ...],
    removed: tuple[str, ...],
    version: int | None,
    as_json: bool,
) -> None:
    """Change shared fields; all other fields stay."""
    from profilegate.admin import profiles

    changes = assigned(assignments, removed)
    found = await find_profile(admin, profile)
    print_profile(await profiles.update(admin, found.id, changes, version=version), as_json=as_json)


@profiles.command("undo")
@profile_argument
@click.argument("version", type=int)
@as_json
@admin_command()
async def undo_event(admin: "Admin", *, profile: str, version: int, as_json: bool) -> None:
    """Undo one change of the history, as a new change."""
    from profilegate.admin import profiles

    found = await find_profile(admin, profile)
    print_profile(await profiles.undo(admin, found.id, version), as_json=as_json)


@profiles.command("erase")
@profile_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@admin_command()
async def erase_profile(admin: "Admin", *, profile: str, yes: bool) -> None:
    """Erase a profile, with its accounts, credentials and documents."""
    from profilegate.admin import profiles

    found = await find_profile(admin, profile)
    if not yes:
        what = f"profile {found.id} ({cell(_name(found.fields))}) and its accounts"
        click.confirm(f"Erase {what} for good?", abort=True, err=True)
    await profiles.erase(admin, found.id)
    click.echo(f"erased {found.id}")


async def every_profile(admin: "Admin", damaged: list[str]) -> AsyncIterator["ProfileRecord"]:
    """All profiles of the namespace, in the order of their ids; append the ids of damaged ones."""
    from profilegate.admin import profiles

    after = None
    while True:
        page = await profiles.page(admin, after=after, limit=PAGE_PROFILES)
        for profile in page.profiles:
            yield profile
        damaged += page.damaged
        if (after := page.next) is None:
            return


def print_profile(profile: "ProfileRecord", *, as_json: bool) -> None:
    """Print a profile: shared fields first, then each account with its own fields."""
    if as_json:
        print_json(profile_document(profile))
        return
    click.echo(f"profile {profile.id}, version {profile.version}")
    print_fields(profile.fields)
    for account in profile.accounts:
        tenant = "" if account.tenant is None else f", tenant {cell(account.tenant)}"
        click.echo(f"\n{account.key.provider} {cell(account.key.external_id)}{tenant}")
        print_fields(account.fields)


def profile_document(profile: "ProfileRecord") -> dict[str, Any]:
    """A profile as a JSON document."""
    return {
        "id": profile.id,
        "version": profile.version,
        "fields": profile.fields,
        "accounts": [account_document(account) for account in profile.accounts],
    }


def account_document(account: "AccountRecord") -> dict[str, Any]:
    """An account as a JSON document."""
    return {
        "provider": account.key.provider,
        "external_id": account.key.external_id,
        "tenant": account.tenant,
        "fields": account.fields,
    }


def _name(fields: Fields) -> str | None:
    parts = [fields[path] for path in ("name.given", "name.family") if fields.get(path)]
    return " ".join(parts) or fields.get("organization.legal_name")


def _provider_names(accounts: "tuple[AccountRecord, ...]") -> str | None:
    return ", ".join(account.key.provider for account in accounts) or None
