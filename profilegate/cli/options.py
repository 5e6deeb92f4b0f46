"""Options and arguments that commands share, and their error reports."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

import click

from profilegate.errors import InvalidFieldsError, ProfilegateError, Violation
from profilegate.gateway.settings import (
    DEFAULT_DATABASE,
    DEFAULT_KEY_FILE,
    DEMO_DATABASE,
    DEMO_KEY_FILE,
    read_secret,
)
from profilegate.profile.times import utc_time

P = ParamSpec("P")


OPTION_NAMES = {
    "": "it",
    "operation": "OPERATION",
    "error": "--error",
    "status": "--status",
    "match.seed": "--seed",
    "tenant": "--tenant",
    "expires_at": "--expires",
    "kind": "--kind",
    "nonce_window": "--nonce-window",
    "provider": "PROVIDER",
    "external_id": "the external id",
    "credential_id": "CREDENTIAL",
}
"""Field in a violation of the admin actions -> the option or argument that sets it."""


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """Make a command report errors in one sentence on stderr, and exit with 1, or 2 for usage."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except InvalidFieldsError as error:
            # Wrong arguments are a usage error, with its form and exit code.
            raise click.UsageError("; ".join(map(_message, error.violations))) from None
        except ProfilegateError as error:
            click.echo(f"profilegate: {error}", err=True)
            sys.exit(1)
        except BrokenPipeError:
            close_stdout()
            sys.exit(1)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"profilegate: {where}{error.strerror or 'it failed'}", err=True)
            sys.exit(1)

    return run


def close_stdout() -> None:
    """The reader has seen enough: what is still in the buffer has nowhere to go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reject_invalid_utf8(name: str, value: Any) -> None:
    """
    Check that an argument is UTF-8, because shells pass on any bytes.

    Raises:
        UsageError: it is not UTF-8.
    """
    for text in value if isinstance(value, tuple) else (value,):
        try:
            str(text).encode()
        except UnicodeEncodeError:
            raise click.UsageError(f"{name} is not UTF-8") from None


def _message(violation: Violation) -> str:
    from profilegate.openapi.messages import sentence

    name = OPTION_NAMES.get(violation.field, violation.field)
    return f"{name} {sentence(violation)}"


def option(name: str, default: object, what: str) -> Callable[..., Any]:
    """An option that the environment may set: ``--key-file`` or ``PROFILEGATE_KEY_FILE``."""
    variable = "PROFILEGATE_" + name.upper().replace("-", "_")
    help_text = what if default is None else f"{what} [default: {default}]"
    return click.option(
        f"--{name}", default=default, envvar=variable, show_envvar=True, help=help_text
    )


def choice(
    name: str, values: Sequence[str], what: str, *, default: str | None = None
) -> Callable[..., Any]:
    """An option that has one of some values, the first one by default."""
    return click.option(
        f"--{name}",
        type=click.Choice(values),
        default=default or values[0],
        show_default=True,
        envvar="PROFILEGATE_" + name.upper().replace("-", "_"),
        show_envvar=True,
        help=what,
    )


def secret(name: str, what: str) -> Callable[..., Any]:
    """
    A setting that is a secret: ``PROFILEGATE_NAME``, or ``--name-file`` with the path of a file.

    There is no option for its value: every user of the machine can see arguments (``ps``).
    """
    variable = "PROFILEGATE_" + name.upper().replace("-", "_")
    argument = name.replace("-", "_")

    def decorate(command: Callable[P, None]) -> Callable[..., None]:
        @click.option(
            f"--{name}-file",
            metavar="FILE",
            envvar=f"{variable}_FILE",
            show_envvar=True,
            help=f"A file. {what} The variable {variable} holds the value itself.",
        )
        @wraps(command)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            file: Any = kwargs.pop(f"{argument}_file")
            kwargs[argument] = read_secret(variable, os.environ.get(variable) or None, file)
            command(*args, **kwargs)

        return run

    return decorate


def database(command: Callable[P, None]) -> Callable[..., None]:
    """The option ``--database``, or a file with the URL, which may hold a password."""

    @option(
        "database",
        None,
        "The database, a SQLite file or postgresql://user@host:5432/database."
        f" [default: {DEFAULT_DATABASE}; with --demo {DEMO_DATABASE}]",
    )
    @click.option(
        "--database-file",
        metavar="FILE",
        envvar="PROFILEGATE_DATABASE_FILE",
        show_envvar=True,
        help="A file that holds the URL of the database, for one with a password.",
    )
    @wraps(command)
    @reported
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        url: Any = kwargs["database"]
        file: Any = kwargs.pop("database_file")
        kwargs["database"] = read_secret("PROFILEGATE_DATABASE", url, file)
        command(*args, **kwargs)

    decorated: Callable[..., None] = run
    return decorated


key_file = option(
    "key-file",
    None,
    "The master key; created at the first start."
    f" [default: {DEFAULT_KEY_FILE}; with --demo {DEMO_KEY_FILE}]",
)


def demo(what: str) -> Callable[..., Any]:
    """The option ``--demo``; ``what`` is its help."""
    return click.option(
        "--demo", is_flag=True, envvar="PROFILEGATE_DEMO", show_envvar=True, help=what
    )


namespace_option = option("namespace", None, "The namespace to work in. [default: default]")
for_tests = click.option(
    "--test-mode",
    is_flag=True,
    envvar="PROFILEGATE_TEST_MODE",
    show_envvar=True,
    help="Permit what only tests need. [--demo implies it]",
)

as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, one document on each line."
)

profile_argument = click.argument("profile")
"""A profile: its id, or one of its accounts (``kraken:AA08 N84G CPAR UN7A``)."""


def read_time(text: str) -> datetime:
    """
    A time in ISO 8601; without an offset it is in UTC.

    Raises:
        UsageError: it is not a time.
    """
    try:
        return utc_time(text)
    except ValueError:
        raise click.UsageError("a time must look like 2026-01-02T03:04:05Z") from None
