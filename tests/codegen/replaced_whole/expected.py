# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Objects that are replaced whole: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import NotRequired, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class ThingResidence(TypedDict):
    """A part that is not sent, or null, is removed."""

    line1: str
    line2: NotRequired[str]
    city: NotRequired[str | None]
    country: NotRequired[str | None]


class Thing(TypedDict, total=False):
    """An object is sent with all its parts, or not at all."""

    residence: ThingResidence


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def _thing_residence_to_changes(body: ThingResidence) -> Changes:
    """What ThingResidence changes in the profile."""
    changes: Changes = {}
    changes["addresses.residential.line1"] = body["line1"]
    changes["addresses.residential.line2"] = body.get("line2")
    changes["addresses.residential.city"] = body.get("city")
    country = body.get("country")
    changes["addresses.residential.country"] = (
        None if country is None else codecs.country_code.store(country)
    )
    return changes


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if (residence := body.get("residence")) is not None:
        changes |= _thing_residence_to_changes(residence)
    return changes


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "addresses.residential.line1": "residence.line1",
    "addresses.residential.line2": "residence.line2",
    "addresses.residential.city": "residence.city",
    "addresses.residential.country": "residence.country",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
