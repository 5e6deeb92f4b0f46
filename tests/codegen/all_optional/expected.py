# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Properties that are all optional: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class Thing(TypedDict, total=False):
    """Nothing is required."""

    given: str
    family: str


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if "given" in body:
        changes["name.given"] = body["given"]
    if "family" in body:
        changes["name.family"] = body["family"]
    return changes


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "given",
    "name.family": "family",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
