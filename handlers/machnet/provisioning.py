"""Machnet SEND: the users and clients that the admin API creates."""

import base64
import re
import uuid

from profilegate.gateway.provisioning import (
    AccountPolicy,
    CredentialIssuer,
    IssuedCredential,
    RandomBytes,
)

from .auth import KIND
from .verification import UNVERIFIED

SECRET_SIZE_BYTES = 32
UUID_SIZE_BYTES = 16


def _client(random_bytes: RandomBytes) -> IssuedCredential:
    client_id = str(uuid.UUID(bytes=random_bytes(UUID_SIZE_BYTES), version=4))
    secret = base64.urlsafe_b64encode(random_bytes(SECRET_SIZE_BYTES)).rstrip(b"=").decode()
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
