"""From a body to the profile: ``<schema>_to_changes``, as one would have typed it.

A property that is not sent is untouched; null is the same as not sent, or removes what is there
(``x-null``); in an object that is replaced whole (``x-whole``), a part that is not sent is removed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from profilegate.codegen.python_types import TypeWriter, repr_text, snake
from profilegate.codegen.sources import known_parts, place_in, variable
from profilegate.codegen.sources import stored as stored_value
from profilegate.openapi import Node, Spec
from profilegate.openapi.mapping import (
    Place,
    has_nested_places,
    has_places,
    list_path,
    mapped_parents,
    own_properties,
    place_of,
)
from profilegate.openapi.properties import Property, accepts_null, component, properties


@dataclass
class ToChangesWriter:
    """Writes the functions of a spec, each once and after those it calls."""

    spec: Spec
    types: TypeWriter
    functions: dict[str, str] = field(default_factory=dict)

    def write(self, name: str) -> None:
        """Write ``<schema>_to_changes``."""
        node = self.spec.schemas()[name]
        function = f"{snake(name)}_to_changes"
        if function in self.functions:
            return
        lines = [
            f"def {function}(body: {name}) -> Changes:",
            f'    """What {name} changes in the profile."""',
        ]
        if "discriminator" in node:
            lines += self._by_kind(node)
        else:
            inherited = mapped_parents(self.spec, node)
            for parent in inherited:
                self.write(parent)
            calls = " | ".join(f"{snake(parent)}_to_changes(body)" for parent in inherited)
            lines += [
                f"    changes: Changes = {calls or '{}'}",
                *self._lines(own_properties(self.spec, node), "body", "changes", "    "),
                "    return changes",
            ]
        self.functions[function] = "\n".join(lines)

    def field_names(self) -> dict[str, str]:
        """Path of the profile -> the field of this provider's request bodies that writes it."""
        found: dict[str, str] = {}

        def collect(node: Node, above: str) -> None:
            for member in properties(self.spec, node):
                here = f"{above}{member.name}"
                if place := place_of(self.spec, member.node):
                    found.setdefault(place.key, here)
                elif has_nested_places(self.spec, member.node):
                    collect(member.node, f"{here}.")

        for name, node in self.spec.schemas().items():
            if f"{snake(name)}_to_changes" in self.functions and "discriminator" not in node:
                collect(node, "")
        return found

    def _by_kind(self, node: Node) -> Iterator[str]:
        name = repr_text(node["discriminator"]["propertyName"])
        *branches, last = node["discriminator"]["mapping"].items()
        for value, reference in branches:
            yield f"    if body[{name}] == {repr_text(value)}:"
            yield f"        return {snake(component(reference))}_to_changes(body)"
        yield f"    return {snake(component(last[1]))}_to_changes(body)"

    def _lines(
        self,
        members: list[Property],
        body: str,
        target: str,
        indent: str,
        *,
        above: str = "",
        whole: bool = False,
    ) -> Iterator[str]:
        """Lines that bring each property of the object ``body`` into the dict ``target``.

        ``above`` is the path of the list whose item the object is.
        """
        for member in members:
            place = place_of(self.spec, member.node, above)
            sent = f"{body}[{repr_text(member.name)}]"
            sent_or_none = f"{body}.get({repr_text(member.name)})"
            nullable = accepts_null(self.spec, member.node)
            named = variable(member.name, body)
            if place is None:
                if not has_nested_places(self.spec, member.node):
                    continue
                if whole:
                    raise self.spec.error(
                        self.spec.where(member.node),
                        "an object that is replaced whole has another one in it",
                        "replace the inner one whole by itself, or write its parts side by side",
                    )
                lines = self._lines(
                    properties(self.spec, member.node),
                    named,
                    target,
                    indent,
                    above=above,
                    whole="x-whole" in self.spec.resolve(member.node),
                )
                if member.required and not nullable:
                    yield f"{indent}{named} = {sent}"
                    yield from lines
                elif nullable and self._null_removes(above):
                    paths = [repr_text(path) for path in self._paths(member.node)]
                    listed = ", ".join(paths) + ("," if len(paths) == 1 else "")
                    yield f"{indent}if {repr_text(member.name)} in {body}:"
                    yield f"{indent}    if ({named} := {sent}) is None:"
                    yield f"{indent}        {target} |= dict.fromkeys(({listed}))"
                    yield f"{indent}    else:"
                    yield from (f"        {line}" for line in lines)
                else:
                    yield from _guarded(f"({named} := {sent_or_none}) is not None", lines, indent)
                continue
            stored = self._stored(place, member)
            if member.required and not nullable:
                yield f"{indent}{place_in(place, target)} = {stored(sent)}"
            elif whole and stored(named) == named:
                yield f"{indent}{place_in(place, target)} = {sent_or_none}"
            elif whole:
                yield f"{indent}{named} = {sent_or_none}"
                value = f"None if {named} is None else {stored(named)}"
                yield f"{indent}{place_in(place, target)} = {value}"
            elif nullable and self._null_removes(above):
                yield f"{indent}if {repr_text(member.name)} in {body}:"
                if stored(sent) == sent:
                    yield f"{indent}    {place_in(place, target)} = {sent}"
                else:
                    yield f"{indent}    {named} = {sent}"
                    value = f"None if {named} is None else {stored(named)}"
                    yield f"{indent}    {place_in(place, target)} = {value}"
            elif nullable:
                yield f"{indent}if ({named} := {sent_or_none}) is not None:"
                yield f"{indent}    {place_in(place, target)} = {stored(named)}"
            else:
                yield f"{indent}if {repr_text(member.name)} in {body}:"
                yield f"{indent}    {place_in(place, target)} = {stored(sent)}"

    def _null_removes(self, above: str) -> bool:
        """Whether null removes what is there; a part of a list's item is never there before."""
        return not above and self.spec.document.get("x-null") == "removes"

    def _paths(self, node: Node) -> Iterator[str]:
        """All places below an object."""
        for member in properties(self.spec, node):
            if place := place_of(self.spec, member.node):
                yield place.key
            elif has_nested_places(self.spec, member.node):
                yield from self._paths(member.node)

    def _stored(self, place: Place, member: Property) -> Callable[[str], str]:
        """A function from source of a value to source of what is stored."""
        node = self.spec.resolve(member.node)
        if node.get("type") == "array" and has_places(self.spec, node["items"]):
            converter = self._write_item(node)
            return lambda source: f"[{converter}(item) for item in {source}]"
        if parts := known_parts(self.spec, node):
            tag, kinds = parts
            constant = self._write_kinds(member.name, kinds)
            return lambda source: f"known_parts({source}, {tag}, {constant})"
        return partial(stored_value, place)

    def _write_kinds(self, name: str, kinds: str) -> str:
        """Write what the kinds of an object may hold, once and not anew for each body."""
        source = f"Mapping[str, frozenset[str]] = {kinds}"
        constant = stem = f"_PARTS_OF_{snake(name).upper()}"
        numbers = count(2)
        while self.functions.setdefault(constant, line := f"{constant}: {source}") != line:
            constant = f"{stem}_{next(numbers)}"
        return constant

    def _write_item(self, node: Node) -> str:
        """Write the function for one item of a list; give its name."""
        kind = self.types.object_name(node["items"])
        function = f"_stored_{snake(kind)}"
        if function not in self.functions:
            members = properties(self.spec, node["items"])
            lines = [
                f"def {function}(item: {kind}) -> dict[str, Any]:",
                f'    """{kind} as the profile keeps it."""',
                "    stored: dict[str, Any] = {}",
                *self._lines(members, "item", "stored", "    ", above=list_path(node)),
                "    return stored",
            ]
            self.functions[function] = "\n".join(lines)
        return function


def _guarded(condition: str, lines: Iterator[str], indent: str) -> Iterator[str]:
    """Lines under a condition; a lone condition below it is joined to it."""
    first, *rest = lines
    test = first.removeprefix(f"{indent}if ")
    if test != first and all(line.startswith(f"{indent}    ") for line in rest):
        yield f"{indent}if {condition} and {test}"
        yield from rest
    else:
        yield f"{indent}if {condition}:"
        yield from (f"    {line}" for line in (first, *rest))
