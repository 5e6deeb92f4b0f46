"""Kraken Embed: the users and API keys that the admin API creates."""

import base64
import re

from profilegate.gateway.provisioning import (
    AccountPolicy,
    CredentialIssuer,
    IssuedCredential,
    RandomBytes,
)

from .auth import KIND
from .iiban import RANDOM_SIZE_BYTES, new_iiban, unspaced

KEY_SIZE_BYTES = 42
PRIVATE_KEY_SIZE_BYTES = 64


def _api_key(random_bytes: RandomBytes) -> IssuedCredential:
    key = base64.b64encode(random_bytes(KEY_SIZE_BYTES)).decode()
    private_key = random_bytes(PRIVATE_KEY_SIZE_BYTES)
    shown = {"API-Key": key, "private_key": base64.b64encode(private_key).decode()}
    return IssuedCredential(key, shown, private_key)


ACCOUNT_POLICY = AccountPolicy(
    # An IIBAN without its blanks.
    external_id=re.compile("[A-Z0-9]{14,42}"),
    has_tenant=True,
    default_fields={},
    mutable_fields=(),
    issuers=(CredentialIssuer(KIND, "tenant", _api_key, has_nonces=True),),
    normalize=unspaced,
    new_id=lambda random_bytes: new_iiban(random_bytes(RANDOM_SIZE_BYTES)),
)
