"""The mapping of a spec: its bodies, responses, projections and updates, and their fields.

It is built and checked once; the generator, the field matrix and the projections read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from profilegate.openapi.field_tree import Field, FieldTrees, paths
from profilegate.openapi.schema import Schema
from profilegate.openapi.spec import Operation, Spec


@dataclass(frozen=True, eq=False, slots=True)
class MappedSchema:
    """A component schema with a mapping of its own.

    It has ``fields`` (those of its ``parents`` among them), or it is a choice: between
    ``tagged`` branches by the value of the property ``tag``; or between ``kinds`` of accounts,
    by the body's properties (``by_body``) or by the stored account.
    """

    name: str
    schema: Schema
    fields: tuple[Field, ...] = ()
    parents: tuple["MappedSchema", ...] = ()
    tag: str = ""
    tagged: Mapping[str, "MappedSchema"] = field(default_factory=dict)
    kinds: tuple["MappedSchema", ...] = ()
    by_body: Mapping[str, Any] = field(default_factory=dict)
    """For a choice by the body: the names of properties, by the paths that tell the kinds apart."""

    @property
    def own_fields(self) -> tuple[Field, ...]:
        """The fields that are not inherited."""
        inherited = {each.name for parent in self.parents for each in parent.fields}
        return tuple(each for each in self.fields if each.name not in inherited)

    @property
    def is_choice(self) -> bool:
        """Whether it has no fields itself."""
        return bool(self.tagged or self.kinds)

    @property
    def projection(self) -> Mapping[str, Any] | None:
        """The accounts to which the provider shows the profile in this form, {} for all."""
        said = self.schema.node.get("x-projection")
        return {} if said is True else said


@dataclass(frozen=True, slots=True)
class UpdateMapping:
    """One body by which an operation changes the profile, of accounts of one kind or of all."""

    operation: Operation
    schema: MappedSchema


@dataclass(frozen=True, slots=True)
class SpecMapping:
    """Everything that a spec says of the profile.

    ``bodies`` and ``responses`` are the schemas of operations, each once and in the order of
    the file; a choice comes after its branches.
    """

    bodies: tuple[MappedSchema, ...]
    responses: tuple[MappedSchema, ...]
    projections: tuple[MappedSchema, ...]
    updates: tuple[UpdateMapping, ...]
    null_removes: bool
    states: Mapping[str, Mapping[str, Any]]
    codecs: Mapping[str, Mapping[str, str]]
    """The provider's own codecs (``x-codecs``)."""

    def paths_of(self, name: str) -> frozenset[str]:
        """Every path of the profile that a projection shows."""
        for each in self.projections:
            if each.name == name:
                return frozenset(paths(each.fields))
        return frozenset()


@lru_cache(maxsize=64)
def mapping_of(spec: Spec) -> SpecMapping:
    """
    The mapping of a spec, built once.

    Raises:
        SpecError: a property lives at an unknown place, a lock or a mask fits nowhere, a body
            that lives in the profile has no name, or an update has nothing to change.
    """
    states: Mapping[str, Mapping[str, Any]] = spec.document.get("x-lock-states", {})
    codecs: Mapping[str, Mapping[str, str]] = spec.document.get("x-codecs", {})
    return _Builder(spec, FieldTrees(spec, states, codecs)).build()


@dataclass(slots=True)
class _Builder:
    spec: Spec
    _trees: FieldTrees
    _mapped: dict[str, MappedSchema] = field(default_factory=dict)

    def build(self) -> SpecMapping:
        """Build every schema that an operation uses, or in which the profile is shown."""
        bodies: dict[str, MappedSchema] = {}
        responses: dict[str, MappedSchema] = {}
        updates: list[UpdateMapping] = []
        for name in self.spec.schemas():
            self._trees.check_codecs(self.spec.component(name))
        for operation in self.spec.operations():
            for node, found in ((operation.body, bodies), (operation.response, responses)):
                if node is not None:
                    found |= {each.name: each for each in self._mapped_below(node)}
            self._reject_several_bodies(operation)
            if operation.is_update:
                updates += self._updates(operation)
        shown = [n for n, node in self.spec.schemas().items() if "x-projection" in node]
        return SpecMapping(
            bodies=tuple(bodies.values()),
            responses=tuple(responses.values()),
            projections=tuple(self._mapped_schema(self.spec.component(name)) for name in shown),
            updates=tuple(updates),
            null_removes=self.spec.document.get("x-null") == "removes",
            states=self._trees.states,
            codecs=self._trees.codecs,
        )

    def _reject_several_bodies(self, operation: Operation) -> None:
        """A body that lives in the profile is the same in each media type."""
        schemas = [media["schema"] for media in operation.bodies.values()]
        if any(schema != schemas[0] for schema in schemas) and any(
            map(self._mapped_below, schemas)
        ):
            raise self.spec.error(
                (*self.spec.where(operation.node), "requestBody"),
                "the media types of one operation have different schemas that live in the profile",
                "let them share one by $ref",
            )

    def _updates(self, operation: Operation) -> list[UpdateMapping]:
        found = [] if operation.body is None else self._mapped_below(operation.body)
        if not found:
            raise self.spec.error(
                (*self.spec.where(operation.node), "x-update"),
                "the body of this operation lives nowhere in the profile",
                "give its properties an x-profile, or take the x-update away",
            )
        kinds = [each for each in found if each.schema.applies is not None]
        return [UpdateMapping(operation, each) for each in kinds or found[-1:]]

    def _mapped_below(self, node: Any) -> list[MappedSchema]:
        """The mapped schemas of a body: its branches first, then itself."""
        schema = self.spec.schema(node)
        found: dict[str, MappedSchema] = {}
        kinds = [part for part in schema.all_of if part.applies is not None]
        for part in (*schema.one_of, *schema.any_of, *kinds):
            if part.name is not None:
                found |= {each.name: each for each in self._mapped_below(part.node)}
        lives = self._chooses(schema) or schema.applies is not None or self._kinds(schema)
        if lives or self._trees.of(schema):
            if schema.name is None:
                raise self.spec.error(
                    self.spec.where(schema.node),
                    "a body that lives in the profile needs a name",
                    "move it to components/schemas and write a $ref here",
                )
            found[schema.name] = self._mapped_schema(schema)
        return list(found.values())

    def _chooses(self, schema: Schema) -> bool:
        """Whether a discriminator chooses among schemas of which one lives in the profile."""
        said = schema.discriminator
        return said is not None and any(map(self._trees.of, said.branches.values()))

    def _kinds(self, schema: Schema) -> list[Schema]:
        """The branches of a choice by the kind of account."""
        branches = schema.one_of or schema.any_of or schema.all_of
        if schema.own_properties or schema.applies is not None:
            return []
        return branches if all(b.name and b.applies is not None for b in branches) else []

    def _mapped_schema(self, schema: Schema) -> MappedSchema:
        name = schema.name or ""
        if name not in self._mapped:
            self._mapped[name] = self._new_mapped_schema(name, schema)
        return self._mapped[name]

    def _new_mapped_schema(self, name: str, schema: Schema) -> MappedSchema:
        if (said := schema.discriminator) is not None and self._chooses(schema):
            branches = {value: self._mapped_schema(b) for value, b in said.branches.items()}
            return MappedSchema(name, schema, tag=said.property_name, tagged=branches)
        if kinds := self._kinds(schema):
            return MappedSchema(
                name,
                schema,
                kinds=tuple(map(self._mapped_schema, kinds)),
                by_body=self._properties_of_kinds(schema),
            )
        parents = [parent for parent in schema.parents if self._trees.of(parent)]
        return MappedSchema(
            name,
            schema,
            fields=self._trees.of(schema),
            parents=tuple(map(self._mapped_schema, parents)),
        )

    def _properties_of_kinds(self, schema: Schema) -> Mapping[str, Any]:
        found = schema.kinds()
        if found is None:
            return {}
        name, kinds = found
        return {path: name for _, branch in kinds for path in branch.applies or {}}
