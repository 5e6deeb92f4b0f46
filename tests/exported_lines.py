"""Invalid lines of an import: an exported profile with one change, and the expected message.

The HTTP API and the command line report the same message. Where the wrong value could be personal,
it is SECRET, so that a test notices a message that repeats it.
"""

from collections.abc import Callable, Mapping
from typing import Any

Line = dict[str, Any]
Change = Callable[[Line], Any]

SECRET = "Zoe Quinn"


def with_field(path: str, value: Any) -> Change:
    """Set a shared field."""
    return lambda line: {**line, "fields": {**line["fields"], path: value}}


def with_account(**more: Any) -> Change:
    """Set members of the first account."""
    return lambda line: {**line, "accounts": [{**line["accounts"][0], **more}]}


def with_own(**more: Any) -> Change:
    """Set own fields of the first account, named without their prefix."""

    def change(line: Line) -> Any:
        own = {**line["accounts"][0]["fields"], **{f"account.{k}": v for k, v in more.items()}}
        return with_account(fields=own)(line)

    return change


def without_own(path: str) -> Change:
    """Remove an own field of the first account."""

    def change(line: Line) -> Any:
        own = {k: v for k, v in line["accounts"][0]["fields"].items() if k != path}
        return with_account(fields=own)(line)

    return change


DATE = "must be a date as YYYY-MM-DD"
COUNT = "fields.activity.transactions_per_month must be a whole number"
DOCUMENT_ID = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1eff"

BAD: Mapping[str, tuple[Change, str]] = {
    "an unknown field": (
        with_field(f"name.{SECRET}", "Z"),
        "fields may only hold the fields that docs/fields.md lists",
    ),
    "an account's field among the shared ones": (
        with_field("account.status", "VERIFIED"),
        "fields may only hold the fields that docs/fields.md lists",
    ),
    "a name that is a number": (with_field("name.given", 5), "fields.name.given must be text"),
    "a name in a form": (
        with_field("name.given", {"country-name": SECRET}),
        "fields.name.given must be text",
    ),
    "null": (with_field("name.given", None), "fields.name.given must be text"),
    "an impossible date": (
        with_field("birth.date", "1990-02-30"),
        f"fields.birth.date {DATE}",
    ),
    "a date with a name in it": (with_field("birth.date", SECRET), f"fields.birth.date {DATE}"),
    "a country in two forms": (
        with_field("birth.country", {"a": "A", "b": "B"}),
        "fields.birth.country must be text, or one text under the name of its form",
    ),
    "a country in a form that is no text": (
        with_field("birth.country", {"country-name": [SECRET]}),
        "fields.birth.country must be text",
    ),
    "a list of numbers": (
        with_field("nationalities", ["DE", 1]),
        "fields.nationalities[1] must be text",
    ),
    "tax numbers that are not a list": (with_field("tax.ids", 5), "fields.tax.ids must be a list"),
    "a tax number without a country": (
        with_field("tax.ids", [{"id": SECRET}]),
        "fields.tax.ids[0].country is required",
    ),
    "a tax number with a remark": (
        with_field("tax.ids", [{"id": "1", "country": "DE", SECRET: SECRET}]),
        "fields.tax.ids[0] may only hold id, country",
    ),
    "documents that are not a list": (
        with_field("documents.virtual", {"type": "SSN"}),
        "fields.documents.virtual must be a list",
    ),
    "a document without a type": (
        with_field("documents.virtual", [{"id": "1"}]),
        "fields.documents.virtual[0].type is required",
    ),
    "a document with a number in it": (
        with_field("documents.virtual", [{"id": DOCUMENT_ID, "type": "SSN", SECRET: 5}]),
        "fields.documents.virtual[0] may only hold type, id, value",
    ),
    "a count that is a text": (with_field("activity.transactions_per_month", "1"), COUNT),
    "a count that is true": (with_field("activity.transactions_per_month", True), COUNT),
    "a count of ten digits": (
        with_field("activity.transactions_per_month", 10**9),
        "fields.activity.transactions_per_month must be at most 999999999",
    ),
    "a count below zero": (
        with_field("activity.transactions_per_month", -1),
        "fields.activity.transactions_per_month must be at least 0",
    ),
    "an unknown provider": (
        with_account(provider=SECRET),
        "accounts[0].provider must be one of the providers that are served here",
    ),
    "the admin API as a provider": (
        with_account(provider="profiles"),
        "accounts[0].provider must be one of the providers that are served here",
    ),
    "an external id that breaks the provider's rule": (
        with_account(external_id=SECRET),
        "accounts[0].external_id must match ^",
    ),
    "an id of another account": (
        with_own(id=SECRET),
        "accounts[0].fields.account.id must be the same as external_id",
    ),
    "an account without a required field": (
        without_own("account.business"),
        "accounts[0].fields.account.business is required",
    ),
    "an account's field of another type": (
        with_own(business=SECRET),
        "accounts[0].fields.account.business must be true or false",
    ),
    "an account's field that breaks the provider's rule": (
        with_own(status=SECRET),
        "accounts[0].fields.account.status must be one of UNVERIFIED, ",
    ),
    "a shared field among the account's own": (
        lambda line: with_account(fields={**line["accounts"][0]["fields"], "name.given": SECRET})(
            line
        ),
        "accounts[0].fields may only hold names that begin with account.",
    ),
    "a content without a type": (
        lambda line: {
            **line,
            "documents": [
                {
                    "id": DOCUMENT_ID,
                    "path": "documents.physical",
                    "archived_at": None,
                    "document": {"front": SECRET},
                }
            ],
        },
        "documents[0].document.type is required",
    ),
    "a time that UTC does not have": (
        lambda line: {
            **line,
            "documents": [
                {
                    "id": DOCUMENT_ID,
                    "path": "documents.physical",
                    "archived_at": "0001-01-01T00:00:00+10:00",
                    "document": {"type": "PASSPORT", "front": SECRET},
                }
            ],
        },
        "documents[0].archived_at must be a date and time",
    ),
    "an account without its tenant": (
        with_account(tenant=None),
        "accounts[0].tenant is required",
    ),
    "a tenant at a provider without tenants": (
        with_account(provider="navixy", external_id="1009", tenant=SECRET),
        "accounts[0].tenant must be absent: this provider has no tenants",
    ),
    "an unknown member": (
        lambda line: {**line, SECRET: SECRET},
        "the profile may only hold id, fields, accounts, documents, version",
    ),
    "an id in capital letters": (
        lambda line: {**line, "id": line["id"].upper()},
        "id must be a UUID",
    ),
}
"""Lines that are valid by the schema of the HTTP API but are not a valid profile."""

BAD_IN_FORM: Mapping[str, tuple[Change, str]] = {
    "fields in a list": (lambda line: {**line, "fields": [SECRET]}, "fields must be an object"),
    "accounts that are not a list": (
        lambda line: {**line, "accounts": {SECRET: 1}},
        "accounts must be a list",
    ),
    "an account that is a text": (
        lambda line: {**line, "accounts": [SECRET]},
        "accounts[0] must be an object",
    ),
    "a tenant that is a number": (
        with_account(tenant=5),
        "accounts[0].tenant must be text or null",
    ),
    "an account's fields in a list": (
        with_account(fields=[SECRET]),
        "accounts[0].fields must be an object",
    ),
    "a document of the wrong types": (
        lambda line: {
            **line,
            "documents": [
                {"id": SECRET, "path": SECRET, "archived_at": SECRET, "document": SECRET}
            ],
        },
        "documents[0].id must be a UUID; documents[0].path must be documents.physical; "
        "documents[0].archived_at must be a date and time as YYYY-MM-DDThh:mm:ssZ; "
        "documents[0].document must be an object",
    ),
    "a NUL in a name": (
        with_field("name.given", "Zoe\0Quinn"),
        "fields.name.given must not contain the NUL character",
    ),
    "a NUL in an account's own field": (
        with_own(ip_address="Zoe\0Quinn"),
        "accounts[0].fields must not contain the NUL character",
    ),
    "no object at all": (lambda line: [line], "the profile must be an object"),
}
"""Lines that the schema of the HTTP API rejects; the command line has no schema."""
