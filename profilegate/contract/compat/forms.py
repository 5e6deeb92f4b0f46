"""Forms of a value: which old one may have become which new one, and their names."""

from typing import Any, Final

from profilegate.contract.compat.changes import shown
from profilegate.contract.compat.shapes import Shape


def may_be_paired(old: Shape, new: Shape) -> bool:
    """Whether one form may have become the other: they have a type, and no other constant."""
    if old.types.isdisjoint(with_integers(new.types)):
        return False
    one, other = _constants(old), _constants(new)
    return all(other.get(name, value) == value for name, value in one.items())


def _constants(shape: Shape) -> dict[str, Any]:
    """The properties that have one value only: they tell forms apart."""
    found = {}
    for name, parts in shape.properties.items():
        words = [part.get("enum", []) for part in parts]
        if any(len(each) == 1 for each in words):
            found[name] = next(each[0] for each in words if len(each) == 1)
    return found


def form_name(shape: Shape) -> str:
    """A form as people tell it from others."""
    constants = [f"{name} {shown(value)}" for name, value in _constants(shape).items()]
    if constants:
        return f"the form with {', '.join(constants)}"
    if shape.enum is not None:
        return f"one of {shown(shape.enum)}"
    if shape.required and shape.types == frozenset({"object"}):
        return f"an object with {shown(sorted(shape.required))}"
    return types_told(shape)


def with_integers(types: frozenset[str]) -> frozenset[str]:
    """The types of the values; each integer is a number."""
    return types | {"integer"} if "number" in types else types


def types_told(shape: Shape) -> str:
    """The types of a form in words."""
    names = shape.types
    if {"integer", "number"} <= names:
        names -= {"integer"}
    return "any value" if len(names) >= len(_ALL) else " or ".join(sorted(names, key=_null_last))


_ALL: Final = "array boolean null number object string".split()


def _null_last(name: str) -> tuple[bool, str]:
    return name == "null", name
