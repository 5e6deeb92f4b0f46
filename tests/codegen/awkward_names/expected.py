# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Awkward "names": types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields
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
    if (changes_ := body.get("changes")) is not None and (
        changes__fields := changes_.get("fields")
    ) is not None:
        changes["account.changes"] = changes__fields
    if "mood" in body:
        changes["account.mood"] = body["mood"]
    return changes


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    if "name.given" in fields:
        body["first-name"] = fields["name.given"]
    if "account.said" in fields:
        body['say "it"'] = fields["account.said"]
    if "account.class" in fields:
        body["class"] = fields["account.class"]
    if "account.body" in fields:
        body["body"] = fields["account.body"]
    if "account.factor" in fields:
        body["2fa"] = fields["account.factor"]
    changes_: dict[str, Any] = {}
    if "account.changes" in fields:
        changes_["fields"] = fields["account.changes"]
    if changes_:
        body["changes"] = changes_
    if "account.mood" in fields:
        body["mood"] = fields["account.mood"]
    return cast(Thing, body)


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
"""All that the engine must know of this provider."""
