# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Null removes what is there: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class Name(TypedDict, total=False):
    """A name."""

    given: str | None
    family: str | None


class ThingEmployer(TypedDict, total=False):
    """ThingEmployer"""

    name: str | None


class ThingTaxIdsItem(TypedDict, total=False):
    """ThingTaxIdsItem"""

    id: str | None


class Thing(TypedDict, total=False):
    """Null removes a value, and all the parts of an object; in an item it is not kept."""

    name: Name | None
    email: str | None
    phone: str | None
    gender: str
    employer: ThingEmployer | None
    tax_ids: list[ThingTaxIdsItem] | None


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing | None = None) -> None:
        """PATCH /thing: Update a thing"""
        ...


def _name_to_changes(body: Name) -> Changes:
    """What Name changes in the profile."""
    changes: Changes = {}
    if "given" in body:
        changes["name.given"] = body["given"]
    if "family" in body:
        changes["name.family"] = body["family"]
    return changes


def _thing_employer_to_changes(body: ThingEmployer) -> Changes:
    """What ThingEmployer changes in the profile."""
    changes: Changes = {}
    if "name" in body:
        changes["employer.name"] = body["name"]
    return changes


def _thing_tax_ids_item_to_stored(item: ThingTaxIdsItem) -> dict[str, Any]:
    """What ThingTaxIdsItem is in the profile."""
    stored: dict[str, Any] = {}
    if (id := item.get("id")) is not None:
        stored["id"] = id
    return stored


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if "name" in body:
        if (name := body["name"]) is None:
            changes |= dict.fromkeys(
                (
                    "name.given",
                    "name.family",
                )
            )
        else:
            changes |= _name_to_changes(name)
    if "email" in body:
        changes["email"] = body["email"]
    if "phone" in body:
        phone = body["phone"]
        changes["phone"] = None if phone is None else codecs.phone.store(phone)
    if "gender" in body:
        changes["gender"] = body["gender"]
    if "employer" in body:
        if (employer := body["employer"]) is None:
            changes |= dict.fromkeys(("employer.name",))
        else:
            changes |= _thing_employer_to_changes(employer)
    if "tax_ids" in body:
        tax_ids = body["tax_ids"]
        changes["tax.ids"] = (
            None if tax_ids is None else [_thing_tax_ids_item_to_stored(item) for item in tax_ids]
        )
    return changes


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "name.given",
    "name.family": "name.family",
    "email": "email",
    "phone": "phone",
    "gender": "gender",
    "employer.name": "employer.name",
    "tax.ids": "tax_ids",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
