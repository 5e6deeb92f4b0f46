"""Schemas as Python types: what a spec's schema is called, and is, in generated code."""

import json
import keyword
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from profilegate.openapi import Node, Spec
from profilegate.openapi.properties import Property, component, is_object, parents, properties

PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}

TYPING = ("Any", "Literal", "NotRequired", "Protocol", "TypedDict", "cast")
RULES = (
    "Changes",
    "ProfileMapping",
    "LockRules",
    "Fields",
    "Lock",
    "LockTable",
    "Representation",
    "UpdateForm",
)
ROW_CHARACTERS_MAX = 100

TAKEN = frozenset(
    {*TYPING, *RULES, "Call", "Mapping", "Operations", "MAPPING", "FIELD_NAMES", "RULES"}
)
"""Names that a generated module has already."""


def pascal(name: str) -> str:
    """``physical_documents`` -> ``PhysicalDocuments``."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", name))


def snake(name: str) -> str:
    """``UserV2`` -> ``user_v2``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def sentence(node: Node, fallback: str) -> str:
    """The first paragraph of a description, as one line."""
    text = node.get("description", fallback).strip().split("\n\n")[0]
    return " ".join(text.split())


def docstring(text: str, indent: str = "") -> str:
    """Source of a docstring, however long, and whatever quotes and backslashes the text has."""
    text = text.replace("\\", "\\\\").replace('"""', '\\"""')
    if text.endswith('"'):
        text = f'{text[:-1]}\\"'
    if len(indent) + len(text) + 6 <= ROW_CHARACTERS_MAX:
        return f'{indent}"""{text}"""'
    rows = textwrap.wrap(text, ROW_CHARACTERS_MAX - len(indent) - 6, break_on_hyphens=False)
    return "\n".join([f'{indent}"""{rows[0]}', *(indent + row for row in rows[1:]), f'{indent}"""'])


def is_name(text: str) -> bool:
    """Whether a text can be a name in Python."""
    return text.isidentifier() and not keyword.iskeyword(text)


@dataclass
class TypeWriter:
    """Writes the types of a spec, each once and after those it is made of.

    ``definitions`` maps a name to its source; ``type_of`` gives the expression for a schema
    and writes whatever the expression needs.
    """

    spec: Spec
    definitions: dict[str, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def component(self, name: str) -> str:
        """
        Write a component schema, if it is not there yet, and give its name.

        Raises:
            SpecError: no class can be called so.
        """
        if name in self.definitions:
            return name
        node = self.spec.schemas()[name]
        if not is_name(name) or name in TAKEN:
            raise self.spec.error(
                ("components", "schemas", name),
                f'no class in the generated code can be called "{name}"',
                "give the schema another name, of letters and digits",
            )
        self._define(name, node)
        return name

    def type_of(self, node: Node, name: str) -> str:
        """The type of a schema; ``name`` is what an object without a name would be called."""
        if "$ref" in node:
            named = self.component(component(node["$ref"]))
            target = self.spec.resolve(node)
            # The null of any other component is in its alias.
            is_null_too = target.get("nullable") and is_object(self.spec, target)
            return f"{named} | None" if is_null_too else named
        expression = self._expression(node, name)
        if node.get("nullable") and expression != "None":
            expression += " | None"
        return expression

    def object_name(self, node: Node) -> str:
        """What an object that was written already is called."""
        return component(node["$ref"]) if "$ref" in node else self.names[id(node)]

    def _expression(self, node: Node, name: str) -> str:
        if "enum" in node:
            words = [repr_text(word) for word in node["enum"] if word is not None]
            if not words:
                return "None"
            return f"Literal[{', '.join(words)}]"
        branches = node.get("oneOf") or (node.get("anyOf") if "properties" not in node else None)
        if branches:
            types = [
                self.type_of(branch, f"{name}{place}")
                for place, branch in enumerate(branches, start=1)
            ]
            return " | ".join(dict.fromkeys(types))
        if is_object(self.spec, node):
            if id(node) in self.names:
                return self.names[id(node)]
            if name in self.spec.schemas() or name in self.names.values():
                raise self.spec.error(
                    self.spec.where(node),
                    f"this object would be called {name}, as another one is",
                    "move it to components/schemas and give it a name of its own",
                )
            self.names[id(node)] = name
            self._define(name, node)
            return name
        if len(node.get("allOf", ())) == 1:
            return self.type_of(node["allOf"][0], name)
        if node.get("type") == "array":
            return f"list[{self.type_of(node.get('items', {}), f'{name}Item')}]"
        if node.get("type") == "object":
            return "dict[str, Any]"
        return PLAIN.get(node.get("type", ""), "Any")

    def _define(self, name: str, node: Node) -> None:
        if is_object(self.spec, node):
            source = "\n".join(self._class(name, node))
        else:
            source = "\n".join(self._alias(name, node))
        self.definitions[name] = source

    def _class(self, name: str, node: Node) -> Iterator[str]:
        members = properties(self.spec, node)
        bases = [self.component(parent) for parent in parents(self.spec, node)]
        if bases:
            members = [member for member in members if member.name in node.get("properties", {})]
        any_required = bool(bases) or any(member.required for member in members)
        total = "" if any_required else ", total=False"
        kinds = {member.name: self._kind(name, member, any_required) for member in members}
        if all(map(is_name, kinds)):
            yield f"class {name}({', '.join(bases) or 'TypedDict'}{total}):"
            yield docstring(sentence(node, name), "    ")
            yield ""
            yield from (f"    {member}: {kind}" for member, kind in kinds.items())
            return
        if bases:
            raise self.spec.error(
                self.spec.where(node),
                "an object that inherits has a property whose name is no name in Python",
                "write the properties that it inherits into it",
            )
        yield f"{name} = TypedDict({repr_text(name)}, {{"
        yield from (f"    {repr_text(member)}: {kind}," for member, kind in kinds.items())
        yield f"}}{total})"
        yield docstring(sentence(node, name))

    def _kind(self, name: str, member: Property, any_required: bool) -> str:
        kind = self.type_of(member.node, name + pascal(member.name))
        return f"NotRequired[{kind}]" if any_required and not member.required else kind

    def _alias(self, name: str, node: Node) -> Iterator[str]:
        expression = self._expression(node, name)
        if node.get("nullable") and expression != "None":
            expression += " | None"
        if len(node.get("enum", ())) > LITERAL_ROWS_MAX:
            yield "# fmt: off"
            yield f"{name} = Literal["
            yield from packed(map(repr_text, node["enum"]))
            yield "]"
            yield "# fmt: on"
        else:
            yield f"{name} = {expression}"
        yield docstring(sentence(node, name))


LITERAL_ROWS_MAX = 40
"""A longer list of words is packed into rows instead of one word a line."""

LITERAL_ROW_CHARACTERS_MAX = 96


def repr_text(value: object) -> str:
    """A literal with double quotes, as the formatter writes it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def packed(words: Iterable[str]) -> Iterator[str]:
    """Words in indented rows that are filled up."""
    row = "   "
    for word in words:
        if len(row) + len(word) + 2 > LITERAL_ROW_CHARACTERS_MAX:
            yield row
            row = "   "
        row += f" {word},"
    yield row
