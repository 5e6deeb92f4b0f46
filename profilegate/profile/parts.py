"""Parts: what an object that is kept as a whole may hold."""

from collections.abc import Collection, Mapping
from typing import Any


def known_parts(value: Any, tag: str, kinds: Mapping[str, Collection[str]]) -> Any:
    """
    An object without the parts that its kind does not have; anything else as it is.

    ``tag`` is the part whose word tells the kind. A provider ignores fields that it does not
    know, and what is ignored is not kept either.
    """
    if not isinstance(value, dict):
        return value
    known = kinds[value[tag]]
    return {name: part for name, part in value.items() if name in known}
