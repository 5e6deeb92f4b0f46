"""Pieces of generated source: variables, literals, function names."""

import keyword
import re
from itertools import count
from typing import Any

from profilegate.codegen.python_types import repr_text, snake
from profilegate.openapi.field_tree import Place

_TAKEN = frozenset("account body cast changes codecs fields item masks shown stored".split())
"""Names that generated functions use themselves."""


def variable(name: str) -> str:
    """A variable for a property: ``residence``, ``first_name``; ``class_`` for a keyword."""
    word = re.sub(r"\W", "_", snake(name))
    if keyword.iskeyword(word) or word in _TAKEN or not word.isidentifier():
        return f"{word}_" if word[0].isalpha() else f"_{word}"
    return word


def literal(value: Any) -> str:
    """Source of a value made of dicts, lists and scalars; a list becomes a set."""
    if isinstance(value, dict):
        inner = ", ".join(f"{repr_text(key)}: {literal(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"{{{', '.join(map(repr_text, value))}}}"
    return repr_text(value)


def codec(place: Place) -> str:
    """Source of a place's codec: the engine's, or a constant of the generated module."""
    name = (place.codec or "").replace("-", "_")
    return f"_{name.upper()}" if place.is_own else f"codecs.{name}"


def constant(definitions: dict[str, str], stem: str, source: str) -> str:
    """Put a constant (its source after its name) into a module's definitions, and give its name.

    One with the same source is there once; a number tells others with the same stem apart.
    """
    name, numbers = stem, count(2)
    while definitions.setdefault(name, line := f"{name}{source}") != line:
        name = f"{stem}_{next(numbers)}"
    return name


def function(source: str, *, name: str, takes: str, gives: str, says: str) -> str:
    """Source of a function with a docstring of one line."""
    return f'def {name}({takes}) -> {gives}:\n    """{says}"""\n{source}'


def indented(lines: list[str], levels: int = 1) -> str:
    """Lines of a function's body, as text."""
    return "\n".join(f"{'    ' * levels}{line}" for line in lines)


def condition(applies: Any, source: str, names: Any = None) -> str:
    """Source of the question whether an account, or a body, is of a kind.

    ``names`` maps a path to the body's property; without it the source has the paths as keys.
    """
    tests = []
    for path, value in applies.items():
        key = names[path] if names else path
        operator = "is" if isinstance(value, bool) else "=="
        tests.append(f"{source}.get({repr_text(key)}) {operator} {repr_text(value)}")
    return " and ".join(tests)
