"""Provisioning: how a provider's accounts and credentials are created by the admin services."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Holder = Literal["tenant", "account", "nobody"]
"""What holds a credential; ``nobody``: a client that is only known."""


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A new credential: ``text`` and ``secret`` are stored, ``shown`` is returned only once."""

    text: str
    shown: Mapping[str, str]
    secret: bytes | None = None


@dataclass(frozen=True, slots=True)
class CredentialIssuer:
    """How credentials of one kind are issued, and what holds them."""

    kind: str
    holder: Holder
    issue: Callable[[], IssuedCredential]


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """How a provider's accounts and credentials are created.

    ``external_id`` is the form of an account's external id; ``has_tenant`` whether accounts
    belong to tenants. ``default_fields`` are the account's own fields that may be given at its
    creation, with their defaults (None: the field is required); ``mutable_fields`` those that
    may be changed afterwards. ``normalize`` brings an external id as people write it into its form.
    """

    external_id: re.Pattern[str]
    has_tenant: bool
    default_fields: Mapping[str, Any]
    mutable_fields: Collection[str]
    issuers: Sequence[CredentialIssuer]
    normalize: Callable[[str], str] = str
