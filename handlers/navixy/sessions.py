"""Navixy: sessions, which a login opens and which end; API keys, which look alike, do not."""

import secrets
from datetime import timedelta

from profilegate.errors import CredentialUnknownError, RequestError
from profilegate.gateway.call import Call, ProviderContext
from profilegate.store import Credential, CredentialKey, credentials

KIND = "hash"
"""One kind for both: a client sends either in the same place, and cannot tell them apart."""

HASH_SIZE_BYTES = 16

# "How to get a session hash": "hash has a lifetime of 30 days". Today's pages: of inactivity.
AGE_MAX = timedelta(days=30)

RENEWED_AFTER = timedelta(days=1)
"""Use prolongs a session, but not more often than this: a read must not always cost a write."""


class ApiKeyIsNoSessionError(RequestError):
    """What works with a session only was asked for with an API key."""

    def __str__(self) -> str:
        return "this works with the hash of a session, not with an API key"


async def open_session(context: ProviderContext, external_id: str) -> str:
    """Let a user in by a new hash; give it back."""
    text = secrets.token_hex(HASH_SIZE_BYTES)
    await context.open_session(KIND, text, external_id, AGE_MAX)
    return text


async def keep_alive(context: ProviderContext, credential: Credential) -> None:
    """Let a session that is used live on; an API key does so anyway."""
    if credential.expires_at is None:
        return
    if credential.expires_at - context.now() <= AGE_MAX - RENEWED_AFTER:
        await context.store.write(credentials.renew, credential.key, context.now() + AGE_MAX)


async def renew(call: Call) -> None:
    """
    Let the caller's session live its whole time from now on.

    Raises:
        ApiKeyIsNoSessionError: the caller has an API key.
    """
    key = await _session(call)
    await call.context.store.write(credentials.renew, key, call.now + AGE_MAX)


async def end(call: Call) -> None:
    """
    Let the caller's session be over.

    Raises:
        ApiKeyIsNoSessionError: the caller has an API key.
    """
    await call.context.store.write(credentials.revoke, await _session(call))


async def _session(call: Call) -> CredentialKey:
    key = call.caller.credential
    credential = None if key is None else await call.context.credential(key.kind, key.text)
    if credential is None:
        # It ended between being let in and now.
        raise CredentialUnknownError("hash")
    if credential.expires_at is None:
        raise ApiKeyIsNoSessionError
    return credential.key
