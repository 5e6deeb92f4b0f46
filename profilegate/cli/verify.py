"""The command verify: whether recorded traffic, or a server, keeps a provider's contract."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from profilegate.cli.options import reported
from profilegate.errors import ArchiveUnreadableError, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from profilegate.client.credentials import Profile
    from profilegate.contract.findings import Report
    from profilegate.contract.har_files import HarFile
    from profilegate.gateway.provider import Provider

GENERATED = 10
"""Requests for each operation: some seconds for a provider. We chose it."""

USAGE_ERROR = 2
"""The exit code for a wrong call of the command, as click has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How the report is shown, and what counts in it."""

    strict: bool
    as_json: bool
    junit: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server, and how it may be called."""

    url: str
    writes: bool
    profile: str | None
    inputs: Mapping[str, str]
    record: Path | None
    generated: int
    thorough: bool
    compares: bool


@click.command()
@click.argument("provider", required=False)
@click.option("--against", metavar="URL", help="Check the server at a base URL.")
@click.option(
    "--har",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Check the exchanges of an HTTP archive (HAR 1.2).",
)
@click.option("--as", "profile", metavar="NAME", help="The credentials of a named profile.")
@click.option(
    "--set",
    "inputs",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter's value, or what a conversation needs; @FILE reads the value from a file.",
)
@click.option("--write", is_flag=True, help="Change data at a server that is not on this machine.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Record the exchanges as a HAR file, without credentials and personal data.",
)
@click.option(
    "--generated",
    type=click.IntRange(min=0),
    default=GENERATED,
    show_default=True,
    metavar="N",
    help="Requests that are generated for each operation; it needs profilegate[verify].",
)
@click.option("--thorough", is_flag=True, help="Generate one for each rule of the spec, too.")
@click.option(
    "--compare/--no-compare",
    default=True,
    help="Whether the responses are compared with those of this gateway. [default: they are]",
)
@click.option("--strict", is_flag=True, help="Fields that the spec does not know fail the run too.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@click.option(
    "--junit",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the report as JUnit's XML too.",
)
@reported
def verify(provider: str | None, against: str | None, har: Path | None, **options: Any) -> None:
    """Check whether traffic, or a server, keeps the contract of PROVIDER (of all by default).

    It exits with 0 if the contract holds; with 1 if it does not, or if no call succeeded; with 2
    if the command or the file cannot be used.
    """
    if (against is None) == (har is None):
        raise click.UsageError("name what to check: either --against URL or --har FILE")
    shown = Shown(strict=options["strict"], as_json=options["as_json"], junit=options["junit"])
    providers = served(provider)
    try:
        if har is not None:
            report = _check_recording(
                har, providers, options["profile"], is_named=provider is not None
            )
        else:
            target = Target(
                url=str(against),
                writes=options["write"],
                profile=options["profile"],
                inputs=dict(map(_input, options["inputs"])),
                record=options["record"],
                generated=options["generated"],
                thorough=options["thorough"],
                compares=options["compare"],
            )
            report = _check_server(target, providers, is_named=provider is not None)
    except (ArchiveUnreadableError, SettingError) as error:
        click.echo(f"profilegate: {error}", err=True)
        sys.exit(USAGE_ERROR)
    show(report, shown)


def served(name: str | None) -> Sequence["Provider"]:
    """
    The provider of a name, or all that have accounts.

    Raises:
        UsageError: there is no such provider.
    """
    from profilegate.gateway.loading import load_providers

    providers = {each.name: each for each in load_providers().values() if each.policy}
    if name is not None and name not in providers:
        raise click.UsageError(f"no provider is called {name}; there are {', '.join(providers)}")
    return list(providers.values()) if name is None else [providers[name]]


def _input(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise click.UsageError("--set needs NAME=VALUE")
    return name, Path(value[1:]).read_text("utf-8").strip() if value.startswith("@") else value


def _profile(provider: "Provider", name: str | None, *, is_named: bool) -> "Profile":
    """The credentials of a provider; of one that was not named, there may be none of this name."""
    from profilegate.client.credentials import Profile, find_profile, profile_names
    from profilegate.gateway.loading import load_signer

    if name is not None and not is_named and name not in profile_names(provider.name):
        return Profile()
    return find_profile(provider.name, load_signer(provider.spec), name)


# --- Recordings ---------------------------------------------------------------------------


def _check_recording(
    har: Path, providers: Sequence["Provider"], profile: str | None, *, is_named: bool
) -> "Report":
    from profilegate.contract.archives import read_archive
    from profilegate.contract.recording import check_recording

    exchanges = read_archive(har)
    # With the key a signature can be computed again.
    secrets = {
        each.name: _profile(each, profile, is_named=is_named).credentials for each in providers
    }
    return check_recording(str(har), exchanges, providers, secrets)


# --- Servers ------------------------------------------------------------------------------


def _check_server(target: Target, providers: Sequence["Provider"], *, is_named: bool) -> "Report":
    from profilegate.client import BaseUrl
    from profilegate.client.credentials import variable_of
    from profilegate.contract.findings import Report
    from profilegate.contract.har_files import HarFile
    from profilegate.gateway.loading import load_signer

    BaseUrl.of(target.url)
    report = Report(target.url, lists_checks=True)
    with ExitStack() as stack:
        recording = None if target.record is None else stack.enter_context(HarFile(target.record))
        for provider in providers:
            credentials = _profile(provider, target.profile, is_named=is_named).credentials
            names = load_signer(provider.spec).names
            if credentials or not names:
                _check_provider(target, provider, credentials, report, recording)
            elif is_named:
                variables = ", ".join(variable_of(provider.name, each) for each in names)
                what = f"there are no credentials; set {variables}, or --as NAME"
                raise SettingError(provider.name, what)
            else:
                report.notes.append(f"{provider.name} is left out: there are no credentials of it")
    return report


def _check_provider(
    target: Target,
    provider: "Provider",
    credentials: Mapping[str, str],
    report: "Report",
    recording: "HarFile | None",
) -> None:
    from profilegate.testing.contract import Options, verify_server

    with _progress(provider.name) as (start, tell):
        options = Options(
            writes=target.writes,
            inputs=target.inputs,
            generated=target.generated,
            is_thorough=target.thorough,
            compares=target.compares,
            recording=recording,
            start=start,
            tell=tell,
        )
        verify_server(report, provider.name, target.url, credentials, options)


@contextmanager
def _progress(
    name: str,
) -> Iterator[tuple["Callable[[int], None]", "Callable[[str], None]"]]:
    """A bar on stderr, if that is a terminal: functions for the number of steps, and for each."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=None)

        def start(steps: int) -> None:
            bar.update(task, total=steps)

        def tell(step: str) -> None:
            bar.update(task, description=f"{name}: {step}", advance=1)

        yield start, tell


# --- Reports ------------------------------------------------------------------------------


def show(report: "Report", shown: Shown) -> None:
    """Print a report, and exit with 1 unless the contract holds."""
    from profilegate.contract import reports

    if shown.junit is not None:
        shown.junit.write_text(reports.as_junit(report, strict=shown.strict), "utf-8")
    if shown.as_json:
        click.echo(reports.as_json(report, strict=shown.strict))
    else:
        for line in reports.as_text(report):
            click.echo(line)
    if not report.successes:
        click.echo(f"profilegate: {reports.nothing_succeeded(report)}", err=True)
    if not report.holds(strict=shown.strict):
        sys.exit(1)
