"""The commands init, backup and restore: the database as a whole."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from profilegate.cli.options import database, demo, key_file, reported
from profilegate.gateway.settings import Settings

if TYPE_CHECKING:
    from profilegate.store import Backup


@click.command()
@database
@key_file
@demo("Begin the database of the demo data.")
@reported
def init(*, database: str | None, key_file: str | None, demo: bool) -> None:
    """Create an empty database, and its key file unless there is one.

    The first `serve` does this by itself. It does not where a key file exists without its database:
    the database was lost then. Give each database a key file of its own: `keys rotate` changes the
    key of one database only.
    """
    from profilegate.store.opening import begin

    settings = Settings(database=database, key_file=key_file, demo=demo)
    created = begin(settings.database_url, settings.key_file_path)
    click.echo(f"created {created}, sealed with the key in {settings.key_file_path}")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@database
@key_file
@demo("Back up the database of the demo data.")
@reported
def backup(*, file: Path, database: str | None, key_file: str | None, demo: bool) -> None:
    """Write a verified copy of the database to a new FILE, while gateways serve it.

    The copy is sealed: keep the key file too, in another place.
    """
    from profilegate.store.sqlite.backup import back_up

    settings = Settings(database=database, key_file=key_file, demo=demo)
    made = back_up(settings.database_path, file, settings.key_file_path)
    _report(f"wrote {file}", made, settings)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace a database that exists.")
@database
@key_file
@demo("Restore the database of the demo data.")
@reported
def restore(
    *, file: Path, replace: bool, database: str | None, key_file: str | None, demo: bool
) -> None:
    """Verify a backup in FILE, and make it the database. Stop the gateways first.

    Kraken's nonces and the sessions are those of the backup, too.
    """
    from profilegate.store.sqlite import backup as backups

    settings = Settings(database=database, key_file=key_file, demo=demo)
    made = backups.restore(file, settings.database_path, settings.key_file_path, replace=replace)
    _report(f"restored {settings.database_path}", made, settings)


def _report(what: str, made: "Backup", settings: Settings) -> None:
    click.echo(f"{what}: {made.profiles} profiles, {made.events} events, all verified")
    click.echo(f"it needs the key {made.fingerprint}, which is in {settings.key_file_path}")
