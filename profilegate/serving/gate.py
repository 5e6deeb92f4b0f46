"""What every compiled operation shares: the store behind the doors, and the gate's own address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from profilegate.provider import Door
from profilegate.store import DEFAULT_WORLD, Store


def utc_now() -> datetime:
    """The present time, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Gate:
    """One running gate.

    ``public_url`` is where people reach it, for links in mails; ``limits_rates`` whether
    providers' rate limits hold; ``now`` is its clock.
    """

    store: Store
    public_url: str
    limits_rates: bool = True
    world: str = DEFAULT_WORLD
    now: Callable[[], datetime] = utc_now

    def door(self, provider: str) -> Door:
        """A provider's side of the store."""
        return Door(self.world, provider, self.store, self.now)
