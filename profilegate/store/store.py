"""The store: runs functions of the repositories, each as one transaction."""

from collections.abc import Callable, Mapping
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from profilegate.profile.locks import LockRules
from profilegate.store.records import Audit
from profilegate.store.session import Session

P = ParamSpec("P")
T = TypeVar("T")

Job = Callable[Concatenate[Session, P], T]
"""A function of a repository: a session first, its own arguments after it."""


class Store(Protocol):
    """A durable store of profiles.

    ::

        fields = await store.write(accounts.update, Update(key, {"name.given": "Zoe"}))
        profile = await store.read(profiles.find, namespace, profile_id)

    ``rules`` are the locks of each provider by its name. Every call raises
    ``StoreUnavailableError`` if the store cannot be reached or takes no writes, and otherwise
    what the function raises.
    """

    rules: Mapping[str, LockRules]

    async def read(self, job: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that only reads, in one snapshot of the database."""
        ...

    async def write(self, job: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """
        Run a function in a transaction of its own; it is committed durably before this returns.

        If the function raises, nothing of it is written.
        """
        ...

    async def audit(self, namespace: str) -> Audit:
        """Verify every history, and that replaying it gives the profile as it is."""
        ...

    async def maintain(self) -> None:
        """Do what writing has left to be done later; a server calls it from time to time."""
        ...

    async def close(self) -> None:
        """Finish what waits and release everything."""
        ...
