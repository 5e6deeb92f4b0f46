"""Bodies made from the specs themselves, as strategies of Hypothesis.

``bodies(spec, schema)`` walks an OpenAPI schema and makes values that keep its rules: strings at
the bounds of their lengths and in all scripts, enums, formats, patterns, optional and nullable
properties. Where a property has a codec (``x-profile: {as: country-name}``), values that the codec
knows come as often as those that it does not. What rules across properties reject, the
provider's own
check is to filter out.
"""

from typing import Any

import phonenumbers
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from profilegate.openapi import Node, Spec
from profilegate.openapi.bounds import NO_CONTROL, NO_NUL
from profilegate.profile import codecs
from profilegate.profile.fields import DOCUMENTS

LENGTH_MAX = 40
"""Where a schema gives no bound."""

LIST_MAX = 3

SCRIPTS = (
    "Zoe", "zoë", "zoe\u0308", "Ёлка", "Ωμέγα", "עברית", "العربية", "हिन्दी", "日本語", "ﬁ", "İı",
    "ß", "🙂", "👩\u200d👧", "\u202eabc", "0", "0012", "-1", "1e3", "null", "true", " ", " a ",
    "a\tb", "a\nb", "O'Neil", '"', "\\", "<b>", "%s", "\u00a0", "\U0010ffff", "\ufffd",
)  # fmt: skip

PLAIN = st.characters(codec="utf-8", exclude_characters="\0")
"""Any character but NUL, which no provider takes."""

CHARACTERS: dict[str, SearchStrategy[str]] = {
    NO_NUL: PLAIN,
    NO_CONTROL: st.characters(
        codec="utf-8",
        exclude_categories=["Cc", "Co"],
        include_characters="\t\n\v\f\r",
    ),
}
"""The characters of a free text, by its pattern."""

E164 = tuple(
    phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for region in ("US", "CA", "DE", "RU", "KZ", "GB", "BR", "IN", "CN", "UZ", "SM", "NU")
    if (number := phonenumbers.example_number(region)) is not None
)
COUNTRIES = tuple(codecs._country_names())

DOCUMENT_TYPES = ("SSN", "EIN", "PASSPORT", "DRIVING_LICENCE")
"""Some are locked or masked, some are not, and few enough to come again."""

_KNOWN: dict[str, tuple[str, ...]] = {
    "country-name": tuple(name for name in codecs._country_names().values() if name),
    "country-code": COUNTRIES,
    "country": COUNTRIES,
    "phone": E164,
    "phone-e164": E164,
    "phone-digits": tuple(number[1:] for number in E164),
    "phone-dialled": tuple(number.removeprefix("+1") for number in E164),
}
"""Texts that a codec reads into the common form."""

_FORMATS: dict[str, SearchStrategy[str]] = {
    "date": st.dates().map(str),
    "date-time": st.datetimes().map(lambda at: at.isoformat() + "Z"),
    "email": st.sampled_from(["a@b.de", "Zoe.O'Neil+x@mail.example.com", "ж@пример.рф"]),
    "uuid": st.uuids().map(str),
    "country": st.sampled_from(COUNTRIES),
    "phone": st.sampled_from(E164),
}


def bodies(spec: Spec, schema: Node) -> SearchStrategy[Any]:
    """Values that keep a schema's rules."""
    strategy = _plain(spec, schema)
    return st.none() | strategy if spec.resolve(schema).get("nullable") else strategy


def _plain(spec: Spec, schema: Node) -> SearchStrategy[Any]:
    node = spec.resolve(schema)
    if "oneOf" in node:
        return st.one_of([bodies(spec, branch) for branch in node["oneOf"]])
    if "anyOf" in node and "properties" not in node:
        return st.one_of([bodies(spec, branch) for branch in node["anyOf"]])
    if "enum" in node:
        return st.sampled_from(node["enum"])
    if "properties" in node or "allOf" in node:
        return _objects(spec, node)
    kind = node.get("type")
    if kind == "array":
        return _lists(spec, node)
    if kind == "boolean":
        return st.booleans()
    if kind == "integer":
        return st.integers(node.get("minimum", -(2**31)), node.get("maximum", 2**31 - 1))
    if kind == "string":
        return _texts(node)
    raise NotImplementedError(f"no values for {node}")


def members(spec: Spec, schema: Node) -> tuple[dict[str, Node], set[str]]:
    """An object's properties, inherited ones among them, and which of them are required."""
    node = spec.resolve(schema)
    properties: dict[str, Node] = {}
    required: set[str] = set()
    parts = [members(spec, part) for part in node.get("allOf", ())]
    parts.append((node.get("properties", {}), set(node.get("required", ()))))
    for inner, needed in parts:
        for name, child in inner.items():
            # Of a property that two parts have, one is drawn from; the check knows both.
            properties.setdefault(name, child)
        required |= needed
    return properties, required


def _objects(spec: Spec, node: Node) -> SearchStrategy[Any]:
    properties, required = members(spec, node)
    # "At least one of the two": each branch asks for properties that the others leave open.
    choices = [set(branch["required"]) for branch in node.get("anyOf", ()) if "required" in branch]
    # A document without its value, or with a mask, would have to name one that is there.
    values = {name for name, child in properties.items() if _is_value(child)}
    strategies = {
        name: _plain(spec, child) if name in values else bodies(spec, child)
        for name, child in properties.items()
    }
    optional = [name for name in strategies if name not in required]
    if not properties:  # an allOf of one plain value
        return _plain(spec, node["allOf"][0])

    @st.composite
    def objects(draw: st.DrawFn) -> dict[str, Any]:
        # One draw says which optional properties are there; all of them and none come often.
        mask = draw(st.integers(0, 2 ** len(optional) - 1)) if optional else 0
        absent = {name for place, name in enumerate(optional) if not mask >> place & 1}
        absent -= values
        if choices:
            absent -= draw(st.sampled_from(choices))
        return {name: draw(strategy) for name, strategy in strategies.items() if name not in absent}

    return objects()


def _is_value(node: Node) -> bool:
    path, _, part = str(node.get("x-profile", "")).partition("[].")
    return path in DOCUMENTS and part == DOCUMENTS[path].value


def _lists(spec: Spec, node: Node) -> SearchStrategy[Any]:
    return st.lists(
        bodies(spec, node["items"]),
        min_size=node.get("minItems", 0),
        max_size=min(node.get("maxItems", LIST_MAX), LIST_MAX),
        unique_by=str if node.get("uniqueItems") else None,
    )


def _texts(node: Node) -> SearchStrategy[str]:
    if "format" in node:
        return _FORMATS[node["format"]]
    shortest = node.get("minLength", 0)
    longest = node.get("maxLength", LENGTH_MAX)
    pattern: str = node.get("pattern", NO_NUL)
    if pattern not in CHARACTERS:
        made = st.from_regex(pattern, fullmatch=True).filter(
            lambda text: shortest <= len(text) <= longest
        )
    else:
        edges = [text for text in SCRIPTS if shortest <= len(text) <= longest]
        edges += [c * n for c in "яa🙂" for n in {shortest, longest}]
        made = st.sampled_from(edges) | st.text(
            CHARACTERS[pattern], min_size=shortest, max_size=min(longest, 8)
        )
    if "x-mask" in node:
        made = made.filter(lambda text: "*" not in text)
    said = node.get("x-profile", "")
    known = _KNOWN.get(said["as"]) if isinstance(said, dict) else None
    if isinstance(said, str) and said.endswith("[].type"):
        known = DOCUMENT_TYPES
    return st.sampled_from(known) | made if known else made
