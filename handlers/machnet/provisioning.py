"""Machnet SEND: the users and clients that the admin API creates."""

import re
import secrets
import uuid

from profilegate.gateway.provisioning import AccountPolicy, CredentialIssuer, IssuedCredential

from .auth import KIND
from .verification import UNVERIFIED

SECRET_SIZE_BYTES = 32


def _client() -> IssuedCredential:
    client_id, secret = str(uuid.uuid4()), secrets.token_urlsafe(SECRET_SIZE_BYTES)
    shown = {"X-Client-Id": client_id, "X-Client-Secret": secret}
    return IssuedCredential(client_id, shown, secret.encode())


ACCOUNT_POLICY = AccountPolicy(
    external_id=re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    has_tenant=True,
    default_fields={
        "account.business": False,
        "account.type": "SEND",
        "account.status": UNVERIFIED,
    },
    mutable_fields={"account.status"},
    issuers=(CredentialIssuer(KIND, "tenant", _client),),
)
