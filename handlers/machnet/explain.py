"""Machnet SEND: explains which of the two credentials is wrong."""

import hmac

from profilegate.gateway.provider import Finding, KnownCredentials
from profilegate.gateway.request import Request

from .auth import KIND

ID_UNKNOWN = "No client of this namespace has this X-Client-Id."
SECRET_WRONG = "X-Client-Id is that of a client; X-Client-Secret is not its secret."  # noqa: S105
SWAPPED = "X-Client-Id and X-Client-Secret are swapped."
QUOTED = "X-Client-Secret is right but for the quotation marks around it."


async def explain_security(request: Request, known: KnownCredentials) -> Finding:
    """What is wrong with X-Client-Id and X-Client-Secret."""
    client_id = request.header(b"x-client-id") or ""
    secret = request.header(b"x-client-secret") or ""
    if not client_id or not secret:
        return Finding()
    client = await known.find(KIND, client_id)
    if client is None:
        is_swapped = await known.find(KIND, secret) is not None
        return Finding((SWAPPED if is_swapped else ID_UNKNOWN,))
    bare = secret.strip("\"'").encode("latin-1")
    is_quoted = hmac.compare_digest(client.secret or b"", bare)
    return Finding((QUOTED if is_quoted else SECRET_WRONG,))
