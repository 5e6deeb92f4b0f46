"""The providers side by side: what each shows of a profile, and what a change would do at all."""

import sys
from typing import TYPE_CHECKING

import click

from profilegate.cli.assignments import read_json
from profilegate.cli.context import CommandContext, with_context
from profilegate.cli.options import as_json, profile_argument
from profilegate.cli.printing import cell, print_fields, print_json, print_table

if TYPE_CHECKING:
    from profilegate.admin.projections import Projections

REJECTED = "rejected"


@click.command()
@profile_argument
@as_json
@with_context()
async def projections(context: CommandContext, *, profile: str, as_json: bool) -> None:
    """Show a profile as each linked provider's API shows it."""
    found = (await _projections(context)).views(await context.profile(profile))
    for place, view in enumerate(found):
        if as_json:
            print_json(
                {"provider": view.provider, "external_id": view.external_id, "body": view.body}
            )
        else:
            click.echo("\n" * bool(place) + f"{view.provider} {cell(view.external_id)}")
            print_fields(view.body)
    if not found and not as_json:
        click.echo("No account sees this profile.")


@click.command("what-if")
@profile_argument
@click.argument("provider")
@click.argument("external_id")
@click.option("--data", help="The body that would be sent; without it, it is read from stdin.")
@as_json
@with_context()
async def what_if(
    context: CommandContext,
    *,
    profile: str,
    provider: str,
    external_id: str,
    data: str | None,
    as_json: bool,
) -> None:
    """Tell what an update by one of a profile's accounts would do for every provider.

    Nothing is written. Exit 0 if it would be accepted, 1 if it would be rejected.
    """
    body = read_json(sys.stdin.buffer.read() if data is None else data.encode(), "the body")
    projections = await _projections(context)
    found = await projections.what_if(await context.profile(profile), provider, external_id, body)
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
            (v.provider, v.external_id, v.outcome, ", ".join(v.fields) or None, v.reason)
            for v in found.outcomes
        ]
        print_table(rows, ("provider", "external id", "outcome", "fields", "reason"))
    if any(outcome.outcome == REJECTED for outcome in found.outcomes):
        raise click.exceptions.Exit(1)


async def _projections(context: CommandContext) -> "Projections":
    from profilegate.admin.projections import Projections
    from profilegate.gateway.gateway import Gateway

    projections = Projections(Gateway(context.store, public_url=""))
    for spec, provider in context.providers.values():
        projections.add(spec, provider)
    return projections
