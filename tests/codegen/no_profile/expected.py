# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Nothing of it lives in the profile: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Protocol

from profilegate.gateway.call import Call
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def ping(self, call: Call) -> None:
        """GET /ping: Say that we are here."""
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
