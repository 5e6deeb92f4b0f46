"""An account's own fields that a spec names: in properties, in lock states and in requirements."""

from collections.abc import Iterator
from typing import Any

from profilegate.openapi.spec import Spec
from profilegate.profile.fields import ACCOUNT_PREFIX

_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", list: "array"}


def own_fields(spec: Spec) -> dict[str, str]:
    """The paths below ``account.``, each with its JSON type."""
    found: dict[str, str] = {}
    for path, kind in _named(spec.document):
        if path.startswith(ACCOUNT_PREFIX) and "[]" not in path:
            found.setdefault(path, kind if kind in _JSON_TYPES.values() else "string")
    return found


def _named(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for each in node:
            yield from _named(each)
    elif isinstance(node, dict):
        said = node.get("x-profile")
        if isinstance(said, dict):
            said = said.get("at")
        if isinstance(said, str):
            yield said, str(node.get("type", "string"))
        for states in (node.get("x-lock-states", {}), {"": node.get("x-requires", {})}):
            for state in states.values() if isinstance(states, dict) else ():
                yield from ((path, _JSON_TYPES.get(type(v), "string")) for path, v in state.items())
        for value in node.values():
            yield from _named(value)
