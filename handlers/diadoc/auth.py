"""Kontur Diadoc: authenticate by the integrator's client id and the user's token, or by OIDC."""

from profilegate.errors import (
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
)
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.request import Request

CLIENT_KIND = "api-client"
USER_KIND = "token"
BEARER_KIND = "bearer"

SCHEME = "DiadocAuth"
BEARER_SCHEME = "Bearer"
CHALLENGE = SCHEME
"""RFC 9110, 11.6.1: a 401 has a challenge. Diadoc documents none, but it names the scheme."""

BLANKS = " \t"
"""RFC 9110, 5.6.3: optional white space; no other character is dropped from a credential."""

QUOTATION_MARK = '"'
"""RFC 9110, 11.2: the value of a parameter may be a quoted string; none of ours needs an escape."""

CLIENT_FIELD = "ddauth_api_client_id"
USER_FIELD = "ddauth_token"
BEARER_FIELD = "access_token"


async def authenticate(request: Request, context: ProviderContext) -> Caller:
    """
    The user of a token: of OpenID Connect, or with the integrator's client id beside it.

    Raises:
        CredentialError: the header is missing or malformed, or one of the two is unknown.
    """
    scheme, rest = _scheme(request)
    if scheme.lower() == BEARER_SCHEME.lower():
        return await _authenticate_bearer(rest.strip(BLANKS), request, context)
    fields = _fields(scheme, rest)
    client, token = fields[CLIENT_FIELD], fields.get(USER_FIELD, "")
    await context.claim(request, USER_KIND if token else CLIENT_KIND, token or client)
    # Look up both: the work does not tell which of the two is unknown.
    integrator = await context.credential(CLIENT_KIND, client)
    user = await context.credential(USER_KIND, token)
    if integrator is None:
        raise CredentialUnknownError(CLIENT_FIELD)
    if user is None:
        raise CredentialUnknownError(USER_FIELD) if token else CredentialMalformedError(USER_FIELD)
    return Caller(external_id=user.external_id)


async def _authenticate_bearer(token: str, request: Request, context: ProviderContext) -> Caller:
    if not token:
        raise CredentialMalformedError(BEARER_FIELD)
    await context.claim(request, BEARER_KIND, token)
    user = await context.credential(BEARER_KIND, token)
    if user is None:
        raise CredentialUnknownError(BEARER_FIELD)
    return Caller(external_id=user.external_id)


async def authenticate_client(request: Request, context: ProviderContext) -> Caller:
    """
    An anonymous caller, if the integrator's client id is known; a token is ignored.

    Raises:
        CredentialError: the header or the client id is missing, malformed or unknown.
    """
    fields = _fields(*_scheme(request))
    await context.claim(request, CLIENT_KIND, fields[CLIENT_FIELD])
    if await context.credential(CLIENT_KIND, fields[CLIENT_FIELD]) is None:
        raise CredentialUnknownError(CLIENT_FIELD)
    return Caller()


def _scheme(request: Request) -> tuple[str, str]:
    """The scheme of the Authorization header, and what follows it."""
    header = request.header(b"authorization")
    if not header:
        raise CredentialMissingError(CLIENT_FIELD)
    scheme, _, rest = header.strip(BLANKS).partition(" ")
    return scheme, rest


def _fields(scheme: str, rest: str) -> dict[str, str]:
    """
    The fields of ``DiadocAuth ddauth_api_client_id=…,ddauth_token=…``, with or without spaces and
    quotation marks; the client id is one of them.

    A token is base64 and may contain ``=``: a field is split at its first one.
    """
    fields: dict[str, str] = {}
    for part in rest.split(","):
        name, equals, value = part.strip(BLANKS).partition("=")
        if len(value) > 1 and value[0] == value[-1] == QUOTATION_MARK:
            value = value[1:-1]
        if not equals or not value or name in fields:
            raise CredentialMalformedError(USER_FIELD if name == USER_FIELD else CLIENT_FIELD)
        fields[name] = value
    if scheme != SCHEME or CLIENT_FIELD not in fields:
        raise CredentialMalformedError(CLIENT_FIELD)
    return fields
