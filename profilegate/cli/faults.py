"""The commands of the group faults: add, list and remove scripted faults."""

import json
from typing import TYPE_CHECKING, Any

import click

from profilegate.cli.context import admin_command
from profilegate.cli.options import as_json
from profilegate.cli.printing import print_json, print_table

if TYPE_CHECKING:
    from profilegate.admin.context import Admin

HEADS = ("scripted fault", "provider", "operation", "effect", "only if", "remaining")

BROKEN = ("no_response", "head_only", "malformed", "truncated")

MATCH = ("nth", "probability", "seed")
"""The options that are part of the match."""

SECONDS = click.FloatRange(min=0, max=60)


@click.group()
def faults() -> None:
    """Script what goes wrong at the provider APIs, on a gateway in test mode.

    docs/errors.md lists the names of all documented errors.
    """


@faults.command("add")
@click.argument("provider")
@click.argument("operation", required=False)
@click.option("--error", help="A documented error, by its name.")
@click.option("--status", type=click.IntRange(400, 599), help="A status.")
@click.option("--delay", "delay_seconds", type=SECONDS, metavar="SECONDS", help="A delay.")
@click.option(
    "--slow-body", "body_seconds", type=SECONDS, metavar="SECONDS", help="How long the body takes."
)
@click.option("--broken", type=click.Choice(BROKEN), help="How the response breaks.")
@click.option("--after", is_flag=True, help="Run the operation first: its response is lost.")
@click.option("--times", type=click.IntRange(min=1), help="How many requests; default all.")
@click.option("--nth", type=click.IntRange(min=1), help="The nth matching request.")
@click.option("--probability", type=click.FloatRange(0, 1), help="How probable it is.")
@click.option("--seed", type=click.IntRange(min=0), help="Affects the same requests again.")
@click.option("--header", "headers", multiple=True, metavar="'NAME[: VALUE]'", help="A header.")
@click.option(
    "--header-like", "patterns", multiple=True, metavar="'NAME: PATTERN'", help="Part of a header."
)
@click.option("--field", "fields", multiple=True, metavar="PATH=VALUE", help="A field of the body.")
@admin_command(is_for_tests=True)
async def add_fault(
    admin: "Admin",
    /,
    *,
    headers: tuple[str, ...],
    patterns: tuple[str, ...],
    fields: tuple[str, ...],
    **options: Any,
) -> None:
    """Script a fault of an operation, or of all operations of a provider."""
    from profilegate.admin import faults

    given = {name: value for name, value in options.items() if value is not None}
    document = {name: value for name, value in given.items() if value is not False}
    match = {name: document.pop(name) for name in MATCH if name in document}
    match["headers"] = [
        *(_header(each, "--header", "value") for each in headers),
        *(_header(each, "--header-like", "pattern") for each in patterns),
    ]
    match["body"] = dict(map(_field, fields))
    click.echo((await faults.add(admin, faults.to_fault({**document, "match": match}))).id)


@faults.command("list")
@as_json
@admin_command(is_for_tests=True)
async def list_faults(admin: "Admin", *, as_json: bool) -> None:
    """List the scripted faults, in the order in which they are tried."""
    from profilegate.admin import faults

    found = await faults.find_all(admin)
    if as_json:
        for fault in found:
            print_json(faults.to_document(fault))
    elif found:
        print_table([_row(faults.to_document(fault)) for fault in found], HEADS)
    else:
        click.echo("There are no scripted faults.")


@faults.command("remove")
@click.argument("fault_id", metavar="[FAULT]", required=False)
@admin_command(is_for_tests=True)
async def remove_faults(admin: "Admin", *, fault_id: str | None) -> None:
    """Remove one scripted fault, or all."""
    from profilegate.admin import faults

    if fault_id is None:
        click.echo(f"removed {await faults.remove_all(admin)}")
    else:
        await faults.remove(admin, fault_id)
        click.echo(f"removed {fault_id}")


def _row(fault: dict[str, Any]) -> tuple[Any, ...]:
    """A scripted fault in a table, with its effect and its match as they were given."""
    head = [fault.pop(name, None) for name in ("id", "provider", "operation")]
    match, remaining = fault.pop("match", None), fault.pop("remaining", None)
    fault.pop("times", None)
    return (*head, fault, match, remaining)


def _header(text: str, option: str, key: str) -> dict[str, str]:
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not name or (key == "pattern" and not value):
        raise click.UsageError(f"{option} takes a name, a colon and a {key}")
    return {"header": name, **({key: value} if colon else {})}


def _field(text: str) -> tuple[str, Any]:
    """``residence.country=DE``; a value that is JSON (true, 7) counts as such."""
    path, equals, value = text.partition("=")
    if not path or not equals:
        raise click.UsageError("--field takes a path, = and a value")
    try:
        return path, json.loads(value)
    except ValueError:
        return path, value
