# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Objects that are replaced whole: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes, Fields
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


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if (residence := body.get("residence")) is not None:
        changes["addresses.residential.line1"] = residence["line1"]
        changes["addresses.residential.line2"] = residence.get("line2")
        changes["addresses.residential.city"] = residence.get("city")
        residence_country = residence.get("country")
        changes["addresses.residential.country"] = (
            None if residence_country is None else codecs.country_code.store(residence_country)
        )
    return changes


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    residence: dict[str, Any] = {}
    if "addresses.residential.line1" in fields:
        residence["line1"] = fields["addresses.residential.line1"]
    if "addresses.residential.line2" in fields:
        residence["line2"] = fields["addresses.residential.line2"]
    if "addresses.residential.city" in fields:
        residence["city"] = fields["addresses.residential.city"]
    if (
        residence_country := codecs.country_code.show(fields.get("addresses.residential.country"))
    ) is not None:
        residence["country"] = residence_country
    if residence.keys() >= {"line1"}:
        body["residence"] = residence
    return cast(Thing, body)


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
"""All that the engine must know of this provider."""
