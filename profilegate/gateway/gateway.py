"""One running gate: what all doors share, the store first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from profilegate.gateway.projections import AllDoors
from profilegate.store import DEFAULT_WORLD, Store


def utc_now() -> datetime:
    """The present time, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Gate:
    """One running gate.

    ``public_url`` is where people reach it, for links in mails; ``limits_rates`` whether
    providers' rate limits hold; ``now`` is its clock; ``admin_token`` opens our own API, which
    nobody is let into without it (a setting, so that no database ever holds it).
    """

    store: Store
    public_url: str
    limits_rates: bool = True
    world: str = DEFAULT_WORLD
    now: Callable[[], datetime] = utc_now
    admin_token: str | None = field(default=None, repr=False)
    doors: AllDoors = field(init=False)
    """Set when the app is built: it alone knows all providers."""
