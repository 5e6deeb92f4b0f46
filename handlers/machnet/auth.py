"""Machnet SEND: authenticate by client id and secret in the headers."""

import hmac

from profilegate.errors import CredentialMissingError, CredentialUnknownError
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.request import Request

KIND = "client"

CHALLENGE = 'X-Client-Id realm="Machnet"'
"""RFC 9110, 11.6.1: a 401 has a challenge. Machnet documents none; the scheme's name is ours."""


async def authenticate(request: Request, context: ProviderContext) -> Caller:
    """
    The tenant of a client; it reaches the users that belong to it.

    Raises:
        CredentialMissingError: X-Client-Id or X-Client-Secret was not sent.
        CredentialUnknownError: the id is unknown, or the secret is not that of the id.
    """
    client_id = request.header(b"x-client-id")
    secret = request.header(b"x-client-secret")
    if not client_id or not secret:
        raise CredentialMissingError("X-Client-Id or X-Client-Secret")
    await context.claim(request, KIND, client_id)
    credential = await context.credential(KIND, client_id)
    # Compared even without such a client, so that the time tells nothing either.
    expected = (credential and credential.secret) or b""
    if not hmac.compare_digest(expected, secret.encode("latin-1")) or credential is None:
        raise CredentialUnknownError("X-Client-Id or X-Client-Secret")
    return Caller(tenant=credential.tenant)
