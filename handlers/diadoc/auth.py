"""Kontur Diadoc: who calls, by the integrator's client id and the user's token in one header."""

from profilegate.errors import (
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
)
from profilegate.provider import Caller, Door, Request

CLIENT_KIND = "api-client"
USER_KIND = "token"

SCHEME = "DiadocAuth"
CLIENT_FIELD = "ddauth_api_client_id"
USER_FIELD = "ddauth_token"


async def authenticate(request: Request, door: Door) -> Caller:
    """
    Let a user in whose token is known, through an integrator whose client id is known.

    Raises:
        CredentialError: the header is missing, malformed, or one of the two is not known.
    """
    header = request.header(b"authorization")
    if not header:
        raise CredentialMissingError("Authorization")
    fields = _fields(header)
    client = await door.credential(CLIENT_KIND, fields[CLIENT_FIELD])
    token = await door.credential(USER_KIND, fields[USER_FIELD])
    if client is None or token is None:
        raise CredentialUnknownError("Authorization")
    return Caller(external_id=token.external_id)


def _fields(header: str) -> dict[str, str]:
    """
    ``DiadocAuth ddauth_api_client_id=…,ddauth_token=…``, with blanks round the comma or not.

    A token is base64 and may hold ``=``: a field is split at its first one only.
    """
    scheme, _, rest = header.strip().partition(" ")
    fields = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals or not value or name in fields:
            raise CredentialMalformedError("Authorization")
        fields[name] = value
    if scheme != SCHEME or fields.keys() != {CLIENT_FIELD, USER_FIELD}:
        raise CredentialMalformedError("Authorization")
    return fields
