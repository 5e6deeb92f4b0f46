"""The commands history and audit: show one history, verify all of them."""

from typing import TYPE_CHECKING, Any

import click

from profilegate.cli.context import admin_command, find_profile
from profilegate.cli.options import as_json, profile_argument
from profilegate.cli.printing import print_json, print_table, time_of

if TYPE_CHECKING:
    from profilegate.admin.context import Admin
    from profilegate.store import Event

PAGE_EVENTS = 100


@click.command()
@profile_argument
@click.option("--after", default=0, help="Only changes after this version.")
@as_json
@admin_command()
async def history(admin: "Admin", *, profile: str, after: int, as_json: bool) -> None:
    """Show every change of a profile, oldest first.

    `profiles show PROFILE --at TIME` shows the profile at a time in the past, and
    `profiles undo PROFILE VERSION` undoes one change.
    """
    from profilegate.admin import profiles

    found = await find_profile(admin, profile)
    events: list[Event] = []
    while page := await profiles.events(admin, found.id, after=after, limit=PAGE_EVENTS):
        events += page
        after = page[-1].version
    if as_json:
        for event in events:
            print_json(_document(event))
    elif events:
        heads = ("version", "at", "channel", "who", "field", "from", "to")
        print_table([row for event in events for row in _rows(event)], heads)
    else:
        click.echo("Nothing has changed.")


def _rows(event: "Event") -> list[tuple[Any, ...]]:
    """One row for each field; only the first one repeats the facts of the event."""
    first = (event.version, event.at, event.origin.channel, event.origin.who)
    changes = [(path, *values) for path, values in event.changes.items()] or [("-", None, None)]
    return [(*(first if n == 0 else ("",) * 4), *change) for n, change in enumerate(changes)]


def _document(event: "Event") -> dict[str, Any]:
    return {
        "version": event.version,
        "at": time_of(event.at),
        "channel": event.origin.channel,
        "who": event.origin.who,
        "request_id": event.origin.request_id,
        "changes": {path: {"from": a, "to": b} for path, (a, b) in event.changes.items()},
        "hash": event.hash.hex(),
    }


@click.command()
@as_json
@admin_command()
async def audit(admin: "Admin", *, as_json: bool) -> None:
    """Verify the database, every sealed value and every history.

    List what is damaged and where histories are broken; exit 1 if there is anything.
    """
    found = await admin.store.audit(admin.namespace)
    broken = [{"profile": b.profile_id, "version": b.version, "what": b.what} for b in found.broken]
    damaged = [{"table": d.table, "row": d.row, "what": d.what} for d in found.damaged]
    if as_json:
        counts = {"profiles": found.profiles, "events": found.events}
        print_json({**counts, "broken": broken, "damaged": damaged})
    else:
        if damaged:
            print_table([tuple(row.values()) for row in damaged], ("table", "row", "what"))
        if broken:
            print_table([tuple(row.values()) for row in broken], ("profile", "version", "what"))
        breaks = f"{len(broken)} broken" if broken else "none broken"
        damages = f", {len(damaged)} damaged" if damaged else ""
        click.echo(f"{found.profiles} profiles, {found.events} events: {breaks}{damages}")
    if broken or damaged:
        raise click.exceptions.Exit(1)
