"""The commands of the group credentials: list, create, rotate and revoke."""

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
        rows = [
            (c.id, c.provider, c.kind, c.tenant, c.external_id, c.created_at, c.expires_at)
            for c in whole
        ]
        heads = ("credential", "provider", "kind", "tenant", "external id", "created", "expires")
        print_table(rows, heads)
    else:
        click.echo("There are no credentials.")
    report_damaged([info.id for info in found if info.damaged], "credential")


@credentials.command("create")
@click.argument("provider")
@click.option("--tenant", help="The tenant that holds it, for providers with tenants.")
@click.option("--account", "external_id", help="The account that holds it: its external id.")
@click.option("--kind", help="Its kind, if a holder has credentials of several kinds.")
@click.option("--expires", metavar="TIME", help="When it expires: 2026-01-02T03:04:05Z.")
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
    }
