"""The store: runs functions of the repositories, each as one transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from profilegate.profile.locks import LockRules
from profilegate.store.health import Health
from profilegate.store.records import Audit, Rotation
from profilegate.store.session import Session

P = ParamSpec("P")
T = TypeVar("T")

RepositoryFunction = Callable[Concatenate[Session, P], T]
"""A function of a repository: its first parameter is the session."""


class Store(Protocol):
    """A durable store of profiles.

    ::

        fields = await store.write(accounts.update, Update(key, {"name.given": "Zoe"}))
        profile = await store.read(profiles.find, namespace, profile_id)

    ``rules`` are the lock rules of each provider by its name. Every call raises
    ``StoreUnavailableError`` if the store cannot be reached or takes no writes, and passes on what
    the function raises.
    """

    rules: Mapping[str, LockRules]

    def now(self) -> datetime:
        """The time; it is never earlier than that of a finished transaction."""
        ...

    async def read(
        self, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function that only reads, in one snapshot of the database."""
        ...

    async def write(
        self, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """
        Run a function in a transaction of its own, and commit it durably before this returns.

        If the function raises, it writes nothing.
        """
        ...

    async def audit(self, namespace: str) -> Audit:
        """
        Verify the database and every sealed value in it, and every history of a namespace, and that
        replaying it gives the present profile.
        """
        ...

    async def rotate_master_key(self, report: Callable[[int, int], None]) -> Rotation:
        """
        Give the store a new master key while others use it, or continue an interrupted rotation.

        ``report`` is called with the number of finished rows and of all.

        Raises:
            MasterKeyError: the key file is unusable, or cannot be written.
        """
        ...

    async def health(self) -> Health:
        """
        What is wrong with each part of the store (``health.CHECKS``); it writes a row, and raises
        nothing of its own.
        """
        ...

    def gauges(self) -> Mapping[str, float]:
        """
        What the store measures of itself at this moment: ``store_queue_depth``,
        ``store_queue_limit``, ``store_pool_…``, ``disk_free_bytes``; what it does not have is left
        out.
        """
        ...

    async def maintain(self) -> None:
        """
        Delete what has expired, and finish erasures as far as readers permit; a server calls it at
        intervals.
        """
        ...

    async def close(self) -> None:
        """Finish the queued writes and release everything."""
        ...
