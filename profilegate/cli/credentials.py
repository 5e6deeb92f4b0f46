"""Commands that list, create, replace and revoke credentials for the provider APIs."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from profilegate.cli.context import CommandContext, with_context
from profilegate.cli.options import as_json, read_time
from profilegate.cli.printing import print_json, print_table, time_of
from profilegate.errors import CredentialIdUnknownError, SettingError
from profilegate.store import Credential, CredentialInfo, CredentialKey

if TYPE_CHECKING:
    from profilegate.gateway.provisioning import CredentialIssuer


@click.group()
def credentials() -> None:
    """Say who may call at the provider APIs.

    A secret is shown once, when it is made, and never again.
    """


@credentials.command("list")
@click.option("--provider", help="Only this provider's.")
@as_json
@with_context()
async def list_credentials(context: CommandContext, *, provider: str | None, as_json: bool) -> None:
    """List all credentials, without their secrets."""
    found = await context.store.credentials(context.namespace, provider=provider)
    if as_json:
        for info in found:
            print_json(_document(info))
    elif found:
        rows = [
            (c.id, c.provider, c.kind, c.tenant, c.external_id, c.created_at, c.expires_at)
            for c in found
        ]
        heads = ("credential", "provider", "kind", "tenant", "external id", "made", "expires")
        print_table(rows, heads)
    else:
        click.echo("There are no credentials.")


@credentials.command("create")
@click.argument("provider")
@click.option("--tenant", help="The tenant that is to hold it, for providers with tenants.")
@click.option("--account", "external_id", help="The account that is to hold it: its external id.")
@click.option("--expires", metavar="TIME", help="Until when: 2026-01-02T03:04:05Z.")
@as_json
@with_context(may_create=True)
async def create_credential(
    context: CommandContext,
    *,
    provider: str,
    tenant: str | None,
    external_id: str | None,
    expires: str | None,
    as_json: bool,
) -> None:
    """Make a credential in the provider's own form, and show its secret once."""
    expires_at = None if expires is None else read_time(expires)
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise click.UsageError("--expires is past")
    issuer = _issuer(context, provider, tenant, external_id)
    if external_id is not None:
        await context.store.profile_of(context.account(provider, external_id))
    await _issue(context, issuer, provider, tenant, external_id, expires_at, as_json=as_json)


@credentials.command("rotate")
@click.argument("credential_id", metavar="CREDENTIAL")
@as_json
@with_context()
async def rotate_credential(context: CommandContext, *, credential_id: str, as_json: bool) -> None:
    """Make another credential for the same holder, and revoke the one that it replaces."""
    old = await _find(context, credential_id)
    issuer = next((i for i in context.policy(old.provider).issuers if i.kind == old.kind), None)
    if issuer is None:
        raise SettingError(old.kind, "credentials of this kind are not made here")
    # The new one first: whoever is cut off in between still has one that works.
    await _issue(
        context, issuer, old.provider, old.tenant, old.external_id, old.expires_at, as_json=as_json
    )
    await context.store.revoke_credential_by_id(context.namespace, old.id)


@credentials.command("revoke")
@click.argument("credential_id", metavar="CREDENTIAL")
@with_context()
async def revoke_credential(context: CommandContext, *, credential_id: str) -> None:
    """Let nobody have a credential any more."""
    await context.store.revoke_credential_by_id(context.namespace, credential_id)
    click.echo(f"revoked {credential_id}")


def _issuer(
    context: CommandContext, provider: str, tenant: str | None, external_id: str | None
) -> "CredentialIssuer":
    """
    How the credential is made, by who is to hold it.

    Raises:
        UsageError: the provider's credentials have other holders.
    """
    issuers = {issuer.holder: issuer for issuer in context.policy(provider).issuers}
    if tenant is not None and external_id is not None:
        raise click.UsageError("a credential has one holder: give --tenant or --account")
    holder = "tenant" if tenant else "account" if external_id else "nobody"
    for known, issuer in issuers.items():
        if known == holder:
            return issuer
    options = {"tenant": "--tenant", "account": "--account", "nobody": "neither"}
    wanted = " or ".join(options[known] for known in issuers)
    raise click.UsageError(f"{provider}: say who is to hold it by {wanted}")


async def _issue(
    context: CommandContext,
    issuer: "CredentialIssuer",
    provider: str,
    tenant: str | None,
    external_id: str | None,
    expires_at: datetime | None,
    *,
    as_json: bool,
) -> None:
    issued = issuer.issue()
    credential_id = await context.store.put_credential(
        Credential(
            key=CredentialKey(context.namespace, provider, issuer.kind, issued.text),
            tenant=tenant,
            external_id=external_id,
            secret=issued.secret,
            expires_at=expires_at,
        )
    )
    if as_json:
        info = await _find(context, credential_id)
        print_json({**_document(info), "shown": dict(issued.shown)})
    else:
        print_table([("credential", credential_id), *issued.shown.items()])


async def _find(context: CommandContext, credential_id: str) -> CredentialInfo:
    for info in await context.store.credentials(context.namespace):
        if info.id == credential_id:
            return info
    raise CredentialIdUnknownError


def _document(info: CredentialInfo) -> dict[str, Any]:
    """A credential for programs."""
    return {
        "id": info.id,
        "provider": info.provider,
        "kind": info.kind,
        "tenant": info.tenant,
        "external_id": info.external_id,
        "created_at": time_of(info.created_at),
        "expires_at": time_of(info.expires_at),
    }
