"""What a provider's spec says of the shared profile, as the generator writes it down.

A *provider* is one provider's view of the profile. Values live in a flat dict from path to
value (``{"name.given": "Zoe", "account.status": "VERIFIED"}``): paths that begin with
``account.`` belong to the provider's own account, all others are shared by every provider.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Fields = dict[str, Any]
"""Path -> stored value. An absent path has no value; there is no None."""

Changes = dict[str, Any]
"""Path -> new stored value, or None for a value that is to be removed."""

ALWAYS = "always"
"""The lock state that every account is in."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A field that takes no new value while its account is in a state (``x-lock``).

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
    """All that one provider's spec says of locks.

    ``states`` names the states that an account can be in and the fields by which it is
    (``x-lock-states``): ``{"verified": {"account.status": "VERIFIED"}}``.
    """

    states: Mapping[str, Mapping[str, Any]]
    tables: tuple[LockTable, ...]

    def locks_of(self, account: Fields) -> list[Lock]:
        """The locks that hold for an account, from its ``account.…`` fields."""
        return [
            lock
            for table in self.tables
            if _matches(account, table.applies)
            for lock in table.locks
            if lock.when == ALWAYS or _matches(account, self.states[lock.when])
        ]


@dataclass(frozen=True, slots=True)
class View:
    """How a provider shows the profile (``x-projection``), to the accounts whose fields equal
    ``applies``."""

    schema: str
    applies: Mapping[str, Any]
    read: Callable[[Fields], Any]


@dataclass(frozen=True, slots=True)
class Writing:
    """How a provider changes the profile (``x-update``), for accounts that fit ``applies``."""

    operation: str
    applies: Mapping[str, Any]
    changes: Callable[[Any], Changes]


@dataclass(frozen=True, slots=True)
class ProfileMapping:
    """All that a provider's spec says of the profile: locks, names, what is shown, what is
    changed."""

    rules: LockRules
    field_names: Mapping[str, str]
    views: tuple[View, ...]
    updates: tuple[Writing, ...]

    def view_of(self, account: Fields) -> View | None:
        """How an account is shown, by its ``account.…`` fields; None for a provider that shows
        none."""
        return next((view for view in self.views if _matches(account, view.applies)), None)

    def writing_of(self, account: Fields) -> Writing | None:
        """How an account is changed; None for a provider that changes nothing."""
        return next((form for form in self.updates if _matches(account, form.applies)), None)


def _matches(account: Fields, condition: Mapping[str, Any]) -> bool:
    return all(account.get(path) == wanted for path, wanted in condition.items())
