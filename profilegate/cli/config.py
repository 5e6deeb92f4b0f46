"""Command ``config check``: the settings as ``serve`` reads them, and what is wrong with them."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import fields
from typing import Any

import click
from click.core import ParameterSource

from profilegate.cli.options import reported
from profilegate.errors import SettingError
from profilegate.gateway.settings import Settings, read_secret

SECRETS = frozenset(each.name for each in fields(Settings) if not each.repr)
"""The settings that no output shows, or only a part of them; each may be in a file."""

URLS = frozenset({"database", "public_url"})
"""The settings that are shown, and may hold a password even if they do not look like URLs."""

MASK = "********"

ELSEWHERE = frozenset({"PROFILEGATE_CREDENTIALS", "PROFILEGATE_URL"})
"""Variables that commands read without an option."""


_PLAIN = r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})"
_INFO = rf"(?:{_PLAIN}|[!$&'()*+,;=])*"
_HOST = rf"(?:{_PLAIN}*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?"

_URL = re.compile(
    rf"(?:(https?://)|(postgres(?:ql)?://)(?:({_INFO})(?::(?:{_INFO}|:)*)?(@))?)"
    rf"({_HOST}(?:,{_HOST})*(?:/{_PLAIN}*)*)(?:\?[^@#]*)?"
)
"""RFC 3986, but for what may be a part of a password that is not escaped: a second ``@``, a port
that is no number, special characters of a path, a fragment. Its groups are what may be shown; users
of web servers are none of it, as they are often tokens."""


def config_of(serve: click.Command) -> click.Group:
    """The commands about the settings of ``serve``."""

    @click.group()
    def config() -> None:
        """The settings, before they are served."""

    @reported
    def check(**texts: Any) -> None:
        context = click.get_current_context()
        values, problems = _read(serve, context, texts)
        settings = Settings(**values)
        for name in dict.fromkeys(map(_field, serve.params)):
            how = _source(name, serve, context)
            shown = _shown(name, settings) if name in values or how == "default" else "?"
            click.echo(f"{_variable(name):32} {shown}  ({how})")
        for warning in settings.warnings():
            click.echo(f"profilegate: warning: {warning}", err=True)
        found = [*problems.values(), *_found(settings, context)]
        for problem in found:
            click.echo(f"profilegate: {problem}", err=True)
        if found:
            sys.exit(1)
        click.echo("No problem was found.")

    config.add_command(
        click.Command(
            "check",
            callback=check,
            params=[_lenient(option) for option in serve.params],
            help="Check the settings that serve would have, and print them without secrets.",
        )
    )
    return config


def _lenient(option: click.Parameter) -> click.Parameter:
    """The option with any text as its value: it is read later, so that all errors are told."""
    lenient = copy(option)
    if isinstance(option, click.Option) and option.is_flag:
        # An argument of a flag cannot be wrong; its variable is read later.
        lenient.envvar = None
    else:
        lenient.type = click.STRING
    return lenient


def _read(
    serve: click.Command, context: click.Context, texts: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of the settings, and the problem of each one that cannot be read."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for option in serve.params:
        name, text = _field(option), texts[str(option.name)]
        if _is_set_by_variable(option, context):
            text = os.environ[str(option.envvar)]
        try:
            if str(option.name) == f"{name}_file":
                variable = _variable(name)
                value = values.get(name) or os.environ.get(variable) or None
                values[name] = read_secret(variable, value, text)
            elif text is not None:
                values[name] = option.type_cast_value(context, text)
        except SettingError as error:
            problems[name] = str(error)
        except click.BadParameter as error:
            problems[name] = f"{_variable(name)}: {error.message}"
    return values, problems


def _is_set_by_variable(option: click.Parameter, context: click.Context) -> bool:
    """Whether a variable sets a flag."""
    return (
        isinstance(option, click.Option)
        and option.is_flag
        and context.get_parameter_source(str(option.name)) is not ParameterSource.COMMANDLINE
        and bool(os.environ.get(str(option.envvar)))
    )


def _source(name: str, serve: click.Command, context: click.Context) -> str:
    """Where the value of a setting comes from: one or two options and variables set it."""
    options = [option for option in serve.params if _field(option) == name]
    sources = [context.get_parameter_source(str(option.name)) for option in options]
    if ParameterSource.COMMANDLINE in sources:
        return "option"
    variables = {_variable(name), *(str(option.envvar) for option in options)}
    return "environment" if any(map(os.environ.get, variables)) else "default"


def _found(settings: Settings, context: click.Context) -> Iterator[str]:
    from profilegate.admin.config_checks import problems_of, unknown_variables
    from profilegate.openapi.resources import spec_files, specs_folder

    yield from problems_of(settings)
    known = ELSEWHERE | set(_variables(context.find_root().command))
    providers = [file.stem for file in spec_files(specs_folder())]
    yield from unknown_variables(os.environ, known, providers)


def _variables(command: click.Command) -> Iterator[str]:
    """The variables that a command and those below it read."""
    for option in command.params:
        if isinstance(option.envvar, str):
            yield option.envvar
            yield option.envvar.removesuffix("_FILE")
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _variables(each)


def _field(option: click.Parameter) -> str:
    """The field of ``Settings`` that an option sets."""
    name = str(option.name)
    secret = name.removesuffix("_file")
    return secret if secret in SECRETS else name


def _variable(name: str) -> str:
    return f"PROFILEGATE_{name.upper()}"


def _shown(name: str, settings: Settings) -> str:
    """A value as it takes effect, without a secret; a wrong one as it is, unless it is a URL."""
    if name in SECRETS and name != "database":
        return "-" if getattr(settings, name) is None else MASK
    effective: dict[str, Callable[[], Any]] = {
        "database": lambda: settings.database_url,
        "key_file": lambda: settings.key_file_path,
        "journal": lambda: settings.journal_size,
        "public_url": lambda: settings.public_url_at(settings.port),
        "root_path": lambda: settings.prefix,
    }
    try:
        value = effective[name]() if name in effective else getattr(settings, name)
    except SettingError:
        value = getattr(settings, name)
    text = "-" if value is None or value == "" else str(value)
    return _without_secrets(text) if (name in URLS and text != "-") or "://" in text else text


def _without_secrets(url: str) -> str:
    """A URL without its password and its query; nothing of one whose password may be anywhere."""
    # Importing the store takes longer than a command that needs none.
    from profilegate.store.opening import SQLITE_PREFIX

    if url.startswith(SQLITE_PREFIX) and "@" not in url:
        return url.partition("?")[0]
    found = _URL.fullmatch(url)
    return MASK if found is None else "".join(filter(None, found.groups()))
