"""Credential actions: issue, replace, revoke and list credentials for the provider APIs."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from profilegate.admin.context import Admin
from profilegate.admin.validation import reject_invalid, tenant_violations
from profilegate.errors import CredentialNotIssuableError, Violation
from profilegate.gateway.provisioning import CredentialIssuer, Holder
from profilegate.store import (
    Credential,
    CredentialInfo,
    CredentialKey,
    Session,
    credentials,
    nonces,
)

NONCE_WINDOW_MAX = 2**53 - 1
"""The largest whole number that every reader of JSON keeps; in nanoseconds 104 days."""

HOLDER_FIELDS: Mapping[Holder, str] = {"tenant": "tenant", "account": "external_id"}
"""Kind of holder -> the field of a request that names the holder."""

HOLDER_NAMES: Mapping[Holder, str] = {
    "tenant": "a tenant",
    "account": "an account",
    "nobody": "nobody",
}


@dataclass(frozen=True, slots=True, repr=False)
class NewCredential:
    """A credential to issue: for a tenant, for an account, or for neither.

    ``kind`` is one of the provider's kinds; without it, it is the first one for such a holder.
    ``nonce_window``: how much smaller than the largest one a nonce may be.
    """

    provider: str
    tenant: str | None = None
    external_id: str | None = None
    expires_at: datetime | None = None
    kind: str | None = None
    nonce_window: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Issued:
    """A credential that was issued; ``shown`` are its secrets, which the caller sees once."""

    info: CredentialInfo
    shown: Mapping[str, str]


async def issue(admin: Admin, new: NewCredential) -> Issued:
    """
    Issue a credential in the provider's own form.

    Raises (nothing is written then):
        InvalidFieldsError: there is no such provider, its credentials have other holders or kinds
            or no nonces, or ``expires_at`` is in the past.
        AccountUnknownError: there is no such account.
    """
    policy = admin.policy(new.provider)
    holders = list(dict.fromkeys(issuer.holder for issuer in policy.issuers))
    violations = [*_holder_violations(new, holders), *tenant_violations(new.tenant)]
    issuers = {each.kind: each for each in policy.issuers if each.holder == _holder(new)}
    if new.kind is not None and new.kind not in issuers:
        violations.append(Violation(("kind",), "enum", tuple(issuers)))
    if new.expires_at is not None and new.expires_at <= admin.now():
        violations.append(Violation(("expires_at",), "future"))
    if new.nonce_window and not any(issuer.has_nonces for issuer in policy.issuers):
        violations.append(Violation(("nonce_window",), "nonceless"))
    if not 0 <= new.nonce_window <= NONCE_WINDOW_MAX:
        violations.append(Violation(("nonce_window",), "maximum", NONCE_WINDOW_MAX))
    reject_invalid(violations)
    external_id = None if new.external_id is None else policy.normalize(new.external_id)
    kind = new.kind or next(iter(issuers))
    new = dataclasses.replace(new, external_id=external_id)
    return await admin.store.write(_issue, admin.namespace, new, issuers[kind])


async def replace(admin: Admin, credential_id: str) -> Issued:
    """
    Issue another credential for the same holder and revoke the old one, in one transaction.

    Raises (nothing is written then):
        CredentialIdUnknownError: there is no such credential (any more).
        CredentialNotIssuableError: the gateway does not issue credentials of its kind.
    """
    return await admin.store.write(_replace, admin, credential_id)


async def revoke(admin: Admin, credential_id: str) -> None:
    """
    Revoke a credential: it is unknown from now on.

    Raises:
        CredentialIdUnknownError: there is no such credential (any more).
    """
    await admin.store.write(credentials.revoke_by_id, admin.namespace, credential_id)


async def reset_nonce(admin: Admin, credential_id: str) -> CredentialInfo:
    """
    Forget the nonces of a credential, whose next one may be any; requests can be replayed then.

    Raises:
        CredentialIdUnknownError: there is no such credential (any more).
        InvalidFieldsError: its requests have no nonces.
    """
    return await admin.store.write(_reset_nonce, admin, credential_id)


async def page(
    admin: Admin,
    *,
    provider: str | None = None,
    after: CredentialInfo | tuple[str, str] | None = None,
    limit: int,
) -> list[CredentialInfo]:
    """Credentials without their secrets, oldest first."""
    return await admin.store.read(
        credentials.page, admin.namespace, provider=provider, after=after, limit=limit
    )


def _issue(
    session: Session, namespace: str, new: NewCredential, issuer: CredentialIssuer
) -> Issued:
    issued = issuer.issue(session.random_bytes)
    credential = Credential(
        key=CredentialKey(namespace, new.provider, issuer.kind, issued.text),
        tenant=new.tenant,
        external_id=new.external_id,
        secret=issued.secret,
        nonce_window=new.nonce_window,
        expires_at=new.expires_at,
    )
    credential_id = credentials.put(session, credential)
    return Issued(credentials.info(session, namespace, credential_id), issued.shown)


def _reset_nonce(session: Session, admin: Admin, credential_id: str) -> CredentialInfo:
    info = credentials.info(session, admin.namespace, credential_id)
    issuers = admin.policy(info.provider).issuers
    if not any(each.has_nonces for each in issuers if each.kind == info.kind):
        reject_invalid([Violation(("credential_id",), "nonces", is_parameter=True)])
    nonces.reset(session, admin.namespace, credential_id)
    return credentials.info(session, admin.namespace, credential_id)


def _replace(session: Session, admin: Admin, credential_id: str) -> Issued:
    old = credentials.info(session, admin.namespace, credential_id)
    issued = _issuer_of(admin, old).issue(session.random_bytes)
    credential = Credential(
        key=CredentialKey(admin.namespace, old.provider, old.kind, issued.text),
        tenant=old.tenant,
        external_id=old.external_id,
        secret=issued.secret,
        nonce_window=old.nonce_window,
        expires_at=old.expires_at,
    )
    info = credentials.replace(session, admin.namespace, credential_id, credential)
    return Issued(info, issued.shown)


def _issuer_of(admin: Admin, info: CredentialInfo) -> CredentialIssuer:
    for issuer in admin.policy(info.provider).issuers:
        if issuer.kind == info.kind:
            return issuer
    raise CredentialNotIssuableError


def _holder(new: NewCredential) -> Holder:
    if new.tenant is not None:
        return "tenant"
    return "nobody" if new.external_id is None else "account"


def _holder_violations(new: NewCredential, known: list[Holder]) -> list[Violation]:
    """Violations: a holder that the provider's credentials cannot have, or a missing one."""
    sent: list[Holder] = []
    if new.tenant is not None:
        sent.append("tenant")
    if new.external_id is not None:
        sent.append("account")
    holders = " or ".join(HOLDER_NAMES[each] for each in known)
    found = [
        Violation((HOLDER_FIELDS[each],), "holder", holders) for each in sent if each not in known
    ]
    if not sent and "nobody" not in known:
        found += [Violation((HOLDER_FIELDS[each],), "required") for each in known]
    if len(sent) > 1 and not found:
        found.append(Violation(("external_id",), "holder", "one holder each"))
    return found
