"""The command line: serve, generate, sign, outbox."""

import asyncio
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from profilegate.errors import ProfilegateError, SettingError
from profilegate.settings import (
    DEFAULT_DATABASE,
    DEFAULT_HOST,
    DEFAULT_KEY_FILE,
    DEFAULT_PORT,
    DEMO_DATABASE,
    Settings,
)

# What a command does not need it does not import: Connexion alone takes a third of a second.


def _in_a_sentence(command: Callable[..., None]) -> Callable[..., None]:
    """Say what is wrong in one sentence, without a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ProfilegateError as error:
            click.echo(f"profilegate: {error}", err=True)
            sys.exit(1)

    return run


def _option(name: str, default: object, what: str) -> Callable[..., Any]:
    """An option that the environment may set: ``--key-file`` or ``PROFILEGATE_KEY_FILE``."""
    variable = "PROFILEGATE_" + name.upper().replace("-", "_")
    help_text = what if default is None else f"{what} [default: {default}]"
    return click.option(
        f"--{name}", default=default, envvar=variable, show_envvar=True, help=help_text
    )


_database = _option(
    "database",
    None,
    f"Where the profiles are kept. [default: {DEFAULT_DATABASE}; with --demo {DEMO_DATABASE}]",
)
_key_file = _option("key-file", DEFAULT_KEY_FILE, "The master key; made at the first start.")


def _demo(what: str) -> Callable[..., Any]:
    return click.option(
        "--demo", is_flag=True, envvar="PROFILEGATE_DEMO", show_envvar=True, help=what
    )


def _print_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"profilegate {version('profilegate')}")
        except PackageNotFoundError:
            click.echo("profilegate, a checkout that is not installed")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Four providers' "update user" APIs over one shared profile."""


@main.command()
@_option("host", DEFAULT_HOST, "The address to listen on.")
@_option("port", DEFAULT_PORT, "The port to listen on; 0 is any free one.")
@_database
@_key_file
@_demo("Load the demo world, into a database of its own.")
@_option("public-url", None, "Where people reach the gate, for links in mails.")
@_option("smtp-url", None, "The server that sends mails: smtp://user:password@host:25.")
@click.option(
    "--rate-limits/--no-rate-limits",
    default=True,
    envvar="PROFILEGATE_RATE_LIMITS",
    show_envvar=True,
    help="Whether the providers' own rate limits hold. [default: they do]",
)
@_in_a_sentence
def serve(**options: Any) -> None:
    """Serve every spec in specs/ by its handlers."""
    import uvloop

    from profilegate.serving.server import serve

    uvloop.run(serve(Settings(**options)))


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not as it must be.")
@_in_a_sentence
def generate(*, check: bool) -> None:
    """Write handlers/*/_generated.py from specs/*.yaml."""
    from profilegate.codegen.files import find_drift, write_files
    from profilegate.places import handlers_folder, specs_folder

    if check:
        drifts = find_drift(specs_folder(), handlers_folder())
        for drift in drifts:
            click.echo(str(drift))
        sys.exit(1 if drifts else 0)
    for file in write_files(specs_folder(), handlers_folder()):
        click.echo(f"wrote {file}")


@main.command()
@click.argument("provider")
@click.argument("target")
@click.option("--key", required=True, help="The public half of the credential.")
@click.option("--secret", required=True, help="The secret half, as the provider writes it.")
@click.option("--data", default="", help="The body, exactly as it will be sent.")
@_in_a_sentence
def sign(*, provider: str, target: str, key: str, secret: str, data: str) -> None:
    """Print the headers that sign a request, for `curl -H @-`.

    TARGET is the path as it will be sent, with its query: /b2b/users/AA08%20N84G%20CPAR%20UN7A
    """
    from profilegate.serving.providers import load_signer

    for name, value in load_signer(provider)(target, key=key, secret=secret, body=data).items():
        click.echo(f"{name}: {value}")


@main.command()
@_database
@_key_file
@_demo("Look into the demo world's database.")
@_in_a_sentence
def outbox(**options: Any) -> None:
    """Print the mails that wait, or were sent."""
    settings = Settings(**options)
    if not settings.database_path.exists():
        raise SettingError("PROFILEGATE_DATABASE", f"there is no file {settings.database_path}")
    asyncio.run(_print_outbox(settings.database_path, settings.key_file_path))


async def _print_outbox(database: Path, key_file: Path) -> None:
    from profilegate.store import DEFAULT_WORLD
    from profilegate.store.sqlite import open_store

    store = open_store(database, key_file=key_file, rules={})
    try:
        mails = await store.mails(DEFAULT_WORLD)
    finally:
        await store.close()
    if not mails:
        click.echo("The outbox is empty.")
    for mail in mails:
        sent = f"sent {mail.sent_at:%Y-%m-%d %H:%M:%S}Z" if mail.sent_at else "waiting"
        click.echo(f"--- mail {mail.id}, {mail.created_at:%Y-%m-%d %H:%M:%S}Z, {sent}")
        click.echo(f"To: {mail.to}\nSubject: {mail.subject}\n\n{mail.text}")
