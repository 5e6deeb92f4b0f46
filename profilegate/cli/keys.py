"""The commands of the group keys: show the master key's fingerprint, rotate the master key."""

import sys
from typing import TYPE_CHECKING

import click

from profilegate.cli.context import admin_command
from profilegate.cli.options import database, demo, key_file, reported
from profilegate.gateway.settings import Settings

if TYPE_CHECKING:
    from profilegate.admin.context import Admin


@click.group()
def keys() -> None:
    """Show the master key's fingerprint, and rotate the master key."""


@keys.command("show")
@database
@key_file
@demo("Show the key of the demo data.")
@reported
def show(*, database: str | None, key_file: str | None, demo: bool) -> None:
    """Show the fingerprint of the master key; a backup names the one that it needs."""
    from profilegate.store.master_key import read_master_keys
    from profilegate.store.vault import fingerprint_of

    file = Settings(database=database, key_file=key_file, demo=demo).key_file_path
    for key in read_master_keys(file):
        click.echo(f"{fingerprint_of(key)}  {file}")


@keys.command("rotate")
@admin_command()
async def rotate(admin: "Admin") -> None:
    """Give the database a new master key, while gateways serve it.

    If a rotation is interrupted, run this again: it continues.
    """

    def report(done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {total} keys", nl=False, err=True)

    rotated = await admin.store.rotate_master_key(report)
    if sys.stderr.isatty():
        click.echo(err=True)
    if rotated.is_continued:
        click.echo("continued the rotation that was interrupted")
    click.echo(f"{rotated.rows} keys are under the new master key {rotated.fingerprint}")
    if rotated.old_key_file is not None:
        click.echo(
            f"the old key is in {rotated.old_key_file}: keep it, away from here, as long as you "
            "keep backups that need it"
        )
    if rotated.holds_old_key:
        click.echo("remove the old key, the second line, from the key file")
    if rotated.damaged:
        click.echo(
            f"profilegate: {rotated.damaged} keys do not open; `profilegate audit` lists them",
            err=True,
        )
        raise click.exceptions.Exit(1)
