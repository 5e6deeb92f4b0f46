# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Null removes what is there: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes, Fields
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


def _stored_thing_tax_ids_item(item: ThingTaxIdsItem) -> dict[str, Any]:
    """ThingTaxIdsItem as the profile keeps it."""
    stored: dict[str, Any] = {}
    if (id := item.get("id")) is not None:
        stored["id"] = id
    return stored


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if "name" in body:
        if (name := body["name"]) is None:
            changes |= dict.fromkeys(("name.given", "name.family"))
        else:
            if "given" in name:
                changes["name.given"] = name["given"]
            if "family" in name:
                changes["name.family"] = name["family"]
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
            if "name" in employer:
                changes["employer.name"] = employer["name"]
    if "tax_ids" in body:
        tax_ids = body["tax_ids"]
        changes["tax.ids"] = (
            None if tax_ids is None else [_stored_thing_tax_ids_item(item) for item in tax_ids]
        )
    return changes


def _shown_thing_tax_ids_item(item: dict[str, Any]) -> dict[str, Any]:
    """ThingTaxIdsItem as this provider shows it."""
    shown: dict[str, Any] = {}
    if "id" in item:
        shown["id"] = item["id"]
    return shown


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    name: dict[str, Any] = {}
    if "name.given" in fields:
        name["given"] = fields["name.given"]
    if "name.family" in fields:
        name["family"] = fields["name.family"]
    if name:
        body["name"] = name
    if "email" in fields:
        body["email"] = fields["email"]
    if (phone := codecs.phone.show(fields.get("phone"))) is not None:
        body["phone"] = phone
    if "gender" in fields:
        body["gender"] = fields["gender"]
    employer: dict[str, Any] = {}
    if "employer.name" in fields:
        employer["name"] = fields["employer.name"]
    if employer:
        body["employer"] = employer
    if "tax.ids" in fields:
        body["tax_ids"] = [_shown_thing_tax_ids_item(item) for item in fields["tax.ids"]]
    return cast(Thing, body)


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
"""All that the engine must know of this provider."""
