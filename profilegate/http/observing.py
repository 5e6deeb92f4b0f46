"""Observing: what the signals of a gateway learn of each request, once it has ended."""

from collections.abc import Callable

from starlette.types import Scope

from profilegate.gateway.gateway import Gateway
from profilegate.http.exchange import Exchange

Observe = Callable[[Scope, Exchange, float], None]
"""Takes a request that has ended: its scope, its exchange, and the seconds that it took."""


def observer_of(gateway: Gateway) -> Observe | None:
    """What observes the requests of a gateway; None if nothing does."""
    metrics = gateway.metrics
    if metrics is None:
        return None

    def observe(_: Scope, exchange: Exchange, seconds: float) -> None:
        provider = "" if exchange.api is None else exchange.api.provider.name
        status = 0 if exchange.response is None else exchange.response[0]
        metrics.count_request(provider, exchange.operation_id, status, seconds)
        if exchange.error:
            metrics.count_error(provider, exchange.operation_id, exchange.error)

    return observe
