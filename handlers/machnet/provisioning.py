"""Machnet SEND: how users and clients are made by our own API."""

import re
import secrets
import uuid

from profilegate.gateway.provisioning import Issued, Issuer, Issuing

from .auth import KIND
from .operations import UNVERIFIED

SECRET_SIZE_BYTES = 32


def _client() -> Issued:
    client_id, secret = str(uuid.uuid4()), secrets.token_urlsafe(SECRET_SIZE_BYTES)
    shown = {"X-Client-Id": client_id, "X-Client-Secret": secret}
    return Issued(client_id, shown, secret.encode())


ISSUING = Issuing(
    external_id=re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    has_tenant=True,
    own={"account.business": False, "account.type": "SEND", "account.status": UNVERIFIED},
    changeable={"account.status"},
    issuers=(Issuer(KIND, "tenant", _client),),
)
