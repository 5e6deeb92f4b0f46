"""Navixy: authenticates requests by the hash of an API key or of a session."""

from profilegate.gateway.outgoing import Credentials, OutgoingRequest, Signer


def _sign(request: OutgoingRequest, credentials: Credentials) -> None:
    request.headers["Authorization"] = f"NVX {credentials['hash']}"


SIGNER = Signer(
    names={"hash": "an API key, or the hash of a session that the operation log_in gives"},
    # Every operation takes the header; a query is kept in logs, and a body is the caller's.
    required={"HashInHeader": ("hash",)},
    sign=_sign,
)
