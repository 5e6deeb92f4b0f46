"""Kontur Diadoc: authenticates requests by the client id and a token, or by OpenID Connect."""

from profilegate.gateway.outgoing import Credentials, OutgoingRequest, Signer

from .auth import BEARER_SCHEME, CLIENT_FIELD, SCHEME, USER_FIELD


def _sign(request: OutgoingRequest, credentials: Credentials) -> None:
    request.headers["Authorization"] = _authorization(request.schemes, credentials)


def _authorization(schemes: frozenset[str], credentials: Credentials) -> str:
    if "OpenIdConnect" in schemes:
        return f"{BEARER_SCHEME} {credentials['access_token']}"
    client = f"{SCHEME} {CLIENT_FIELD}={credentials['client_id']}"
    if "DiadocAuth" in schemes:
        # The provider's own clients write the comma without a blank.
        return f"{client},{USER_FIELD}={credentials['token']}"
    return client


SIGNER = Signer(
    names={
        "client_id": "the integrator's key",
        "token": "the user's token, which the operation authenticate gives for a password",
        "access_token": "the user's token of OpenID Connect, in place of the other two",
    },
    required={
        "DiadocClient": ("client_id",),
        "DiadocAuth": ("client_id", "token"),
        "OpenIdConnect": ("access_token",),
    },
    sign=_sign,
)
