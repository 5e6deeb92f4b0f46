"""What a provider's spec says of the shared profile, as the generator writes it down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules, applies_to
from profilegate.profile.text_forms import SentForm


@dataclass(frozen=True, slots=True)
class Representation:
    """How a provider shows the profile (``x-projection``) to accounts that match ``applies``."""

    schema: str
    applies: Mapping[str, Any]
    from_fields: Callable[[Fields], Any]


@dataclass(frozen=True, slots=True)
class UpdateForm:
    """How a provider changes the profile (``x-update``), for accounts that match ``applies``."""

    operation: str
    applies: Mapping[str, Any]
    to_changes: Callable[[Any], Changes]


@dataclass(frozen=True, slots=True)
class ProfileMapping:
    """Everything that the engine knows of one provider: locks, names, representations, updates.

    ``field_names`` maps a path of the profile to the provider's name for it. ``forms`` are those of
    the texts that updates send.
    """

    rules: LockRules
    field_names: Mapping[str, str]
    representations: tuple[Representation, ...]
    updates: tuple[UpdateForm, ...]
    forms: tuple[SentForm, ...] = ()

    def representation_of(self, account: Fields) -> Representation | None:
        """How an account is shown, given its ``account.…`` fields; None if the provider shows no
        profile."""
        return next(
            (each for each in self.representations if applies_to(account, each.applies)), None
        )

    def update_form_of(self, account: Fields) -> UpdateForm | None:
        """How an account is changed; None if the provider changes nothing."""
        return next((form for form in self.updates if applies_to(account, form.applies)), None)
