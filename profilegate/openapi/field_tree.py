"""The fields of an object schema: where each property lives in the profile, as a tree.

A property says where it lives by ``x-profile``; a part of a list's item by ``<list>[].<part>``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from profilegate.errors import SpecError
from profilegate.openapi.keywords import CODECS
from profilegate.openapi.schema import Property, Schema
from profilegate.openapi.spec import Spec
from profilegate.profile.fields import ACCOUNT_PREFIX
from profilegate.profile.locks import ALWAYS


@dataclass(frozen=True, slots=True)
class Place:
    """Where a property lives: its key in the profile (or in a list's item), and its codec.

    ``is_own``: the codec is the provider's own (``x-codecs``), and not one of the engine's.
    """

    key: str
    codec: str | None
    is_own: bool = False


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
class FieldForm:
    """The texts that are shown: the pattern of all ``other`` ones, and those ``by`` another value.

    ``by`` is a path, in an item of a list the key of a part; it is empty without such a value.
    """

    other: str
    by: str = ""
    patterns: tuple[tuple[str, str], ...] = ()


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
    form: FieldForm | None = None
    members: UnionMembers | None = None
    is_removed_if_omitted: bool = False
    """It is a part of an object that is replaced whole (``x-whole``), without ``x-omitted``."""


@dataclass(frozen=True, eq=False, slots=True)
class ListItem:
    """The item of a list, with the parts that live in the profile."""

    schema: Schema
    fields: tuple[Field, ...]


def paths(fields: tuple[Field, ...]) -> Iterator[str]:
    """Every path of some fields and of the objects in them."""
    for each in fields:
        if each.place is not None:
            yield each.place.key
        else:
            yield from paths(each.children)


@dataclass(slots=True)
class FieldTrees:
    """Builds and checks the fields of a spec's schemas, each once.

    ``states`` are the spec's lock states, ``codecs`` the provider's own codecs.
    """

    spec: Spec
    states: Mapping[str, Mapping[str, Any]]
    codecs: Mapping[str, Mapping[str, str]]
    _fields: dict[Schema, tuple[Field, ...]] = field(default_factory=dict)
    _open: set[Schema] = field(default_factory=set)
    _checked: set[Schema] = field(default_factory=set)

    def of(self, schema: Schema, list_path: str = "") -> tuple[Field, ...]:
        """The fields of an object; ``list_path`` is the list whose item the object is."""
        is_for_some = any(part.applies is not None for part in schema.all_of)
        if not schema.is_object or (is_for_some and schema.applies is None):
            return ()
        if schema in self._open:
            return ()
        if schema not in self._fields:
            self._open.add(schema)
            is_whole = "x-whole" in schema.node
            found = [self._field(each, list_path, is_whole) for each in schema.properties]
            self._open.discard(schema)
            self._fields[schema] = tuple(each for each in found if each is not None)
            if schema.is_recursive and self._fields[schema]:
                raise self._error(
                    schema,
                    "a schema that contains itself lives in the profile",
                    "a profile is flat: write the properties that live in it side by side",
                )
            for part in schema.all_of:
                if self.of(part, list_path) and ("x-whole" in part.node) != is_whole:
                    raise self._error(
                        schema,
                        "only one of this object and what it inherits is replaced whole",
                        "write x-whole: true at both of them, or at neither",
                    )
        return self._fields[schema]

    def _field(self, member: Property, list_path: str, is_whole: bool) -> Field | None:
        schema = member.schema
        place = self._place(schema, list_path)
        children = self.of(schema, list_path) if place is None else ()
        lock, mask = self._lock(schema, place), self._mask(schema, place, list_path)
        form = self._form(schema, place, list_path)
        if place is None and not children:
            return None
        if is_whole and place is None:
            raise self._error(
                schema,
                "an object that is replaced whole has another one in it",
                "replace the inner one whole by itself, or write its parts side by side",
            )
        if "x-omitted" in schema.node and (member.is_required or not is_whole):
            raise self._error(
                schema,
                "this is no optional part of an object that is replaced whole",
                "take x-omitted away",
                key="x-omitted",
            )
        return Field(
            name=member.name,
            schema=schema,
            is_required=member.is_required,
            accepts_null=schema.accepts_null,
            place=place,
            children=children,
            item=None if place is None else self._item(schema),
            lock=lock,
            mask=mask,
            form=form,
            members=None if place is None else self._members(schema),
            is_removed_if_omitted=is_whole and "x-omitted" not in schema.node,
        )

    def _item(self, schema: Schema) -> ListItem | None:
        if schema.type != "array" or schema.items is None:
            return None
        path, _ = _said(schema)
        fields = self.of(schema.items, path)
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
        return Place(part or path, codec, is_own=codec in self.codecs)

    def check_codecs(self, schema: Schema) -> None:
        """Check the codecs of an object, whether an operation uses it or not."""
        if schema in self._checked:
            return
        self._checked.add(schema)
        for each in schema.properties:
            said = each.schema.node.get("x-profile")
            codec = said["as"] if isinstance(said, dict) else None
            if codec is not None and codec not in self.codecs and codec not in CODECS:
                raise self._error(
                    each.schema,
                    f'there is no codec "{codec}"',
                    f"use one of {', '.join(CODECS)}, or define it in x-codecs",
                    key="x-profile",
                )
            self.check_codecs(each.schema)

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
        if when != ALWAYS and when not in self.states:
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

    def _form(self, schema: Schema, place: Place | None, list_path: str) -> FieldForm | None:
        said = schema.node.get("x-only")
        if said is None:
            return None
        if place is None:
            raise self._error(
                schema,
                "a form needs a place to show",
                "give the property an x-profile",
                key="x-only",
            )
        if isinstance(said, str):
            return FieldForm(said)
        if place.codec is not None:
            raise self._error(
                schema,
                "a form by another value is that of the stored text, which a codec changes",
                "take the codec away, or write one pattern",
                key="x-only",
            )
        head, brackets, part = said["by"].partition("[].")
        if list_path != (head if brackets else "") or head not in self.spec.fields:
            raise self._error(
                schema,
                f'"{said["by"]}" is not beside this value',
                "write a field of specs/profile.yaml, in a list a part of the same item",
                key="x-only",
            )
        return FieldForm(said["other"], part or head, tuple(said["patterns"].items()))

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

    def _error(self, schema: Schema, what: str, hint: str, *, key: str = "") -> SpecError:
        at = self.spec.where(schema.node)
        return self.spec.error((*at, key) if key else at, what, hint)


def _said(schema: Schema) -> tuple[str, str | None]:
    """The path and the codec that a property names."""
    said = schema.node["x-profile"]
    return (said, None) if isinstance(said, str) else (said["at"], said["as"])


def _names_parts(schema: Schema, above: tuple[Schema, ...] = ()) -> bool:
    """Whether the items of a list say where their parts live (``tax.ids[].id``).

    Those of a list of whole profiles do not: no part of them lives below a list.
    """
    if schema in above:
        return False
    return schema.is_object and any(
        "[]." in str(each.schema.node.get("x-profile", ""))
        or _names_parts(each.schema, (*above, schema))
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
