"""A spec that was read: where things are in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from profilegate.errors import SpecError
from profilegate.openapi.keywords import METHODS
from profilegate.profile.fields import FIELDS

Node = dict[str, Any]


def pointer(at: tuple[str | int, ...]) -> str:
    """A JSON pointer (RFC 6901) to a place: ``/paths/~1users/patch``."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in at)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a spec, with the paths at which it responses (its own first)."""

    id: str
    method: str
    paths: tuple[str, ...]
    node: Node
    parameters: tuple[Node, ...]

    @property
    def requires(self) -> tuple[tuple[str, Any], ...]:
        """What the account must hold (``x-requires``)."""
        return tuple(self.node.get("x-requires", {}).items())


@dataclass(frozen=True, slots=True)
class Spec:
    """A provider's spec: ``name`` is the provider's one word, ``document`` the OpenAPI in it.

    ``fields`` are the shared fields that the spec may name, with the codecs of their common forms.
    """

    name: str
    document: Node
    fields: Mapping[str, str | None] = field(default_factory=lambda: FIELDS, repr=False)

    @property
    def file(self) -> str:
        """The file as people name it: ``specs/kraken.yaml``."""
        return f"specs/{self.name}.yaml"

    def resolve(self, node: Node, at: tuple[str | int, ...] = ()) -> Node:
        """
        Follow a ``$ref`` (and the next) to what it names; any other node is itself.

        Raises:
            SpecError: it points outside the file, at nothing, or in a circle.
        """
        seen: list[str] = []
        while "$ref" in node:
            reference = node["$ref"]
            if reference in seen:
                raise self.error(at, "this $ref leads back to itself", "break the circle")
            seen.append(reference)
            found: Any = self.document
            for step in reference.removeprefix("#/").split("/"):
                step = step.replace("~1", "/").replace("~0", "~")
                found = found.get(step) if isinstance(found, dict) else None
            if not reference.startswith("#/") or not isinstance(found, dict):
                raise self.error(
                    at, f"$ref {reference} names nothing in this file", "fix the reference"
                )
            node = found
        return node

    def operations(self) -> Iterator[Operation]:
        """Every operation, in the order of the file."""
        for path, item in self.document.get("paths", {}).items():
            for method in METHODS:
                if method in item:
                    node = item[method]
                    if "operationId" not in node:
                        raise self.error(
                            ("paths", path, method),
                            "an operation needs an operationId",
                            "name it as its function in handlers/ is named",
                        )
                    yield Operation(
                        id=node["operationId"],
                        method=method.upper(),
                        paths=(path, *item.get("x-also-at", ())),
                        node=node,
                        parameters=tuple(
                            self.resolve(parameter)
                            for parameter in (
                                *item.get("parameters", ()),
                                *node.get("parameters", ()),
                            )
                        ),
                    )

    def schemas(self) -> dict[str, Node]:
        """The component schemas by name, in the order of the file."""
        schemas: dict[str, Node] = self.document.get("components", {}).get("schemas", {})
        return schemas

    def where(self, node: Node) -> tuple[str | int, ...]:
        """The place of a node of the document, for an error's pointer."""

        def search(here: Any, at: tuple[str | int, ...]) -> tuple[str | int, ...] | None:
            if here is node:
                return at
            children: Iterable[tuple[str | int, Any]] = ()
            if isinstance(here, dict):
                children = here.items()
            elif isinstance(here, list):
                children = enumerate(here)
            for step, child in children:
                if (found := search(child, (*at, step))) is not None:
                    return found
            return None

        return search(self.document, ()) or ()

    def error(self, at: tuple[str | int, ...], what: str, hint: str) -> SpecError:
        """An error at a place of this spec."""
        return SpecError(self.file, pointer(at), what, hint)
