"""Schemas of a spec, parsed: properties, branches and items instead of raw YAML."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from profilegate.errors import SpecError

Node = dict[str, Any]

COMPONENTS = "#/components/schemas/"
"""The beginning of a reference to a component schema."""

Error = Callable[[Node, str, str], SpecError]
"""Makes an error at a node of the document, from what is wrong and a hint."""


@dataclass(frozen=True, slots=True)
class Discriminator:
    """The property that tells schemas apart, with a value for each.

    The schemas are the branches of a ``oneOf`` or ``anyOf``. ``is_of_base``: there is neither, and
    they are those that have the schema itself, the base, in their ``allOf``; the base is one too.
    """

    property_name: str
    branches: Mapping[str, "Schema"]
    is_of_base: bool = False


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
    negated: "Schema | None" = field(default=None, repr=False)
    additional: "Schema | None" = field(default=None, repr=False)
    """The schema of additional properties; None if the keyword is absent, true or false."""
    is_recursive: bool = False
    """Whether it contains itself."""
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
        if self.one_of or (self.any_of and self.discriminator is not None):
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
    def is_read_only(self) -> bool:
        """Whether a request does not need it, nor changes anything by it."""
        return bool(self.node.get("readOnly"))

    @property
    def is_write_only(self) -> bool:
        """Whether a response does not have it."""
        return bool(self.node.get("writeOnly"))

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
    children_of: Callable[[Node], list[str]]
    """The names of the components that have a node in their ``allOf``."""
    _parsed: dict[int, Schema] = field(default_factory=dict, repr=False)
    _open: list[int] = field(default_factory=list, repr=False)
    _nesting: set[int] = field(default_factory=set, repr=False)
    _bases: list[Schema] = field(default_factory=list, repr=False)

    def parse(self, node: Node) -> Schema:
        """
        The schema of a node. One that contains itself is the same object at both places.

        Raises:
            SpecError: the schema is one of its own ``allOf`` parts or branches, or its
                discriminator does not fit.
        """
        target = self.resolve(node)
        if (found := self._parsed.get(id(target))) is not None:
            if id(target) in self._open:
                found.is_recursive = True
                self._reject_endless(node, id(target))
            return found
        schema = self._parsed[id(target)] = Schema(target, self.names.get(id(target)))
        self._open.append(id(target))
        try:
            self._complete(schema)
        finally:
            self._open.pop()
        while self._bases and not self._open:
            base = self._bases.pop()
            base.discriminator = self._discriminator(base)
        return schema

    def _reject_endless(self, node: Node, target: int) -> None:
        """Reject a circle without a property or an item in it: no value ends it."""
        circle = self._open[self._open.index(target) :]
        if not any(each in self._nesting for each in circle):
            raise self.error(
                node,
                f"{node.get('$ref')} is one of its own parts",
                "a value of it cannot be checked: break the circle",
            )

    def _complete(self, schema: Schema) -> None:
        node = schema.node
        required = node.get("required", ())
        schema.one_of, schema.any_of, schema.all_of = (
            [self.parse(branch) for branch in node.get(key, ())]
            for key in ("oneOf", "anyOf", "allOf")
        )
        if "not" in node:
            schema.negated = self.parse(node["not"])
        with self._below(node):
            schema.own_properties = [
                Property(each, self.parse(child), each in required)
                for each, child in node.get("properties", {}).items()
            ]
            if "items" in node:
                schema.items = self.parse(node["items"])
            if isinstance(node.get("additionalProperties"), dict):
                schema.additional = self.parse(node["additionalProperties"])
            if "discriminator" in node:
                if schema.one_of or schema.any_of:
                    schema.discriminator = self._discriminator(schema)
                else:
                    # Those that have it in their allOf are not parsed inside of it.
                    self._bases.append(schema)

    @contextmanager
    def _below(self, node: Node) -> Iterator[None]:
        """The schemas that are parsed meanwhile are those of parts of a value."""
        self._nesting.add(id(node))
        yield
        self._nesting.discard(id(node))

    def _discriminator(self, schema: Schema) -> Discriminator:
        said = schema.node["discriminator"]
        branches = [*schema.node.get("oneOf", ()), *schema.node.get("anyOf", ())]
        if not branches:
            references = [f"{COMPONENTS}{name}" for name in self.children_of(schema.node)]
            if schema.name is not None:
                references.append(f"{COMPONENTS}{schema.name}")
        elif any("$ref" not in branch for branch in branches):
            raise self.error(
                said,
                "the branches of this choice have no names",
                "move each to components/schemas and refer to it",
            )
        else:
            references = [branch["$ref"] for branch in branches]
        values = self._values(said, references)
        chosen = {value: self.parse({"$ref": reference}) for value, reference in values.items()}
        return Discriminator(said["propertyName"], chosen, is_of_base=not branches)

    def _values(self, said: Node, references: list[str]) -> dict[str, str]:
        """
        The value for each reference: that of ``mapping``, else the name of the schema.

        OpenAPI 3.0.3, Discriminator Object: a mapping may name schemas bare; without one the name
        of a schema is its value.
        """
        values: dict[str, str] = {}
        for value, target in said.get("mapping", {}).items():
            reference = target if "/" in target else f"{COMPONENTS}{target}"
            if reference not in references:
                raise self.error(
                    said["mapping"],
                    f'"{value}" leads to no branch of the choice',
                    f"map it to one of {', '.join(references)}",
                )
            values[str(value)] = reference
        mapped = set(values.values())
        for reference in references:
            if reference not in mapped:
                values.setdefault(reference.rpartition("/")[2], reference)
        return values
