"""The clock of a test's namespace: it stands still, runs, and moves forward."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from profilegate.admin import namespaces
from profilegate.admin.context import Admin

if TYPE_CHECKING:
    from profilegate.testing.double import Profilegate


class Clock:
    """
    Sessions, tokens, pending logins, nonces, lockouts and rate limits follow it.

    ::

        profilegate.clock.freeze()
        profilegate.clock.advance(days=30)
    """

    def __init__(self, double: "Profilegate") -> None:
        self._double = double

    @property
    def now(self) -> datetime:
        """The present time of the namespace, in UTC."""

        async def read(admin: Admin) -> datetime:
            return admin.now()

        return self._double.act(read)

    def freeze(self, at: datetime | None = None) -> None:
        """
        Let the clock stand still, now or at a later time.

        Raises:
            ClockBackwardsError: ``at`` is earlier than now.
        """
        self._set(to=at, is_frozen=True)

    def run(self) -> None:
        """Let the clock run on."""
        self._set(is_frozen=False)

    def move(self, to: datetime) -> None:
        """
        Move the clock to a later time.

        Raises:
            ClockBackwardsError: ``to`` is earlier than now.
        """
        self._set(to=to)

    def advance(self, step: timedelta = timedelta(), **parts: float) -> None:
        """
        Move the clock forward, by a step or by its parts: ``advance(days=30, seconds=1)``.

        Raises:
            ClockBackwardsError: the step is negative.
        """
        self._set(to=self.now + step + timedelta(**parts))

    def _set(self, *, to: datetime | None = None, is_frozen: bool | None = None) -> None:
        name = self._double.namespace
        self._double.act(
            lambda admin: namespaces.set_clock(admin, name, to=to, is_frozen=is_frozen)
        )
