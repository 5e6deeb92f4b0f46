"""The command ledger: the rules of the specs, how we know them, and the tests that prove them."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from profilegate.cli.options import as_json, reported
from profilegate.cli.printing import print_json, print_table

if TYPE_CHECKING:
    from profilegate.codegen.ledger.ledger import Ledger
    from profilegate.codegen.ledger.rules import LedgerRule


@click.command()
@click.argument("provider", required=False)
@click.option("--assumed", is_flag=True, help="Only what the provider does not say: our choices.")
@as_json
@reported
def ledger(*, provider: str | None, assumed: bool, as_json: bool) -> None:
    """Show how we know each rule of a provider's spec, and which test proves it.

    Without PROVIDER: the figures of all. The pages docs/ledger*.md have the same.
    """
    from profilegate.codegen.ledger.files import read_ledgers

    found = read_ledgers()
    if provider is not None and provider not in found:
        raise click.UsageError(f"PROVIDER must be one of {', '.join(found)}")
    chosen = list(found.values()) if provider is None else [found[provider]]
    if as_json:
        _print_json(chosen, assumed=assumed)
    elif provider is None and not assumed:
        rows = [(each.provider, *each.figures().values()) for each in chosen]
        print_table(rows, ("provider", *chosen[0].figures()))
    else:
        print_table(
            [
                (
                    rule.place,
                    rule.subject,
                    rule.detail,
                    rule.basis,
                    rule.note if assumed else _first(each, rule),
                )
                for each in chosen
                for rule in (each.of_class("assumed") if assumed else each.rules)
            ],
            ("place", "of", "rule", "class", "reason" if assumed else "test"),
        )


def _first(ledger: "Ledger", rule: "LedgerRule") -> str:
    return next(iter(ledger.tests[rule.pointer]), "-")


def _print_json(ledgers: "list[Ledger]", *, assumed: bool) -> None:
    for each in ledgers:
        for rule in each.of_class("assumed") if assumed else each.rules:
            print_json({**asdict(rule), "tests": each.tests[rule.pointer]})
