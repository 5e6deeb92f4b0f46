"""Options that commands share, and how a command reports an error."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec

import click

from profilegate.errors import ProfilegateError
from profilegate.gateway.settings import DEFAULT_DATABASE, DEFAULT_KEY_FILE, DEMO_DATABASE

P = ParamSpec("P")


def in_a_sentence(command: Callable[P, None]) -> Callable[P, None]:
    """Say what is wrong in one sentence, without a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ProfilegateError as error:
            click.echo(f"profilegate: {error}", err=True)
            sys.exit(1)

    return run


def option(name: str, default: object, what: str) -> Callable[..., Any]:
    """An option that the environment may set: ``--key-file`` or ``PROFILEGATE_KEY_FILE``."""
    variable = "PROFILEGATE_" + name.upper().replace("-", "_")
    help_text = what if default is None else f"{what} [default: {default}]"
    return click.option(
        f"--{name}", default=default, envvar=variable, show_envvar=True, help=help_text
    )


database = option(
    "database",
    None,
    f"Where the profiles are kept. [default: {DEFAULT_DATABASE}; with --demo {DEMO_DATABASE}]",
)
key_file = option("key-file", DEFAULT_KEY_FILE, "The master key; made at the first start.")


def demo(what: str) -> Callable[..., Any]:
    """Whether the demo data is meant."""
    return click.option(
        "--demo", is_flag=True, envvar="PROFILEGATE_DEMO", show_envvar=True, help=what
    )


as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, one document a line, for programs."
)

profile_argument = click.argument("profile")
"""A profile's id, or one of its accounts: ``kraken:AA08 N84G CPAR UN7A``."""


def read_time(text: str) -> datetime:
    """
    A time as it is typed; in UTC, unless it says otherwise.

    Raises:
        UsageError: it is none.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text!r} is no time; write 2026-01-02T03:04:05Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
