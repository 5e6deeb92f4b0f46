"""The commands of the group namespaces, and reset: separate sets of data, with their own clocks."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from profilegate.cli.context import admin_command
from profilegate.cli.options import read_time

if TYPE_CHECKING:
    from profilegate.admin.context import Admin

PAGE_NAMESPACES = 100

FORWARD_MAX_SECONDS = 31_536_000_000
"""A thousand years, as in the admin API."""

name_argument = click.argument("name")
snapshot_argument = click.argument("snapshot")


@click.group()
def namespaces() -> None:
    """Create, list and drop namespaces, set their clocks, take snapshots.

    A namespace is a separate set of profiles, accounts and credentials. A client is in the
    namespace of its credential; all other commands take --namespace.
    """


@namespaces.command("list")
@admin_command(on_gateway=True)
async def list_namespaces(admin: "Admin") -> None:
    """Print the names of all namespaces."""
    from profilegate.admin import namespaces

    last: str | None = None
    while page := await namespaces.page(admin, after=last, limit=PAGE_NAMESPACES):
        for found in page:
            click.echo(found.name)
        last = page[-1].name


@namespaces.command("show")
@name_argument
@admin_command(on_gateway=True)
async def show(admin: "Admin", *, name: str) -> None:
    """Print the time and the snapshots of a namespace."""
    await _print(admin, name)


@namespaces.command("create")
@name_argument
@click.option("--token-seed", help="Ids and tokens are the same again for the same seed.")
@admin_command(on_gateway=True, may_create=True)
async def create(admin: "Admin", *, name: str, token_seed: str | None) -> None:
    """Create an empty namespace."""
    from profilegate.admin import namespaces

    await namespaces.create(admin, name, seed=token_seed)
    await _print(admin, name)


@namespaces.command("drop")
@name_argument
@admin_command(on_gateway=True)
async def drop(admin: "Admin", *, name: str) -> None:
    """Delete a namespace and everything in it."""
    from profilegate.admin import namespaces

    await namespaces.drop(admin, name)
    click.echo(f"dropped {name}")


@namespaces.command("clock")
@name_argument
@click.option("--to", help="The time to show, as 2026-01-02T03:04:05Z; never an earlier one.")
@click.option(
    "--forward",
    type=click.IntRange(0, FORWARD_MAX_SECONDS),
    default=0,
    help="Seconds to go forward.",
)
@click.option("--freeze/--run", "is_frozen", default=None, help="Stand still, or run on.")
@admin_command(on_gateway=True)
async def clock(
    admin: "Admin", *, name: str, to: str | None, forward: int, is_frozen: bool | None
) -> None:
    """Set the clock of a namespace forward, let it stand still, or let it run on."""
    from profilegate.admin import namespaces

    await namespaces.set_clock(
        admin,
        name,
        to=None if to is None else read_time(to),
        forward=timedelta(seconds=forward),
        is_frozen=is_frozen,
    )
    await _print(admin, name)


@namespaces.command("snapshot")
@name_argument
@snapshot_argument
@admin_command(on_gateway=True)
async def take_snapshot(admin: "Admin", *, name: str, snapshot: str) -> None:
    """Keep a namespace as it is now."""
    from profilegate.admin import namespaces

    await namespaces.take_snapshot(admin, name, snapshot)
    await _print(admin, name)


@namespaces.command("restore")
@name_argument
@snapshot_argument
@admin_command(on_gateway=True)
async def restore(admin: "Admin", *, name: str, snapshot: str) -> None:
    """Make a namespace what it was when a snapshot was taken."""
    from profilegate.admin import namespaces

    await namespaces.restore_snapshot(admin, name, snapshot)
    await _print(admin, name)


@click.command()
@click.argument("name", default="default", metavar="[NAMESPACE]")
@admin_command(on_gateway=True)
async def reset(admin: "Admin", *, name: str) -> None:
    """Make a namespace what it was after its creation; with --demo: restore the demo data."""
    from profilegate.admin import namespaces

    await namespaces.reset(admin, name)
    await _print(admin, name)


async def _print(admin: "Admin", name: str) -> None:
    from profilegate.admin import namespaces

    info = await namespaces.get(admin, name)
    now = (await namespaces.inside(admin, name)).now()
    state = "stands still at" if info.frozen_at else "shows"
    click.echo(f"{name}: its clock {state} {now:%Y-%m-%d %H:%M:%S}Z")
    for snapshot in await namespaces.snapshot_names(admin, name):
        click.echo(f"  snapshot {snapshot}")
