# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Required, optional and nullable properties: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation

Gender = str | None
"""Null by its own name is null by way of allOf too."""


class Thing(TypedDict):
    """A required property is always taken, an optional one if it is sent, a nullable one if it
    is sent and not null.
    """

    given: str
    middle: NotRequired[str]
    family: str | None
    email: NotRequired[str | None]
    version: NotRequired[int]
    share: NotRequired[float]
    active: NotRequired[bool]
    gender: NotRequired[Gender]
    remark: NotRequired[str]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    changes["name.given"] = body["given"]
    if "middle" in body:
        changes["name.middle"] = body["middle"]
    if (family := body.get("family")) is not None:
        changes["name.family"] = family
    if (email := body.get("email")) is not None:
        changes["email"] = email
    if "version" in body:
        changes["account.version"] = body["version"]
    if "share" in body:
        changes["account.share"] = body["share"]
    if "active" in body:
        changes["account.active"] = body["active"]
    if (gender := body.get("gender")) is not None:
        changes["gender"] = gender
    return changes


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    if "name.given" in fields:
        body["given"] = fields["name.given"]
    if "name.middle" in fields:
        body["middle"] = fields["name.middle"]
    if "name.family" in fields:
        body["family"] = fields["name.family"]
    if "email" in fields:
        body["email"] = fields["email"]
    if "account.version" in fields:
        body["version"] = fields["account.version"]
    if "account.share" in fields:
        body["share"] = fields["account.share"]
    if "account.active" in fields:
        body["active"] = fields["account.active"]
    if "gender" in fields:
        body["gender"] = fields["gender"]
    return cast(Thing, body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "given",
    "name.middle": "middle",
    "name.family": "family",
    "email": "email",
    "account.version": "version",
    "account.share": "share",
    "account.active": "active",
    "gender": "gender",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(Representation("Thing", {}, thing_from_fields),),
    updates=(),
)
"""Everything that the engine knows of this provider."""
