"""The doors side by side: what each shows of a profile, and what a change would do at all."""

import sys
from typing import TYPE_CHECKING

import click

from profilegate.cli.assignments import read_json
from profilegate.cli.context import Desk, at_desk
from profilegate.cli.options import as_json, profile_argument
from profilegate.cli.printing import cell, print_fields, print_json, print_table

if TYPE_CHECKING:
    from profilegate.admin.projections import Doors

REFUSED = "refused"


@click.command()
@profile_argument
@as_json
@at_desk()
async def views(desk: Desk, *, profile: str, as_json: bool) -> None:
    """Show a profile as each linked provider's door shows it."""
    found = (await _doors(desk)).views(await desk.profile(profile))
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
@at_desk()
async def what_if(
    desk: Desk, *, profile: str, provider: str, external_id: str, data: str | None, as_json: bool
) -> None:
    """Tell what an update by one of a profile's accounts would do at every door.

    Nothing is written. Exit 0 if it would be taken, 1 if it would be refused.
    """
    body = read_json(sys.stdin.buffer.read() if data is None else data.encode(), "the body")
    doors = await _doors(desk)
    found = await doors.what_if(await desk.profile(profile), provider, external_id, body)
    if as_json:
        verdicts = [
            {
                "provider": verdict.provider,
                "external_id": verdict.external_id,
                "outcome": verdict.outcome,
                "fields": list(verdict.fields),
                "why": verdict.why,
            }
            for verdict in found.verdicts
        ]
        print_json({"verdicts": verdicts, "fields": found.fields})
    else:
        rows = [
            (v.provider, v.external_id, v.outcome, ", ".join(v.fields) or None, v.why)
            for v in found.verdicts
        ]
        print_table(rows, ("provider", "external id", "outcome", "fields", "why"))
    if any(verdict.outcome == REFUSED for verdict in found.verdicts):
        raise click.exceptions.Exit(1)


async def _doors(desk: Desk) -> "Doors":
    from profilegate.admin.projections import Doors
    from profilegate.gateway.gateway import Gate

    doors = Doors(Gate(desk.store, public_url=""))
    for spec, provider in desk.providers.values():
        doors.add(spec, provider)
    return doors
