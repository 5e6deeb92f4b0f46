"""The commands below call: one for each operation of a spec, with an option for each field."""

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from profilegate.cli.call import EPILOG, is_file
from profilegate.cli.call_run import Arguments, Run, exits
from profilegate.cli.options import reject_invalid_utf8
from profilegate.cli.printing import cell
from profilegate.errors import ProfilegateError

if TYPE_CHECKING:
    from profilegate.client.fields import Field
    from profilegate.gateway.outgoing import Signer
    from profilegate.openapi import Operation, Spec

HELP_LENGTH_MAX = 200
"""Characters of a description that the help of an option shows; we chose about two lines."""

NOT_IN_OPTIONS = re.compile(r"[\s/;=\\'\"`]")
"""Characters that no option's name has: a parser or a shell would take them for something else."""


class Operations(click.Group):
    """``call PROVIDER``: a command for each operation of its spec."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            short_help="The operations of its spec.",
            help=f"Call an operation of {name}. The options of each are those of its spec.",
            epilog=EPILOG,
        )

    @cached_property
    def spec(self) -> "Spec":
        """The spec, which is read when it is first needed."""
        from profilegate.gateway.loading import load_spec
        from profilegate.openapi import read_spec

        name = str(self.name)
        with exits():
            return read_spec(Path(name)) if is_file(name) else load_spec(name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The operations, in the order of the spec."""
        return [each.id for each in self.spec.operations()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of an operation; its name may have dashes."""
        for operation in self.spec.operations():
            if cmd_name in (operation.id, operation.id.replace("_", "-")):
                return operation_command(self.spec, operation)
        return None


class Value(click.ParamType[str]):
    """The value of a field: checked by the spec, with all others at once, and not by click."""

    def __init__(self, kind: str, words: Sequence[str] = ()) -> None:
        self.name = kind
        self.words = words

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """What is to be given: the words themselves, if there are few."""
        words = "|".join(self.words)
        return f"[{words}]" if words and len(words) <= len(self.name) + 40 else self.name

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The words of an enumeration."""
        if self.name == "FILE":
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(each) for each in self.words if each.startswith(incomplete)]


def operation_command(spec: "Spec", operation: "Operation") -> click.Command:
    """The command of an operation: an option for each field, and those that all commands have."""
    from profilegate.client.fields import Fields, spelled
    from profilegate.gateway.loading import load_signer

    signer = load_signer(spec)
    fields = Fields(spec, operation)
    own = own_options(spec, operation, signer)
    taken = {"help", *(spelled(name.lstrip("-")) for each in own for name in each.opts)}
    options = {f"field_{number}": each for number, each in enumerate(fields.all)}
    params: list[click.Parameter] = [
        field_option(name, each, taken) for name, each in options.items()
    ]

    def callback(**values: Any) -> None:
        given = {each.name: values.pop(name) for name, each in options.items()}
        for name, texts in {**given, **values}.items():
            reject_invalid_utf8(name, texts)
        with exits():
            run = Run(spec, operation, signer, fields, Arguments(given=given, **values))
            sys.exit(run())

    return click.Command(
        operation.id,
        params=[*params, *own],
        callback=callback,
        short_help=cell(str(operation.node.get("summary") or "")),
        help="\n\n".join(_help(operation)),
        epilog=EPILOG,
        # --first-name is --first_name.
        context_settings={"token_normalize_func": spelled},
    )


def _help(operation: "Operation") -> Iterator[str]:
    summary = cell(str(operation.node.get("summary") or ""))
    yield f"{operation.method} {operation.paths[0]}: {summary}".strip()
    if description := operation.node.get("description"):
        yield "\n".join(map(cell, str(description).splitlines()))
    if operation.bodies:
        yield f"Media types of the body: {', '.join(operation.bodies)}."


def field_option(name: str, field: "Field", taken: set[str]) -> click.Option:
    """The option of one field."""
    from profilegate.client.fields import spelled

    flag = NOT_IN_OPTIONS.sub("-", field.name)
    if spelled(flag) in taken:
        flag = f"{field.root or 'body'}.{flag}"
    said = cell(" ".join(field.description.split()))
    if len(said) > HELP_LENGTH_MAX:
        said = f"{said[:HELP_LENGTH_MAX].rpartition(' ')[0]} …"
    notes = ["required"] * field.is_required + ["may be repeated"] * field.is_list
    words = f"{said}  [{'; '.join(notes)}]" if notes else said
    return click.Option(
        [name, f"--{flag}"], type=Value(field.kind, field.words), multiple=True, help=words.strip()
    )


def own_options(spec: "Spec", operation: "Operation", signer: "Signer") -> list[click.Option]:
    """The options that every operation has."""
    from profilegate.client.credentials import variable_of
    from profilegate.client.sending import TIMEOUT_MAX_SECONDS, TIMEOUT_SECONDS
    from profilegate.openapi.media_types import bare

    variables = ", ".join(variable_of(spec.name, each) for each in signer.names)
    types = list(dict.fromkeys(bare(each) for each in (*operation.bodies, *operation.content)))
    option = click.Option
    return [
        option(["data", "-d", "--data"], metavar="JSON|@FILE",
               help="The body; @- is the standard input. Fields are put into it."),
        option(["headers", "-H", "--header"], multiple=True, metavar="'NAME: VALUE'",
               help="A further header."),
        option(["base_url", "--base-url"], metavar="URL",
               help="Where to call. [default: as the profile says, else PROFILEGATE_URL (a "
                    "gateway), else the spec's server]"),
        option(["profile", "--as"], type=Profiles(spec.name), metavar="PROFILE",
               help=f"A profile of the credentials file. [default: the variables {variables}, else "
                    "the profile default]"),
        option(["media_type", "--media-type"], type=Value("TYPE", types), default="",
               help="The media type of both bodies, or a part of its name. [default: JSON]"),
        option(["unsigned", "--unsigned"], is_flag=True, help="Send no credentials."),
        option(["timeout", "--timeout"], type=Seconds(0, TIMEOUT_MAX_SECONDS, min_open=True),
               default=TIMEOUT_SECONDS, show_default=True, metavar="SECONDS",
               help="How long to wait for each part of the response."),
        option(["curl", "--curl"], is_flag=True,
               help="Send nothing; print a curl command, with the credentials in it."),
        option(["dry_run", "--dry-run"], is_flag=True,
               help="Send nothing; print the request, its credentials hidden."),
        option(["as_json", "--json"], is_flag=True, help="Print one JSON document."),
        option(["verbose", "-v", "--verbose"], is_flag=True,
               help="Print what was signed, the request and the head of the response on stderr, "
                    "credentials too."),
    ]  # fmt: skip


class Seconds(click.FloatRange):
    """A time; ``nan`` is in no range, but click compares it with the ends only."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """A number in the range."""
        seconds: float = super().convert(value, param, ctx)
        if seconds != seconds:
            self.fail(f"{value!r} is no time.", param, ctx)
        return seconds


class Profiles(click.ParamType[str]):
    """The name of a profile in the credentials file."""

    name = "profile"

    def __init__(self, provider: str) -> None:
        self._provider = provider

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The profiles of the provider; none if the file cannot be used."""
        from profilegate.client.credentials import profile_names

        try:
            names = profile_names(self._provider)
        except ProfilegateError:
            return []
        return [CompletionItem(each) for each in names if each.startswith(incomplete)]
