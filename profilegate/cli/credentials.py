"""The commands of the group credentials: list, create, rotate, reset-nonce and revoke."""

from typing import TYPE_CHECKING, Any

import click

from profilegate.cli.context import admin_command
from profilegate.cli.options import as_json, read_time
from profilegate.cli.printing import print_json, print_table, report_damaged, time_of

if TYPE_CHECKING:
    from profilegate.admin.context import Admin
    from profilegate.admin.credentials import Issued
    from profilegate.store import CredentialInfo

PAGE_CREDENTIALS = 100

HEADS = (
    *("credential", "provider", "kind", "tenant", "external id", "created", "expires"),
    "last nonce",
)


@click.group()
def credentials() -> None:
    """Issue and revoke credentials for the provider APIs.

    A command shows a secret once, when it issues it.
    """


@credentials.command("list")
@click.option("--provider", help="Only this provider's credentials.")
@as_json
@admin_command()
async def list_credentials(admin: "Admin", *, provider: str | None, as_json: bool) -> None:
    """List all credentials, without their secrets."""
    from profilegate.admin import credentials

    if provider is not None:
        admin.policy(provider)
    found: list[CredentialInfo] = []
    while page := await credentials.page(
        admin, provider=provider, after=found[-1] if found else None, limit=PAGE_CREDENTIALS
    ):
        found += page
    whole = [info for info in found if not info.damaged]
    if as_json:
        for info in whole:
            print_json(_document(info))
    elif found:
        print_table([_row(info) for info in whole], HEADS)
    else:
        click.echo("There are no credentials.")
    report_damaged([info.id for info in found if info.damaged], "credential")


@credentials.command("create")
@click.argument("provider")
@click.option("--tenant", help="The tenant that holds it, for providers with tenants.")
@click.option("--account", "external_id", help="The account that holds it: its external id.")
@click.option("--kind", help="Its kind, if a holder has credentials of several kinds.")
@click.option("--expires", metavar="TIME", help="When it expires: 2026-01-02T03:04:05Z.")
@click.option(
    "--nonce-window",
    default=0,
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="How much smaller than the largest a nonce may be, for providers with nonces; default 0."
    " The 1,000 largest are remembered, and smaller ones are rejected.",
)
@as_json
@admin_command(may_create=True)
async def create_credential(
    admin: "Admin",
    *,
    provider: str,
    tenant: str | None,
    external_id: str | None,
    kind: str | None,
    expires: str | None,
    nonce_window: int,
    as_json: bool,
) -> None:
    """Issue a credential in the provider's own form, and show its secret once."""
    from profilegate.admin import credentials

    new = credentials.NewCredential(
        provider=provider,
        tenant=tenant,
        external_id=external_id,
        kind=kind,
        expires_at=None if expires is None else read_time(expires),
        nonce_window=nonce_window,
    )
    _print(await credentials.issue(admin, new), as_json=as_json)


@credentials.command("rotate")
@click.argument("credential_id", metavar="CREDENTIAL")
@as_json
@admin_command()
async def rotate_credential(admin: "Admin", *, credential_id: str, as_json: bool) -> None:
    """Issue another credential for the same holder, and revoke the old one."""
    from profilegate.admin import credentials

    _print(await credentials.replace(admin, credential_id), as_json=as_json)


@credentials.command("reset-nonce")
@click.argument("credential_id", metavar="CREDENTIAL")
@admin_command()
async def reset_nonce(admin: "Admin", *, credential_id: str) -> None:
    """Forget a credential's nonces: its next one may be any.

    Until nonces rise again, an old request can be sent once more.
    """
    from profilegate.admin import credentials

    await credentials.reset_nonce(admin, credential_id)
    click.echo(f"forgot the nonces of {credential_id}")


@credentials.command("revoke")
@click.argument("credential_id", metavar="CREDENTIAL")
@admin_command()
async def revoke_credential(admin: "Admin", *, credential_id: str) -> None:
    """Revoke a credential: the provider's API rejects it from now on."""
    from profilegate.admin import credentials

    await credentials.revoke(admin, credential_id)
    click.echo(f"revoked {credential_id}")


def _print(issued: "Issued", *, as_json: bool) -> None:
    if as_json:
        print_json({**_document(issued.info), "shown": dict(issued.shown)})
    else:
        print_table([("credential", issued.info.id), *issued.shown.items()])


def _row(info: "CredentialInfo") -> tuple[Any, ...]:
    holder = (info.tenant, info.external_id)
    times = (info.created_at, info.expires_at)
    return (info.id, info.provider, info.kind, *holder, *times, info.last_nonce or None)


def _document(info: "CredentialInfo") -> dict[str, Any]:
    """A credential as a JSON document."""
    return {
        "id": info.id,
        "provider": info.provider,
        "kind": info.kind,
        "tenant": info.tenant,
        "external_id": info.external_id,
        "created_at": time_of(info.created_at),
        "expires_at": time_of(info.expires_at),
        "last_nonce": str(info.last_nonce) if info.last_nonce else None,
        "nonce_window": info.nonce_window,
    }
