"""Rates: how many requests one credential may make (``x-rate-limit``)."""

from collections.abc import Callable

from profilegate.errors import RateLimitExceededError
from profilegate.gateway.call import Caller
from profilegate.openapi import Spec

CountRequest = Callable[[Caller], None]


def compile_limit(spec: Spec) -> CountRequest | None:
    """
    A function that counts a caller's request, or None where the spec knows no limit.

    Counts are kept in this process and are gone with it. The function raises
    ``RateLimitExceededError``.
    """
    rule = spec.document.get("x-rate-limit")
    if rule is None:
        return None
    # Imported here: a gateway without rate limits does without a megabyte.
    from limits import RateLimitItemPerSecond
    from limits.storage import MemoryStorage
    from limits.strategies import MovingWindowRateLimiter

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
