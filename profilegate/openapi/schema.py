"""Schemas of a spec, parsed: properties, branches and items instead of raw YAML."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from profilegate.errors import SpecError

Node = dict[str, Any]

Error = Callable[[Node, str, str], SpecError]
"""Makes an error at a node of the document, from what is wrong and a hint."""


@dataclass(frozen=True, slots=True)
class Discriminator:
    """The property that tells the branches of a ``oneOf`` apart, with a value for each."""

    property_name: str
    branches: Mapping[str, "Schema"]


@dataclass(eq=False, slots=True)
class Schema:
    """One schema; ``name`` is its component's name, None for a schema that is written in place.

    A reference is the schema that it names: two properties that refer to one component share it.
    """

    node: Node = field(repr=False)
    name: str | None
    own_properties: list["Property"] = field(default_factory=list, repr=False)
    items: "Schema | None" = field(default=None, repr=False)
    one_of: list["Schema"] = field(default_factory=list, repr=False)
    any_of: list["Schema"] = field(default_factory=list, repr=False)
    all_of: list["Schema"] = field(default_factory=list, repr=False)
    discriminator: Discriminator | None = field(default=None, repr=False)

    @property
    def type(self) -> str | None:
        """The JSON type as written."""
        return self.node.get("type")

    @property
    def enum(self) -> list[Any] | None:
        """The values as written."""
        return self.node.get("enum")

    @property
    def is_nullable(self) -> bool:
        """Whether the schema says ``nullable``."""
        return bool(self.node.get("nullable"))

    @property
    def applies(self) -> Mapping[str, Any] | None:
        """The accounts that the schema describes (``x-applies``); None for all of them."""
        return self.node.get("x-applies")

    @property
    def is_object(self) -> bool:
        """Whether it is an object with properties of its own or of its ``allOf`` parts."""
        if self.one_of:
            return False
        return "properties" in self.node or any(part.is_object for part in self.all_of)

    @property
    def accepts_null(self) -> bool:
        """Whether null is a valid value."""
        return (
            self.is_nullable
            or None in (self.enum or ())
            or any(branch.accepts_null for branch in (*self.one_of, *self.any_of))
            or (bool(self.all_of) and all(part.accepts_null for part in self.all_of))
        )

    @property
    def properties(self) -> list["Property"]:
        """All properties of an object, those of its ``allOf`` parts first."""
        found: dict[str, Property] = {}
        for part in self.all_of:
            for inherited in part.properties:
                found.setdefault(inherited.name, inherited)
        found |= {own.name: own for own in self.own_properties}
        required = self.node.get("required", ())
        return [
            Property(each.name, each.schema, is_required=True) if each.name in required else each
            for each in found.values()
        ]

    @property
    def parents(self) -> list["Schema"]:
        """The ``allOf`` parts that an object can inherit: named, and without a common property."""
        names = [each.name for part in self.all_of for each in part.properties]
        names += [each.name for each in self.own_properties]
        if any(part.name is None for part in self.all_of) or len(names) != len(set(names)):
            return []
        return self.all_of

    def kinds(self) -> "tuple[str, list[tuple[Any, Schema]]] | None":
        """
        The property by which the branches of an ``anyOf`` differ, and its value in each of them.

        Each branch names its accounts (``x-applies``), and one of its own properties lives at
        just that path; None for any other ``anyOf``.
        """
        names = set()
        kinds = []
        for branch in self.any_of:
            for path, value in (branch.applies or {}).items():
                for each in branch.own_properties:
                    if each.schema.node.get("x-profile") == path:
                        names.add(each.name)
                        kinds.append((value, branch))
        if len(names) != 1 or len(kinds) != len(self.any_of):
            return None
        return names.pop(), kinds


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an object."""

    name: str
    schema: Schema
    is_required: bool


@dataclass(slots=True)
class SchemaParser:
    """Parses the schemas of a document, each node once."""

    resolve: Callable[[Node], Node]
    error: Error
    names: Mapping[int, str]
    """The names of the components, by their nodes' identity."""
    _parsed: dict[int, Schema] = field(default_factory=dict, repr=False)
    _open: list[int] = field(default_factory=list, repr=False)

    def parse(self, node: Node) -> Schema:
        """
        The schema of a node.

        Raises:
            SpecError: the schema contains itself, or its discriminator does not fit.
        """
        target = self.resolve(node)
        if (found := self._parsed.get(id(target))) is not None:
            return found
        if id(target) in self._open:
            raise self.error(
                node,
                f"{node.get('$ref')} contains itself",
                "a body of endless depth cannot be checked: break the circle",
            )
        self._open.append(id(target))
        try:
            schema = self._parse(target, self.names.get(id(target)))
        finally:
            self._open.pop()
        self._parsed[id(target)] = schema
        return schema

    def _parse(self, node: Node, name: str | None) -> Schema:
        schema = Schema(node, name)
        required = node.get("required", ())
        schema.own_properties = [
            Property(each, self.parse(child), each in required)
            for each, child in node.get("properties", {}).items()
        ]
        if "items" in node:
            schema.items = self.parse(node["items"])
        schema.one_of, schema.any_of, schema.all_of = (
            [self.parse(branch) for branch in node.get(key, ())]
            for key in ("oneOf", "anyOf", "allOf")
        )
        if "discriminator" in node:
            schema.discriminator = self._discriminator(node)
        return schema

    def _discriminator(self, node: Node) -> Discriminator:
        said = node["discriminator"]
        if said.keys() != {"propertyName", "mapping"}:
            raise self.error(
                said,
                "a choice needs a property, and a value of it for each branch",
                "write propertyName and mapping",
            )
        mapped = dict.fromkeys(said["mapping"].values())
        if list(mapped) != [branch.get("$ref") for branch in node.get("oneOf", ())]:
            raise self.error(
                said["mapping"],
                "these are not the branches of the oneOf",
                "list the same references here, in the same order",
            )
        branches = {value: self.parse({"$ref": ref}) for value, ref in said["mapping"].items()}
        return Discriminator(said["propertyName"], branches)
