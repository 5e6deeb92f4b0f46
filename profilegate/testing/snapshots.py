"""Snapshots of a test's namespace."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from profilegate.admin import namespaces
from profilegate.testing.providers import State

if TYPE_CHECKING:
    from profilegate.testing.double import Profilegate

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The data of a namespace at one time; the clock is not part of it."""

    _double: "Profilegate"
    _name: str
    _known: Mapping[str, State]

    @classmethod
    def take(cls, double: "Profilegate") -> Self:
        """Keep the namespace as it is now, with the credentials and users that are ready."""
        known = {provider: each.ready() for provider, each in double.providers.items()}
        name = f"snapshot-{next(_numbers)}"
        double.act(lambda admin: namespaces.take_snapshot(admin, double.namespace, name))
        return cls(double, name, known)

    def restore(self) -> None:
        """Bring the namespace back to what it was, as often as needed."""
        double, name = self._double, self._name
        double.act(lambda admin: namespaces.restore_snapshot(admin, double.namespace, name))
        for provider, each in double.providers.items():
            each.become(self._known.get(provider))
