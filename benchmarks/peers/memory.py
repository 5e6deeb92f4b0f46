"""Nothing kept: the partner's keys and their last nonces lie in memory."""

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.names import CONNECTIONS_MAX, kraken_key, kraken_secret
from benchmarks.peers.signing import Accept, Signed, UnauthenticatedError


def open_memory() -> Accept:
    """What verifies a request and drops its changes."""
    secrets = {kraken_key(number): kraken_secret(number) for number in range(CONNECTIONS_MAX)}
    nonces = dict.fromkeys(secrets, 0)

    async def accept(signed: Signed, user: str, changes: Callable[[], Mapping[str, Any]]) -> None:
        secret = secrets.get(signed.key)
        if secret is None:
            raise UnauthenticatedError
        nonces[signed.key] = signed.verify(secret, nonces[signed.key])

    return accept
