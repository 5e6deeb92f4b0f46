"""Navixy: sessions, which a login opens and which expire; API keys do not expire."""

from datetime import timedelta

from profilegate.errors import CredentialUnknownError, RequestError
from profilegate.gateway.call import Call
from profilegate.gateway.context import ProviderContext
from profilegate.store import CredentialKey, credentials

KIND = "hash"
"""One kind for both: a client sends both in the same places and in the same form."""

HASH_SIZE_BYTES = 16

AGE_MAX = timedelta(days=30)
"""Session: "expires on an absolute deadline, 30 days after it was issued by default, and using the
session does not push that deadline back"."""


class ApiKeyIsNoSessionError(RequestError):
    """An API key was sent to an operation that needs a session; the key itself is valid."""

    def __str__(self) -> str:
        return "this works with the hash of a session, not with an API key"


async def open_session(context: ProviderContext, external_id: str) -> str:
    """Open a session for an account; return its hash."""
    text = (await context.random_bytes(HASH_SIZE_BYTES)).hex()
    await context.open_session(KIND, text, external_id, AGE_MAX)
    return text


async def renew(call: Call) -> None:
    """
    Prolong the caller's session to its full lifetime.

    Raises:
        ApiKeyIsNoSessionError: the caller has an API key.
    """
    key = await _session(call)
    await call.context.store.write(credentials.renew, key, call.now + AGE_MAX)


async def end(call: Call) -> None:
    """
    End the caller's session.

    Raises:
        ApiKeyIsNoSessionError: the caller has an API key.
    """
    await call.context.store.write(credentials.revoke, await _session(call))


async def _session(call: Call) -> CredentialKey:
    key = call.caller.credential
    credential = None if key is None else await call.context.credential(key.kind, key.text)
    if credential is None:
        # It has ended since the request was authenticated.
        raise CredentialUnknownError("hash")
    if credential.expires_at is None:
        raise ApiKeyIsNoSessionError
    return credential.key
