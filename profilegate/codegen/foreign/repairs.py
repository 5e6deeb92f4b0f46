"""Repairs that depend on the whole document: annotations that the specification does not allow."""

from collections.abc import Iterator
from typing import Any, Final

from profilegate.codegen.foreign.places import Notes
from profilegate.openapi import Node, pointer

ANNOTATIONS: Final = frozenset(
    "default example examples externalDocs license contact tags xml deprecated".split()
)
"""What a document can lose without another meaning of its values."""

PASSES_MAX: Final = 8
"""One mistake may hide another; we chose more than we have seen."""


def repaired(name: str, document: Node, notes: Notes) -> Node:
    """The document, without annotations that the specification of OpenAPI rejects."""
    from openapi_spec_validator import OpenAPIV30SpecValidator

    for _ in range(PASSES_MAX):
        # Of the longest first, so that the items of a list keep their numbers.
        errors = list(OpenAPIV30SpecValidator(document).iter_errors())
        places = {steps for each in errors if (steps := _annotation(document, each)) is not None}
        for each in errors:
            if not each.absolute_path:
                # The validator does not say where the default is that its schema rejects.
                places |= set(_defaults(document, each.instance, ()))
        if not places:
            break
        for steps in sorted(places, key=lambda each: (len(each), str(each)), reverse=True):
            if _has(document, steps):
                _drop(document, steps)
                notes.lines.setdefault(
                    f"specs/{name}.yaml#{pointer(steps)}: dropped: OpenAPI 3.0 rejects its value"
                )
    return document


def _annotation(document: Node, error: Any) -> tuple[Any, ...] | None:
    """The place of the annotation in which an error is, if it is in one."""
    deepest = [error]
    while deepest[-1].context:
        deepest.append(max(deepest[-1].context, key=lambda each: len(each.absolute_path)))
    for each in reversed(deepest):
        steps = tuple(each.absolute_path)
        for length, step in enumerate(steps, start=1):
            if step in ANNOTATIONS and _has(document, steps[:length]):
                return steps[:length]
    return None


def _has(node: Any, steps: tuple[Any, ...]) -> bool:
    for step in steps:
        try:
            node = node[step]
        except (LookupError, TypeError):
            return False
    return True


def _drop(document: Node, steps: tuple[Any, ...]) -> None:
    node: Any = document
    for step in steps[:-1]:
        node = node[step]
    del node[steps[-1]]


def _defaults(node: Any, value: Any, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The places of a default value."""
    if isinstance(node, dict):
        if "default" in node and repr(node["default"]) == repr(value):
            yield (*at, "default")
        for key, child in node.items():
            if key not in ("example", "examples", "enum"):
                yield from _defaults(child, value, (*at, key))
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _defaults(child, value, (*at, number))
