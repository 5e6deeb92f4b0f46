"""Kontur Diadoc: the users, tokens and client ids that the admin API creates."""

import base64
import re

from profilegate.gateway.provisioning import (
    AccountPolicy,
    CredentialIssuer,
    IssuedCredential,
    PasswordRule,
    RandomBytes,
)

from .auth import (
    BEARER_FIELD,
    BEARER_KIND,
    CLIENT_FIELD,
    CLIENT_KIND,
    USER_FIELD,
    USER_KIND,
)
from .organizations import ORGANIZATIONS

TOKEN_SIZE_BYTES = 32


def _token(random_bytes: RandomBytes) -> IssuedCredential:
    text = base64.b64encode(random_bytes(TOKEN_SIZE_BYTES)).decode()
    return IssuedCredential(text, {USER_FIELD: text})


def _access_token(random_bytes: RandomBytes) -> IssuedCredential:
    # In hexadecimal digits, like the sample of page Authorization.
    text = random_bytes(TOKEN_SIZE_BYTES).hex()
    return IssuedCredential(text, {BEARER_FIELD: text})


def _client_id(random_bytes: RandomBytes) -> IssuedCredential:
    text = f"api-client-{random_bytes(TOKEN_SIZE_BYTES).hex()}"
    return IssuedCredential(text, {CLIENT_FIELD: text})


ACCOUNT_POLICY = AccountPolicy(
    external_id=re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    has_tenant=False,
    default_fields={"account.login": None, "account.registered": True},
    optional_fields={ORGANIZATIONS: list},
    mutable_fields={ORGANIZATIONS},
    password=PasswordRule(255, re.compile(r"\x00")),
    issuers=(
        CredentialIssuer(USER_KIND, "account", _token),
        CredentialIssuer(BEARER_KIND, "account", _access_token),
        CredentialIssuer(CLIENT_KIND, "nobody", _client_id),
    ),
)
