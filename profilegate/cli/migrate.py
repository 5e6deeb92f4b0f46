"""The command migrate: copies a database between SQLite and PostgreSQL."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profilegate.cli.options import key_file, reported
from profilegate.errors import SettingError
from profilegate.gateway.settings import Settings

if TYPE_CHECKING:
    from profilegate.store.copying import Report


@click.command()
@click.option("--from", "source", required=True, metavar="URL", help="The database to copy.")
@click.option("--to", "target", required=True, metavar="URL", help="An empty database.")
@key_file
@reported
def migrate(*, source: str, target: str, key_file: str | None) -> None:
    """Copy a database to another backend, and verify the copy.

    Both are named by URLs: sqlite:///var/profiles.db, postgresql://user@host/database. Stop the
    gateways first. The copy needs the same key file. If the command is interrupted, run it again:
    it continues. A password need not be in the URL: PGPASSWORD and ~/.pgpass hold it too.
    """
    from profilegate.store import copying
    from profilegate.store.copy_places import source_of, target_of

    key = Settings(key_file=key_file).key_file_path
    if not key.exists():
        raise SettingError("PROFILEGATE_KEY_FILE", f"there is no file {key}; name the source's key")
    with (
        source_of(source, key) as one,
        target_of(target, key, one) as other,
        _progress() as report,
    ):
        counts = copying.copy(one, other, report)
    profiles, events = asyncio.run(_audit(target, key))
    click.echo(f"copied {sum(counts.values())} rows of {len(counts)} tables; both are equal")
    click.echo(f"{profiles} profiles, {events} events, all verified; keep the key file {key}")


async def _audit(url: str, key: Path) -> tuple[int, int]:
    """
    Verify the histories of all namespaces, and that every sealed value opens.

    Raises:
        SettingError: something is damaged, in the source too.
    """
    from profilegate.store import Session
    from profilegate.store.opening import open_store

    def namespaces(session: Session) -> list[str]:
        return [name for (name,) in session.rows("SELECT DISTINCT namespace FROM profiles")]

    store = open_store(url, key_file=key, rules={})
    try:
        profiles = events = 0
        for name in await store.read(namespaces) or ["default"]:
            found = await store.audit(name)
            if found.damaged or found.broken:
                raise SettingError(
                    "--from",
                    "both are equal, but values are damaged or histories broken; "
                    "`profilegate audit` lists them",
                )
            profiles, events = profiles + found.profiles, events + found.events
    finally:
        await store.close()
    return profiles, events


@contextmanager
def _progress() -> Iterator["Report"]:
    """Draw the progress on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _, __, ___: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        tasks = {what: progress.add_task(what, total=None) for what in ("copied", "compared")}
        yield lambda what, done, total: progress.update(tasks[what], completed=done, total=total)
