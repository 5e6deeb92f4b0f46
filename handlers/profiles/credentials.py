"""Who may call at the provider APIs: listed, issued, replaced, revoked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from profilegate.errors import (
    CredentialIdUnknownError,
    InvalidFieldsError,
    RequestError,
    Violation,
)
from profilegate.gateway.call import Call
from profilegate.gateway.provisioning import CredentialIssuer
from profilegate.store import AccountKey, CredentialInfo, CredentialKey
from profilegate.store import Credential as CredentialToPut

from ._generated import Credential, CredentialPage, IssuedCredential, NewCredential
from .times import read_time, shown_time

HOLDERS: Mapping[Literal["tenant", "account", "nobody"], str] = {
    "tenant": "tenant",
    "account": "external_id",
}
"""Who may hold a credential, and the field that names the holder."""


class CredentialNotIssuedError(RequestError):
    """A credential of a kind that this API does not make, like a password, is to be replaced."""

    def __str__(self) -> str:
        return "credentials of this kind are not made here"


async def list_credentials(call: Call, *, provider: str | None = None) -> CredentialPage:
    """Show whose credentials there are."""
    found = await call.context.store.credentials(call.context.namespace, provider=provider)
    return {"credentials": [_shown(info) for info in found]}


async def create_credential(call: Call, *, body: NewCredential) -> IssuedCredential:
    """Make a credential in the provider's own form, and show its secret once."""
    issuer = _issuer(call, body)
    expires_at = None
    if "expires_at" in body:
        expires_at = read_time(body["expires_at"], "expires_at")
        if expires_at <= call.now:
            raise InvalidFieldsError([Violation(("expires_at",), "past")])
    tenant, external_id = body.get("tenant"), body.get("external_id")
    if external_id is not None:
        await call.context.store.account(
            AccountKey(call.context.namespace, body["provider"], external_id)
        )
    return await _issue(call, issuer, body["provider"], tenant, external_id, expires_at)


async def rotate_credential(call: Call, *, credential_id: str) -> IssuedCredential:
    """Make another credential for the same holder, and revoke the one that it replaces."""
    old = await _find(call, credential_id)
    policy = call.projections.policy(old.provider)
    issuers = () if policy is None else policy.issuers
    issuer = next((issuer for issuer in issuers if issuer.kind == old.kind), None)
    if issuer is None:
        raise CredentialNotIssuedError
    issued = await _issue(call, issuer, old.provider, old.tenant, old.external_id, old.expires_at)
    # The new one first: whoever is cut off in between still has one that works.
    await call.context.store.revoke_credential_by_id(call.context.namespace, old.id)
    return issued


async def revoke_credential(call: Call, *, credential_id: str) -> None:
    """Let nobody have a credential any more."""
    await call.context.store.revoke_credential_by_id(call.context.namespace, credential_id)


def _issuer(call: Call, body: NewCredential) -> CredentialIssuer:
    """
    How the credential is made, by who is to hold it.

    Raises:
        InvalidFieldsError: this is no provider, or its credentials have other holders.
    """
    policy = call.projections.policy(body["provider"])
    if policy is None:
        raise InvalidFieldsError([Violation(("provider",), "provider")])
    issuers = {issuer.holder: issuer for issuer in policy.issuers}
    sent = [holder for holder, name in HOLDERS.items() if name in body]
    violations = [
        Violation((HOLDERS[holder],), "foreign") for holder in sent if holder not in issuers
    ]
    if not sent and "nobody" not in issuers:
        violations += [Violation((HOLDERS[holder],), "required") for holder in issuers]
    if violations:
        raise InvalidFieldsError(violations)
    return issuers[sent[0] if sent else "nobody"]


async def _issue(
    call: Call,
    issuer: CredentialIssuer,
    provider: str,
    tenant: str | None,
    external_id: str | None,
    expires_at: datetime | None,
) -> IssuedCredential:
    issued = issuer.issue()
    credential_id = await call.context.store.put_credential(
        CredentialToPut(
            key=CredentialKey(call.context.namespace, provider, issuer.kind, issued.text),
            tenant=tenant,
            external_id=external_id,
            secret=issued.secret,
            expires_at=expires_at,
        )
    )
    # RFC 9111, 5.2.2.5: what is shown once is stored by nobody on the way.
    shown = _shown(await _find(call, credential_id))
    return {**shown, "shown": dict(issued.shown)}


async def _find(call: Call, credential_id: str) -> CredentialInfo:
    for info in await call.context.store.credentials(call.context.namespace):
        if info.id == credential_id:
            return info
    raise CredentialIdUnknownError


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
    return body
