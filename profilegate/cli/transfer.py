"""The commands export and import: profiles as JSON Lines, one profile on each line.

An export holds personal data in plain text, so only the owner can read its file.
"""

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from profilegate.cli.context import admin_command, find_profile
from profilegate.cli.printing import report_damaged
from profilegate.errors import LineRejectedError, RequestError, SettingError

if TYPE_CHECKING:
    from profilegate.admin.context import Admin
    from profilegate.store import ExportPage

OWNER_ONLY = 0o600

PAGE_PROFILES = 50

REPORT_EVERY_LINES = 100

STDIO = "-"


@dataclass(slots=True)
class Progress:
    """Counts finished lines, and prints the count on stderr if that is a terminal."""

    what: str
    done: int = 0

    def step(self) -> None:
        """Count one line."""
        self.done += 1
        if self.done % REPORT_EVERY_LINES == 0 and sys.stderr.isatty():
            click.echo(f"\r{self.done} {self.what}", nl=False, err=True)

    def end(self) -> None:
        """End the printed line, if there is one."""
        if self.done >= REPORT_EVERY_LINES and sys.stderr.isatty():
            click.echo(err=True)


@click.command("export")
@click.argument("profile", required=False)
@click.option("--output", default=STDIO, metavar="FILE", help="A new file. [default: stdout]")
@admin_command()
async def export(admin: "Admin", *, profile: str | None, output: str) -> None:
    """Write a profile, or all of them, as JSON Lines.

    Credentials and histories are not exported.
    """
    progress, damaged = Progress("profiles"), list[str]()
    with _new_file(output) as lines:
        async for page in _pages(admin, profile):
            for document in page.documents:
                lines.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")
                progress.step()
            damaged += page.damaged
    progress.end()
    if output != STDIO:
        click.echo(f"wrote {progress.done} profiles to {output}", err=True)
    report_damaged(damaged)


async def _pages(admin: "Admin", profile: str | None) -> AsyncIterator["ExportPage"]:
    """Export one profile, or all of them: those of a page are read in one transaction."""
    from profilegate.admin import transfer
    from profilegate.store import ExportPage

    if profile is not None:
        found = await find_profile(admin, profile)
        yield ExportPage([await transfer.export_profile(admin, found.id)], [], None)
        return
    page = await transfer.export_page(admin, limit=PAGE_PROFILES)
    yield page
    while page.next is not None:
        page = await transfer.export_page(admin, after=page.next, limit=PAGE_PROFILES)
        yield page


@contextmanager
def _new_file(output: str) -> Iterator[IO[bytes]]:
    """Open a new file that only its owner can read, or stdout; remove the file on an error."""
    if output == STDIO:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except OSError as error:
        raise SettingError(output, f"it cannot be created ({error.strerror})") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        Path(output).unlink(missing_ok=True)
        raise


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@admin_command(may_create=True)
async def import_(admin: "Admin", *, file: str) -> None:
    """Read profiles that `export` wrote, from FILE or from stdin (-).

    A profile that exists already with the same values is no error, so an import may be repeated.
    The first rejected line stops the import; the lines before it stay imported.
    """
    progress, imported = Progress("lines"), 0
    with click.open_file(file, "rb") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    imported += await _import_line(admin, line, f"{file}, line {number}")
                    progress.step()
        finally:
            progress.end()
            counts = f"{imported} profiles imported, {progress.done - imported} existed already"
            click.echo(counts, err=sys.exc_info()[0] is not None)


async def _import_line(admin: "Admin", line: bytes, where: str) -> bool:
    """
    Import one line; return False if the same profile existed already.

    Raises:
        LineRejectedError: it is not a profile, or the store does not accept it.
    """
    from profilegate.admin import transfer
    from profilegate.media.json_text import read_json

    try:
        return await transfer.import_profile(admin, read_json(line))
    except RequestError as error:
        raise LineRejectedError(where, str(error).replace("the body", "it")) from error
