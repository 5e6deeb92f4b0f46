"""Patterns: those of a spec (ECMA 262) as the validator's engine reads them, and back."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import jsonschema_rs

_PRIVATE_USE: Final = r"\ue000-\uf8ff"
_ALL_PRIVATE_USE: Final = rf"{_PRIVATE_USE}\u{{f0000}}-\u{{ffffd}}\u{{100000}}-\u{{10fffd}}"
"""In a class of a pattern the one stands for the other: ECMA 262 names planes 15 and 16 only with
its flag u, or as surrogates, which other engines reject. Foreign tools are that much laxer."""

_TOKEN: Final = re.compile(
    r"\\k<(?P<name>[^<>]*)>"
    r"|\\[pPu]\{[^{}]*\}|\\x..|\\u[0-9A-Fa-f]{4}|\\c[A-Za-z]|\\."
    r"|\[\^?\]|\(\?<(?![=!])(?P<group>[^<>]*)>|\((?!\?)|\{\d+(?:,\d*)?\}|.",
    re.DOTALL,
)
"""One part of a pattern of ECMA 262."""

_OTHERWISE: Final[Mapping[str, str]] = {
    r"\<": "<",
    r"\>": ">",
    r"\0": r"\x00",
    "[]": r"[^\s\S]",
    "[^]": r"[\s\S]",
    "{": r"\{",
}
"""Parts that mean something else, or nothing, in the engine: there an escaped angle bracket is the
edge of a word, and a brace always begins a repetition."""

_OTHERWISE_IN_CLASS: Final[Mapping[str, str]] = {
    **{part: other for part, other in _OTHERWISE.items() if part.startswith("\\")},
    r"\b": r"\x08",
    "[": r"\[",
    "&": r"\&",
    "~": r"\~",
}
"""The same in a class: there the engine has classes in classes, and operators on them."""

_SETS: Final = (r"\d", r"\D", r"\w", r"\W", r"\s", r"\S")
"""Classes by a letter. Beside one, a hyphen is no range (ECMA 262, annex B)."""

_spelled: dict[str, str] = {}
"""Patterns as the specs of this process spell them, by their form for the validator."""


def pattern_of_validator(pattern: str) -> str:
    """A pattern of a spec as the validator reads it."""
    made = "".join(_translated(pattern)).replace(_PRIVATE_USE, _ALL_PRIVATE_USE)
    if made != pattern:
        _spelled[made] = pattern
    return made


def _translated(pattern: str) -> Iterator[str]:
    groups: list[str] = []
    in_class = False
    tokens = list(_TOKEN.finditer(pattern))
    for place, token in enumerate(tokens):
        part = token[0]
        if in_class:
            in_class = part != "]"
            around = {each[0] for each in tokens[max(place - 1, 0) : place + 2]}
            is_literal = part == "-" and not around.isdisjoint(_SETS)
            if part in ("[]", "[^]"):
                # Inside of a class this is a bracket, and then its end.
                in_class = False
                yield rf"\{part}"
            else:
                yield r"\-" if is_literal else _OTHERWISE_IN_CLASS.get(part, part)
        elif token["name"] is not None and token["name"] in groups:
            yield rf"(?:\{groups.index(token['name']) + 1})"
        else:
            in_class = part == "["
            if part == "(" or token["group"] is not None:
                groups.append(token["group"] or "")
            yield _OTHERWISE.get(part, part)


def pattern_of_spec(pattern: str) -> str:
    """A pattern of the validator as the spec has it."""
    return _spelled.get(pattern, pattern)


def is_readable(pattern: str) -> bool:
    """Whether the validator can compile a pattern of a spec."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern_of_validator(pattern)})
    except ValueError:
        return False
    return True
