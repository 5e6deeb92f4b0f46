# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Choice: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields
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


def person_from_fields(fields: Fields) -> Person:
    """The profile as Person shows it."""
    body: dict[str, Any] = {}
    if "account.kind" in fields:
        body["kind"] = fields["account.kind"]
    if "name.given" in fields:
        body["name"] = fields["name.given"]
    return cast(Person, body)


def trader_from_fields(fields: Fields) -> Trader:
    """The profile as Trader shows it."""
    body: dict[str, Any] = {}
    if "account.kind" in fields:
        body["kind"] = fields["account.kind"]
    if "tax.tin" in fields:
        body["tin"] = fields["tax.tin"]
    return cast(Trader, body)


def company_from_fields(fields: Fields) -> Company:
    """The profile as Company shows it."""
    body: dict[str, Any] = {}
    if "account.kind" in fields:
        body["kind"] = fields["account.kind"]
    if "organization.legal_name" in fields:
        body["name"] = fields["organization.legal_name"]
    return cast(Company, body)


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
"""All that the engine must know of this provider."""
