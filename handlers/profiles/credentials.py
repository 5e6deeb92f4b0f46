"""Admin API: credentials for the provider APIs."""

from profilegate.admin import credentials
from profilegate.gateway.call import Call
from profilegate.profile.times import shown_time
from profilegate.store import CredentialInfo

from . import cursors
from ._generated import Credential, CredentialPage, IssuedCredential, NewCredential
from .context import admin_of, named_parameter
from .times import read_time


async def list_credentials(
    call: Call,
    *,
    provider: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> CredentialPage:
    """List credentials, oldest first."""
    admin = admin_of(call)
    if provider is not None:
        with named_parameter():
            admin.policy(provider)
    count = limit or cursors.LIMIT_DEFAULT
    found = await credentials.page(
        admin, provider=provider, after=cursors.time_and_id(cursor), limit=count + 1
    )
    page: CredentialPage = {"credentials": [_shown(info) for info in found[:count]]}
    if len(found) > count:
        last = found[count - 1]
        page["next"] = cursors.of_time_and_id(last.created_at, last.id)
    return page


async def create_credential(call: Call, *, body: NewCredential) -> IssuedCredential:
    """Issue a credential in the provider's own form, and return its secret once."""
    expires_at = read_time(body["expires_at"], "expires_at") if "expires_at" in body else None
    new = credentials.NewCredential(
        provider=body["provider"],
        tenant=body.get("tenant"),
        external_id=body.get("external_id"),
        expires_at=expires_at,
        kind=body.get("kind"),
        nonce_window=body.get("nonce_window", 0),
    )
    return _issued(await credentials.issue(admin_of(call), new))


async def rotate_credential(call: Call, *, credential_id: str) -> IssuedCredential:
    """Issue another credential for the same holder, and revoke the old one."""
    return _issued(await credentials.replace(admin_of(call), credential_id))


async def reset_nonce(call: Call, *, credential_id: str) -> Credential:
    """Forget the nonces of a credential."""
    return _shown(await credentials.reset_nonce(admin_of(call), credential_id))


async def revoke_credential(call: Call, *, credential_id: str) -> None:
    """Revoke a credential."""
    await credentials.revoke(admin_of(call), credential_id)


def _issued(issued: credentials.Issued) -> IssuedCredential:
    return {**_shown(issued.info), "shown": dict(issued.shown)}


def _shown(info: CredentialInfo) -> Credential:
    body: Credential = {"id": info.id, "provider": info.provider, "kind": info.kind}
    if info.tenant is not None:
        body["tenant"] = info.tenant
    if info.external_id is not None:
        body["external_id"] = info.external_id
    if info.created_at is not None:
        body["created_at"] = shown_time(info.created_at)
    if info.expires_at is not None:
        body["expires_at"] = shown_time(info.expires_at)
    if info.last_nonce:
        body["last_nonce"] = str(info.last_nonce)
    if info.nonce_window:
        body["nonce_window"] = info.nonce_window
    if info.damaged:
        body["damaged"] = True
    return body
