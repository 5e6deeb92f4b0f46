"""Provisioning: the rules by which admin actions create accounts and credentials."""

import re
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

RandomBytes = Callable[[int], bytes]
"""Makes as many random bytes as it is asked for."""

Holder = Literal["tenant", "account", "nobody"]
"""The kind of holder of a credential; ``nobody`` for a client without tenant or account."""


@dataclass(frozen=True, slots=True, repr=False)
class IssuedCredential:
    """A new credential: the store keeps ``text`` and ``secret``; a caller sees ``shown`` once."""

    text: str
    shown: Mapping[str, str]
    secret: bytes | None = None


@dataclass(frozen=True, slots=True)
class CredentialIssuer:
    """Issues credentials of one kind, for one kind of holder.

    ``has_nonces``: its requests have nonces, so a nonce window can be set.
    """

    kind: str
    holder: Holder
    issue: Callable[[RandomBytes], IssuedCredential]
    has_nonces: bool = False


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """What a login can send as a password: 1 to ``length_max`` characters, none ``excluded``."""

    length_max: int
    excluded: re.Pattern[str]


UUID_SIZE_BYTES = 16

LOGIN_SIZE_BYTES = 8
"""The random part of a generated login: no other namespace has the same."""


def new_uuid(random_bytes: RandomBytes) -> str:
    """An external id, for providers whose ids are UUIDs or any text."""
    return str(uuid.UUID(bytes=random_bytes(UUID_SIZE_BYTES), version=4))


def new_login(random_bytes: RandomBytes) -> str:
    """A login that no account has: an address at a domain that nobody owns (RFC 2606)."""
    return f"user-{random_bytes(LOGIN_SIZE_BYTES).hex()}@example.com"


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """How a provider's accounts and credentials are created.

    ``external_id`` is the pattern of external ids; ``has_tenant`` is whether accounts belong to
    tenants. ``default_fields`` are the own fields that a new account may have, with their defaults
    (None: the field is required); ``mutable_fields`` are those that may change later. ``normalize``
    converts an external id as people type it into its normal form; ``new_id`` makes one for a seed
    that names none. ``password`` is the rule of passwords; None if the accounts have none.
    """

    external_id: re.Pattern[str]
    has_tenant: bool
    default_fields: Mapping[str, Any]
    mutable_fields: Collection[str]
    issuers: Sequence[CredentialIssuer]
    normalize: Callable[[str], str] = str
    new_id: Callable[[RandomBytes], str] = new_uuid
    optional_fields: Mapping[str, type] = field(default_factory=dict)

    @property
    def field_types(self) -> Mapping[str, type]:
        """The types of all own fields."""
        defaults = self.default_fields.items()
        types = {path: str if value is None else type(value) for path, value in defaults}
        return {**types, **self.optional_fields}

    password: "PasswordRule | None" = None
