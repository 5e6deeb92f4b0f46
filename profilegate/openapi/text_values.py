"""Values that are sent as text, in parameters and forms: read by their schemas and styles."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from profilegate.errors import ParameterRepeatedError
from profilegate.openapi.schema import Schema
from profilegate.openapi.spec import Spec
from profilegate.openapi.validator import Validate, compile_validator

INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)
"""An integer as JSON writes it, with at most the 19 digits of 64 bits."""

NUMBER: Final = re.compile(
    r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,32})?([eE][+-]?[0-9]{1,3})?", re.ASCII
)
"""A number as JSON writes it."""

BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "false": False}

DELIMITERS: Final[Mapping[str, str]] = {"spaceDelimited": " ", "pipeDelimited": "|"}
"""Styles of lists in a query; all others use commas (OpenAPI 3.0.3, Style Values)."""

KEYS_NESTED_MAX: Final = 8
"""Names in brackets after each other (``a[b][c]``); we chose more than any provider nests."""

Texts = Mapping[str, Sequence[str]]
"""The names of a query or a form, each with its texts in their order."""

_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}

_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, eq=False, slots=True)
class Form:
    """What a schema says of the form of a value: its types, members and items, and the words of
    its enumerations."""

    types: frozenset[str]
    members: Mapping[str, Schema] = field(default_factory=dict)
    items: Schema | None = None
    additional: Schema | None = None
    is_closed: bool = False
    """Whether it has no members but those that it names."""
    words: tuple[str, ...] = ()


def form_of(schema: Schema) -> Form:
    """The form of all that a schema, its parts and its branches allow."""
    types: set[str] = set()
    members: dict[str, Schema] = {}
    items = additional = None
    is_closed = False
    words: list[str] = []
    for part in _parts(schema, set()):
        words += [str(word) for word in part.enum or () if word is not None]
        if part.type is not None:
            types.add(part.type)
        elif part.enum:
            types |= {_TYPES[type(word)] for word in part.enum if word is not None}
        if part.own_properties:
            types.add("object")
        for each in part.own_properties:
            members.setdefault(each.name, each.schema)
        items = items or part.items
        additional = additional or part.additional
        is_closed = is_closed or part.node.get("additionalProperties") is False
    return Form(
        frozenset(types), members, items, additional, is_closed, tuple(dict.fromkeys(words))
    )


def _parts(schema: Schema, seen: set[int]) -> Iterator[Schema]:
    if id(schema) in seen:
        return
    seen.add(id(schema))
    yield schema
    for part in (*schema.all_of, *schema.one_of, *schema.any_of):
        yield from _parts(part, seen)
    if schema.discriminator is not None:
        for branch in schema.discriminator.branches.values():
            yield from _parts(branch, seen)


class TextReader:
    """Reads values of one spec from texts."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._forms: dict[Schema, Form] = {}
        self._validators: dict[Schema, Validate] = {}

    def form(self, schema: Schema) -> Form:
        """The form of a schema, made once."""
        if schema not in self._forms:
            self._forms[schema] = form_of(schema)
        return self._forms[schema]

    def primitive(self, text: str, schema: Schema) -> Any:
        """A text as the type that the schema wants; the text itself if it is none of that type."""
        types = self.form(schema).types
        candidates = [
            int(text) if "integer" in types and INTEGER.fullmatch(text) else None,
            _number(text) if "number" in types and NUMBER.fullmatch(text) else None,
            BOOLEANS.get(text) if "boolean" in types else None,
            text if "string" in types or not types else None,
        ]
        known = [value for value in candidates if value is not None]
        if len(known) < 2:
            return known[0] if known else text
        # Several types fit: the first value that the whole schema takes.
        if schema not in self._validators:
            self._validators[schema] = compile_validator(self._spec, schema.node)
        validate = self._validators[schema]
        return next((value for value in known if not validate(value)), known[-1])

    def listed(self, texts: Sequence[str], schema: Schema) -> list[Any]:
        """A list of texts, each as the type that the items want."""
        items = self.form(schema).items
        return [text if items is None else self.primitive(text, items) for text in texts]

    def member(self, name: str, form: Form) -> Schema | None:
        """The schema of an object's member; None if the schema says nothing of it."""
        return form.members.get(name) or form.additional

    def paired(self, pairs: Sequence[tuple[str, str]], schema: Schema) -> dict[str, Any]:
        """
        An object from names and texts.

        Raises:
            ParameterRepeatedError: a name appears twice.
        """
        form = self.form(schema)
        found: dict[str, Any] = {}
        for name, text in pairs:
            if name in found:
                raise ParameterRepeatedError(name)
            inner = self.member(name, form)
            found[name] = text if inner is None else self.primitive(text, inner)
        return found

    # --- Queries and forms ---------------------------------------------------------------

    def named(self, name: str, texts: Texts, schema: Schema, *, style: str, explode: bool) -> Any:
        """
        The value of a name in a query or a form; None if it is missing.

        Raises:
            ParameterRepeatedError: a value that is no list appears twice.
        """
        types = self.form(schema).types
        if "object" in types and style == "deepObject":
            return self.nested(name, texts, schema)
        found = texts.get(name)
        if not found:
            # An object beside other types, `page=2` or `page[size]=30`, has one way to be written.
            is_mixed = "object" in types and types > {"object"}
            return self.nested(name, texts, schema) if is_mixed else None
        if "array" in types and (explode or style not in ("form", *DELIMITERS)):
            is_list = len(found) > 1 or types <= {"array", "object"}
            return self.listed(found, schema) if is_list else self.primitive(found[0], schema)
        if len(found) > 1:
            raise ParameterRepeatedError(name)
        [text] = found
        if "array" in types:
            return self.listed(split(text, DELIMITERS.get(style, ",")), schema)
        if "object" in types and types <= {"object"}:
            return self.paired(pairs_of(split(text, ",")), schema)
        return self.primitive(text, schema)

    def spread(
        self, texts: Texts, schema: Schema, *, without: frozenset[str]
    ) -> dict[str, Any] | None:
        """
        An object whose members are names of a query; None without any.

        ``without`` are names of other parameters, which are no members.

        Raises:
            ParameterRepeatedError: a member that is no list appears twice.
        """
        form = self.form(schema)
        found: dict[str, Any] = {}
        for name, each in texts.items():
            if name.partition("[")[0] in without and name not in form.members:
                continue
            inner = self.member(name, form)
            if inner is None:
                if len(each) > 1:
                    raise ParameterRepeatedError(name)
                found[name] = each[0]
            else:
                found[name] = self.named(name, texts, inner, style="form", explode=True)
        return found or None

    def nested(self, name: str, texts: Texts, schema: Schema) -> Any:
        """
        The value of ``name[key]=text``; None without such a name.

        Raises:
            ParameterRepeatedError: a value that is no list appears twice.
        """
        tree: dict[str, Any] = {}
        for written, each in texts.items():
            if (keys := keys_of(written, name)) is not None:
                _put(tree, keys, list(each))
        return self._shaped(tree, schema, name) if tree else None

    def _shaped(self, tree: Any, schema: Schema | None, name: str) -> Any:
        """A tree of names and texts as the schema wants it."""
        form = Form(frozenset()) if schema is None else self.form(schema)
        if isinstance(tree, dict):
            if "array" in form.types and all(key == "" or key.isdigit() for key in tree):
                ordered = sorted(tree, key=lambda key: int(key or 0))
                flat = [one for key in ordered for one in _as_list(tree[key])]
                return [self._shaped(one, form.items, name) for one in flat]
            return {
                key: self._shaped(below, self.member(key, form), key) for key, below in tree.items()
            }
        texts = _as_list(tree)
        if "array" in form.types and schema is not None:
            return self.listed(texts, schema)
        if len(texts) > 1:
            raise ParameterRepeatedError(name)
        return texts[0] if schema is None else self.primitive(texts[0], schema)


def _number(text: str) -> int | float:
    return int(text) if INTEGER.fullmatch(text) else float(text)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _put(tree: dict[str, Any], keys: Sequence[str], texts: list[str]) -> None:
    """Put texts into a tree of names; a name that is both a text and an object stays an object."""
    *above, last = keys
    for key in above:
        below = tree.setdefault(key, {})
        if not isinstance(below, dict):
            below = tree[key] = {"": below}
        tree = below
    if isinstance(tree.get(last), dict):
        tree[last].setdefault("", texts)
    else:
        tree.setdefault(last, []).extend(texts)


def keys_of(written: str, name: str) -> list[str] | None:
    """The keys after a name: ``filter[a][b]`` -> ``["a", "b"]``; None for another name."""
    rest = written.removeprefix(name)
    if rest == written or not rest:
        return None
    keys: list[str] = _BRACKETS.findall(rest)
    whole = "".join(f"[{key}]" for key in keys)
    return keys if whole == rest and len(keys) <= KEYS_NESTED_MAX else None


def split(text: str, delimiter: str) -> list[str]:
    """The parts of a text; an empty text has none."""
    return text.split(delimiter) if text else []


def pairs_of(parts: Sequence[str]) -> list[tuple[str, str]]:
    """``["role", "admin"]`` -> ``[("role", "admin")]``; a last name without a text has none."""
    return list(zip(parts[::2], [*parts[1::2], ""], strict=False))


ReadText = Callable[[str], Any]
"""Takes a text that was sent; returns the value."""
