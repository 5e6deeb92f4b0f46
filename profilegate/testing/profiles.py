"""A profile as a test looks at it: its shared fields, its accounts and its history."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Self

from profilegate.admin import accounts, profiles
from profilegate.admin.context import Admin
from profilegate.profile.fields import FIELDS, Fields
from profilegate.store import AccountKey, Event

if TYPE_CHECKING:
    from profilegate.testing.double import Profilegate

EVENTS_MAX = 1000
"""Events of one profile that a test sees: more than one makes. We chose it."""


@dataclass(frozen=True, slots=True)
class Profile:
    """
    A profile at the time at which it was read.

    ``fields`` are the shared ones by their paths (``name.given``), also by index:
    ``profile["name.given"]``. ``accounts`` are (provider, external id) pairs. ``history`` has an
    event for each change: its channel, its caller, and each value before and after.
    """

    id: str
    version: int
    fields: Fields
    accounts: tuple[tuple[str, str], ...]
    history: tuple[Event, ...]

    def __getitem__(self, path: str) -> Any:
        """
        A shared field; None if the profile has no value for it.

        Raises:
            KeyError: no profile has such a field.
        """
        if path not in FIELDS:
            close = get_close_matches(path, FIELDS, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise KeyError(f"{path} is no field of a profile{hint}")
        return self.fields.get(path)

    @classmethod
    def read(cls, double: "Profilegate", of: AccountKey | str) -> Self:
        """
        The profile of an account, or with an id.

        Raises:
            AccountUnknownError, ProfileUnknownError: there is no such account or profile.
        """

        async def read(admin: Admin) -> Self:
            if isinstance(of, str):
                found = await profiles.get(admin, of)
            else:
                found = await accounts.profile_of(admin, of)
            history = await profiles.events(admin, found.id, limit=EVENTS_MAX)
            keys = tuple((each.key.provider, each.key.external_id) for each in found.accounts)
            return cls(found.id, found.version, found.fields, keys, tuple(history))

        return double.act(read)
