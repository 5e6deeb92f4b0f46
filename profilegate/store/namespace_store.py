"""The store as one namespace sees it: with its clock, and with ids and tokens from its seed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from profilegate.profile.locks import LockRules
from profilegate.store import namespaces
from profilegate.store.health import Health
from profilegate.store.namespaces import NamespaceClock
from profilegate.store.records import Audit, Rotation
from profilegate.store.session import Session
from profilegate.store.store import RepositoryFunction, Store

P = ParamSpec("P")
T = TypeVar("T")


class NamespaceStore:
    """A ``Store`` for the calls of one namespace, whose clock or seed is its own."""

    def __init__(self, store: Store, clock: NamespaceClock) -> None:
        self.rules: Mapping[str, LockRules] = store.rules
        self._store = store
        self._clock = clock

    def now(self) -> datetime:
        """The time of the namespace."""
        return self._clock.time(self._store.now())

    async def read(
        self, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function that only reads, at the time of the namespace."""
        return await self._store.read(self._in_namespace(function), *args, **kwargs)

    async def write(
        self, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function in a transaction of its own, at the time of the namespace."""
        return await self._store.write(self._in_namespace(function), *args, **kwargs)

    async def audit(self, namespace: str) -> Audit:
        """Verify the database."""
        return await self._store.audit(namespace)

    async def rotate_master_key(self, report: Callable[[int, int], None]) -> Rotation:
        """Give the store a new master key."""
        return await self._store.rotate_master_key(report)

    async def health(self) -> Health:
        """What is wrong with the whole store."""
        return await self._store.health()

    def gauges(self) -> Mapping[str, float]:
        """What the whole store measures."""
        return self._store.gauges()

    async def maintain(self) -> None:
        """Delete what has expired."""
        await self._store.maintain()

    async def close(self) -> None:
        """Close the whole store."""
        await self._store.close()

    def _in_namespace(
        self, function: Callable[Concatenate[Session, P], T]
    ) -> Callable[Concatenate[Session, P], T]:
        clock = self._clock

        def run(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
            session.now = clock.time(session.now)
            if clock.seed is not None:
                session.random_bytes = partial(namespaces.draw, session, clock)
            return function(session, *args, **kwargs)

        return run
