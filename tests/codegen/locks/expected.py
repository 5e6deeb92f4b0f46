# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Locks: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields
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


def _stored_paper(item: Paper) -> dict[str, Any]:
    """Paper as the profile keeps it."""
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
    if (address := body.get("address")) is not None and "city" in address:
        changes["addresses.postal.city"] = address["city"]
    if "papers" in body:
        changes["documents.virtual"] = [_stored_paper(item) for item in body["papers"]]
    return changes


def _shown_paper(item: dict[str, Any]) -> dict[str, Any]:
    """Paper as this provider shows it."""
    shown: dict[str, Any] = {}
    if "type" in item:
        shown["kind"] = item["type"]
    return shown


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    if "name.given" in fields:
        body["given"] = fields["name.given"]
    if "name.family" in fields:
        body["family"] = fields["name.family"]
    if "name.middle" in fields:
        body["middle"] = fields["name.middle"]
    if "organization.size" in fields:
        body["size"] = fields["organization.size"]
    address: dict[str, Any] = {}
    if "addresses.postal.city" in fields:
        address["city"] = fields["addresses.postal.city"]
    if address:
        body["address"] = address
    if "documents.virtual" in fields:
        body["papers"] = [_shown_paper(item) for item in fields["documents.virtual"]]
    return cast(Thing, body)


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
"""All that the engine must know of this provider."""
