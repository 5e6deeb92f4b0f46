"""Connections: bounds their number, and ends those whose client is silent or too slow."""

import asyncio
import resource
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from profilegate.gateway.peers import network_of
from profilegate.http.limits import (
    CONNECTIONS_MAX,
    DESCRIPTORS_RESERVED,
    PEER_SHARE,
)

SWEEP_EVERY_SECONDS = 1.0


class Connection(Protocol):
    """A connection as the registry sees it."""

    peer: str
    """The address of the other end; empty for a Unix socket."""

    def end_if_overdue(self, now: float) -> None:
        """End the connection if its client exceeds a time limit; ``now`` is the loop's time."""
        ...

    def abort(self) -> None:
        """End the connection at once."""
        ...


class Connections:
    """
    The open connections of a server.

    A connection *waits* while the server waits for its client: for a request, or for the rest of
    one. If there are too many connections, the one that has waited longest is closed; those that
    have not sent any complete request yet are closed first. So connections that say nothing take
    the place of each other, and not that of a client that is served.
    """

    def __init__(
        self,
        *,
        connections_max: int = CONNECTIONS_MAX,
        is_unlimited: Callable[[str], bool] = lambda peer: False,
    ) -> None:
        """``is_unlimited`` is whether a peer may have all connections (a trusted proxy)."""
        self._connections_max = connections_max
        self._peer_max = max(1, int(connections_max * PEER_SHARE))
        self._is_unlimited = is_unlimited
        self._all: set[Connection] = set()
        self._of_network: Counter[str] = Counter()
        # In the order in which they began to wait.
        self._unserved: dict[Connection, None] = {}
        self._idle: dict[Connection, None] = {}

    def add(self, connection: Connection) -> bool:
        """
        Enter a new connection, which waits; make room for it by closing another.

        Returns False if there is no room: all others are being served.
        """
        network = network_of(connection.peer)
        has_room = True
        if len(self._all) >= self._connections_max:
            has_room = self._close_one(None)
        elif self._of_network[network] >= self._peer_max:
            has_room = self._is_unlimited(connection.peer) or self._close_one(network)
        self._all.add(connection)
        self._of_network[network] += 1
        self._unserved[connection] = None
        return has_room

    def remove(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        if connection in self._all:
            self._all.remove(connection)
            network = network_of(connection.peer)
            self._of_network[network] -= 1
            if not self._of_network[network]:
                del self._of_network[network]
        self._unserved.pop(connection, None)
        self._idle.pop(connection, None)

    def serves(self, connection: Connection) -> None:
        """Record that a request is complete: the connection waits no more."""
        self._unserved.pop(connection, None)
        self._idle.pop(connection, None)

    def waits(self, connection: Connection) -> None:
        """Record that a response is complete: the connection waits for the next request."""
        if connection in self._all:
            self._idle[connection] = None

    async def sweep(self) -> None:
        """End overdue connections at intervals, until the task is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_EVERY_SECONDS)
            self.end_overdue(loop.time())

    def end_overdue(self, now: float) -> None:
        """End the connections that are overdue at a time of the event loop."""
        for connection in list(self._all):
            connection.end_if_overdue(now)

    def _close_one(self, network: str | None) -> bool:
        """Close the connection that has waited longest, of one network if it is given."""
        for waiting in (self._unserved, self._idle):
            for connection in waiting:
                if network is None or network_of(connection.peer) == network:
                    self.remove(connection)
                    connection.abort()
                    return True
        return False


def connections_possible() -> int:
    """
    How many connections this process can hold, at most CONNECTIONS_MAX.

    It raises the process's limit of descriptors as far as the system permits.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS_MAX + DESCRIPTORS_RESERVED
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, soft - DESCRIPTORS_RESERVED)
    return CONNECTIONS_MAX
