"""Operations at the paths where they are served, and which of two specs' are the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from profilegate.contract.compat.document import Part
from profilegate.openapi.servers import base_paths

METHODS: Final = ("get", "put", "post", "patch", "delete", "head", "options", "trace")

_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation at the paths where it is served; the names of path parameters do not count."""

    method: str
    path: str
    bases: tuple[str, ...]
    node: Part
    item: Part

    @property
    def name(self) -> str:
        """``PATCH /users/{id}``."""
        return f"{self.method.upper()} {self.path}"

    @property
    def shape(self) -> str:
        """The path without the names of its parameters."""
        return _PARAMETER.sub("{}", self.path)

    @property
    def targets(self) -> set[tuple[str, str]]:
        """The method with each whole path."""
        return {(self.method, base + self.shape) for base in self.bases}

    def parameters(self) -> dict[tuple[str, str], Part]:
        """
        The parameters by location and name, those of the operation over those of its path.

        One of the path is named by its position, a header in small letters (RFC 9110, 5.1).
        """
        positions = {name: f"{{{n}}}" for n, name in enumerate(_PARAMETER.findall(self.path))}
        found = {}
        for source in (self.item, self.node):
            for _, each in source.parts("parameters"):
                where, name = str(each.get("in")), str(each.get("name"))
                key = positions.get(name, name) if where == "path" else name
                found[where, key.lower() if where == "header" else key] = each
        return found


def endpoints_of(root: Part) -> Iterator[Endpoint]:
    """The operations of a document."""
    for path, item in root.parts("paths"):
        if str(path).startswith("x-"):
            continue
        for method in METHODS:
            if isinstance(item.get(method), dict):
                node = item.part(method)
                source = next((each for each in (node, item) if each.get("servers")), root)
                yield Endpoint(method, str(path), bases_of(source, ("servers",)), node, item)


def bases_of(part: Part, at: tuple[str | int, ...]) -> tuple[str, ...]:
    """The base paths of an object's servers; ``at`` is where they stand, for errors."""
    servers: Any = part.get("servers") or [{"url": "/"}]
    return base_paths(_Errors(part), servers, at)


@dataclass(frozen=True, slots=True)
class _Errors:
    """Makes the errors of servers."""

    part: Part

    def error(self, at: tuple[str | int, ...], what: str, hint: str) -> Any:
        """An error at a place below the part."""
        place = self.part.place
        for step in at:
            place = place / step
        return place.error(what, hint)


def pairs_of(old: list[Endpoint], new: list[Endpoint]) -> Iterator[tuple[Endpoint, Endpoint]]:
    """The operations that serve the same requests: at one whole path, else under one key."""
    for one in old:
        same = [each for each in new if each.method == one.method]
        found = next((each for each in same if each.targets & one.targets), None)
        found = found or next((each for each in same if each.shape == one.shape), None)
        if found is not None:
            yield one, found
