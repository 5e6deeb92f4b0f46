# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Media types with different schemas: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class Thing(TypedDict, total=False):
    """Thing"""

    name: str


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing | str) -> None:
        """POST /thing: update_thing"""
        ...


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
