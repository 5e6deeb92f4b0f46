"""Observing: what the signals of a gateway learn of each request, once it has ended."""

from collections.abc import Callable, Sequence

from starlette.types import Scope

from profilegate.gateway.gateway import Gateway
from profilegate.gateway.metrics import Metrics
from profilegate.http.exchange import Exchange

Observe = Callable[[Scope, Exchange, float], None]
"""Takes a request that has ended: its scope, its exchange, and the seconds that it took."""


def observer_of(gateway: Gateway, others: Sequence[Observe] = ()) -> Observe | None:
    """The gateway's metrics and others as one observer; None if there are none."""
    observers = [*others]
    if gateway.metrics is not None:
        observers.append(_counting(gateway.metrics))
    if len(observers) < 2:
        return observers[0] if observers else None

    def observe(scope: Scope, exchange: Exchange, seconds: float) -> None:
        for each in observers:
            each(scope, exchange, seconds)

    return observe


def _counting(metrics: Metrics) -> Observe:
    def count(_: Scope, exchange: Exchange, seconds: float) -> None:
        provider = "" if exchange.api is None else exchange.api.provider.name
        status = 0 if exchange.response is None else exchange.response[0]
        metrics.count_request(provider, exchange.operation_id, status, exchange.error, seconds)

    return count
