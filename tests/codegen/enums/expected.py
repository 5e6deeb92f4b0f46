# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Enumerations: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Literal, NotRequired, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping

Size = Literal["SMALL", "LARGE"]
"""A short list with a name."""


# fmt: off
Code = Literal[
    "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "B1", "B2", "B3", "B4", "B5", "B6",
    "B7", "B8", "B9", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "D1", "D2", "D3",
    "D4", "D5", "D6", "D7", "D8", "D9", "E1", "E2", "E3", "E4", "E5",
]
# fmt: on
"""More than forty words are packed into rows."""


class Thing(TypedDict):
    """A short list of words stands in the type, a named one is an alias."""

    gender: Literal["male", "female", "other"]
    occupation: NotRequired[Literal["student", "other"] | None]
    level: NotRequired[Literal[1, 2]]
    active: NotRequired[Literal[True]]
    size: NotRequired[Size]
    code: NotRequired[Code]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    changes["gender"] = body["gender"]
    if (occupation := body.get("occupation")) is not None:
        changes["occupation"] = occupation
    if "level" in body:
        changes["account.level"] = body["level"]
    if "active" in body:
        changes["account.active"] = body["active"]
    if "size" in body:
        changes["organization.size"] = body["size"]
    if "code" in body:
        changes["account.code"] = body["code"]
    return changes


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "gender": "gender",
    "occupation": "occupation",
    "account.level": "level",
    "account.active": "active",
    "organization.size": "size",
    "account.code": "code",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
