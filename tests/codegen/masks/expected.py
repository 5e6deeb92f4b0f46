# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Masks: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs, masks
from profilegate.profile.fields import Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation


class Paper(TypedDict):
    """A document that is masked if it is of a certain type."""

    kind: str
    number: str
    authority: NotRequired[str]


class Thing(TypedDict, total=False):
    """What is masked is kept whole and shown in part."""

    tin: str
    phone: str
    papers: list[Paper]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def show_thing(self, call: Call) -> Thing:
        """GET /thing: Show a thing"""
        ...


def _paper_from_stored(item: dict[str, Any]) -> Paper:
    """Paper as this provider shows it."""
    shown: dict[str, Any] = {}
    if "type" in item:
        shown["kind"] = item["type"]
    if "value" in item:
        shown["number"] = (
            masks.last4(item["value"]) if item["type"] in {"SSN", "PASSPORT"} else item["value"]
        )
    if "issuing_authority" in item:
        shown["authority"] = masks.last4(item["issuing_authority"])
    return cast(Paper, shown)


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: Thing = {}
    if "tax.tin" in fields:
        body["tin"] = masks.last4(fields["tax.tin"])
    if (phone := codecs.phone_digits.show(fields.get("phone"))) is not None:
        body["phone"] = masks.last4(phone)
    if "documents.virtual" in fields:
        body["papers"] = [_paper_from_stored(item) for item in fields["documents.virtual"]]
    return body


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(Representation("Thing", {}, thing_from_fields),),
    updates=(),
)
"""Everything that the engine knows of this provider."""
