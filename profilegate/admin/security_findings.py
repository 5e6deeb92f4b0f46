"""Security findings: asks a provider's package why it did not authenticate a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from profilegate.admin.context import Admin
from profilegate.admin.exchanges import ExchangeView
from profilegate.gateway.provider import Finding, Provider
from profilegate.gateway.request import Request
from profilegate.store import Credential, CredentialInfo, CredentialKey, credentials

CREDENTIALS_TRIED_MAX: Final = 20
"""The newest ones: a client that mixes up two keys got both for the same test."""

BODY_CUT: Final = (
    "Only the beginning of the body was kept: nothing that covers the body can be computed again."
)


@dataclass(frozen=True, slots=True)
class _Known:
    """The credentials of one provider in the admin's namespace."""

    admin: Admin
    provider: str

    async def find(self, kind: str, text: str) -> Credential | None:
        key = CredentialKey(self.admin.namespace, self.provider, kind, text)
        return await self.admin.store.read(credentials.find, key)

    async def secrets(self, kind: str) -> Sequence[tuple[CredentialInfo, bytes]]:
        return await self.admin.store.read(
            credentials.secrets_of,
            self.admin.namespace,
            self.provider,
            kind,
            limit=CREDENTIALS_TRIED_MAX,
        )


async def finding_of(admin: Admin, view: ExchangeView) -> Finding:
    """What the provider can say of the credentials of a request; nothing if it has no words."""
    provider, entry = view.provider, view.entry
    if not isinstance(provider, Provider) or provider.explain_security is None:
        return Finding()
    if not entry.request.is_whole:
        return Finding((BODY_CUT,))
    request = Request(
        entry.method,
        entry.target,
        dict(entry.headers),
        entry.request_body,
        _undecoded,
        "",
        _never,
    )
    return await provider.explain_security(request, _Known(admin, provider.name))


def _undecoded(_: Request) -> Any:
    """A recorded request is explained by its bytes."""
    return None


async def _never() -> dict[str, Any]:
    return {"type": "http.disconnect"}
