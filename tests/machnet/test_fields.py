"""Machnet: the values that each field accepts and rejects, at the edges of its rules."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.clients import BUSINESS, INDIVIDUAL
from tests.machnet.calls import error, invalid, patch
from tests.machnet.users import IMAGE, physical, virtual
from tests.running_gateway import RunningGateway

PHONES = {
    "7 digits": "1234567",
    "9 digits, as in the page's sample": "222222222",
    "10 digits": "2106603032",
    "15 digits": "123456789012345",
    "7 digits and a plus": "+1234567",
    "15 digits and a plus": "+123456789012345",
    "of the USA, with the country's code": "+12106603032",
}
NO_PHONES = {
    "empty": "",
    "6 digits": "123456",
    "16 digits": "1234567890123456",
    "6 digits and a plus": "+123456",
    "16 digits and a plus": "+1234567890123456",
    "a plus only": "+",
    "blanks between": "210 660 3032",
    "a line's end after": "2106603032\n",
    "letters": "210660303A",
    "digits that are not ASCII": "２１０６６０３０３２",
    "an integer": 2106603032,
}

DATA_URLS = {
    "a JPEG by the sample's name": "data:image/jpg;base64,SUQs==",
    "a JPEG by its own name": "data:image/jpeg;base64,SUQs",
    "a PNG": "data:image/png;base64,iVBORw0KGgo=",
    "a PDF": "data:application/pdf;base64,SUQs==",
    "both signs above letters and digits": "data:image/jpg;base64,+/+/",
    "one letter": "data:image/jpg;base64,A",
}
NO_DATA_URLS = {
    "empty": "",
    "base64 alone": "SUQs==",
    "an address": "https://example.com/licence.jpg",
    "no media type": "data:;base64,SUQs==",
    "a text": "data:text/plain;base64,SUQs==",
    "a name that begins as PDF's": "data:application/pdfx;base64,SUQs==",
    "without base64": "data:image/jpg,SUQs==",
    "no content": "data:image/jpg;base64,",
    "padding only": "data:image/jpg;base64,==",
    "padding in the middle": "data:image/jpg;base64,SU=Qs",
    "a blank in the content": "data:image/jpg;base64,SUQ s",
    "a line's end after": "data:image/jpg;base64,SUQs==\n",
    "the other alphabet": "data:image/jpg;base64,-_-_",
    "a number": 1,
}

DATES = {
    "a leap day": "2024-02-29",
    "the leap day of a century": "2000-02-29",
    "a year's last day": "1999-12-31",
}
NO_DATES = {
    "no leap year": "2023-02-29",
    "a 31st of April": "2023-04-31",
    "a thirteenth month": "2000-13-01",
    "one digit for a month": "2000-1-01",
    "the day first": "01-01-2000",
    "a time besides": "2000-01-01T00:00:00Z",
    "a line's end after": "2000-01-01\n",
    "digits that are not ASCII": "２０００-01-01",
    "empty": "",
    "a number": 20000101,
}

EMAILS = {
    "plain": "tenzin@example.com",
    "with a tag and dots": "tenzin.norgay+kyc@mail.example.com",
}
NO_EMAILS = {
    "empty": "",
    "no at": "tenzin.example.com",
    "no local part": "@example.com",
    "no domain": "tenzin@",
    "a blank": "tenzin norgay@example.com",
    "as the page's host obfuscates it": "[email protected]",
    "two of them": "a@example.com, b@example.com",
    "a line's end after": "tenzin@example.com\n",
}

COUNTS: dict[str, Any] = {
    "digits": "122",
    "a number": 122,
    "zero": 0,
    "zeros before": "007",
    "nine digits": "999999999",
}
NO_COUNTS = {
    "empty": "",
    "ten digits": "1000000000",
    "a number of ten digits": 1000000000,
    "negative": -1,
    "a sign before": "+1",
    "a fraction": 12.5,
    "an exponent as text": "1e3",
    "a blank before": " 1",
    "a line's end after": "1\n",
    "digits that are not ASCII": "１２２",
    "true": True,
    "a list": [122],
}

WORDS = {"known": "ARTS_ENTERTAINMENT", "unpublished": "DEEP_SEA_7", "one letter": "A"}
NO_WORDS = {
    "empty": "",
    "small letters": "arts",
    "a blank": "DEEP SEA",
    "a dash": "DEEP-SEA",
    "a line's end after": "ARTS\n",
    "a number": 1,
}
OPEN_WORDS = ["business_type", "number_of_employee", "transaction_frequency", "user_scope"]


GENDERS = {
    "male": "male",
    "female": "female",
    "other": "other",
    "as the sister pages write it": "Male",
    "in capital letters": "FEMALE",
}
NO_GENDERS = {
    "empty": "",
    "one letter": "f",
    "a line's end after": "female\n",
    "a number": 1,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the spec: its values, a body that has one wherever the rule holds, the paths of
    these places, a function that reads the values of a response there, if it shows them, and one
    that makes the shown value of a sent one."""

    user: str
    valid: dict[str, Any]
    invalid: dict[str, Any]
    body: Callable[[Any], dict[str, Any]]
    paths: list[str]
    shown: Callable[[dict[str, Any]], list[Any]] | None = None
    expected: Callable[[Any], Any] = lambda value: value


def documents(**parts: Any) -> dict[str, Any]:
    """A document of each kind, with these parts."""
    return {
        "physical_documents": [{**physical("PASSPORT"), **parts}],
        "virtual_documents": [{**virtual("PASSPORT", "P1"), **parts}],
    }


def in_documents(user: dict[str, Any], part: str) -> list[Any]:
    """A part of each document of a user."""
    return [user[f"{kind}_documents"][0][part] for kind in ("physical", "virtual")]


RULES = {
    "phone": Rule(
        INDIVIDUAL,
        PHONES,
        NO_PHONES,
        lambda value: {"mobile_phone": value, "company_details": {"phone_number": value}},
        ["company_details.phone_number", "mobile_phone"],
        lambda user: [user["mobile_phone"], user["company_details"]["phone_number"]],
    ),
    # The samples send images and a PDF, whose base64 has wrong padding; none is ever shown.
    "copy of a document": Rule(
        INDIVIDUAL,
        DATA_URLS,
        NO_DATA_URLS,
        lambda value: {
            "physical_documents": [
                physical("INVOICE"),
                {**physical("PASSPORT"), "document_value": value, "document_value_back": value},
            ]
        },
        ["physical_documents[1].document_value", "physical_documents[1].document_value_back"],
    ),
    "date": Rule(
        INDIVIDUAL,
        DATES,
        NO_DATES,
        lambda value: {"date_of_birth": value, **documents(expiry_date=value)},
        [
            "date_of_birth",
            "physical_documents[0].expiry_date",
            "virtual_documents[0].expiry_date",
        ],
        lambda user: [user["date_of_birth"], *in_documents(user, "expiry_date")],
    ),
    "e-mail address": Rule(
        INDIVIDUAL,
        EMAILS,
        NO_EMAILS,
        lambda value: {"email": value},
        ["email"],
        lambda user: [user["email"]],
    ),
    "gender": Rule(
        INDIVIDUAL,
        GENDERS,
        NO_GENDERS,
        lambda value: {"gender": value},
        ["gender"],
        lambda user: [user["gender"]],
        str.lower,
    ),
    # Their values are published nowhere: capital letters, digits and underscores are accepted.
    "open enumeration": Rule(
        BUSINESS,
        WORDS,
        NO_WORDS,
        lambda value: {**dict.fromkeys(OPEN_WORDS, value), **documents(document_type=value)},
        sorted(
            [
                *OPEN_WORDS,
                "physical_documents[0].document_type",
                "virtual_documents[0].document_type",
            ]
        ),
        lambda user: [
            *(user[field] for field in OPEN_WORDS),
            *in_documents(user, "document_type"),
        ],
    ),
    "count": Rule(
        BUSINESS,
        COUNTS,
        NO_COUNTS,
        lambda value: {"number_of_transaction_per_month": value},
        ["number_of_transaction_per_month"],
        lambda user: [user["number_of_transaction_per_month"]],
        int,
    ),
}


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        pytest.param(rule, value, id=f"{name}: {case}")
        for name, rule in RULES.items()
        for case, value in rule.valid.items()
    ],
)
def test_a_valid_value_is_read_back_as_it_was_sent(gateway: RunningGateway, rule: Rule, value: Any):
    """
    "In yyyy-MM-dd format", "Male, female, other", ``"mobile_phone":"2106603032"``. Two are not read
    back as they were sent: the page sends ``"122"`` and shows ``122``, and shows "female".
    """
    response = patch(gateway, rule.user, rule.body(value))
    expected = rule.expected(value)

    assert 200 == response.status
    if rule.shown is not None:
        assert {repr(expected)} == {repr(shown) for shown in rule.shown(response.json())}


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        pytest.param(rule, value, id=f"{name}: {case}")
        for name, rule in RULES.items()
        for case, value in rule.invalid.items()
    ],
)
def test_an_invalid_value_is_rejected_wherever_it_stands(
    gateway: RunningGateway, rule: Rule, value: Any
):
    """
    Formats are really checked: 2023-02-29 has the form of a date and is none.
    """
    assert rule.paths == invalid(patch(gateway, rule.user, rule.body(value)))


def test_a_required_name_cannot_be_emptied(gateway: RunningGateway):
    """
    "First name or name of the business" and an individual's last name are required, a middle
    name is not.
    """
    response = patch(gateway, INDIVIDUAL, {"first_name": "", "middle_name": "", "last_name": ""})

    assert ["first_name", "last_name"] == invalid(response)


@pytest.mark.parametrize("missing", ["document_type", "document_value"])
@pytest.mark.parametrize("field", ["physical_documents", "virtual_documents"])
def test_a_document_needs_its_type_and_its_content(
    gateway: RunningGateway, field: str, missing: str
):
    """
    The samples send both with every document.
    """
    document = {"document_type": "PASSPORT", "document_value": IMAGE}
    del document[missing]

    assert [f"{field}[0].{missing}"] == invalid(patch(gateway, INDIVIDUAL, {field: [document]}))


def test_the_message_names_each_field_and_its_rule(gateway: RunningGateway):
    """
    The sister API writes fields in square brackets after its sentence; so does this message.
    """
    response = patch(gateway, INDIVIDUAL, {"last_name": "", "email": "x"})
    fields = "[last_name: must not be empty, email: must be an e-mail address]"

    assert error(400, "BAD_REQUEST", f"Some fields are not valid {fields}") == response.json()
