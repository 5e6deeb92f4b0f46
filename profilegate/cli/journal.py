"""The commands journal and explain: show the last exchanges, and why one was rejected."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, get_args

import click

from profilegate.cli.context import admin_command
from profilegate.cli.options import as_json
from profilegate.cli.printing import cell, print_json, print_table
from profilegate.store.journal import Filter, Outcome

if TYPE_CHECKING:
    from profilegate.admin.context import Admin
    from profilegate.admin.exchanges import ExchangeView

HEADS = ("time", "request id", "status", "provider", "operation", "outcome", "error")

EXCHANGES_SHOWN = 20
"""By default: a screen has some lines more."""

FOLLOW_EVERY_SECONDS = 0.5
"""How often new exchanges are looked for: soon for a person, cheap for the database."""

originals_option = click.option(
    "--originals", is_flag=True, help="Mask nothing; needs --test-mode or --demo."
)


@click.command()
@click.argument("request_id", required=False)
@click.option("--provider", help="Only exchanges with this provider's API.")
@click.option("--operation", help="Only those with this operation.")
@click.option("--outcome", type=click.Choice(get_args(Outcome)), help="Only those that ended so.")
@click.option("--status", type=int, help="Only responses with this status.")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=1),
    default=EXCHANGES_SHOWN,
    show_default=True,
    help="How many of the last exchanges are shown.",
)
@click.option("--follow", is_flag=True, help="Go on with new exchanges, until Ctrl-C.")
@click.option("--har", is_flag=True, help="Print an HTTP archive (HAR), which browsers open.")
@originals_option
@as_json
@admin_command(is_for_tests=True)
async def journal(
    admin: "Admin",
    /,
    *,
    request_id: str | None,
    limit: int,
    follow: bool,
    har: bool,
    originals: bool,
    as_json: bool,
    **wanted: Any,
) -> None:
    """Show the last exchanges of a namespace, newest last; with REQUEST_ID that one whole.

    Personal data and secrets are masked. A gateway keeps a journal in test mode, and with
    `serve --journal N`. `profilegate explain REQUEST_ID` says why a request was rejected.
    """
    from profilegate.admin import journal
    from profilegate.admin.har import archive

    if request_id is not None:
        view = await journal.find(admin, request_id, originals=originals)
        await _print([view], admin, as_json=True, indent=None if as_json else 2)
        return
    if har and follow:
        raise click.UsageError("--har prints what there is; --follow does not end")
    kept = Filter(**wanted)
    views = await journal.page(admin, kept, limit=limit, originals=originals)
    if har:
        click.echo(json.dumps(archive(views), indent=2, ensure_ascii=False))
        return
    if not as_json and not views and not follow:
        click.echo("The journal has no such exchange.")
    await _print(views, admin, as_json=as_json)
    # Ctrl-C cancels the task: it is how this ends, and no error.
    with suppress(asyncio.CancelledError):
        while follow:
            await asyncio.sleep(FOLLOW_EVERY_SECONDS)
            after = views[-1].entry.number if views else 0
            new = await journal.page(admin, kept, after=after, limit=limit, originals=originals)
            await _print(new, admin, as_json=as_json, heads=())
            views = new or views


async def _print(
    views: "list[ExchangeView]",
    admin: "Admin",
    *,
    as_json: bool,
    indent: int | None = None,
    heads: Sequence[str] = HEADS,
) -> None:
    from profilegate.admin import journal

    if not as_json:
        print_table([_row(view) for view in views], heads if views else ())
        return
    for document in await journal.documents(admin, views):
        if indent is None:
            print_json(document)
        else:
            click.echo(json.dumps(document, indent=indent, ensure_ascii=False))


def _row(view: "ExchangeView") -> tuple[Any, ...]:
    """An exchange in a table; without an operation its method and its path."""
    entry = view.entry
    operation = entry.operation or f"{entry.method} {view.target}"
    error = entry.error or ("response breaks the spec" if view.response_violations() else None)
    status = entry.status or None
    known = (entry.time, entry.request_id, status, entry.provider, operation, entry.outcome)
    return (*known, error)


@click.command()
@click.argument("request_id")
@originals_option
@as_json
@admin_command(is_for_tests=True)
async def explain(admin: "Admin", *, request_id: str, originals: bool, as_json: bool) -> None:
    """Say why a request was rejected: by which rule, where it stands, and what to do.

    REQUEST_ID stands in the header X-Request-Id of every response.
    """
    from profilegate.admin import explain

    found = explain.document(await explain.explain(admin, request_id, originals=originals))
    if as_json:
        print_json(found)
        return
    done = [found.get(name) for name in ("status", "error", "outcome")]
    head = (found["provider"], found.get("operation", "(no operation)"), *done)
    click.echo(" ".join(cell(each) for each in head if each is not None))
    for sentence in found["sentences"]:
        click.echo(f"  {cell(sentence)}")
    for rule in found["rules"]:
        click.echo("rule:")
        print_table([(f"  {name}", value) for name, value in rule.items()])
    if found["facts"]:
        click.echo("facts:")
        print_table([(f"  {each['name']}", each["value"]) for each in found["facts"]])
