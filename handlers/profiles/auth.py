"""Admin API: authenticates callers by the admin token, which is a setting."""

from profilegate.errors import (
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
)
from profilegate.gateway.admin_token import ADMIN, KIND, SUBJECT, is_admin_token
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.request import Request

HEADER = "Authorization"
CHALLENGE = "Bearer"

BLANKS = " \t"
"""RFC 9110, 5.6.3: optional white space; no other character is dropped from a token."""


async def authenticate(request: Request, context: ProviderContext) -> Caller:
    """
    The administrator, by the admin token; without a configured token every request is rejected.

    Raises:
        CredentialError: the header is missing or malformed, or the token is wrong.
    """
    header = request.header(b"authorization")
    if not header:
        raise CredentialMissingError(HEADER)
    # RFC 9110, 11.1: a scheme's name is case-insensitive.
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip(BLANKS):
        raise CredentialMalformedError(HEADER)
    await context.claim(request, KIND, SUBJECT, is_of_all=True)
    if not is_admin_token(context.gateway, token.strip(BLANKS).encode("latin-1")):
        raise CredentialUnknownError(HEADER)
    return Caller(tenant=ADMIN)
