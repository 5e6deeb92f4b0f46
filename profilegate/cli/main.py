"""The command line: the root command, and the commands serve, generate, new-provider and sign."""

import sys
from pathlib import Path
from typing import Any

import click

from profilegate.cli.accounts import accounts
from profilegate.cli.call import call
from profilegate.cli.compat import compat
from profilegate.cli.config import config_of
from profilegate.cli.credentials import credentials
from profilegate.cli.database import backup, init, restore
from profilegate.cli.faults import faults
from profilegate.cli.history import audit, history
from profilegate.cli.journal import explain, journal
from profilegate.cli.keys import keys
from profilegate.cli.ledger import ledger
from profilegate.cli.migrate import migrate
from profilegate.cli.namespaces import namespaces, reset
from profilegate.cli.options import (
    choice,
    database,
    demo,
    for_tests,
    key_file,
    option,
    reject_invalid_utf8,
    reported,
    secret,
)
from profilegate.cli.outbox import outbox
from profilegate.cli.profiles import profiles
from profilegate.cli.projections import projections, what_if
from profilegate.cli.proxy import proxy
from profilegate.cli.transfer import export, import_
from profilegate.cli.verify import verify
from profilegate.gateway.settings import (
    ACCESS_LOGS,
    DEFAULT_HOST,
    DEFAULT_PORT,
    DEFAULT_SOCKET_MODE,
    LOG_FORMATS,
    LOG_LEVELS,
    SIGNED_PATHS,
    WORKERS_MAX,
    Settings,
)

# Commands import what they need when they run: importing Connexion takes a third of a second.


def _print_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"profilegate {version('profilegate')}")
        except PackageNotFoundError:
            click.echo("profilegate, a checkout that is not installed")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def main() -> None:
    """The "update user" APIs of several providers over one shared profile."""


@main.command()
@option("host", DEFAULT_HOST, "The address to listen on.")
@option("port", DEFAULT_PORT, "The port to listen on; 0 is any free one.")
@database
@key_file
@demo("Load the demo data, into a database of its own.")
@for_tests
@option("seed", None, "A file of people and credentials that fills an empty database.")
@option("unix-socket", None, "A path at which to listen in the place of an address.")
@option("unix-socket-mode", DEFAULT_SOCKET_MODE, "The permissions of the Unix socket.")
@option("root-path", "", "The prefix under which a proxy publishes the gateway, like /people.")
@choice("signed-path", SIGNED_PATHS, "Which path clients sign below a prefix.")
@option("public-url", None, "The address of the gateway in links in mails.")
@option(
    "forwarded-allow-ips",
    None,
    "The proxies (addresses, networks) whose Forwarded or X-Forwarded-For is believed.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, WORKERS_MAX),
    default=1,
    envvar="PROFILEGATE_WORKERS",
    show_envvar=True,
    help="The number of processes that serve. [default: 1]",
)
@click.option(
    "--rate-limits/--no-rate-limits",
    default=True,
    envvar="PROFILEGATE_RATE_LIMITS",
    show_envvar=True,
    help="Whether the providers' own rate limits apply. [default: they do]",
)
@click.option(
    "--lockouts/--no-lockouts",
    default=True,
    envvar="PROFILEGATE_LOCKOUTS",
    show_envvar=True,
    help="Whether many failures lock a credential for their peer. [default: they do]",
)
@click.option(
    "--journal",
    type=int,
    metavar="N",
    envvar="PROFILEGATE_JOURNAL",
    show_envvar=True,
    help="Keep the last N exchanges of each namespace; 0: none. [default: 0; in test mode 1000]",
)
@option(
    "drain-seconds",
    0.0,
    "How long to serve on after the signal to stop, not ready (/health/ready).",
)
@choice("log-format", LOG_FORMATS, "How the log is written; auto: text on a terminal, else JSON.")
@choice("log-level", LOG_LEVELS, "The least important lines of the log.", default="warning")
@choice("access-log", ACCESS_LOGS, "One line for each request; with peers also who sent it.")
@reported
@secret("smtp-url", "The server that sends mails, as smtp://user:password@host:25.")
@secret("admin-token", "The token of the admin API; without one it rejects everybody.")
@secret("metrics-token", "The token of /metrics; without one nobody reads them.")
def serve(**options: Any) -> None:
    """Serve every spec in specs/ with its handlers."""
    import uvloop

    settings = Settings(**options)
    if settings.workers > 1:
        from profilegate.http.supervisor import supervise

        uvloop.run(supervise(settings))
    else:
        from profilegate.http.beginning import server_module

        uvloop.run(server_module().serve(settings))


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not as it must be.")
@reported
def generate(*, check: bool) -> None:
    """Write handlers/*/_generated.py from specs/*.yaml."""
    from profilegate.codegen.files import find_drift, write_files
    from profilegate.openapi.resources import handlers_folder, specs_folder

    if check:
        drifts = find_drift(specs_folder(), handlers_folder())
        for drift in drifts:
            click.echo(str(drift))
        sys.exit(1 if drifts else 0)
    for file in write_files(specs_folder(), handlers_folder()):
        click.echo(f"wrote {file}")


@main.command("new-provider")
@click.argument("name")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A spec of OpenAPI 3.0 or 3.1, in JSON or YAML. [default: a spec with one operation]",
)
@click.option(
    "--operation",
    "operations",
    multiple=True,
    metavar="ID",
    help="An operation to keep, by its operationId or as 'PATCH /users/{id}'. [default: all]",
)
@reported
def new_provider(*, name: str, source: Path | None, operations: tuple[str, ...]) -> None:
    """Write specs/NAME.yaml, from a foreign spec or anew, and all that is needed to serve it."""
    from profilegate.codegen.new_provider import new_provider
    from profilegate.openapi.resources import handlers_folder, specs_folder

    made = new_provider(
        name,
        specs=specs_folder(),
        handlers=handlers_folder(),
        source=source,
        operations=operations,
    )
    for note in made.notes:
        click.echo(note)
    for file in made.written:
        click.echo(f"wrote {file}")
    if made.host is not None:
        click.echo(
            f"Another provider has one of its paths, so it has a host of its own: {made.host}"
        )
    click.echo(NEXT_STEPS.format(name=name))


NEXT_STEPS = """
Next:
  1. make run            serves it with the demo data; see /docs/{name}
  2. specs/{name}.yaml   add x-profile to the fields that live in the profile, x-update to the
     operation that updates it, x-lock and x-mask where they apply
  3. make generate       then let handlers/{name}/operations.py use the mapping
  4. tests/{name}/       claim what the provider's documentation says
  5. make check          says what is missing"""


@main.command()
@click.argument("provider")
@click.argument("target")
@click.option("--key", required=True, help="The public half of the credential.")
@click.option(
    "--secret",
    required=True,
    envvar="PROFILEGATE_SIGN_SECRET",
    show_envvar=True,
    help="The secret half, as the provider writes it; the variable hides it from other users.",
)
@click.option("--data", default="", help="The body, exactly as it will be sent.")
@click.option("--nonce", help="The nonce; without it, the current time in nanoseconds.")
@reported
def sign(
    *, provider: str, target: str, key: str, secret: str, data: str, nonce: str | None
) -> None:
    """Print the headers that sign a request, for `curl -H @-`.

    TARGET is the path as it will be sent, with its query: /b2b/users/AA08%20N84G%20CPAR%20UN7A

    A nonce that belongs into the body (Kraken's /0/private/…) is taken from --data.
    """
    from profilegate.gateway.loading import load_sign

    for name, text in {"TARGET": target, "--key": key, "--secret": secret, "--data": data}.items():
        reject_invalid_utf8(name, text)
    sign = load_sign(provider)
    for name, value in sign(target, key=key, secret=secret, body=data, nonce=nonce).items():
        click.echo(f"{name}: {value}")


@main.command("seed-schema")
@reported
def seed_schema() -> None:
    """Print the JSON Schema of seed files, with which editors check and complete them."""
    import json

    from profilegate.admin.seed_schema import seed_schema
    from profilegate.gateway.loading import load_providers

    click.echo(json.dumps(seed_schema(load_providers()), indent=2, ensure_ascii=False))


for command in (
    compat, ledger,
    profiles, accounts, credentials, history, audit, outbox, projections, what_if, export, import_,
    init, keys, backup, restore, migrate, namespaces, reset, faults, call, journal, explain,
    verify, proxy, config_of(serve),
):  # fmt: skip
    main.add_command(command)
