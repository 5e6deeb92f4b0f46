# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""A parameter whose argument has another name: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Protocol

from profilegate.gateway.call import Call
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def show_thing(self, call: Call, *, thing_id: str | None = None) -> None:
        """GET /thing: show_thing"""
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
