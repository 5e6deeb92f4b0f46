"""Machnet SEND: who calls, by client id and secret in every request's headers."""

import hmac

from profilegate.errors import CredentialMissingError, CredentialUnknownError
from profilegate.gateway.call import Caller, ProviderContext, Request

KIND = "client"

CHALLENGE = 'X-Client-Id realm="Machnet"'
"""RFC 9110, 11.6.1: a 401 has a challenge. Machnet documents none; the scheme's name is ours."""


async def authenticate(request: Request, context: ProviderContext) -> Caller:
    """
    Let a client in; the users that it may reach are those that belong to it.

    Raises:
        CredentialMissingError: X-Client-Id or X-Client-Secret was not sent.
        CredentialUnknownError: nobody has this id, or the secret is not its secret.
    """
    client_id = request.header(b"x-client-id")
    secret = request.header(b"x-client-secret")
    if not client_id or not secret:
        raise CredentialMissingError("X-Client-Id or X-Client-Secret")
    credential = await context.credential(KIND, client_id)
    # Compared also when there is no such client, so that time tells nothing either.
    expected = (credential and credential.secret) or b""
    if not hmac.compare_digest(expected, secret.encode("latin-1")) or credential is None:
        raise CredentialUnknownError("X-Client-Id or X-Client-Secret")
    return Caller(tenant=credential.tenant)
