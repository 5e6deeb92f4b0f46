# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Kinds of accounts: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import Lock, LockRules, LockTable
from profilegate.profile.mapping import ProfileMapping


class Thing(TypedDict, total=False):
    """The body has the properties of both; each kind has a mapping of its own."""

    name: str
    email: str
    website: str
    contact: str


class ShownPerson(TypedDict):
    """What is shown of a person."""

    id: str
    name: NotRequired[str]


class ShownCompany(TypedDict, total=False):
    """What is shown of a company."""

    name: str


ShownThing = ShownPerson | ShownCompany
"""A person or a company."""


class Person(TypedDict, total=False):
    """What is taken of a person."""

    name: str
    email: str


class Company(TypedDict, total=False):
    """What is taken of a company; its contact is called email, as the first schema does."""

    name: str
    website: str
    contact: str


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> ShownThing:
        """POST /thing: Update a thing"""
        ...


def person_to_changes(body: Person) -> Changes:
    """What Person changes in the profile."""
    changes: Changes = {}
    if "name" in body:
        changes["name.given"] = body["name"]
    if "email" in body:
        changes["email"] = body["email"]
    return changes


def company_to_changes(body: Company) -> Changes:
    """What Company changes in the profile."""
    changes: Changes = {}
    if "name" in body:
        changes["organization.legal_name"] = body["name"]
    if "website" in body:
        changes["organization.website"] = body["website"]
    if "contact" in body:
        changes["email"] = body["contact"]
    return changes


def thing_to_changes(body: Thing, account: Fields) -> Changes:
    """What Thing changes in the profile."""
    if account.get("account.business") is True and account.get("account.country") == "US":
        return company_to_changes(cast(Company, body))
    return person_to_changes(cast(Person, body))


def shown_person_from_fields(fields: Fields) -> ShownPerson:
    """The profile as ShownPerson shows it."""
    body: dict[str, Any] = {}
    if "account.id" in fields:
        body["id"] = fields["account.id"]
    if "name.given" in fields:
        body["name"] = fields["name.given"]
    return cast(ShownPerson, body)


def shown_company_from_fields(fields: Fields) -> ShownCompany:
    """The profile as ShownCompany shows it."""
    body: ShownCompany = {}
    if "organization.legal_name" in fields:
        body["name"] = fields["organization.legal_name"]
    return body


def shown_thing_from_fields(fields: Fields) -> ShownThing:
    """The profile as ShownThing shows it."""
    if fields.get("account.business") is True and fields.get("account.country") == "US":
        return shown_company_from_fields(fields)
    return shown_person_from_fields(fields)


RULES = LockRules(
    states={"closed": {"account.open": False}},
    tables=(
        LockTable(
            applies={"account.business": False},
            locks=(Lock("name.given", "closed"),),
        ),
        LockTable(
            applies={"account.business": True, "account.country": "US"},
            locks=(Lock("organization.legal_name", "always"),),
        ),
    ),
)
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "name",
    "email": "email",
    "organization.legal_name": "name",
    "organization.website": "website",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
