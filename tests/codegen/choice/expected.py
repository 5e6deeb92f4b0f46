# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Choice: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Literal, NotRequired, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class Person(TypedDict):
    """A person."""

    kind: Literal["person"]
    name: NotRequired[str]


class Trader(TypedDict):
    """A person with a tax number."""

    kind: Literal["trader"]
    tin: str


class Company(TypedDict):
    """A company."""

    kind: Literal["company"]
    name: NotRequired[str]


Thing = Person | Trader | Company
"""One of three, by its kind."""


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def person_to_changes(body: Person) -> Changes:
    """What Person changes in the profile."""
    changes: Changes = {}
    changes["account.kind"] = body["kind"]
    if "name" in body:
        changes["name.given"] = body["name"]
    return changes


def trader_to_changes(body: Trader) -> Changes:
    """What Trader changes in the profile."""
    changes: Changes = {}
    changes["account.kind"] = body["kind"]
    changes["tax.tin"] = body["tin"]
    return changes


def company_to_changes(body: Company) -> Changes:
    """What Company changes in the profile."""
    changes: Changes = {}
    changes["account.kind"] = body["kind"]
    if "name" in body:
        changes["organization.legal_name"] = body["name"]
    return changes


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    if body["kind"] == "person":
        return person_to_changes(body)
    if body["kind"] == "trader":
        return trader_to_changes(body)
    return company_to_changes(body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "account.kind": "kind",
    "name.given": "name",
    "tax.tin": "tin",
    "organization.legal_name": "name",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
