"""A walk over a document by the table of keywords: it tells objects of OpenAPI from plain data."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from profilegate.openapi.keywords import OBJECTS, REFERABLE, Child, ListOf, MapOf
from profilegate.openapi.yaml_files import Place


class Found(NamedTuple):
    """One object of the document: its kind in the table, itself, and its place."""

    kind: str
    node: dict[str, Any]
    at: Place


def is_reference(node: Any, kind: str) -> bool:
    """Whether an object is a Reference Object: its kind can be one, and its ``$ref`` is a text."""
    return kind in REFERABLE and isinstance(node, dict) and isinstance(node.get("$ref"), str)


def is_extension(kind: str, name: str) -> bool:
    """Whether a name in a map is none of the author's choice, but an ``x-`` key of the map."""
    return kind in ("path item", "response") and name.startswith("x-")


def objects(node: Any, kind: str, at: Place = ()) -> Iterator[Found]:
    """Every object in a node, itself first. What is malformed is passed over."""
    if not isinstance(node, dict):
        return
    yield Found(kind, node, at)
    if is_reference(node, kind):
        return
    for key, value in node.items():
        for child, below, place in _children(value, OBJECTS[kind].get(key), (*at, key)):
            yield from objects(below, child, place)


def _children(value: Any, child: Child, at: Place) -> Iterator[tuple[str, Any, Place]]:
    if child == "schema or boolean":
        yield "schema", value, at
    elif isinstance(child, str):
        yield child, value, at
    elif isinstance(child, MapOf) and isinstance(value, dict):
        for name, each in value.items():
            if not is_extension(child.kind, name):
                yield child.kind, each, (*at, name)
    elif isinstance(child, ListOf) and isinstance(value, list):
        for place, each in enumerate(value):
            yield child.kind, each, (*at, place)


def step_into(node: Any, steps: tuple[str, ...]) -> Any:
    """What a JSON pointer (RFC 6901) leads to; None for nothing."""
    for step in steps:
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node
