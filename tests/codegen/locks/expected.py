# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Locks: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes
from profilegate.profile.locks import Lock, LockRules, LockTable
from profilegate.profile.mapping import ProfileMapping

Size = str
"""A lock may stand beside the named type."""


class ThingAddress(TypedDict, total=False):
    """ThingAddress"""

    city: str


class Paper(TypedDict):
    """A document."""

    kind: str


class Thing(TypedDict, total=False):
    """What is locked, and when."""

    given: str
    family: str
    middle: str
    size: Size
    address: ThingAddress
    papers: list[Paper]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def _thing_address_to_changes(body: ThingAddress) -> Changes:
    """What ThingAddress changes in the profile."""
    changes: Changes = {}
    if "city" in body:
        changes["addresses.postal.city"] = body["city"]
    return changes


def _paper_to_stored(item: Paper) -> dict[str, Any]:
    """What Paper is in the profile."""
    stored: dict[str, Any] = {}
    stored["type"] = item["kind"]
    return stored


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if "given" in body:
        changes["name.given"] = body["given"]
    if "family" in body:
        changes["name.family"] = body["family"]
    if "middle" in body:
        changes["name.middle"] = body["middle"]
    if "size" in body:
        changes["organization.size"] = body["size"]
    if (address := body.get("address")) is not None:
        changes |= _thing_address_to_changes(address)
    if "papers" in body:
        changes["documents.virtual"] = [_paper_to_stored(item) for item in body["papers"]]
    return changes


RULES = LockRules(
    states={
        "verified": {"account.status": "VERIFIED"},
        "frozen": {"account.frozen": True, "account.level": 3},
    },
    tables=(
        LockTable(
            applies={},
            locks=(
                Lock("name.given", "verified"),
                Lock("name.family", "always"),
                Lock("organization.size", "verified"),
                Lock("addresses.postal.city", "frozen"),
                Lock("documents.virtual", "verified", frozenset({"SSN", "EIN"})),
            ),
        ),
    ),
)
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "given",
    "name.family": "family",
    "name.middle": "middle",
    "organization.size": "size",
    "addresses.postal.city": "address.city",
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
