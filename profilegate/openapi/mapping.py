"""The mapping of a spec: where each property lives in the profile, as a tree of fields.

A property says where it lives by ``x-profile``; a part of a list's item by ``<list>[].<part>``.
The tree is built and checked once; the generator, the field matrix and the projections read it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from profilegate.errors import SpecError
from profilegate.openapi.schema import Property, Schema
from profilegate.openapi.spec import Operation, Spec
from profilegate.profile.fields import ACCOUNT_PREFIX
from profilegate.profile.locks import ALWAYS


@dataclass(frozen=True, slots=True)
class Place:
    """Where a property lives: its key in the profile (or in a list's item), and its codec."""

    key: str
    codec: str | None


@dataclass(frozen=True, slots=True)
class FieldLock:
    """The state of the account in which a field is locked, and for which types of documents."""

    when: str
    document_types: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class FieldMask:
    """How a value is shown, and for which types of documents."""

    function: str
    document_types: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class UnionMembers:
    """What an object that is stored as a whole may hold.

    ``tag`` is the property whose value tells the kind, ``kinds`` the members of each kind.
    """

    tag: str
    kinds: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """One property that lives in the profile.

    Either it has a ``place`` of its own, or it is an object whose ``children`` have places.
    ``item`` is the item of a list whose parts have places.
    """

    name: str
    schema: Schema
    is_required: bool
    accepts_null: bool
    place: Place | None
    children: tuple["Field", ...] = ()
    item: "ListItem | None" = None
    lock: FieldLock | None = None
    mask: FieldMask | None = None
    members: UnionMembers | None = None

    @property
    def is_replaced_whole(self) -> bool:
        """Whether a part that is not sent is removed (``x-whole``)."""
        return "x-whole" in self.schema.node


@dataclass(frozen=True, eq=False, slots=True)
class ListItem:
    """The item of a list, with the parts that live in the profile."""

    schema: Schema
    fields: tuple[Field, ...]


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

    def paths_of(self, name: str) -> frozenset[str]:
        """Every path of the profile that a projection shows."""
        for each in self.projections:
            if each.name == name:
                return frozenset(paths(each.fields))
        return frozenset()


def paths(fields: tuple[Field, ...]) -> Iterator[str]:
    """Every path of some fields and of the objects in them."""
    for each in fields:
        if each.place is not None:
            yield each.place.key
        else:
            yield from paths(each.children)


@lru_cache(maxsize=64)
def mapping_of(spec: Spec) -> SpecMapping:
    """
    The mapping of a spec, built once.

    Raises:
        SpecError: a property lives at an unknown place, a lock or a mask fits nowhere, a body
            that lives in the profile has no name, or an update has nothing to change.
    """
    return _Builder(spec).build()


@dataclass(slots=True)
class _Builder:
    spec: Spec
    _fields: dict[Schema, tuple[Field, ...]] = field(default_factory=dict)
    _mapped: dict[str, MappedSchema] = field(default_factory=dict)

    def build(self) -> SpecMapping:
        """Build every schema that an operation uses, or in which the profile is shown."""
        bodies: dict[str, MappedSchema] = {}
        responses: dict[str, MappedSchema] = {}
        updates: list[UpdateMapping] = []
        for operation in self.spec.operations():
            for node, found in ((operation.body, bodies), (operation.response, responses)):
                if node is not None:
                    found |= {each.name: each for each in self._mapped_below(node)}
            if operation.is_update:
                updates += self._updates(operation)
        shown = [n for n, node in self.spec.schemas().items() if "x-projection" in node]
        return SpecMapping(
            bodies=tuple(bodies.values()),
            responses=tuple(responses.values()),
            projections=tuple(self._mapped_schema(self.spec.component(name)) for name in shown),
            updates=tuple(updates),
            null_removes=self.spec.document.get("x-null") == "removes",
            states=self._states,
        )

    @property
    def _states(self) -> Mapping[str, Mapping[str, Any]]:
        states: Mapping[str, Mapping[str, Any]] = self.spec.document.get("x-lock-states", {})
        return states

    def _error(self, schema: Schema, what: str, hint: str, *, key: str = "") -> SpecError:
        at = self.spec.where(schema.node)
        return self.spec.error((*at, key) if key else at, what, hint)

    # --- Schemas -------------------------------------------------------------------------

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
        lives = schema.discriminator or schema.applies is not None or self._kinds(schema)
        if lives or self._fields_of(schema):
            if schema.name is None:
                raise self._error(
                    schema,
                    "a body that lives in the profile needs a name",
                    "move it to components/schemas and write a $ref here",
                )
            found[schema.name] = self._mapped_schema(schema)
        return list(found.values())

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
        if (said := schema.discriminator) is not None:
            branches = {value: self._mapped_schema(b) for value, b in said.branches.items()}
            return MappedSchema(name, schema, tag=said.property_name, tagged=branches)
        if kinds := self._kinds(schema):
            return MappedSchema(
                name,
                schema,
                kinds=tuple(map(self._mapped_schema, kinds)),
                by_body=self._properties_of_kinds(schema),
            )
        parents = [parent for parent in schema.parents if self._fields_of(parent)]
        return MappedSchema(
            name,
            schema,
            fields=self._fields_of(schema),
            parents=tuple(map(self._mapped_schema, parents)),
        )

    def _properties_of_kinds(self, schema: Schema) -> Mapping[str, Any]:
        found = schema.kinds()
        if found is None:
            return {}
        name, kinds = found
        return {path: name for _, branch in kinds for path in branch.applies or {}}

    # --- Fields --------------------------------------------------------------------------

    def _fields_of(self, schema: Schema, list_path: str = "") -> tuple[Field, ...]:
        """The fields of an object; ``list_path`` is the list whose item the object is."""
        is_for_some = any(part.applies is not None for part in schema.all_of)
        if not schema.is_object or (is_for_some and schema.applies is None):
            return ()
        if schema not in self._fields:
            found = (self._field(each, list_path) for each in schema.properties)
            self._fields[schema] = tuple(each for each in found if each is not None)
        return self._fields[schema]

    def _field(self, member: Property, list_path: str) -> Field | None:
        schema = member.schema
        place = self._place(schema, list_path)
        children = self._fields_of(schema, list_path) if place is None else ()
        lock, mask = self._lock(schema, place), self._mask(schema, place, list_path)
        if place is None and not children:
            return None
        made = Field(
            name=member.name,
            schema=schema,
            is_required=member.is_required,
            accepts_null=schema.accepts_null,
            place=place,
            children=children,
            item=None if place is None else self._item(schema),
            lock=lock,
            mask=mask,
            members=None if place is None else self._members(schema),
        )
        if made.is_replaced_whole:
            for each in children:
                if each.place is None:
                    raise self._error(
                        each.schema,
                        "an object that is replaced whole has another one in it",
                        "replace the inner one whole by itself, or write its parts side by side",
                    )
        return made

    def _item(self, schema: Schema) -> ListItem | None:
        if schema.type != "array" or schema.items is None:
            return None
        path, _ = _said(schema)
        fields = self._fields_of(schema.items, path)
        return ListItem(schema.items, fields) if fields else None

    def _place(self, schema: Schema, list_path: str) -> Place | None:
        if "x-profile" not in schema.node:
            if schema.type == "array" and schema.items and _names_parts(schema.items):
                raise self._error(
                    schema,
                    "the items say where their parts live, the list does not say where it lives",
                    "give the list an x-profile, the path before []",
                )
            return None
        path, codec = _said(schema)
        head, brackets, part = path.partition("[].")
        if not head.startswith(ACCOUNT_PREFIX) and head not in self.spec.fields:
            raise self._error(
                schema,
                f'"{path}" is not a field of the shared profile',
                "use a field of specs/profile.yaml, or add it there",
                key="x-profile",
            )
        if list_path != (head if brackets else ""):
            wanted = f"{list_path}[].<part>" if list_path else "a path without []"
            raise self._error(
                schema,
                f'"{path}" is not where this can live',
                f"write {wanted}",
                key="x-profile",
            )
        if codec is None and self.spec.fields.get(path):
            raise self._error(
                schema,
                f'"{path}" has a common form, so this provider needs a codec for it',
                "write {at: …, as: …} with one of the codecs in profilegate/profile/codecs.py",
                key="x-profile",
            )
        return Place(part or path, codec.replace("-", "_") if codec else None)

    def _lock(self, schema: Schema, place: Place | None) -> FieldLock | None:
        said = schema.node.get("x-lock")
        if said is None:
            return None
        if place is None:
            raise self._error(
                schema,
                "a lock needs a place to lock",
                "give the property an x-profile",
                key="x-lock",
            )
        when = said if isinstance(said, str) else said["when"]
        if when != ALWAYS and when not in self._states:
            raise self._error(
                schema,
                f'"{when}" is not a state',
                "define it in x-lock-states, or write always",
                key="x-lock",
            )
        return FieldLock(when, None if isinstance(said, str) else tuple(said["document_types"]))

    def _mask(self, schema: Schema, place: Place | None, list_path: str) -> FieldMask | None:
        said = schema.node.get("x-mask")
        if said is None:
            return None
        if place is None:
            raise self._error(
                schema,
                "a mask needs a place to show",
                "give the property an x-profile",
                key="x-mask",
            )
        if isinstance(said, str):
            return FieldMask(said, None)
        if not list_path:
            raise self._error(
                schema,
                "this is no part of a document, so it has no document type",
                "write the mask alone",
                key="x-mask",
            )
        return FieldMask(said["as"], tuple(said["document_types"]))

    def _members(self, schema: Schema) -> UnionMembers | None:
        """The kinds of an object: the branches of a ``oneOf`` with objects among them."""
        objects = [branch for branch in schema.one_of if branch.is_object]
        if not objects:
            return None
        for tag in (each.name for each in objects[0].properties if each.is_required):
            if (kinds := _kinds_by(tag, objects)) is not None:
                return UnionMembers(tag, kinds)
        raise self._error(
            schema,
            "nothing tells the kinds of this object apart",
            "give each branch a required property with words of its own",
        )


def _said(schema: Schema) -> tuple[str, str | None]:
    """The path and the codec that a property names."""
    said = schema.node["x-profile"]
    return (said, None) if isinstance(said, str) else (said["at"], said["as"])


def _names_parts(schema: Schema) -> bool:
    """Whether the items of a list say where their parts live (``tax.ids[].id``).

    Those of a list of whole profiles do not: no part of them lives below a list.
    """
    return schema.is_object and any(
        "[]." in str(each.schema.node.get("x-profile", "")) or _names_parts(each.schema)
        for each in schema.properties
    )


def _kinds_by(tag: str, objects: list[Schema]) -> dict[str, tuple[str, ...]] | None:
    """The members of each kind, if the words of a property tell all kinds apart."""
    kinds: dict[str, tuple[str, ...]] = {}
    for each in objects:
        members = {member.name: member for member in each.properties}
        words = (members[tag].schema.enum or ()) if tag in members else ()
        if not words or not kinds.keys().isdisjoint(words):
            return None
        kinds |= {word: tuple(sorted(members)) for word in words}
    return kinds
