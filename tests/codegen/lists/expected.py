# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Lists: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation


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


def _tax_id_to_stored(item: TaxId) -> dict[str, Any]:
    """What TaxId is in the profile."""
    stored: dict[str, Any] = {}
    stored["id"] = item["id"]
    if (since := item.get("since")) is not None:
        stored["since"] = since
    if (until := item.get("until")) is not None:
        stored["until"] = until
    if "note" in item:
        stored["note"] = item["note"]
    return stored


def _thing_papers_item_issuer_to_stored(item: ThingPapersItemIssuer) -> dict[str, Any]:
    """What ThingPapersItemIssuer is in the profile."""
    stored: dict[str, Any] = {}
    if "country" in item:
        stored["country"] = codecs.country_name.store(item["country"])
    return stored


def _thing_papers_item_to_stored(item: ThingPapersItem) -> dict[str, Any]:
    """What ThingPapersItem is in the profile."""
    stored: dict[str, Any] = {}
    stored["type"] = item["kind"]
    if (issuer := item.get("issuer")) is not None:
        stored |= _thing_papers_item_issuer_to_stored(issuer)
    return stored


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if (nationalities := body.get("nationalities")) is not None:
        changes["nationalities"] = nationalities
    changes["tax.ids"] = [_tax_id_to_stored(item) for item in body["tax_ids"]]
    if "papers" in body:
        changes["documents.virtual"] = [
            _thing_papers_item_to_stored(item) for item in body["papers"]
        ]
    return changes


def _tax_id_from_stored(item: dict[str, Any]) -> TaxId:
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
    return cast(TaxId, shown)


def _thing_papers_item_issuer_from_stored(item: dict[str, Any]) -> ThingPapersItemIssuer:
    """ThingPapersItemIssuer as this provider shows it."""
    shown: ThingPapersItemIssuer = {}
    if (country := codecs.country_name.show(item.get("country"))) is not None:
        shown["country"] = country
    return shown


def _thing_papers_item_from_stored(item: dict[str, Any]) -> ThingPapersItem:
    """ThingPapersItem as this provider shows it."""
    shown: dict[str, Any] = {}
    if "type" in item:
        shown["kind"] = item["type"]
    issuer = _thing_papers_item_issuer_from_stored(item)
    if issuer:
        shown["issuer"] = issuer
    return cast(ThingPapersItem, shown)


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: dict[str, Any] = {}
    if "nationalities" in fields:
        body["nationalities"] = fields["nationalities"]
    if "tax.ids" in fields:
        body["tax_ids"] = [_tax_id_from_stored(item) for item in fields["tax.ids"]]
    if "documents.virtual" in fields:
        body["papers"] = [
            _thing_papers_item_from_stored(item) for item in fields["documents.virtual"]
        ]
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
    representations=(Representation("Thing", {}, thing_from_fields),),
    updates=(),
)
"""Everything that the engine knows of this provider."""
