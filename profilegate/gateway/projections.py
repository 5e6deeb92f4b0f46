"""Projections side by side: a profile as each shows it, and what a change would do to all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from profilegate.gateway.provisioning import AccountPolicy
from profilegate.openapi.profile_schema import AccountForm
from profilegate.profile.fields import Fields
from profilegate.store import Profile


@dataclass(frozen=True, slots=True)
class Projection:
    """A profile as one linked account's provider shows it."""

    provider: str
    external_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DryRunOutcome:
    """What becomes of a change at one provider: ``accepted``, ``rejected`` or ``not
    representable``.

    ``fields`` are in that provider's own words; ``reason`` tells the reason of the latter two.
    """

    provider: str
    external_id: str
    outcome: str
    fields: tuple[str, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a change would do: an outcome for each provider it meets, and the shared fields
    after it."""

    outcomes: tuple[DryRunOutcome, ...]
    fields: Fields


class AnyProjections(Protocol):
    """Every provider's API, side by side; see ``admin/projections.py``."""

    def policy(self, provider: str) -> AccountPolicy | None:
        """How a provider's accounts and credentials are made; None for no provider."""
        ...

    def account_form(self, provider: str) -> AccountForm | None:
        """The rules for a provider's accounts in an export; None for no provider."""
        ...

    def views(self, profile: Profile) -> Sequence[Projection]:
        """The profile as each linked provider shows it."""
        ...

    async def what_if(self, profile: Profile, provider: str, external_id: str, body: Any) -> DryRun:
        """
        What an update by one of the profile's accounts would do; nothing is written.

        Raises:
            AccountUnknownError: the profile has no such account, or its provider changes nothing.
        """
        ...
