"""A spec as it is compared: its parts with their references followed, its schemas those of 3.0."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from profilegate.codegen.foreign.files import ForeignFiles
from profilegate.codegen.foreign.places import Place
from profilegate.codegen.foreign.schema_rules import to_3_0
from profilegate.openapi import Node
from profilegate.openapi.keywords import SCHEMA_ANNOTATIONS

IGNORED_BESIDE_REFERENCE: Final = frozenset(SCHEMA_ANNOTATIONS)
"""What says nothing of values, beside a ``$ref`` of OpenAPI 3.1."""


@dataclass(eq=False)
class Document:
    """One spec, in any file or files; OpenAPI 3.0 or 3.1."""

    file: Path
    _schemas: dict[int, tuple[Any, Node]] = field(default_factory=dict, init=False, repr=False)
    """Nodes as they are written (which must live as long as their identities) -> those of 3.0."""

    def __post_init__(self) -> None:
        """
        Read the main file.

        Raises:
            SpecError: it cannot be read, or is no OpenAPI 3.0 or 3.1.
        """
        self.files = ForeignFiles(self.file)

    @property
    def root(self) -> "Part":
        """The whole document."""
        return Part(self, self.files.document, self.files.root)

    def schema_node(self, node: Any) -> Node:
        """A schema in the words of OpenAPI 3.0; its parts are still as they were."""
        if id(node) not in self._schemas:
            made = to_3_0(self._with_reference_apart(node), lambda what: None)
            self._schemas[id(node)] = (node, made)
        return self._schemas[id(node)][1]

    def _with_reference_apart(self, node: Any) -> Any:
        """OpenAPI 3.1: what stands beside a ``$ref`` is one more condition."""
        if not isinstance(node, dict) or "$ref" not in node:
            return node
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return {**rest, "allOf": [*rest.get("allOf", ()), {"$ref": node["$ref"]}]}

    def has_rules_beside_reference(self, node: Node) -> bool:
        """Whether a ``$ref`` has rules beside it that count."""
        return self.files.is_of_3_1 and not node.keys() <= {"$ref", *IGNORED_BESIDE_REFERENCE}


@dataclass(frozen=True, slots=True)
class Part:
    """An object of a spec, where it stands; a reference is what it leads to."""

    document: Document
    node: Any
    place: Place

    def get(self, key: str, default: Any = None) -> Any:
        """The plain value of a keyword; ``default`` also for null."""
        value = self.node.get(key) if isinstance(self.node, dict) else None
        return default if value is None else value

    def part(self, *steps: str | int) -> "Part":
        """
        What is below, an empty map if there is nothing.

        Raises:
            SpecError: a reference leads nowhere.
        """
        node, place = self.node, self.place
        for step in steps:
            known = isinstance(node, list | dict) and (
                step in node if isinstance(node, dict) else int(step) < len(node)
            )
            node, place = (node[step] if known else {}), place / step
            if isinstance(node, dict) and isinstance(node.get("$ref"), str):
                place, node = self.document.files.target(node["$ref"], place)
        return Part(self.document, {} if node is None else node, place)

    def parts(self, key: str) -> Iterator[tuple[Any, "Part"]]:
        """The members of a map or of a list below, with their names or numbers."""
        value = self.get(key, {})
        names = value if isinstance(value, dict) else range(len(value))
        for name in names:
            yield name, self.part(key, name)

    def schema(self, *steps: str | int) -> "Part":
        """
        A schema below, in the words of OpenAPI 3.0.

        Raises:
            SpecError: a reference leads nowhere.
        """
        node, place = self.node, self.place
        for step in steps:
            node, place = node[step], place / step
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            if self.document.has_rules_beside_reference(node):
                break
            place, node = self.document.files.target(node["$ref"], place)
        return Part(self.document, self.document.schema_node(node), place)
