"""Doors side by side: a profile as each shows it, and what a change would do to all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from profilegate.gateway.provisioning import Issuing
from profilegate.profile.rules import Fields
from profilegate.store import Profile


@dataclass(frozen=True, slots=True)
class DoorView:
    """A profile as one linked account's door shows it."""

    provider: str
    external_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a change at one door: ``taken``, ``refused`` or ``cannot express``.

    ``fields`` are in that door's own words; ``why`` tells the reason of the latter two.
    """

    provider: str
    external_id: str
    outcome: str
    fields: tuple[str, ...]
    why: str | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a change would do: a verdict for each door it meets, and the shared fields after it."""

    verdicts: tuple[Verdict, ...]
    fields: Fields


class AllDoors(Protocol):
    """Every provider's door, side by side; see ``admin/projections.py``."""

    def issuing(self, provider: str) -> Issuing | None:
        """How a provider's accounts and credentials are made; None for no provider."""
        ...

    def views(self, profile: Profile) -> Sequence[DoorView]:
        """The profile as each linked door shows it."""
        ...

    async def what_if(self, profile: Profile, provider: str, external_id: str, body: Any) -> WhatIf:
        """
        What an update by one of the profile's accounts would do; nothing is written.

        Raises:
            AccountUnknownError: the profile has no such account, or its door changes nothing.
        """
        ...
