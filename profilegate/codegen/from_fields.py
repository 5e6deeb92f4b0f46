"""Print ``<schema>_from_fields``: from the profile to a body.

A value that the profile lacks, or that the provider cannot express, is left out. An object is shown
if all its required parts are there; one without required parts, if any part is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from profilegate.codegen.python_types import TypeWriter, repr_text, snake
from profilegate.codegen.sources import (
    codec,
    condition,
    constant,
    function,
    indented,
    literal,
    variable,
)
from profilegate.openapi import Schema
from profilegate.openapi.field_tree import Field, FieldForm, ListItem
from profilegate.openapi.mapping import MappedSchema

Lines = list[str]


@dataclass(frozen=True, slots=True)
class _Target:
    """The dict that a function reads, the one that it fills, and the end of its name."""

    source: str
    name: str
    suffix: str


_PROFILE = _Target("fields", "body", "from_fields")
_ITEM = _Target("item", "shown", "from_stored")


@dataclass
class FromFieldsWriter:
    """Writes the functions of a spec, each once and after those it calls."""

    types: TypeWriter
    public: frozenset[str]
    """The names of components whose functions handlers may call."""
    functions: dict[str, str] = field(default_factory=dict)

    def write(self, schema: MappedSchema) -> None:
        """Write a schema's function; a choice by a tag has none, its branches have."""
        name = f"{snake(schema.name)}_from_fields"
        if name in self.functions or schema.tagged:
            return
        if schema.kinds:
            lines = self._by_kind(schema)
        else:
            for parent in schema.parents:
                self.write(parent)
            shown = [f"**{snake(parent.name)}_from_fields(fields)" for parent in schema.parents]
            lines = self._filled(schema.schema, schema.name, schema.own_fields, _PROFILE, shown)
        self.functions[name] = function(
            indented(lines),
            name=name,
            takes="fields: Fields",
            gives=schema.name,
            says=f"The profile as {schema.name} shows it.",
        )

    def _by_kind(self, schema: MappedSchema) -> Lines:
        """A choice by the kind of account; without any sign of another, it is the first."""
        first, *others = schema.kinds
        lines = []
        for each in (first, *others):
            self.write(each)
        for each in others:
            lines += [
                f"if {condition(each.schema.applies, 'fields')}:",
                f"    return {snake(each.name)}_from_fields(fields)",
            ]
        return [*lines, f"return {snake(first.name)}_from_fields(fields)"]

    # --- Objects -------------------------------------------------------------------------

    def _filled(
        self,
        schema: Schema,
        kind: str,
        fields: tuple[Field, ...],
        target: _Target,
        inherited: Lines | None = None,
    ) -> Lines:
        """The lines that make an object, fill it and return it."""
        lines = [line for each in fields for line in self._field(each, target)]
        start = f"{{{', '.join(inherited or ())}}}"
        if not inherited and self._is_typed(schema, fields):
            return [f"{target.name}: {kind} = {start}", *lines, f"return {target.name}"]
        return [
            f"{target.name}: dict[str, Any] = {start}",
            *lines,
            f"return cast({kind}, {target.name})",
        ]

    def _is_typed(self, schema: Schema, fields: tuple[Field, ...]) -> bool:
        """Whether an empty object is a valid one, and each value has the type of its property."""
        if any(each.is_required for each in schema.properties):
            return False
        return all(
            _is_plain(each.schema)
            for each in fields
            if each.mask is not None or (each.place is not None and each.place.codec)
        )

    def _write_object(self, each: Field, target: _Target) -> str:
        """Write the function for an object below another one, and give its name."""
        kind = self.types.object_name(each.schema)
        is_public = kind in self.public and target is _PROFILE
        name = f"{'' if is_public else '_'}{snake(kind)}_{target.suffix}"
        if name not in self.functions:
            self._write_helper(name, each.schema, each.children, target)
        return name

    def _write_item(self, item: ListItem) -> str:
        """Write the function for one item of a list, and give its name."""
        name = f"_{snake(self.types.object_name(item.schema))}_from_stored"
        if name not in self.functions:
            self._write_helper(name, item.schema, item.fields, _ITEM)
        return name

    def _write_helper(
        self, name: str, schema: Schema, fields: tuple[Field, ...], target: _Target
    ) -> None:
        kind = self.types.object_name(schema)
        takes = "fields: Fields" if target is _PROFILE else "item: dict[str, Any]"
        self.functions[name] = function(
            indented(self._filled(schema, kind, fields, target)),
            name=name,
            takes=takes,
            gives=kind,
            says=f"The profile as {kind} shows it."
            if target is _PROFILE
            else f"{kind} as this provider shows it.",
        )

    # --- Fields --------------------------------------------------------------------------

    def _field(self, each: Field, target: _Target) -> Lines:
        place = f"{target.name}[{repr_text(each.name)}]"
        named = variable(each.name)
        if each.place is None:
            return [
                f"{named} = {self._write_object(each, target)}({target.source})",
                f"if {_is_whole(named, each.children)}:",
                f"    {place} = {named}",
            ]
        shown = self._conversion(each)
        key = repr_text(each.place.key)
        test, value = f"{key} in {target.source}", f"{target.source}[{key}]"
        if each.place.codec:
            test = f"({named} := {codec(each.place)}.show({target.source}.get({key}))) is not None"
            value = named
        if each.form is not None:
            test += f" and {self.form(each.name, each.form)}.fits({value}, {target.source})"
        return [f"if {test}:", f"    {place} = {shown(value)}"]

    def form(self, name: str, form: FieldForm) -> str:
        """Write a form as a constant, if it is not there yet, and give its name."""
        values = [repr_text(form.other)]
        if form.by:
            values += [repr_text(form.by), literal(dict(form.patterns))]
        source = f" = TextForm({', '.join(values)})"
        return constant(self.functions, f"_FORM_OF_{snake(name).upper()}", source)

    def _conversion(self, each: Field) -> Callable[[str], str]:
        """A function from source of a stored value to source of the shown one."""
        if each.item is not None:
            item = self._write_item(each.item)
            return lambda source: f"[{item}(item) for item in {source}]"
        if (mask := each.mask) is None:
            return lambda source: source
        if mask.document_types is None:
            return lambda source: f"masks.{mask.function}({source})"
        types = ", ".join(map(repr_text, mask.document_types))
        test = f'item["type"] in {{{types}}}'
        return lambda source: f"masks.{mask.function}({source}) if {test} else {source}"


def _is_whole(named: str, parts: tuple[Field, ...]) -> str:
    """Source of the question whether all required parts of an object are there, or any."""
    required = ", ".join(repr_text(part.name) for part in parts if part.is_required)
    return f"{named}.keys() >= {{{required}}}" if required else named


def _is_plain(schema: Schema) -> bool:
    """Whether any text will do, and not just words of a list."""
    branches = (*schema.one_of, *schema.any_of, *schema.all_of)
    return schema.enum is None and all(map(_is_plain, branches))
