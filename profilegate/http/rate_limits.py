"""Rate limits: count the requests of each credential (``x-rate-limit``)."""

from collections.abc import Callable

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from profilegate.errors import RateLimitExceededError
from profilegate.gateway.call import Caller
from profilegate.openapi import Spec

CountRequest = Callable[[Caller], None]


def compile_limit(spec: Spec) -> CountRequest | None:
    """
    The function that counts a caller's request; None if the spec has no limit.

    This process keeps the counts in memory. The function raises ``RateLimitExceededError``.
    """
    rule = spec.document.get("x-rate-limit")
    if rule is None:
        return None
    requests, seconds = rule["requests"], rule["seconds"]
    item = RateLimitItemPerSecond(requests, seconds)
    limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(caller: Caller) -> None:
        key = caller.credential
        if key is not None and not limiter.hit(
            item, key.namespace, key.provider, key.kind, key.text
        ):
            raise RateLimitExceededError(requests, seconds)

    return count
