"""Print ``<schema>_to_changes``: from a body to what it changes in the profile.

A property that is not sent is untouched; null is the same as not sent, or removes the value
(``x-null``); in an object that is replaced whole (``x-whole``), a part that is not sent is removed,
save for one that says that it stays (``x-omitted``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from profilegate.codegen.python_types import TypeWriter, repr_text, snake
from profilegate.codegen.sources import codec, condition, constant, function, indented, variable
from profilegate.openapi.field_tree import Field, ListItem, Place, UnionMembers, paths
from profilegate.openapi.mapping import MappedSchema, SpecMapping
from profilegate.profile.fields import DOCUMENTS

Lines = list[str]


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the lines of a function take values from, and where they put them.

    ``suffix`` ends the names of functions for objects below it. In a document, ``value_key`` is the
    key of the value for which its mask may be sent.
    """

    source: str
    name: str
    suffix: str
    null_removes: bool
    value_key: str = ""

    def at(self, place: Place) -> str:
        """Source of the place of a value: ``changes["name.given"]``."""
        return f"{self.name}[{repr_text(place.key)}]"


@dataclass
class ToChangesWriter:
    """Writes the functions of a spec, each once and after those it calls."""

    mapping: SpecMapping
    types: TypeWriter
    functions: dict[str, str] = field(default_factory=dict)
    written: list[MappedSchema] = field(default_factory=list)

    def write(self, schema: MappedSchema) -> str:
        """Write a schema's function, if it is not there yet, and give its name."""
        name = f"{snake(schema.name)}_to_changes"
        if name in self.functions:
            return name
        takes = f"body: {schema.name}"
        if schema.tagged:
            lines = self._by_tag(schema)
        elif schema.kinds:
            lines = self._by_kind(schema)
            takes += "" if schema.by_body else ", account: Fields"
        else:
            lines = self._by_field(schema)
        self.written.append(schema)
        self.functions[name] = function(
            indented(lines),
            name=name,
            takes=takes,
            gives="Changes",
            says=f"What {schema.name} changes in the profile.",
        )
        return name

    # --- Choices -------------------------------------------------------------------------

    def _by_tag(self, schema: MappedSchema) -> Lines:
        calls = {value: self.write(branch) for value, branch in schema.tagged.items()}
        *values, last = calls
        lines = []
        for value in values:
            lines += [
                f"if body[{repr_text(schema.tag)}] == {repr_text(value)}:",
                f"    return {calls[value]}(body)",
            ]
        return [*lines, f"return {calls[last]}(body)"]

    def _by_kind(self, schema: MappedSchema) -> Lines:
        """A choice by the kind of account; without any sign of another, it is the first."""
        source = "body" if schema.by_body else "account"
        calls = {each: f"{self.write(each)}(cast({each.name}, body))" for each in schema.kinds}
        first, *others = calls
        lines = []
        for each in others:
            test = condition(each.schema.applies, source, schema.by_body)
            lines += [f"if {test}:", f"    return {calls[each]}"]
        return [*lines, f"return {calls[first]}"]

    # --- Fields --------------------------------------------------------------------------

    def _by_field(self, schema: MappedSchema) -> Lines:
        inherited = " | ".join(f"{self.write(parent)}(body)" for parent in schema.parents)
        target = _Target("body", "changes", "to_changes", self.mapping.null_removes)
        return [
            f"changes: Changes = {inherited or '{}'}",
            *self._lines(schema.own_fields, target),
            "return changes",
        ]

    def _lines(self, fields: tuple[Field, ...], target: _Target) -> Lines:
        lines = []
        for each in fields:
            if each.place is None:
                lines += self._object(each, target)
            else:
                lines += self._value(each, each.place, target)
        return lines

    def _object(self, each: Field, target: _Target) -> Lines:
        """The lines for an object whose parts live in the profile one by one."""
        convert = self._write_object(each, target)
        name, named = repr_text(each.name), variable(each.name)
        if each.is_required and not each.accepts_null:
            return [f"{target.name} |= {convert}({target.source}[{name}])"]
        if each.accepts_null and target.null_removes:
            removed = ", ".join(map(repr_text, paths(each.children)))
            return [
                f"if {name} in {target.source}:",
                f"    if ({named} := {target.source}[{name}]) is None:",
                f"        {target.name} |= dict.fromkeys(({removed},))",
                "    else:",
                f"        {target.name} |= {convert}({named})",
            ]
        return [
            f"if ({named} := {target.source}.get({name})) is not None:",
            f"    {target.name} |= {convert}({named})",
        ]

    def _value(self, each: Field, at: Place, target: _Target) -> Lines:
        """The lines for a value with a place of its own."""
        stored = self._conversion(each, at, target)
        name, place = repr_text(each.name), target.at(at)
        sent = f"{target.source}[{name}]"
        if each.is_required and not each.accepts_null:
            return [f"{place} = {stored(sent)}"]
        if each.is_removed_if_omitted:
            return _or_none(each, place, f"{target.source}.get({name})", stored)
        if each.accepts_null and target.null_removes:
            lines = _or_none(each, place, sent, stored)
            return [f"if {name} in {target.source}:", *(f"    {line}" for line in lines)]
        if each.accepts_null:
            named = variable(each.name)
            return [
                f"if ({named} := {target.source}.get({name})) is not None:",
                f"    {place} = {stored(named)}",
            ]
        return [f"if {name} in {target.source}:", f"    {place} = {stored(sent)}"]

    # --- Conversions ---------------------------------------------------------------------

    def _conversion(self, each: Field, at: Place, target: _Target) -> Callable[[str], str]:
        """A function from source of a sent value to source of the stored one."""
        if each.item is not None:
            item = self._write_item(each.item, at)
            return lambda source: f"[{item}(item) for item in {source}]"
        if each.members is not None:
            tag, kinds = repr_text(each.members.tag), self._write_kinds(each.name, each.members)
            return lambda source: f"known_parts({source}, {tag}, {kinds})"
        if at.codec:
            return lambda source: f"{codec(at)}.store({source})"
        if (mask := each.mask) is not None and at.key == target.value_key:
            return lambda source: f"masks.from_{mask.function}({source})"
        return lambda source: source

    def _write_kinds(self, name: str, members: UnionMembers) -> str:
        """Write the members of an object's kinds as a constant, and give its name."""
        rows = ", ".join(
            f"{repr_text(word)}: frozenset({{{', '.join(map(repr_text, names))}}})"
            for word, names in members.kinds.items()
        )
        source = f": Mapping[str, frozenset[str]] = {{{rows}}}"
        return constant(self.functions, f"_PARTS_OF_{snake(name).upper()}", source)

    def _write_object(self, each: Field, target: _Target) -> str:
        """Write the function for an object below another one, and give its name."""
        kind = self.types.object_name(each.schema)
        of_a_body = f"{snake(kind)}_{target.suffix}"
        if of_a_body in self.functions:
            return of_a_body
        name = f"_{of_a_body}"
        if name not in self.functions:
            self._write_helper(name, kind, each.children, target)
        return name

    def _write_item(self, item: ListItem, at: Place) -> str:
        """Write the function for one item of a list, and give its name."""
        kind = self.types.object_name(item.schema)
        name = f"_{snake(kind)}_to_stored"
        if name not in self.functions:
            # A new item has nothing that null could remove.
            rule = DOCUMENTS.get(at.key)
            target = _Target(
                "item",
                "stored",
                "to_stored",
                null_removes=False,
                value_key="" if rule is None else rule.value,
            )
            self._write_helper(name, kind, item.fields, target)
        return name

    def _write_helper(
        self, name: str, kind: str, fields: tuple[Field, ...], target: _Target
    ) -> None:
        gives = "Changes" if target.name == "changes" else "dict[str, Any]"
        lines = [
            f"{target.name}: {gives} = {{}}",
            *self._lines(fields, target),
            f"return {target.name}",
        ]
        says = "changes in the profile" if target.name == "changes" else "is in the profile"
        self.functions[name] = function(
            indented(lines),
            name=name,
            takes=f"{target.source}: {kind}",
            gives=gives,
            says=f"What {kind} {says}.",
        )


def _or_none(each: Field, place: str, source: str, stored: Callable[[str], str]) -> Lines:
    """Lines that store a value, or None for null."""
    named = variable(each.name)
    if stored(named) == named:
        return [f"{place} = {source}"]
    return [f"{named} = {source}", f"{place} = None if {named} is None else {stored(named)}"]
