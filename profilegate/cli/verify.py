"""The command verify: whether recorded traffic, or a server, keeps a provider's contract."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profilegate.cli.options import reported
from profilegate.errors import ArchiveUnreadableError

if TYPE_CHECKING:
    from profilegate.contract.findings import Report
    from profilegate.gateway.provider import Provider

USAGE_ERROR = 2
"""The exit code for a wrong call of the command, as click has it."""


@click.command()
@click.argument("provider", required=False)
@click.option(
    "--har",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Check the exchanges of an HTTP archive (HAR 1.2).",
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
def verify(
    *, provider: str | None, har: Path | None, strict: bool, as_json: bool, junit: Path | None
) -> None:
    """Check whether traffic, or a server, keeps the contract of PROVIDER (of all by default).

    It exits with 0 if the contract holds; with 1 if it does not, or if no call succeeded; with 2
    if the command or the file cannot be used.
    """
    from profilegate.contract.archives import read_archive
    from profilegate.contract.recording import check_recording

    providers = served(provider)
    if har is None:
        raise click.UsageError("name what to check: --har FILE")
    try:
        exchanges = read_archive(har)
    except ArchiveUnreadableError as error:
        click.echo(f"profilegate: {error}", err=True)
        sys.exit(USAGE_ERROR)
    report = check_recording(str(har), exchanges, providers, {})
    show(report, strict=strict, as_json=as_json, junit=junit)


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


def show(report: "Report", *, strict: bool, as_json: bool, junit: Path | None) -> None:
    """Print a report, and exit with 1 unless the contract holds."""
    from profilegate.contract import reports

    if junit is not None:
        junit.write_text(reports.as_junit(report, strict=strict), "utf-8")
    if as_json:
        click.echo(reports.as_json(report, strict=strict))
    else:
        for finding in report.findings:
            kind = "warning" if finding.is_warning else "error"
            first, *others = reports.lines_of(finding)
            click.echo(f"{kind:7} {finding.provider} {first}")
            for line in others:
                click.echo(f"        {line}")
        for note in report.notes:
            click.echo(f"note: {note}")
        click.echo(summary(report))
    if not report.successes:
        click.echo(f"profilegate: {reports.nothing_succeeded(report)}", err=True)
    if not report.holds(strict=strict):
        sys.exit(1)


def summary(report: "Report") -> str:
    """The report in one line."""
    findings = list(report.findings)
    errors = len(report.errors)
    return (
        f"{report.target}: {report.calls} calls, {report.successes} accepted, "
        f"{report.ignored} of no spec; {errors} errors, {len(findings) - errors} warnings"
    )
