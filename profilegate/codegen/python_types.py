"""Print schemas as Python types: TypedDict classes, aliases and type expressions."""

import json
import keyword
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from profilegate.openapi import Node, Property, Schema, Spec

PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}

TYPING = ("Any", "Literal", "NotRequired", "Protocol", "TypedDict", "cast")
PROFILE = (
    "Changes",
    "Fields",
    "Lock",
    "LockRules",
    "LockTable",
    "ProfileMapping",
    "Representation",
    "SentForm",
    "TextForm",
    "UpdateForm",
)
ROW_CHARACTERS_MAX = 100

BUILT_IN = ("bool", "bytes", "dict", "float", "int", "list", "str")

TAKEN = frozenset(
    {
        *TYPING,
        *PROFILE,
        *BUILT_IN,
        "Call",
        "Mapping",
        "Operations",
        "MAPPING",
        "FIELD_NAMES",
        "RULES",
    }
)
"""Names that every generated module uses itself."""


def pascal(name: str) -> str:
    """``physical_documents`` -> ``PhysicalDocuments``."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", name))


def snake(name: str) -> str:
    """``UserV2`` -> ``user_v2``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def sentence(node: Node, fallback: str) -> str:
    """The first paragraph of a description, as one line."""
    text = (node.get("description", "").strip() or fallback).split("\n\n")[0]
    return " ".join(text.split())


def docstring(text: str, indent: str = "") -> str:
    """Source of a docstring of any length, with quotes and backslashes escaped."""
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
    and writes the definitions that it needs.
    """

    spec: Spec
    definitions: dict[str, str] = field(default_factory=dict)
    names: dict[Schema, str] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def component(self, name: str) -> str:
        """
        Write a component schema, if it is not there yet, and give its name.

        Raises:
            SpecError: no class can be called so.
        """
        if name in self.definitions:
            return name
        if not is_name(name) or name in TAKEN:
            raise self.spec.error(
                ("components", "schemas", name),
                f'no class in the generated code can be called "{name}"',
                "give the schema another name, of letters and digits",
            )
        self._open.append(name)
        self._define(name, self.spec.component(name))
        self._open.pop()
        return name

    def type_of(self, schema: Schema, name: str) -> str:
        """The type of a schema; ``name`` is what an object without a name would be called."""
        if schema.name is not None:
            if schema.is_recursive and schema.name in self._open:
                return f'"{schema.name}"'
            named = self.component(schema.name)
            # The null of any other component is in its alias.
            return f"{named} | None" if schema.is_nullable and schema.is_object else named
        return self._nullable(schema, name)

    def object_name(self, schema: Schema) -> str:
        """The name of an object that was written already."""
        return schema.name or self.names[schema]

    def _nullable(self, schema: Schema, name: str) -> str:
        expression = self._expression(schema, name)
        return f"{expression} | None" if schema.is_nullable and expression != "None" else expression

    def _expression(self, schema: Schema, name: str) -> str:
        if schema.enum is not None:
            words = [repr_text(word) for word in schema.enum if word is not None]
            return f"Literal[{', '.join(words)}]" if words else "None"
        branches = schema.one_of or ([] if schema.own_properties else schema.any_of)
        if branches:
            types = [self.type_of(each, f"{name}{n}") for n, each in enumerate(branches, start=1)]
            return " | ".join(dict.fromkeys(types))
        if schema.is_object:
            return self._inline_object(schema, name)
        if len(schema.all_of) == 1:
            return self.type_of(schema.all_of[0], name)
        if schema.type == "array":
            return f"list[{self.type_of(schema.items, f'{name}Item') if schema.items else 'Any'}]"
        if schema.type == "object":
            if schema.additional is not None:
                return f"dict[str, {self.type_of(schema.additional, f'{name}Value')}]"
            return "dict[str, Any]"
        if schema.type == "string" and schema.node.get("format") == "binary":
            return "bytes"
        return PLAIN.get(schema.type or "", "Any")

    def _inline_object(self, schema: Schema, name: str) -> str:
        if schema not in self.names:
            free, numbers = name, count(2)
            while free in self.spec.schemas() or free in self.names.values() or free in TAKEN:
                free = f"{name}{next(numbers)}"
            self.names[schema] = free
            self._define(free, schema)
        return self.names[schema]

    def _define(self, name: str, schema: Schema) -> None:
        lines = self._class(name, schema) if schema.is_object else self._alias(name, schema)
        source = "\n".join(lines)
        self.definitions[name] = source

    def _class(self, name: str, schema: Schema) -> Iterator[str]:
        bases = [self.component(parent.name or "") for parent in schema.parents]
        members = schema.own_properties if bases else schema.properties
        any_required = bool(bases) or any(member.is_required for member in members)
        total = "" if any_required else ", total=False"
        kinds = {member.name: self._kind(name, member, any_required) for member in members}
        if all(map(is_name, kinds)):
            yield f"class {name}({', '.join(bases) or 'TypedDict'}{total}):"
            yield docstring(sentence(schema.node, name), "    ")
            yield ""
            yield from (f"    {member}: {kind}" for member, kind in kinds.items())
            return
        if bases:
            raise self.spec.error(
                self.spec.where(schema.node),
                "an object that inherits has a property whose name is no name in Python",
                "write the properties that it inherits into it",
            )
        yield f"{name} = TypedDict({repr_text(name)}, {{"
        yield from (f"    {repr_text(member)}: {kind}," for member, kind in kinds.items())
        yield f"}}{total})"
        yield docstring(sentence(schema.node, name))

    def _kind(self, name: str, member: Property, any_required: bool) -> str:
        kind = self.type_of(member.schema, name + pascal(member.name))
        return f"NotRequired[{kind}]" if any_required and not member.is_required else kind

    def _alias(self, name: str, schema: Schema) -> Iterator[str]:
        expression = self._nullable(schema, name)
        if len(schema.enum or ()) > LITERAL_ROWS_MAX:
            yield "# fmt: off"
            yield f"{name} = Literal["
            yield from packed(map(repr_text, schema.enum or ()))
            yield "]"
            yield "# fmt: on"
        else:
            yield f"{name} = {expression}"
        yield docstring(sentence(schema.node, name))


LITERAL_ROWS_MAX = 40
"""A longer list of values is packed into rows instead of one value a line."""

LITERAL_ROW_CHARACTERS_MAX = 96


def repr_text(value: object) -> str:
    """A literal with double quotes, as the formatter writes it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def packed(words: Iterable[str]) -> Iterator[str]:
    """Values in indented rows of full width."""
    row = "   "
    for word in words:
        if len(row) + len(word) + 2 > LITERAL_ROW_CHARACTERS_MAX:
            yield row
            row = "   "
        row += f" {word},"
    yield row
