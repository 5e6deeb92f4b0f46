# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Inheritance: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation


class Named(TypedDict):
    """A part with a mapping of its own."""

    given: str
    family: NotRequired[str]


class Remarked(TypedDict, total=False):
    """A part that lives nowhere in the profile."""

    remark: str


class Thing(Named, Remarked):
    """What all parts of allOf have, and its own."""

    email: str


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def named_to_changes(body: Named) -> Changes:
    """What Named changes in the profile."""
    changes: Changes = {}
    changes["name.given"] = body["given"]
    if "family" in body:
        changes["name.family"] = body["family"]
    return changes


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = named_to_changes(body)
    changes["email"] = body["email"]
    return changes


def named_from_fields(fields: Fields) -> Named:
    """The profile as Named shows it."""
    body: dict[str, Any] = {}
    if "name.given" in fields:
        body["given"] = fields["name.given"]
    if "name.family" in fields:
        body["family"] = fields["name.family"]
    return cast(Named, body)


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {**named_from_fields(fields)}
    if "email" in fields:
        body["email"] = fields["email"]
    return cast(Thing, body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "given",
    "name.family": "family",
    "email": "email",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(Representation("Thing", {}, thing_from_fields),),
    updates=(),
)
"""Everything that the engine knows of this provider."""
