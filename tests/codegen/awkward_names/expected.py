# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Awkward "names": types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Literal, NotRequired, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class ThingChanges(TypedDict, total=False):
    """ThingChanges"""

    fields: str | None


Thing = TypedDict(
    "Thing",
    {
        "first-name": str,
        'say "it"': str,
        "class": NotRequired[str | None],
        "body": NotRequired[str | None],
        "2fa": NotRequired[str | None],
        "changes": NotRequired[ThingChanges],
        "mood": NotRequired[Literal['"fine"', "so\\so"]],
    },
)
"""A backslash \\d, \"""quotes\""" and the last "word\""""


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def _thing_changes_to_changes(body: ThingChanges) -> Changes:
    """What ThingChanges changes in the profile."""
    changes: Changes = {}
    if (fields_ := body.get("fields")) is not None:
        changes["account.changes"] = fields_
    return changes


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    changes["name.given"] = body["first-name"]
    changes["account.said"] = body['say "it"']
    if (class_ := body.get("class")) is not None:
        changes["account.class"] = class_
    if (body_ := body.get("body")) is not None:
        changes["account.body"] = body_
    if (_2fa := body.get("2fa")) is not None:
        changes["account.factor"] = _2fa
    if (changes_ := body.get("changes")) is not None:
        changes |= _thing_changes_to_changes(changes_)
    if "mood" in body:
        changes["account.mood"] = body["mood"]
    return changes


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "first-name",
    "account.said": 'say "it"',
    "account.class": "class",
    "account.body": "body",
    "account.factor": "2fa",
    "account.changes": "changes.fields",
    "account.mood": "mood",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
