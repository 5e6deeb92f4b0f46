"""From the profile to a body: ``<schema>_from_fields``, as one would have typed it.

What the profile lacks, or the provider cannot express, is left out. An object is shown when its
required parts are there; one without required parts when any part is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from profilegate.codegen.python_types import TypeWriter, repr_text, snake
from profilegate.codegen.sources import place_in, variable
from profilegate.openapi import Node, Spec
from profilegate.openapi.mapping import (
    has_nested_places,
    has_places,
    list_path,
    mapped_parents,
    own_properties,
    place_of,
)
from profilegate.openapi.properties import Property, properties


@dataclass
class ToBodyWriter:
    """Writes the functions of a spec, each once and after those it calls."""

    spec: Spec
    types: TypeWriter
    functions: dict[str, str] = field(default_factory=dict)

    def write(self, name: str) -> None:
        """Write ``<schema>_from_fields``; a choice has none, its branches have."""
        node = self.spec.schemas()[name]
        function = f"{snake(name)}_from_fields"
        if function in self.functions or "discriminator" in node:
            return
        inherited = mapped_parents(self.spec, node)
        for parent in inherited:
            self.write(parent)
        shown = ", ".join(f"**{snake(parent)}_from_fields(fields)" for parent in inherited)
        lines = [
            f"def {function}(fields: Fields) -> {name}:",
            f'    """The profile as {name} shows it."""',
            f"    body: dict[str, Any] = {{{shown}}}",
            *self._lines(own_properties(self.spec, node), "fields", "body", "    "),
            f"    return cast({name}, body)",
        ]
        self.functions[function] = "\n".join(lines)

    def _lines(
        self, members: list[Property], source: str, body: str, indent: str, *, above: str = ""
    ) -> Iterator[str]:
        """Lines that bring what the dict ``source`` holds into the object ``body``.

        ``above`` is the path of the list whose item ``source`` is.
        """
        for member in members:
            place = place_of(self.spec, member.node, above)
            target = f"{body}[{repr_text(member.name)}]"
            named = variable(member.name, body)
            if place is None:
                if has_nested_places(self.spec, member.node):
                    parts = properties(self.spec, member.node)
                    yield f"{indent}{named}: dict[str, Any] = {{}}"
                    yield from self._lines(parts, source, named, indent, above=above)
                    yield f"{indent}if {_is_whole(named, parts)}:"
                    yield f"{indent}    {target} = {named}"
                continue
            shown = self._shown(member, above)
            if place.codec:
                value = f"codecs.{place.codec}.show({source}.get({repr_text(place.key)}))"
                yield f"{indent}if ({named} := {value}) is not None:"
                yield f"{indent}    {target} = {shown(named)}"
            else:
                yield f"{indent}if {repr_text(place.key)} in {source}:"
                yield f"{indent}    {target} = {shown(place_in(place, source))}"

    def _shown(self, member: Property, above: str) -> Callable[[str], str]:
        """A function from source of a kept value to source of what is shown."""
        node = self.spec.resolve(member.node)
        if node.get("type") == "array" and has_places(self.spec, node["items"]):
            converter = self._write_item(node)
            return lambda source: f"[{converter}(item) for item in {source}]"
        mask = node.get("x-mask")
        if mask is None:
            return lambda source: source
        if isinstance(mask, str):
            return lambda source: f"masks.{mask}({source})"
        if not above:
            raise self.spec.error(
                (*self.spec.where(node), "x-mask"),
                "this is no part of a document, so it has no document type",
                "write the mask alone",
            )
        types = ", ".join(map(repr_text, mask["document_types"]))
        test = f'item["type"] in {{{types}}}'
        return lambda source: f"masks.{mask['as']}({source}) if {test} else {source}"

    def _write_item(self, node: Node) -> str:
        """Write the function for one item of a list; give its name."""
        kind = self.types.object_name(node["items"])
        function = f"_shown_{snake(kind)}"
        if function not in self.functions:
            members = properties(self.spec, node["items"])
            lines = [
                f"def {function}(item: dict[str, Any]) -> dict[str, Any]:",
                f'    """{kind} as this provider shows it."""',
                "    shown: dict[str, Any] = {}",
                *self._lines(members, "item", "shown", "    ", above=list_path(node)),
                "    return shown",
            ]
            self.functions[function] = "\n".join(lines)
        return function


def _is_whole(named: str, parts: list[Property]) -> str:
    """Source of the question whether all required parts of an object are there, or any."""
    required = ", ".join(repr_text(part.name) for part in parts if part.required)
    return f"{named}.keys() >= {{{required}}}" if required else named
