"""Union members: the parts of an object that is stored as a whole."""

from collections.abc import Mapping
from typing import Any


def known_parts(value: Any, tag: str, kinds: Mapping[str, frozenset[str]]) -> Any:
    """
    An object without the parts that its kind does not have; any other value unchanged.

    ``tag`` is the part whose value tells the kind. A provider ignores unknown fields, and an
    ignored field is not stored.
    """
    if not isinstance(value, dict):
        return value
    known = kinds[value[tag]]
    if value.keys() <= known:
        return value
    return {name: part for name, part in value.items() if name in known}
