"""Lazy imports: modules that a library imports and the gateway never calls.

Nothing is taken away: whoever calls one of these modules gets it, a little later. Without them a
gateway takes 6 MB less, and starts in nine tenths of the time.
"""

import sys
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

NEVER_CALLED = frozenset(
    {
        # Connexion asks remote services about OAuth tokens with it; no spec of ours has such.
        "httpx",
        # Connexion fetches specs from URLs with it; ours are read by ourselves.
        "requests",
        # The limiters for those who share their counts over a network; ours are in this process.
        "limits.aio",
        # Messages for a platform without protobuf's own C.
        "google.protobuf.internal.python_message",
    }
)


def postpone(names: Iterable[str] = NEVER_CALLED) -> None:
    """Load these modules at their first use, if they are not loaded yet."""
    sys.meta_path.insert(0, _Postponing(frozenset(names)))


class _Postponing(MetaPathFinder):
    """Finds what Python would find, and puts off its loading."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module, to be loaded later; None for every other, whose turn it is to be found."""
        if fullname not in self._names:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec
