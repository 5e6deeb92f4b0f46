# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Masks that are sent back: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile import masks
from profilegate.profile.fields import Changes
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class Paper(TypedDict):
    """A document that is shown masked."""

    kind: str
    number: NotRequired[str]


class Thing(TypedDict, total=False):
    """A mask is no value; it stands for the stored one that is shown so."""

    papers: list[Paper]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def _paper_to_stored(item: Paper) -> dict[str, Any]:
    """What Paper is in the profile."""
    stored: dict[str, Any] = {}
    stored["type"] = item["kind"]
    if "number" in item:
        stored["value"] = masks.from_last4(item["number"])
    return stored


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if "papers" in body:
        changes["documents.virtual"] = [_paper_to_stored(item) for item in body["papers"]]
    return changes


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "documents.virtual": "papers",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
