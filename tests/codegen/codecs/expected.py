# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Codecs: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation


class Thing(TypedDict):
    """A value with a common form goes through a codec, both ways."""

    phone: str
    country: NotRequired[str]
    born_in: NotRequired[str | None]
    transactions: NotRequired[int | str]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    changes["phone"] = codecs.phone_e164.store(body["phone"])
    if "country" in body:
        changes["addresses.postal.country"] = codecs.country_name.store(body["country"])
    if (born_in := body.get("born_in")) is not None:
        changes["birth.country"] = codecs.country_code.store(born_in)
    if "transactions" in body:
        changes["activity.transactions_per_month"] = codecs.whole_number.store(body["transactions"])
    return changes


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    if (phone := codecs.phone_e164.show(fields.get("phone"))) is not None:
        body["phone"] = phone
    if (country := codecs.country_name.show(fields.get("addresses.postal.country"))) is not None:
        body["country"] = country
    if (born_in := codecs.country_code.show(fields.get("birth.country"))) is not None:
        body["born_in"] = born_in
    if (
        transactions := codecs.whole_number.show(fields.get("activity.transactions_per_month"))
    ) is not None:
        body["transactions"] = transactions
    return cast(Thing, body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "phone": "phone",
    "addresses.postal.country": "country",
    "birth.country": "born_in",
    "activity.transactions_per_month": "transactions",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(Representation("Thing", {}, thing_from_fields),),
    updates=(),
)
"""Everything that the engine knows of this provider."""
