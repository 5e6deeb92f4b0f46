"""The commands projections and what-if: provider views of a profile, and dry runs."""

import sys
from typing import TYPE_CHECKING

import click

from profilegate.cli.assignments import read_json
from profilegate.cli.context import admin_command, find_profile
from profilegate.cli.options import as_json, profile_argument
from profilegate.cli.printing import cell, print_fields, print_json, print_table

if TYPE_CHECKING:
    from profilegate.admin.context import Admin


@click.command()
@profile_argument
@as_json
@admin_command()
async def projections(admin: "Admin", *, profile: str, as_json: bool) -> None:
    """Show a profile as the API of each linked account's provider returns it."""
    from profilegate.admin.projections import projections

    found = projections(admin, await find_profile(admin, profile))
    for number, projection in enumerate(found):
        if as_json:
            print_json(
                {
                    "provider": projection.provider,
                    "external_id": projection.external_id,
                    "body": projection.body,
                }
            )
        else:
            click.echo(
                "\n" * bool(number) + f"{projection.provider} {cell(projection.external_id)}"
            )
            print_fields(projection.body)
    if not found and not as_json:
        click.echo("No account is linked to this profile.")


@click.command("what-if")
@profile_argument
@click.argument("provider")
@click.argument("external_id")
@click.option("--data", help="The body of the update; without it, it is read from stdin.")
@as_json
@admin_command()
async def what_if(
    admin: "Admin",
    *,
    profile: str,
    provider: str,
    external_id: str,
    data: str | None,
    as_json: bool,
) -> None:
    """Dry-run an update by one of a profile's accounts, and show its outcome for all of them.

    It writes nothing. Exit 0 if the update would be accepted, 1 if it would be rejected.
    """
    from profilegate.admin.projections import dry_run

    body = read_json(sys.stdin.buffer.read() if data is None else data.encode(), "the body")
    shared = await find_profile(admin, profile)
    found = await dry_run(admin, shared, admin.account_key(provider, external_id), body)
    if as_json:
        outcomes = [
            {
                "provider": outcome.provider,
                "external_id": outcome.external_id,
                "outcome": outcome.outcome,
                "fields": list(outcome.fields),
                "reason": outcome.reason,
            }
            for outcome in found.outcomes
        ]
        print_json({"outcomes": outcomes, "fields": found.fields})
    else:
        rows = [
            (each.provider, each.external_id, each.outcome, ", ".join(each.fields), each.reason)
            for each in found.outcomes
        ]
        print_table(rows, ("provider", "external id", "outcome", "fields", "reason"))
    if any(outcome.outcome == "rejected" for outcome in found.outcomes):
        raise click.exceptions.Exit(1)
