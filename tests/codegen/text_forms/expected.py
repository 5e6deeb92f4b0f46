# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Text forms: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation, UpdateForm
from profilegate.profile.text_forms import SentForm, TextForm


class Paper(TypedDict):
    """A document, whose state depends on the country in it."""

    kind: str
    country: NotRequired[str]
    state: NotRequired[str]


class Thing(TypedDict, total=False):
    """A text of another form is left out, and rejected where another value decides."""

    name: str
    country: str
    state: str
    papers: list[Paper]


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def update_thing(self, call: Call, *, body: Thing) -> Thing:
        """POST /thing: Update a thing"""
        ...


def _paper_to_stored(item: Paper) -> dict[str, Any]:
    """What Paper is in the profile."""
    stored: dict[str, Any] = {}
    stored["type"] = item["kind"]
    if "country" in item:
        stored["country"] = item["country"]
    if "state" in item:
        stored["region"] = item["state"]
    return stored


def thing_to_changes(body: Thing) -> Changes:
    """What Thing changes in the profile."""
    changes: Changes = {}
    if "name" in body:
        changes["name.given"] = body["name"]
    if "country" in body:
        changes["addresses.postal.country"] = codecs.country_code.store(body["country"])
    if "state" in body:
        changes["addresses.postal.region"] = body["state"]
    if "papers" in body:
        changes["documents.virtual"] = [_paper_to_stored(item) for item in body["papers"]]
    return changes


_FORM_OF_NAME = TextForm("^.+$")


_FORM_OF_COUNTRY = TextForm("^[A-Z]{2}$")


_FORM_OF_STATE = TextForm("^[A-Z0-9]{1,3}$", "addresses.postal.country", {"US": "^[A-Z]{2}$"})


_FORM_OF_STATE_2 = TextForm("^[A-Z0-9]{1,3}$", "country", {"US": "^[A-Z]{2}$"})


def _paper_from_stored(item: dict[str, Any]) -> Paper:
    """Paper as this provider shows it."""
    shown: dict[str, Any] = {}
    if "type" in item:
        shown["kind"] = item["type"]
    if "country" in item:
        shown["country"] = item["country"]
    if "region" in item and _FORM_OF_STATE_2.fits(item["region"], item):
        shown["state"] = item["region"]
    return cast(Paper, shown)


def thing_from_fields(fields: Fields) -> Thing:
    """The profile as Thing shows it."""
    body: Thing = {}
    if "name.given" in fields and _FORM_OF_NAME.fits(fields["name.given"], fields):
        body["name"] = fields["name.given"]
    if (
        country := codecs.country_code.show(fields.get("addresses.postal.country"))
    ) is not None and _FORM_OF_COUNTRY.fits(country, fields):
        body["country"] = country
    if "addresses.postal.region" in fields and _FORM_OF_STATE.fits(
        fields["addresses.postal.region"], fields
    ):
        body["state"] = fields["addresses.postal.region"]
    if "documents.virtual" in fields:
        body["papers"] = [_paper_from_stored(item) for item in fields["documents.virtual"]]
    return body


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "name",
    "addresses.postal.country": "country",
    "addresses.postal.region": "state",
    "documents.virtual": "papers",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(Representation("Thing", {}, thing_from_fields),),
    updates=(UpdateForm("update_thing", {}, thing_to_changes),),
    forms=(
        SentForm("addresses.postal.region", ("state",), _FORM_OF_STATE),
        SentForm("documents.virtual", ("papers", "state"), _FORM_OF_STATE_2, "region"),
    ),
)
"""Everything that the engine knows of this provider."""
