"""The mapping between a door's bodies and the shared profile, as functions one would have typed.

Rules come from ``x-profile``, ``x-whole``, ``x-mask`` and ``nullable`` beside each property.
A property that is not sent is untouched; null is the same as not sent (``x-null``); in an
object that is replaced whole, a part that is not sent is removed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from profilegate.codegen.python_types import (
    Property,
    TypeWriter,
    accepts_null,
    component,
    parents,
    pascal,
    properties,
    repr_text,
    snake,
)
from profilegate.profile.fields import ACCOUNT_PREFIX, FIELDS
from profilegate.spec import Node, Spec

_CODEC_PATHS = re.compile(r"phone|addresses\.[a-z]+\.country|birth\.country")
"""Shared paths whose value has a common form, so that every door needs a codec there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a property lives in the profile, and by which codec."""

    path: str
    codec: str | None

    def stored(self, expression: str) -> str:
        """Source that makes the stored value of a body's value."""
        return f"codecs.{self.codec}.store({expression})" if self.codec else expression


@dataclass
class MappingWriter:
    """Writes the functions of a spec: ``changes_from_…`` and ``…_from_profile``."""

    spec: Spec
    types: TypeWriter
    functions: dict[str, str] = field(default_factory=dict)
    uses: set[str] = field(default_factory=set)

    # --- Which schemas have a mapping -----------------------------------------------------

    def mapped(self, node: Node) -> Iterator[str]:
        """The component schemas below a body that have a mapping of their own, in order."""
        name = component(node["$ref"]) if "$ref" in node else ""
        node = self.spec.resolve(node)
        for key in ("oneOf", "anyOf", "allOf"):
            for part in node.get(key, ()):
                if "$ref" in part and (key != "allOf" or self._speaks_for_some(part)):
                    yield from self.mapped(part)
        if name and (
            "discriminator" in node or self._speaks_for_some(node) or self._has_places(node)
        ):
            yield name

    def _speaks_for_some(self, node: Node) -> bool:
        return "x-applies" in self.spec.resolve(node)

    def _has_places(self, node: Node) -> bool:
        """Whether the object itself says where things live (and not just its parts for some)."""
        node = self.spec.resolve(node)
        if any(self._speaks_for_some(part) for part in node.get("allOf", ())):
            return False
        return any(
            "x-profile" in self.spec.resolve(p.node) or self._nested_places(p.node)
            for p in properties(self.spec, node)
        )

    def _nested_places(self, node: Node) -> bool:
        node = self.spec.resolve(node)
        return "properties" in node and self._has_places(node)

    def place(self, node: Node) -> Place | None:
        """
        Where a property lives.

        Raises:
            SpecError: the path is not one of the shared profile's, or a codec is missing.
        """
        said: Any = node.get("x-profile") or self.spec.resolve(node).get("x-profile")
        if said is None:
            return None
        path, codec = (said, None) if isinstance(said, str) else (said["at"], said["as"])
        if not path.startswith(ACCOUNT_PREFIX) and path.split("[")[0] not in FIELDS:
            raise self.spec.error(
                (),
                f'x-profile: "{path}" is not a field of the shared profile',
                "use one of FIELDS in profilegate/profile/fields.py",
            )
        if codec is None and _CODEC_PATHS.fullmatch(path):
            raise self.spec.error(
                (),
                f'x-profile: "{path}" has a common form, so this door needs a codec for it',
                "write {at: …, as: …} with one of the codecs in profilegate/profile/codecs.py",
            )
        if codec:
            self.uses.add("codecs")
        return Place(path, codec.replace("-", "_") if codec else None)

    # --- From a body to the profile -------------------------------------------------------

    def write_changes(self, name: str) -> None:
        """Write ``changes_from_<schema>``."""
        node = self.spec.schemas()[name]
        function = f"changes_from_{snake(name)}"
        if function in self.functions:
            return
        self.uses.add("Changes")
        lines = [
            f"def {function}(body: {name}) -> Changes:",
            f'    """What {name} changes in the profile."""',
        ]
        if "discriminator" in node:
            lines += self._changes_by_kind(node)
        else:
            inherited = self._mapped_parents(node)
            for parent in inherited:
                self.write_changes(parent)
            calls = " | ".join(f"changes_from_{snake(parent)}(body)" for parent in inherited)
            lines.append(f"    changes: Changes = {calls or '{}'}")
            lines += self._changes_of(self._own(node), "body", "    ", whole=False)
            lines.append("    return changes")
        self.functions[function] = "\n".join(lines)

    def _mapped_parents(self, node: Node) -> list[str]:
        """The parts that an object inherits and that have a mapping of their own."""
        names = parents(self.spec, node)
        return [name for name in names if self._has_places(self.spec.schemas()[name])]

    def _own(self, node: Node) -> list[Property]:
        """The properties that an object does not inherit."""
        members = properties(self.spec, node)
        if not parents(self.spec, node):
            return members
        return [member for member in members if member.name in node.get("properties", {})]

    def _changes_by_kind(self, node: Node) -> Iterator[str]:
        name = node["discriminator"]["propertyName"]
        branches = list(node["discriminator"]["mapping"].items())
        for value, reference in branches[:-1]:
            yield f'    if body["{name}"] == "{value}":'
            yield f"        return changes_from_{snake(component(reference))}(body)"
        yield f"    return changes_from_{snake(component(branches[-1][1]))}(body)"

    def _changes_of(
        self, members: list[Property], body: str, indent: str, *, whole: bool
    ) -> Iterator[str]:
        """Lines for each property of an object that is held in the variable ``body``."""
        for member in members:
            inner = self.spec.resolve(member.node)
            place = self.place(member.node)
            nullable = accepts_null(self.spec, member.node)
            key = f'{body}["{member.name}"]'
            optional = f'{body}.get("{member.name}")'
            if place is None:
                if self._nested_places(member.node):
                    yield from self._nested_changes(member, inner, body, indent)
                continue
            target = f'changes["{place.path}"]'
            stored = self._stored(place, inner, member.name, body)
            if member.required and not nullable:
                yield f"{indent}{target} = {stored(key)}"
            elif whole:
                # A part of an object that is replaced whole: absent means removed.
                plain = stored("value")
                if plain == "value":
                    yield f"{indent}{target} = {optional}"
                else:
                    yield f"{indent}value = {optional}"
                    yield f"{indent}{target} = None if value is None else {plain}"
            elif nullable:
                variable = snake(member.name)
                yield f"{indent}if ({variable} := {optional}) is not None:"
                yield f"{indent}    {target} = {stored(variable)}"
            else:
                yield f'{indent}if "{member.name}" in {body}:'
                yield f"{indent}    {target} = {stored(key)}"

    def _nested_changes(
        self, member: Property, node: Node, body: str, indent: str
    ) -> Iterator[str]:
        variable = _variable(member.name, body)
        if member.required:
            yield f'{indent}{variable} = {body}["{member.name}"]'
        else:
            yield f'{indent}if ({variable} := {body}.get("{member.name}")) is not None:'
            indent += "    "
        yield from self._changes_of(
            properties(self.spec, node), variable, indent, whole="x-whole" in node
        )

    def _stored(self, place: Place, node: Node, name: str, body: str) -> Any:
        """A function from source of a value to source of what is stored."""
        items = self.spec.resolve(node.get("items", {}))
        if node.get("type") == "array" and self._has_places(items):
            converter = self._write_item_store(node, name)
            return lambda source: f"[{converter}(item) for item in {source}]"
        return place.stored

    def _write_item_store(self, node: Node, name: str) -> str:
        """Write the function for one item of a list; give its name."""
        kind = self.types.type_of(node["items"], pascal(name) + "Item")
        function = f"_stored_{snake(kind)}"
        if function in self.functions:
            return function
        self.uses |= {"Any"}
        lines = [
            f"def {function}(item: {kind}) -> dict[str, Any]:",
            f'    """{kind} as the profile keeps it."""',
            "    stored: dict[str, Any] = {}",
        ]
        for member in properties(self.spec, node["items"]):
            place = self.place(member.node)
            if place is None:
                continue
            target = f'stored["{_item_key(place.path)}"]'
            if member.required:
                lines.append(f'    {target} = item["{member.name}"]')
            else:
                lines.append(f'    if (value := item.get("{member.name}")) is not None:')
                lines.append(f"        {target} = value")
        lines.append("    return stored")
        self.functions[function] = "\n".join(lines)
        return function

    # --- From the profile to a body -------------------------------------------------------

    def write_reading(self, name: str) -> None:
        """Write ``<schema>_from_profile``."""
        node = self.spec.schemas()[name]
        function = f"{snake(name)}_from_profile"
        if function in self.functions or "discriminator" in node:
            return
        self.uses |= {"Fields", "Any", "cast"}
        lines = [
            f"def {function}(fields: Fields) -> {name}:",
            f'    """The profile as {name} shows it."""',
        ]
        inherited = self._mapped_parents(node)
        for parent in inherited:
            self.write_reading(parent)
        shown = ", ".join(f"**{snake(parent)}_from_profile(fields)" for parent in inherited)
        lines += [
            f"    body: dict[str, Any] = {{{shown}}}",
            *self._reading_of(self._own(node), "body", "    "),
            f"    return cast({name}, body)",
        ]
        self.functions[function] = "\n".join(lines)

    def _reading_of(self, members: list[Property], body: str, indent: str) -> Iterator[str]:
        for member in members:
            inner = self.spec.resolve(member.node)
            place = self.place(member.node)
            target = f'{body}["{member.name}"]'
            if place is None:
                if self._nested_places(member.node):
                    yield from self._nested_reading(member.name, inner, body, target, indent)
                continue
            items = self.spec.resolve(inner.get("items", {}))
            if place.codec:
                source = f'codecs.{place.codec}.show(fields.get("{place.path}"))'
                variable = _variable(member.name, body)
                yield f"{indent}if ({variable} := {source}) is not None:"
                yield f"{indent}    {target} = {variable}"
                continue
            shown = f'fields["{place.path}"]'
            if inner.get("type") == "array" and self._has_places(items):
                converter = self._write_item_show(inner, member.name)
                shown = f"[{converter}(item) for item in {shown}]"
            elif "x-mask" in inner:
                shown = self._masked(inner["x-mask"], shown)
            yield f'{indent}if "{place.path}" in fields:'
            yield f"{indent}    {target} = {shown}"

    def _nested_reading(
        self, name: str, node: Node, body: str, target: str, indent: str
    ) -> Iterator[str]:
        variable = _variable(name, body)
        yield f"{indent}{variable}: dict[str, Any] = {{}}"
        yield from self._reading_of(properties(self.spec, node), variable, indent)
        required = [p.name for p in properties(self.spec, node) if p.required]
        if required:
            names = ", ".join(f'"{part}"' for part in required)
            yield f"{indent}if {variable}.keys() >= {{{names}}}:"
        else:
            yield f"{indent}if {variable}:"
        yield f"{indent}    {target} = {variable}"

    def _write_item_show(self, node: Node, name: str) -> str:
        kind = self.types.type_of(node["items"], pascal(name) + "Item")
        function = f"_shown_{snake(kind)}"
        if function in self.functions:
            return function
        self.uses |= {"Any"}
        lines = [
            f"def {function}(item: dict[str, Any]) -> dict[str, Any]:",
            f'    """{kind} as this door shows it."""',
            "    shown: dict[str, Any] = {}",
        ]
        for member in properties(self.spec, node["items"]):
            place = self.place(member.node)
            if place is None:
                continue
            key = _item_key(place.path)
            source = f'item["{key}"]'
            mask = self.spec.resolve(member.node).get("x-mask")
            if mask:
                source = self._masked(mask, source)
            lines.append(f'    if "{key}" in item:')
            lines.append(f'        shown["{member.name}"] = {source}')
        lines.append("    return shown")
        self.functions[function] = "\n".join(lines)
        return function

    def _masked(self, mask: Any, source: str) -> str:
        self.uses.add("masks")
        if isinstance(mask, str):
            return f"masks.{mask}({source})"
        types = ", ".join(map(repr_text, mask["document_types"]))
        return f'masks.{mask["as"]}({source}) if item["type"] in {{{types}}} else {source}'

    def names(self) -> dict[str, str]:
        """Path of the profile -> the field of this door's request bodies that writes it."""
        found: dict[str, str] = {}

        def collect(node: Node, above: str) -> None:
            for member in properties(self.spec, node):
                place = self.place(member.node)
                here = f"{above}{member.name}"
                if place:
                    found.setdefault(place.path, here)
                elif self._nested_places(member.node):
                    collect(self.spec.resolve(member.node), f"{here}.")

        for name, node in self.spec.schemas().items():
            if f"changes_from_{snake(name)}" in self.functions and "discriminator" not in node:
                collect(node, "")
        return found


def _variable(name: str, above: str) -> str:
    """A name for a nested object: ``residence``, or ``full_name_full_name`` two levels down."""
    return snake(name) if above == "body" else f"{above}_{snake(name)}"


def _item_key(path: str) -> str:
    """``tax.ids[].country`` -> ``country``."""
    return path.split("[].", 1)[1]
