"""Kontur Diadoc: authenticate by the integrator's client id and the user's token in one header."""

from collections.abc import Set

from profilegate.errors import (
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
)
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.request import Request

CLIENT_KIND = "api-client"
USER_KIND = "token"

HEADER = "Authorization"
SCHEME = "DiadocAuth"
CHALLENGE = SCHEME
"""RFC 9110, 11.6.1: a 401 has a challenge. Diadoc documents none, but it names the scheme."""

BLANKS = " \t"
"""RFC 9110, 5.6.3: optional white space; no other character is dropped from a credential."""

CLIENT_FIELD = "ddauth_api_client_id"
USER_FIELD = "ddauth_token"


async def authenticate(request: Request, context: ProviderContext) -> Caller:
    """
    The user of the token, if the integrator's client id is known too.

    Raises:
        CredentialError: the header is missing or malformed, or one of the two is unknown.
    """
    fields = _fields(request, {CLIENT_FIELD, USER_FIELD}, HEADER)
    await context.claim(request, USER_KIND, fields[USER_FIELD])
    client = await context.credential(CLIENT_KIND, fields[CLIENT_FIELD])
    token = await context.credential(USER_KIND, fields[USER_FIELD])
    if client is None or token is None:
        raise CredentialUnknownError(HEADER)
    return Caller(external_id=token.external_id)


async def authenticate_client(request: Request, context: ProviderContext) -> Caller:
    """
    An anonymous caller, if the integrator's client id is known; a token is ignored.

    Raises:
        CredentialError: the header or the client id is missing, malformed or unknown.
    """
    fields = _fields(request, {CLIENT_FIELD}, CLIENT_FIELD)
    await context.claim(request, CLIENT_KIND, fields[CLIENT_FIELD])
    if await context.credential(CLIENT_KIND, fields[CLIENT_FIELD]) is None:
        raise CredentialUnknownError(CLIENT_FIELD)
    return Caller()


def _fields(request: Request, wanted: Set[str], blamed: str) -> dict[str, str]:
    """
    The fields of ``DiadocAuth ddauth_api_client_id=…,ddauth_token=…``, with or without spaces.

    A token is base64 and may contain ``=``: a field is split at its first one. ``blamed`` is the
    credential that the error names if one of the ``wanted`` fields is missing.
    """
    header = request.header(b"authorization")
    if not header:
        raise CredentialMissingError(blamed)
    scheme, _, rest = header.strip(BLANKS).partition(" ")
    fields: dict[str, str] = {}
    for part in rest.split(","):
        name, equals, value = part.strip(BLANKS).partition("=")
        if not equals or not value or name in fields:
            raise CredentialMalformedError(blamed)
        fields[name] = value
    if scheme != SCHEME or not fields.keys() >= wanted:
        raise CredentialMalformedError(blamed)
    return fields
