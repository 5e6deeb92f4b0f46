"""All specs, read once, and ways to walk through what is in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from profilegate.openapi import Node, Spec, pointer, read_spec
from profilegate.openapi.keywords import OBJECTS, ListOf, MapOf
from profilegate.openapi.resources import spec_files, specs_folder

OURS = frozenset({"profiles"})
"""The spec of the admin API, which follows no provider's page."""

PAGES = Path(__file__).parents[2] / "docs" / "providers"

PATHS: dict[str, Path] = {
    path.stem: path
    for path in spec_files(specs_folder())
    if path.stem in OURS or (PAGES / f"{path.stem}.md").exists()
}
"""The specs that are held to our rules: those of providers with a page in docs/providers."""

SPECS: dict[str, Spec] = {name: read_spec(path) for name, path in PATHS.items()}

PROVIDERS: dict[str, Spec] = {name: spec for name, spec in SPECS.items() if name not in OURS}

ENVELOPES: dict[str, tuple[str, str]] = {
    "diadoc": ("text/plain; charset=utf-8", "#/components/schemas/Sentence"),
    "kraken": ("application/json", "#/components/schemas/ErrorResponse"),
    "machnet": ("application/json", "#/components/schemas/Error"),
    "navixy": ("application/json", "#/components/schemas/Error"),
}
"""Each provider's one form of an error response."""

At = tuple[str | int, ...]


def objects(spec: Spec, kind: str) -> Iterator[tuple[str, Node]]:
    """Every object of a kind ("schema", "response") that a spec writes out, with its pointer."""
    return ((pointer(at), node) for found, at, node in _walk(spec.document) if found == kind)


def properties(spec: Spec) -> Iterator[tuple[str, str, Node]]:
    """Every property of a spec: its pointer, its name, and its schema (resolved)."""
    for at, node in objects(spec, "schema"):
        for name, member in node.get("properties", {}).items():
            yield f"{at}/properties/{name}", name, spec.resolve(member)


def maps(spec: Spec) -> Iterator[tuple[str, Node]]:
    """Every map in a spec, except those inside examples."""

    def walk(node: Any, at: At) -> Iterator[tuple[str, Node]]:
        if isinstance(node, dict):
            yield pointer(at), node
            for key, value in node.items():
                if key not in ("value", "example"):
                    yield from walk(value, (*at, key))
        elif isinstance(node, list):
            for place, item in enumerate(node):
                yield from walk(item, (*at, place))

    return walk(spec.document, ())


def _walk(node: Node | bool, kind: str = "document", at: At = ()) -> Iterator[tuple[str, At, Node]]:
    # additionalProperties may be a boolean.
    if isinstance(node, bool) or "$ref" in node:
        return
    yield kind, at, node
    for key, value in node.items():
        child: Any = OBJECTS[kind][key]
        if isinstance(child, str):
            yield from _walk(value, child, (*at, key))
        elif isinstance(child, MapOf):
            for name, item in value.items():
                yield from _walk(item, child.kind, (*at, key, name))
        elif isinstance(child, ListOf):
            for place, item in enumerate(value):
                yield from _walk(item, child.kind, (*at, key, place))
