"""Locks: which fields take no new value, and in which state of the account (``x-lock``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from profilegate.profile.fields import Fields

ALWAYS = "always"
"""The lock state that every account is in."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A field that takes no new value while its account is in the state ``when``.

    ``document_types`` narrows a lock on a list of documents to documents of these types;
    None locks the field as a whole.
    """

    path: str
    when: str
    document_types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class LockTable:
    """The locks of one schema, for the accounts whose fields equal ``applies`` (``x-applies``)."""

    applies: Mapping[str, Any]
    locks: tuple[Lock, ...]


@dataclass(frozen=True, slots=True)
class LockRules:
    """All locks of one provider's spec.

    ``states`` maps each state (``x-lock-states``) to the account's fields that define it:
    ``{"verified": {"account.status": "VERIFIED"}}``.
    """

    states: Mapping[str, Mapping[str, Any]]
    tables: tuple[LockTable, ...]

    def locks_of(self, account: Fields) -> list[Lock]:
        """The locks that hold for an account, given its ``account.…`` fields."""
        return [
            lock
            for table in self.tables
            if applies_to(account, table.applies)
            for lock in table.locks
            if lock.when == ALWAYS or applies_to(account, self.states[lock.when])
        ]


def applies_to(account: Fields, condition: Mapping[str, Any]) -> bool:
    """Whether an account's fields have every value that a condition names."""
    return all(account.get(path) == wanted for path, wanted in condition.items())
