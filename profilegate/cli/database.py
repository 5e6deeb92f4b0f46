"""The command init: begins an empty database."""

import click

from profilegate.cli.options import database, demo, key_file, reported
from profilegate.errors import SettingError
from profilegate.gateway.settings import Settings


@click.command()
@database
@key_file
@demo("Begin the database of the demo data.")
@reported
def init(*, database: str | None, key_file: str | None, demo: bool) -> None:
    """Create an empty database, and its key file unless there is one.

    The first `serve` does this by itself. It does not where a key file exists without its database:
    the database was lost then, or you want a second one with the same key.
    """
    from profilegate.store.sqlite.database import is_missing, open_database

    settings = Settings(database=database, key_file=key_file, demo=demo)
    path = settings.database_path
    if not is_missing(path):
        raise SettingError("PROFILEGATE_DATABASE", f"{path} exists already")
    connection, _ = open_database(path, settings.key_file_path, may_begin=True)
    connection.close()
    click.echo(f"created {path}, sealed with the key in {settings.key_file_path}")
