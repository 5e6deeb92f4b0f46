# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Nested objects: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class Person(TypedDict):
    """Who it is."""

    family: str


class ThingAddressLines(TypedDict):
    """Two levels down."""

    first: str
    second: NotRequired[str]


class ThingAddress(TypedDict, total=False):
    """An object without a name is called after its place."""

    city: str
    lines: ThingAddressLines


class ThingExtra(TypedDict, total=False):
    """Lives nowhere in the profile, so it is checked and ignored."""

    remark: str


class Thing(TypedDict):
    """Parts of an object are taken one by one; what is not sent stays."""

    person: Person | None
    address: NotRequired[ThingAddress]
    extra: NotRequired[ThingExtra]
    free: NotRequired[dict[str, Any]]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if (person := body.get("person")) is not None:
        changes["name.family"] = person["family"]
    if (address := body.get("address")) is not None:
        if "city" in address:
            changes["addresses.postal.city"] = address["city"]
        if (address_lines := address.get("lines")) is not None:
            changes["addresses.postal.line1"] = address_lines["first"]
            if "second" in address_lines:
                changes["addresses.postal.line2"] = address_lines["second"]
    return changes


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    person: dict[str, Any] = {}
    if "name.family" in fields:
        person["family"] = fields["name.family"]
    if person.keys() >= {"family"}:
        body["person"] = person
    address: dict[str, Any] = {}
    if "addresses.postal.city" in fields:
        address["city"] = fields["addresses.postal.city"]
    address_lines: dict[str, Any] = {}
    if "addresses.postal.line1" in fields:
        address_lines["first"] = fields["addresses.postal.line1"]
    if "addresses.postal.line2" in fields:
        address_lines["second"] = fields["addresses.postal.line2"]
    if address_lines.keys() >= {"first"}:
        address["lines"] = address_lines
    if address:
        body["address"] = address
    return cast(Thing, body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.family": "person.family",
    "addresses.postal.city": "address.city",
    "addresses.postal.line1": "address.lines.first",
    "addresses.postal.line2": "address.lines.second",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""All that the engine must know of this provider."""
