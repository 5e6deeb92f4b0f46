# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""A body that is replaced whole: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import NotRequired, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, UpdateForm


class Named(TypedDict, total=False):
    """A part of a body, with an exception."""

    given: str
    phone: str | None


class Thing(Named):
    """A part that is not sent is removed, here and in what it inherits."""

    email: str
    gender: NotRequired[str | None]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def named_to_changes(body: Named) -> Changes:
    """What Named changes in the profile."""
    changes: Changes = {}
    changes["name.given"] = body.get("given")
    if (phone := body.get("phone")) is not None:
        changes["phone"] = codecs.phone_e164.store(phone)
    return changes


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = named_to_changes(body)
    changes["email"] = body["email"]
    changes["gender"] = body.get("gender")
    return changes


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "given",
    "phone": "phone",
    "email": "email",
    "gender": "gender",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(UpdateForm("update_thing", {}, thing_to_changes),),
)
"""Everything that the engine knows of this provider."""
