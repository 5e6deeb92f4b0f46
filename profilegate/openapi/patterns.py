"""Patterns: those of a spec (ECMA 262) as the validator's engine reads them, and back."""

import re
from typing import Final

import jsonschema_rs

_PRIVATE_USE: Final = r"\ue000-\uf8ff"
_ALL_PRIVATE_USE: Final = rf"{_PRIVATE_USE}\u{{f0000}}-\u{{ffffd}}\u{{100000}}-\u{{10fffd}}"
"""In a class of a pattern the one stands for the other: ECMA 262 names planes 15 and 16 only with
its flag u, or as surrogates, which other engines reject. Foreign tools are that much laxer."""

_ANGLE_BRACKET: Final = re.compile(r"\\(\\|<|>)")
"""An escaped angle bracket is the bracket in ECMA 262, and the edge of a word in the engine."""

_spelled: dict[str, str] = {}
"""Patterns as the specs of this process spell them, by their form for the validator."""


def pattern_of_validator(pattern: str) -> str:
    """A pattern of a spec as the validator reads it."""
    plain = _ANGLE_BRACKET.sub(lambda m: m[0] if m[1] == "\\" else m[1], pattern)
    made = plain.replace(_PRIVATE_USE, _ALL_PRIVATE_USE)
    if made != pattern:
        _spelled[made] = pattern
    return made


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
