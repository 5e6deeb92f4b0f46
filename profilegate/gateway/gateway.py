"""One running gateway: what all providers share, the store first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from profilegate.gateway.projections import AnyProjections
from profilegate.store import DEFAULT_NAMESPACE, Store


def utc_now() -> datetime:
    """The present time, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Gateway:
    """One running gateway.

    ``public_url`` is where people reach it, for links in mails; ``limits_rates`` whether
    providers' rate limits hold; ``now`` is its clock; ``admin_token`` opens our own API, which
    nobody is let into without it (a setting, so that no database ever holds it).
    """

    store: Store
    public_url: str
    limits_rates: bool = True
    namespace: str = DEFAULT_NAMESPACE
    now: Callable[[], datetime] = utc_now
    admin_token: str | None = field(default=None, repr=False)
    projections: AnyProjections = field(init=False)
    """Set when the app is built: it alone knows all providers."""
