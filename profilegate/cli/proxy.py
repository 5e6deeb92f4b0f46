"""The command proxy: a client's real traffic, checked while it passes."""

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profilegate.cli.options import reported
from profilegate.cli.verify import served

if TYPE_CHECKING:
    from profilegate.contract.checked import Checked

DEFAULT_PORT = 8090
"""Beside that of the gateway."""

LOOPBACK = "127.0.0.1"


@click.command()
@click.argument("provider")
@click.option(
    "--to", "to", required=True, metavar="URL", help="The server: https://api.example.com"
)
@click.option("--host", default=LOOPBACK, show_default=True, help="The address to listen on.")
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="The port; 0 is a free one.")
@click.option(
    "--reject",
    is_flag=True,
    help="Answer what breaks the spec with the provider's own error; such a request is not sent.",
)
@click.option(
    "--har",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Record the exchanges, without credentials and personal data.",
)
@click.option(
    "--originals", is_flag=True, help="Record them as they are, with all secrets in them."
)
@reported
def proxy(
    *, provider: str, to: str, host: str, port: int, reject: bool, har: Path | None, originals: bool
) -> None:
    """Forward requests to a server of PROVIDER, and check both sides of each exchange.

    Let a client call http://127.0.0.1:8090 in place of the server. It ends with Ctrl+C, and exits
    with 1 if something broke the contract.
    """
    from profilegate.contract.forwarding import Upstream
    from profilegate.contract.har_files import HarFile
    from profilegate.contract.proxy import Proxy
    from profilegate.contract.reports import summary
    from profilegate.contract.serving import serve
    from profilegate.errors import SettingError

    providers = served(provider)
    try:
        upstream = Upstream.of(to)
    except SettingError as error:
        raise click.UsageError(str(error)) from None
    with ExitStack() as stack:
        app = Proxy.of(upstream, providers, tell)
        app.rejects, app.records_originals = reject, originals
        app.har = stack.enter_context(HarFile(har)) if har is not None else None

        def started(url: str) -> None:
            click.echo(f"{url} forwards to {upstream.origin}")

        asyncio.run(serve(app, host, port, started))
    click.echo(summary(app.report))
    sys.exit(1 if app.report.errors else 0)


def tell(checked: "Checked") -> None:
    """Print an exchange, and what breaks the contract in it."""
    from profilegate.contract.reports import lines_of

    operation = checked.operation_id or "no operation"
    click.echo(f"{checked.where} {operation} {checked.recorded.status or 'no response'}")
    for finding in checked.findings:
        kind = "warning" if finding.is_warning else "error"
        first, *others = lines_of(finding)
        click.echo(f"  {kind} {first.partition(': ')[2]}")
        for line in others:
            click.echo(f"  {line}")
