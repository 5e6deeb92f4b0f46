"""Navixy: the accounts and API keys that the admin API creates."""

import re

from profilegate.gateway.provisioning import (
    AccountPolicy,
    CredentialIssuer,
    IssuedCredential,
    PasswordRule,
    RandomBytes,
)

from .sessions import HASH_SIZE_BYTES, KIND


def _api_key(random_bytes: RandomBytes) -> IssuedCredential:
    text = random_bytes(HASH_SIZE_BYTES).hex()
    return IssuedCredential(text, {"hash": text})


USER_ID_SIZE_BYTES = 5
"""Of generated ids: 13 digits at most, which JavaScript reads exactly."""


def _user_id(random_bytes: RandomBytes) -> str:
    return str(1 + int.from_bytes(random_bytes(USER_ID_SIZE_BYTES)))


ACCOUNT_POLICY = AccountPolicy(
    external_id=re.compile("[1-9][0-9]{0,17}"),
    new_id=_user_id,
    has_tenant=False,
    default_fields={"account.login": None, "account.plugins": []},
    mutable_fields={"account.plugins"},
    issuers=(CredentialIssuer(KIND, "account", _api_key),),
    # As in a login: "1 to 40 printable characters".
    password=PasswordRule(40, re.compile(r"[\x00-\x1f\x7f-\x9f]")),
)
