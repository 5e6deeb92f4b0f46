# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Nested objects: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation


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


def _person_to_changes(body: Person) -> Changes:
    """What Person changes in the profile."""
    changes: Changes = {}
    changes["name.family"] = body["family"]
    return changes


def _thing_address_lines_to_changes(body: ThingAddressLines) -> Changes:
    """What ThingAddressLines changes in the profile."""
    changes: Changes = {}
    changes["addresses.postal.line1"] = body["first"]
    if "second" in body:
        changes["addresses.postal.line2"] = body["second"]
    return changes


def _thing_address_to_changes(body: ThingAddress) -> Changes:
    """What ThingAddress changes in the profile."""
    changes: Changes = {}
    if "city" in body:
        changes["addresses.postal.city"] = body["city"]
    if (lines := body.get("lines")) is not None:
        changes |= _thing_address_lines_to_changes(lines)
    return changes


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if (person := body.get("person")) is not None:
        changes |= _person_to_changes(person)
    if (address := body.get("address")) is not None:
        changes |= _thing_address_to_changes(address)
    return changes


def _person_from_fields(fields: Fields) -> Person:
    """The profile as Person shows it."""
    body: dict[str, Any] = {}
    if "name.family" in fields:
        body["family"] = fields["name.family"]
    return cast(Person, body)


def _thing_address_lines_from_fields(fields: Fields) -> ThingAddressLines:
    """The profile as ThingAddressLines shows it."""
    body: dict[str, Any] = {}
    if "addresses.postal.line1" in fields:
        body["first"] = fields["addresses.postal.line1"]
    if "addresses.postal.line2" in fields:
        body["second"] = fields["addresses.postal.line2"]
    return cast(ThingAddressLines, body)


def _thing_address_from_fields(fields: Fields) -> ThingAddress:
    """The profile as ThingAddress shows it."""
    body: ThingAddress = {}
    if "addresses.postal.city" in fields:
        body["city"] = fields["addresses.postal.city"]
    lines = _thing_address_lines_from_fields(fields)
    if lines.keys() >= {"first"}:
        body["lines"] = lines
    return body


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    person = _person_from_fields(fields)
    if person.keys() >= {"family"}:
        body["person"] = person
    address = _thing_address_from_fields(fields)
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
    representations=(Representation("Thing", {}, thing_from_fields),),
    updates=(),
)
"""Everything that the engine knows of this provider."""
