"""Snapshots of a test's namespace."""

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from profilegate.admin import namespaces

if TYPE_CHECKING:
    from profilegate.testing.double import Profilegate

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The data of a namespace at one time; the clock is not part of it."""

    _double: "Profilegate"
    _name: str
    _providers: Any

    @classmethod
    def take(cls, double: "Profilegate") -> Self:
        """Keep the namespace as it is now."""
        name = f"snapshot-{next(_numbers)}"
        double.act(lambda admin: namespaces.take_snapshot(admin, double.namespace, name))
        return cls(double, name, double.providers_state())

    def restore(self) -> None:
        """Bring the namespace back to what it was, as often as needed."""
        double, name = self._double, self._name
        double.act(lambda admin: namespaces.restore_snapshot(admin, double.namespace, name))
        double.set_providers_state(self._providers)
