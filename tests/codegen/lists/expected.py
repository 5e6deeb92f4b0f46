# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Lists: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class TaxId(TypedDict):
    """A number and what goes with it."""

    id: str
    since: str | None
    until: NotRequired[str | None]
    note: NotRequired[str]
    remark: NotRequired[str]


class ThingPapersItemIssuer(TypedDict, total=False):
    """An object within an item."""

    country: str


class ThingPapersItem(TypedDict):
    """An item without a name is called after its list."""

    kind: str
    issuer: NotRequired[ThingPapersItemIssuer]


class Thing(TypedDict):
    """A list of plain values is taken as it is, items with parts are translated."""

    nationalities: NotRequired[list[str] | None]
    tax_ids: list[TaxId]
    papers: NotRequired[list[ThingPapersItem]]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> None:
        """POST /thing: Update a thing"""
        ...


def _stored_tax_id(item: TaxId) -> dict[str, Any]:
    """TaxId as the profile keeps it."""
    stored: dict[str, Any] = {}
    stored["id"] = item["id"]
    if (since := item.get("since")) is not None:
        stored["since"] = since
    if (until := item.get("until")) is not None:
        stored["until"] = until
    if "note" in item:
        stored["note"] = item["note"]
    return stored


def _stored_thing_papers_item(item: ThingPapersItem) -> dict[str, Any]:
    """ThingPapersItem as the profile keeps it."""
    stored: dict[str, Any] = {}
    stored["type"] = item["kind"]
    if (issuer := item.get("issuer")) is not None and "country" in issuer:
        stored["country"] = codecs.country_name.store(issuer["country"])
    return stored


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if (nationalities := body.get("nationalities")) is not None:
        changes["nationalities"] = nationalities
    changes["tax.ids"] = [_stored_tax_id(item) for item in body["tax_ids"]]
    if "papers" in body:
        changes["documents.virtual"] = [_stored_thing_papers_item(item) for item in body["papers"]]
    return changes


def _shown_tax_id(item: dict[str, Any]) -> dict[str, Any]:
    """TaxId as this provider shows it."""
    shown: dict[str, Any] = {}
    if "id" in item:
        shown["id"] = item["id"]
    if "since" in item:
        shown["since"] = item["since"]
    if "until" in item:
        shown["until"] = item["until"]
    if "note" in item:
        shown["note"] = item["note"]
    return shown


def _shown_thing_papers_item(item: dict[str, Any]) -> dict[str, Any]:
    """ThingPapersItem as this provider shows it."""
    shown: dict[str, Any] = {}
    if "type" in item:
        shown["kind"] = item["type"]
    issuer: dict[str, Any] = {}
    if (issuer_country := codecs.country_name.show(item.get("country"))) is not None:
        issuer["country"] = issuer_country
    if issuer:
        shown["issuer"] = issuer
    return shown


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    if "nationalities" in fields:
        body["nationalities"] = fields["nationalities"]
    if "tax.ids" in fields:
        body["tax_ids"] = [_shown_tax_id(item) for item in fields["tax.ids"]]
    if "documents.virtual" in fields:
        body["papers"] = [_shown_thing_papers_item(item) for item in fields["documents.virtual"]]
    return cast(Thing, body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "nationalities": "nationalities",
    "tax.ids": "tax_ids",
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
