"""Rate limits: count the requests of each user and of each peer (``x-rate-limit``)."""

from profilegate.errors import RateLimitExceededError
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.counts import Counts, Windows
from profilegate.gateway.peers import network_of
from profilegate.openapi import Spec


class RateLimit:
    """The counts of one provider."""

    def __init__(self, provider: str, requests: int, seconds: int, counts: Counts) -> None:
        self._requests, self._seconds = requests, seconds
        self._peers = counts.windows(f"{provider}.peers", requests, seconds)
        self._users = counts.windows(f"{provider}.users", requests, seconds)

    def count_peer(self, context: ProviderContext, peer: str) -> None:
        """
        Count a request of a peer: logins and wrong credentials count too.

        Raises:
            RateLimitExceededError: the peer has made too many requests.
        """
        self._count(self._peers, context, network_of(peer))

    def count_user(self, context: ProviderContext, caller: Caller) -> None:
        """
        Count a request of a user, whichever of its credentials it has.

        Raises:
            RateLimitExceededError: the user has made too many requests.
        """
        if caller.tenant is not None or caller.external_id is not None:
            self._count(self._users, context, (caller.tenant, caller.external_id))

    def _count(self, windows: Windows, context: ProviderContext, key: object) -> None:
        if not windows.add((context.namespace, key), context.seconds()):
            raise RateLimitExceededError(self._requests, self._seconds)


def rate_limit_of(spec: Spec, counts: Counts) -> RateLimit | None:
    """The rate limit of a provider; None if its spec has none."""
    rule = spec.document.get("x-rate-limit")
    if rule is None:
        return None
    return RateLimit(spec.name, rule["requests"], rule["seconds"], counts)
