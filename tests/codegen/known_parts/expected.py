# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Known parts: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Literal, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping
from profilegate.profile.union_members import known_parts


class Issued(TypedDict):
    """A number that somebody issued."""

    type: Literal["passport", "tax_id"]
    value: str


class Unknown(TypedDict):
    """Which one is not known."""

    type: Literal["unknown"]


class Thing(TypedDict, total=False):
    """A thing with an identifier that is kept as a whole."""

    identifier: Issued | Unknown | str


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """PATCH /thing: Update a thing"""
        ...


_PARTS_OF_IDENTIFIER: Mapping[str, frozenset[str]] = {
    "passport": frozenset({"type", "value"}),
    "tax_id": frozenset({"type", "value"}),
    "unknown": frozenset({"type"}),
}


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if "identifier" in body:
        changes["account.identifier"] = known_parts(
            body["identifier"], "type", _PARTS_OF_IDENTIFIER
        )
    return changes


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "account.identifier": "identifier",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
