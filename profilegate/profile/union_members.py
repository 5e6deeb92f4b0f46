"""Parts: what an object that is kept as a whole may hold."""

from collections.abc import Mapping
from typing import Any


def known_parts(value: Any, tag: str, kinds: Mapping[str, frozenset[str]]) -> Any:
    """
    An object without the parts that its kind does not have; anything else as it is.

    ``tag`` is the part whose word tells the kind. A provider ignores fields that it does not
    know, and what is ignored is not kept either.
    """
    if not isinstance(value, dict):
        return value
    known = kinds[value[tag]]
    if value.keys() <= known:
        return value
    return {name: part for name, part in value.items() if name in known}
