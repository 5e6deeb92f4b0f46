"""Lazy imports: delays modules that a library imports and the gateway never calls.

Python loads them at their first use. This saves an eighth of the memory and of the time to start
(ADR 12).
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

NEVER_CALLED = frozenset(
    {
        # Connexion verifies OAuth tokens at remote services with it; our specs use none.
        "httpx",
        # Connexion fetches specs from URLs with it; ours are files.
        "requests",
        # Messages for a platform without protobuf's own C extension.
        "google.protobuf.internal.python_message",
    }
)


def import_lazily(names: Iterable[str] = NEVER_CALLED) -> None:
    """Delay these modules until their first use; call it before anything imports them."""
    sys.meta_path.insert(0, _LazyFinder(frozenset(names)))


@contextmanager
def standing_in(name: str, module: object) -> Iterator[None]:
    """Let a library that is imported now get this in the place of a module; None: it is missing."""
    before = sys.modules.get(name)
    sys.modules[name] = module  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before


class _LazyFinder(MetaPathFinder):
    """Finds modules as Python does, with a loader that waits for the first use."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of one of the modules; None leaves any other to the next finder."""
        if fullname not in self._names:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec
