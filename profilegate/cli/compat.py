"""The command compat: breaking changes between two specs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from profilegate.cli.options import as_json, reported
from profilegate.cli.printing import cell, print_json
from profilegate.errors import ConfigurationError

if TYPE_CHECKING:
    from profilegate.contract.compat.comparison import Comparison

EXISTING = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("old", type=EXISTING)
@click.argument("new", type=EXISTING)
@as_json
@click.option("--breaking", "only_breaking", is_flag=True, help="Show breaking changes only.")
@click.option(
    "--versioned",
    is_flag=True,
    help="Permit breaking changes where the major number of info.version has risen.",
)
@reported
def compat(*, old: Path, new: Path, as_json: bool, only_breaking: bool, versioned: bool) -> None:
    """List the changes from the spec OLD to the spec NEW, as lines of a changelog.

    Both are files of OpenAPI 3.0 or 3.1, or folders of specs. Exit code: 0 if every client of OLD
    works with NEW, 1 if one may fail, 2 if the specs cannot be read.
    """
    from profilegate.contract.compat.comparison import compare

    try:
        found = compare(old, new)
    except ConfigurationError as error:
        click.echo(f"profilegate: {error}", err=True)
        sys.exit(2)
    for comparison in found:
        changes = comparison.breaking if only_breaking else comparison.changes
        if as_json:
            for change in changes:
                print_json({"spec": comparison.name, **_document(change)})
        elif changes:
            _print(comparison, changes)
    if not as_json and not any(each.changes for each in found):
        click.echo("No changes.")
    sys.exit(any(each.breaking and not (versioned and each.is_major) for each in found))


def _print(comparison: "Comparison", changes: Any) -> None:
    from profilegate.contract.compat.changes import lines

    click.echo(f"## {comparison.name}\n")
    for line in lines(changes):
        # A spec may be a stranger's: no value of it ends a line or controls the terminal.
        click.echo(cell(line))
    click.echo()


def _document(change: Any) -> dict[str, Any]:
    names = ("is_breaking", "operations", "part", "field", "rule", "text")
    return {name.removeprefix("is_"): getattr(change, name) for name in names}
