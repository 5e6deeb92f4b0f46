"""Where a request has each schema that rules.yaml names, and a valid request around it."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from profilegate.openapi import Node, Operation, Spec
from profilegate.openapi.examples import Maker, example_of_parameter
from profilegate.openapi.parameters import Parameter
from tests.specs.all_specs import PROVIDERS

Step = tuple[str, Any]
"""A step into a value: ("property", name) or ("item", 0); or to a form: ("branch", its node)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A schema in the body of an operation, or in one of its parameters."""

    operation: Operation
    parameter: Parameter | None
    root: Node = field(repr=False)
    steps: tuple[Step, ...] = ()

    @property
    def path(self) -> str:
        """The field as an error response names it: ``tax_ids[0].id``."""
        text = ""
        for kind, word in self.steps:
            text += {"property": f".{word}", "item": "[0]"}.get(kind, "")
        return text.removeprefix(".")

    def rank(self, preferred: str) -> tuple[bool, bool, bool, int]:
        """The best place first: in a body, of the preferred operation, with few steps."""
        return (
            self.parameter is not None,
            self.operation.id != preferred,
            not self.operation.is_update,
            len(self.steps),
        )


PREFERRED = {"machnet": "create_user"}
"""A registration says of which kind the user is; an update has to keep the rules of both."""


@cache
def places_of(provider: str, preferred: str | None = None) -> dict[str, Place]:
    """The best place of each name, as rules.yaml has them."""
    if preferred is None:
        preferred = PREFERRED.get(provider, "")
    found: dict[str, Place] = {}
    for name, place in _Walk(PROVIDERS[provider]):
        if name not in found or place.rank(preferred) < found[name].rank(preferred):
            found[name] = place
    return found


class _Walk:
    def __init__(self, spec: Spec) -> None:
        self._spec = spec

    def __iter__(self) -> Iterator[tuple[str, Place]]:
        for operation in self._spec.operations():
            for parameter in operation.parameters:
                name = f"{operation.id}?{parameter.name}"
                place = Place(operation, parameter, parameter.schema)
                yield name, place
                yield from self._schema(name, parameter.schema, place, ())
            for media_type, content in operation.bodies.items():
                place = Place(operation, None, content["schema"])
                yield f"{operation.id} body", place
                if media_type == "application/json":
                    yield from self._schema(f"{operation.id} body", content["schema"], place, ())

    def _schema(
        self, name: str, node: Node, place: Place, inside: tuple[int, ...]
    ) -> Iterator[tuple[str, Place]]:
        if "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            node = self._spec.resolve(node)
        if id(node) in inside:
            return
        inside = (*inside, id(node))
        yield name, place
        for key, part in node.get("properties", {}).items():
            yield from self._schema(f"{name}.{key}", part, _into(place, "property", key), inside)
        if "items" in node:
            yield from self._schema(f"{name}[]", node["items"], _into(place, "item", 0), inside)
        for key in ("oneOf", "anyOf"):
            for number, part in enumerate(node.get(key, ())):
                branch = _into(place, "branch", part)
                yield from self._schema(f"{name}|{number}", part, branch, inside)
        for number, part in enumerate(node.get("allOf", ())):
            yield from self._schema(f"{name}|{number}", part, place, inside)


def _into(place: Place, kind: str, word: Any) -> Place:
    return Place(place.operation, place.parameter, place.root, (*place.steps, (kind, word)))


class Values:
    """A valid value of the body or the parameter at a place, with one part that can be changed."""

    def __init__(self, spec: Spec, place: Place) -> None:
        self._spec = spec
        self._maker = Maker(spec, of_request=True)
        if place.parameter is not None and not place.steps:
            value = example_of_parameter(spec, place.parameter)
        else:
            value = self._maker.value(spec.schema(place.root))
        self._root = {"value": copy.deepcopy(value)}
        self._holder: Any = self._root
        self._key: Any = "value"
        nodes = [place.root]
        for kind, word in place.steps:
            nodes = self._step(nodes, kind, word)

    def _step(self, nodes: list[Node], kind: str, word: Any) -> list[Node]:
        if kind == "branch":
            made = self._made(word)
            here = self.part
            # A form that only requires something is that of the object around it.
            self.part = (
                {**here, **made} if isinstance(here, dict) and isinstance(made, dict) else made
            )
            return [word, *nodes]
        if kind == "item":
            items = [each["items"] for each in self._all(nodes) if "items" in each]
            if not self.part:
                self.part = [self._made(items[0])]
            self._holder, self._key = self.part, 0
            return items
        found = [each["properties"][word] for each in self._all(nodes)
                 if word in each.get("properties", {})]  # fmt: skip
        if not isinstance(self.part, dict):
            self.part = {}
        if self.part.get(word) is None:
            self.part[word] = self._made(found[0])
        self._holder, self._key = self.part, word
        return found

    def _made(self, node: Node) -> Any:
        return copy.deepcopy(self._maker.value(self._spec.schema(node)))

    def _all(self, nodes: list[Node]) -> Iterator[Node]:
        for each in nodes:
            node = self._spec.resolve(each)
            yield node
            yield from self._all(node.get("allOf", ()))

    @property
    def part(self) -> Any:
        """The value at the place."""
        return self._holder[self._key]

    @part.setter
    def part(self, value: Any) -> None:
        self._holder[self._key] = value

    @property
    def whole(self) -> Any:
        """The body or the parameter."""
        return self._root["value"]
