"""Export and import: profiles as JSON Lines, one profile on each line, contents and all.

An export holds everything personal in plain text: a file that is written is its owner's alone.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from profilegate.cli.context import CommandContext, with_context
from profilegate.cli.profiles import every_profile
from profilegate.errors import LineRejectedError, RequestError, SettingError

if TYPE_CHECKING:
    from profilegate.openapi.profile_schema import AccountForm

OWNER_ONLY = 0o600

TOLD_EVERY = 100
"""How many lines go by between two words of progress."""

STDIO = "-"


@dataclass(slots=True)
class Progress:
    """How many lines are done, told on stderr while it is a terminal."""

    what: str
    done: int = 0

    def step(self) -> None:
        """One more line is done."""
        self.done += 1
        if self.done % TOLD_EVERY == 0 and sys.stderr.isatty():
            click.echo(f"\r{self.done} {self.what}", nl=False, err=True)

    def end(self) -> None:
        """Leave the line, so that what follows stands by itself."""
        if self.done >= TOLD_EVERY and sys.stderr.isatty():
            click.echo(err=True)


@click.command("export")
@click.argument("profile", required=False)
@click.option("--output", default=STDIO, metavar="FILE", help="A new file. [default: stdout]")
@with_context()
async def export(context: CommandContext, *, profile: str | None, output: str) -> None:
    """Write a profile, or all of them, as JSON Lines.

    Credentials and histories are not in it.
    """
    progress = Progress("profiles")
    with _written(output) as lines:
        if profile is not None:
            ids = [(await context.profile(profile)).id]
        else:
            ids = [found.id async for found in every_profile(context)]
        for profile_id in ids:
            document = await context.store.export_profile(context.namespace, profile_id)
            lines.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")
            progress.step()
    progress.end()
    if output != STDIO:
        click.echo(f"wrote {progress.done} profiles to {output}", err=True)


@contextmanager
def _written(output: str) -> Iterator[IO[bytes]]:
    """A new file that nobody else may read, or stdout; a file that was not finished is gone."""
    if output == STDIO:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except OSError as error:
        raise SettingError(output, f"it cannot be made ({error.strerror})") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        Path(output).unlink(missing_ok=True)
        raise


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@with_context(may_create=True)
async def import_(context: CommandContext, *, file: str) -> None:
    """Read profiles that `export` wrote, from FILE or from stdin (-).

    A profile that is here already, just so, is left: to import twice is to import once. The first
    line that cannot be taken stops it; the lines before it are written, nothing of it is.
    """
    from profilegate.openapi.profile_schema import AccountForm

    forms = {
        name: AccountForm.of(spec, provider.policy.external_id, provider.policy.own)
        for name, (spec, provider) in context.providers.items()
        if provider.policy is not None
    }
    progress, written = Progress("lines"), 0
    with click.open_file(file, "rb") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    written += await _import_line(context, line, f"{file}, line {number}", forms)
                    progress.step()
        finally:
            progress.end()
            counts = f"{written} profiles imported, {progress.done - written} were here already"
            click.echo(counts, err=sys.exc_info()[0] is not None)


async def _import_line(
    context: CommandContext, line: bytes, where: str, forms: "Mapping[str, AccountForm]"
) -> bool:
    """
    Import one line; whether anything had to be written.

    Raises:
        LineRejectedError: it is not a profile, or the store does not take it.
    """
    # Imported here: a command that only prints its help does without.
    from profilegate.admin.import_checks import check_exported
    from profilegate.media.json_text import read_json

    try:
        document = read_json(line)
        check_exported(document, forms.get)
        return await context.store.import_profile(context.namespace, document)
    except RequestError as error:
        raise LineRejectedError(where, str(error).replace("the body", "it")) from error
