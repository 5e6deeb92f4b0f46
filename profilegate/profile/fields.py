"""The fields of a profile: the shared ones by ``specs/profile.yaml``, and each account's own."""

from typing import Any

from profilegate.profile._generated import DOCUMENTS, FIELDS
from profilegate.profile.documents import DocumentRule

__all__ = [
    "ACCOUNT_CREATED_AT",
    "ACCOUNT_ID",
    "ACCOUNT_LOGIN",
    "ACCOUNT_PARENT",
    "ACCOUNT_PREFIX",
    "DOCUMENTS",
    "FIELDS",
    "Changes",
    "DocumentRule",
    "Fields",
]

Fields = dict[str, Any]
"""Path -> stored value: ``{"name.given": "Zoe", "account.status": "VERIFIED"}``. A path without a
value is absent; None never occurs."""

Changes = dict[str, Any]
"""Path -> new stored value, or None to remove the value."""

ACCOUNT_PREFIX = "account."
"""Paths below it belong to one provider's account alone and are not in FIELDS."""

ACCOUNT_CREATED_AT = "account.created_at"
"""The time of the account's creation in its provider's form, whose texts sort by time. It is given
at the creation, and nothing changes it."""

ACCOUNT_ID = "account.id"
"""The provider's own name for the account; the store sets it, and nothing changes it."""

ACCOUNT_LOGIN = "account.login"
"""The login of the account's person; unique within a provider and a namespace."""

ACCOUNT_PARENT = "account.send_user_id"
"""The external id of the account, of the same provider, to which an account belongs: the sender of
a receiver. It is given at the creation, and nothing changes it."""
