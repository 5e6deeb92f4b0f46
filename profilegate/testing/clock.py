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
            TypeError: it is no time with a time zone.
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
            TypeError: it is no time with a time zone.
        """
        self._set(to=to)

    def advance(self, step: timedelta = timedelta(), **parts: float) -> None:
        """
        Move the clock forward, by a step or by its parts: ``advance(days=30, seconds=1)``.

        Raises:
            ClockBackwardsError: the step is negative.
        """
        self._set(forward=step + timedelta(**parts))

    def _set(
        self,
        *,
        to: datetime | None = None,
        forward: timedelta = timedelta(),
        is_frozen: bool | None = None,
    ) -> None:
        if to is not None and getattr(to, "tzinfo", None) is None:
            raise TypeError("a time has a time zone: datetime(2030, 1, 1, tzinfo=UTC)")
        gateway, name = self._double.gateway, self._double.namespace
        # The gateway's admin, whose own time no namespace shifts.
        gateway.run(
            namespaces.set_clock(gateway.admin(), name, to=to, forward=forward, is_frozen=is_frozen)
        )
