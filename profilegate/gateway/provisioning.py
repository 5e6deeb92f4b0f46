"""AccountPolicy: how a provider's accounts and credentials are made by our own API."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A new credential: ``text`` and ``secret`` are kept, ``shown`` is told once only."""

    text: str
    shown: Mapping[str, str]
    secret: bytes | None = None


@dataclass(frozen=True, slots=True)
class CredentialIssuer:
    """How a provider's credentials of one kind are made, and who holds them.

    ``holder`` is ``tenant``, ``account``, or ``nobody``: a client that is just known.
    """

    kind: str
    holder: Literal["tenant", "account", "nobody"]
    issue: Callable[[], IssuedCredential]


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """How a provider's accounts and credentials are made by our own API.

    ``external_id`` is the form of an account's name; ``has_tenant`` whether accounts belong to
    tenants; ``own`` the account's fields that may be given at first, with what they are if they
    are not (None: they must be); ``changeable`` those that may be changed afterwards.
    """

    external_id: re.Pattern[str]
    has_tenant: bool
    own: Mapping[str, Any]
    mutable_fields: Collection[str]
    issuers: Sequence[CredentialIssuer]
