"""Collisions: two specs cannot serve one path, unless one of them has a host of its own."""

import re
from collections.abc import Iterable

from profilegate.errors import SpecError
from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.spec import Spec

COLLISION_HINT = (
    "give one of the two another base path (servers), or a host of its own (x-routing: host)"
)

_PARAMETER = re.compile(r"\{[^{}]*\}")


def check_collisions(specs: Iterable[Spec]) -> None:
    """
    Check that no two specs serve the same path, nor one spec twice with other parameters.

    Raises:
        SpecError, SpecsRejectedError: they do; it is an error of the later one.
    """
    errors = ErrorList()
    owners: dict[tuple[str | None, str], tuple[Spec, str]] = {}
    for spec in specs:
        for operation in spec.operations():
            for path in operation.paths:
                place = (spec.host, _PARAMETER.sub("{}", path))
                owner, present = owners.setdefault(place, (spec, path))
                if (owner, present) != (spec, path):
                    errors.add(collision(spec, owner, operation.path))
    errors.raise_errors()


def collides(spec: Spec, others: Iterable[Spec]) -> bool:
    """Whether another spec has one of a spec's paths."""
    taken = {
        (other.host, _PARAMETER.sub("{}", path))
        for other in others
        for operation in other.operations()
        for path in operation.paths
    }
    return any(
        (spec.host, _PARAMETER.sub("{}", path)) in taken
        for operation in spec.operations()
        for path in operation.paths
    )


def collision(spec: Spec, owner: Spec, path: str) -> SpecError:
    """The error of a spec whose path another one has."""
    return spec.error(
        ("paths", path), f"{owner.file} has an operation at this path already", COLLISION_HINT
    )
