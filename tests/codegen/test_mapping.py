"""Generated functions: the changes that a body makes, and the body that a profile gives."""

import importlib
from typing import Any

import pytest

CHANGES: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "a required value is stored": (
        "required_optional_nullable",
        "thing_to_changes",
        {"given": "Zoe", "family": "Quinn"},
        {"name.given": "Zoe", "name.family": "Quinn"},
    ),
    "an optional value is stored when it is sent, even an empty one": (
        "required_optional_nullable",
        "thing_to_changes",
        {"given": "Zoe", "family": "Quinn", "middle": "", "version": 0, "active": False},
        {
            "name.given": "Zoe",
            "name.middle": "",
            "name.family": "Quinn",
            "account.version": 0,
            "account.active": False,
        },
    ),
    "null is the same as not sent": (
        "required_optional_nullable",
        "thing_to_changes",
        {"given": "Zoe", "family": None, "email": None, "gender": None},
        {"name.given": "Zoe"},
    ),
    "where null removes, a value that is null goes, and all parts of an object that is": (
        "null_removes",
        "thing_to_changes",
        {"name": None, "email": None, "phone": None, "employer": None, "tax_ids": None},
        {
            "name.given": None,
            "name.family": None,
            "email": None,
            "phone": None,
            "employer.name": None,
            "tax.ids": None,
        },
    ),
    "where null removes, what is not sent stays": (
        "null_removes",
        "thing_to_changes",
        {"name": {"given": None}, "phone": "+12025550123", "employer": {}},
        {"name.given": None, "phone": "+12025550123"},
    ),
    "where null removes, null in an item of a list is nothing there": (
        "null_removes",
        "thing_to_changes",
        {"tax_ids": [{"id": None}, {"id": "1"}]},
        {"tax.ids": [{}, {"id": "1"}]},
    ),
    "nothing sent is nothing changed": ("all_optional", "thing_to_changes", {}, {}),
    "a property that lives nowhere is ignored": (
        "required_optional_nullable",
        "thing_to_changes",
        {"given": "Zoe", "family": None, "remark": "?", "unknown": "?"},
        {"name.given": "Zoe"},
    ),
    "parts of an object are stored one by one": (
        "nested_objects",
        "thing_to_changes",
        {"person": {"family": "Quinn"}, "address": {"lines": {"first": "1 Main St"}}},
        {"name.family": "Quinn", "addresses.postal.line1": "1 Main St"},
    ),
    "an object that may be null counts as not sent when it is, be it required": (
        "nested_objects",
        "thing_to_changes",
        {"person": None},
        {},
    ),
    "an object that is replaced whole removes what is not sent, or null": (
        "replaced_whole",
        "thing_to_changes",
        {"residence": {"line1": "1 Main St", "city": None}},
        {
            "addresses.residential.line1": "1 Main St",
            "addresses.residential.line2": None,
            "addresses.residential.city": None,
            "addresses.residential.country": None,
        },
    ),
    "an object that is replaced whole is untouched when it is not sent": (
        "replaced_whole",
        "thing_to_changes",
        {},
        {},
    ),
    "a body that is replaced whole removes what is not sent, save for what stays": (
        "body_replaced_whole",
        "thing_to_changes",
        {"email": "zoe@example.com"},
        {"name.given": None, "email": "zoe@example.com", "gender": None},
    ),
    "null is the same as not sent in a body that is replaced whole": (
        "body_replaced_whole",
        "thing_to_changes",
        {"email": "zoe@example.com", "given": "Zoe", "gender": None, "phone": None},
        {"name.given": "Zoe", "email": "zoe@example.com", "gender": None},
    ),
    "items are translated, null parts left out": (
        "lists",
        "thing_to_changes",
        {
            "tax_ids": [
                {"id": "1", "since": None, "until": "2025-04-15"},
                {"id": "2", "since": "2020-01-01", "note": "", "remark": "?"},
            ],
            "papers": [{"kind": "SSN", "issuer": {"country": "Germany"}}, {"kind": "EIN"}],
        },
        {
            "tax.ids": [
                {"id": "1", "until": "2025-04-15"},
                {"id": "2", "since": "2020-01-01", "note": ""},
            ],
            "documents.virtual": [{"type": "SSN", "country": "DE"}, {"type": "EIN"}],
        },
    ),
    "an empty list is a value": (
        "lists",
        "thing_to_changes",
        {"tax_ids": [], "nationalities": None},
        {"tax.ids": []},
    ),
    "a codec stores the common form": (
        "codecs",
        "thing_to_changes",
        {"phone": "+12025550123", "country": "Germany", "born_in": "NO", "transactions": "122"},
        {
            "phone": "+12025550123",
            "addresses.postal.country": "DE",
            "birth.country": "NO",
            "activity.transactions_per_month": 122,
        },
    ),
    "inherited and own properties are stored": (
        "inheritance",
        "thing_to_changes",
        {"given": "Zoe", "email": "zoe@example.com"},
        {"name.given": "Zoe", "email": "zoe@example.com"},
    ),
    "a kind takes its own properties": (
        "kinds",
        "company_to_changes",
        {"name": "ACME", "email": "acme@example.com", "website": "www.example.com"},
        {"organization.legal_name": "ACME", "organization.website": "www.example.com"},
    ),
    "a mask is no value": (
        "masks_sent_back",
        "thing_to_changes",
        {"papers": [{"kind": "SSN", "number": "*****1112"}, {"kind": "SSN", "number": "1112"}]},
        {
            "documents.virtual": [
                {"type": "SSN", "value": {"last4": "*****1112"}},
                {"type": "SSN", "value": "1112"},
            ]
        },
    ),
    "the discriminator decides, to the last branch": (
        "choice",
        "thing_to_changes",
        {"kind": "company", "name": "ACME", "tin": "1"},
        {"account.kind": "company", "organization.legal_name": "ACME"},
    ),
    "the discriminator decides, in the middle": (
        "choice",
        "thing_to_changes",
        {"kind": "trader", "name": "ACME", "tin": "1"},
        {"account.kind": "trader", "tax.tin": "1"},
    ),
    "names that Python cannot have do no harm": (
        "awkward_names",
        "thing_to_changes",
        {
            "first-name": "Zoe",
            'say "it"': "it",
            "class": "first",
            "body": "slim",
            "2fa": "phone",
            "changes": {"fields": "many"},
            "mood": "so\\so",
        },
        {
            "name.given": "Zoe",
            "account.said": "it",
            "account.class": "first",
            "account.body": "slim",
            "account.factor": "phone",
            "account.changes": "many",
            "account.mood": "so\\so",
        },
    ),
}

READINGS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "what the profile lacks is left out": (
        "required_optional_nullable",
        "thing_from_fields",
        {"name.given": "Zoe", "language": "en"},
        {"given": "Zoe"},
    ),
    "a text of another form is left out": (
        "text_forms",
        "thing_from_fields",
        {
            "name.given": "",
            "addresses.postal.country": "US",
            "addresses.postal.region": "CAL",
            "documents.virtual": [
                {"type": "A", "country": "US", "region": "CA"},
                {"type": "B", "region": "Hessen"},
            ],
        },
        {
            "country": "US",
            "papers": [{"kind": "A", "country": "US", "state": "CA"}, {"kind": "B"}],
        },
    ),
    "an empty text is there": (
        "required_optional_nullable",
        "thing_from_fields",
        {"name.middle": "", "account.version": 0},
        {"middle": "", "version": 0},
    ),
    "an object without its required part is left out": (
        "nested_objects",
        "thing_from_fields",
        {"addresses.postal.city": "Oslo", "addresses.postal.line2": "Flat 2"},
        {"address": {"city": "Oslo"}},
    ),
    "an object of which nothing is known is left out": (
        "nested_objects",
        "thing_from_fields",
        {"name.family": "Quinn"},
        {"person": {"family": "Quinn"}},
    ),
    "items are translated back": (
        "lists",
        "thing_from_fields",
        {
            "tax.ids": [{"id": "1", "note": ""}],
            "documents.virtual": [{"type": "SSN", "country": "DE"}, {"type": "EIN"}],
        },
        {
            "tax_ids": [{"id": "1", "note": ""}],
            "papers": [{"kind": "SSN", "issuer": {"country": "Germany"}}, {"kind": "EIN"}],
        },
    ),
    "a codec leaves out what its provider cannot express": (
        "codecs",
        "thing_from_fields",
        {
            "phone": {"phone-digits": "0049"},
            "addresses.postal.country": "DE",
            "birth.country": {"country-name": "Wakanda"},
        },
        {"country": "Germany"},
    ),
    "a mask shows the last four characters, of a document by its type": (
        "masks",
        "thing_from_fields",
        {
            "tax.tin": "1131145180",
            "phone": "+12025550123",
            "documents.virtual": [
                {"type": "SSN", "value": "111111112"},
                {"type": "DRIVING_LICENCE", "value": "1111111111"},
            ],
        },
        {
            "tin": "*****5180",
            "phone": "*****0123",
            "papers": [
                {"kind": "SSN", "number": "*****1112"},
                {"kind": "DRIVING_LICENCE", "number": "1111111111"},
            ],
        },
    ),
    "inherited and own properties are shown": (
        "inheritance",
        "thing_from_fields",
        {"name.given": "Zoe", "email": "zoe@example.com"},
        {"given": "Zoe", "email": "zoe@example.com"},
    ),
}


def call(behaviour: str, function: str, argument: dict[str, Any]) -> Any:
    """The result of a generated function."""
    module = importlib.import_module(f"tests.codegen.{behaviour}.expected")
    return getattr(module, function)(argument)


@pytest.mark.parametrize(
    ("behaviour", "function", "body", "changes"), CHANGES.values(), ids=CHANGES
)
def test_a_body_changes_the_profile(
    behaviour: str, function: str, body: dict[str, Any], changes: dict[str, Any]
) -> None:
    """
    A field that is not in the body is untouched; the spec says what null means (x-null).
    """

    assert changes == call(behaviour, function, body)


@pytest.mark.parametrize(
    ("behaviour", "function", "fields", "body"), READINGS.values(), ids=READINGS
)
def test_a_profile_is_shown(
    behaviour: str, function: str, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    """
    A value that the provider cannot express is absent; a masked value is shown in part.
    """

    assert body == call(behaviour, function, fields)


CASES_OF_KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a company, by both of its fields": (
        {"account.business": True, "account.country": "US"},
        {"organization.legal_name": "Zoe"},
    ),
    "an account with one of the two fields is of the first kind": (
        {"account.business": True},
        {"name.given": "Zoe"},
    ),
    "a person": ({"account.business": False}, {"name.given": "Zoe"}),
}


@pytest.mark.parametrize(("account", "changes"), CASES_OF_KINDS.values(), ids=CASES_OF_KINDS)
def test_the_stored_account_chooses_the_mapping(
    account: dict[str, Any], changes: dict[str, Any]
) -> None:
    """
    A body of several kinds is mapped by the schema of the account's kind (x-applies).
    """
    module = importlib.import_module("tests.codegen.kinds.expected")

    assert changes == module.thing_to_changes({"name": "Zoe"}, account)
    assert {"name": "Zoe"} == module.shown_thing_from_fields({**account, **changes})
