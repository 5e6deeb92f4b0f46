"""Machnet: the samples of its page, sent as they are printed."""

import json
import uuid
from typing import Any

from tests.clients import BUSINESS, INDIVIDUAL
from tests.machnet.calls import error, invalid, patch
from tests.machnet.page import (
    BUSINESS_REQUEST,
    BUSINESS_RESPONSE,
    EMAIL_OBFUSCATED,
    INDIVIDUAL_REQUEST,
    INDIVIDUAL_RESPONSE,
)
from tests.running_gateway import RunningGateway

EMAIL = "tenzin.norgay@example.com"

WITHOUT_COMMA = INDIVIDUAL_REQUEST.replace(b'"BANK_STATEMENT",', b'"BANK_STATEMENT"')
FIXED = WITHOUT_COMMA.replace(EMAIL_OBFUSCATED.encode(), EMAIL.encode())

# The fields that the page's response shows and its request does not send.
BUSINESS_BEFORE = {
    "address_line1": "500 8 El Camino Real Santa Clara",
    "city": "Santa Clara",
    "company_website": "www.example.com",
    "date_of_birth": "1995-01-01",
    "ip_address": "10.0.10.5",
    "mailing_address": {
        "address_line1": "500 8 El Camino Real Santa Clara",
        "city": "Santa Clara",
        "country": "US",
        "state": "CA",
        "zipcode": "95053",
    },
    "mobile_phone": "222222222",
    "number_of_employee": "BETWEEN_25_TO_50",
    "state": "CA",
    "zipcode": "95053",
}


def document_ids(user: dict[str, Any]) -> list[str]:
    """The ids of a user's documents, in their order."""
    documents = [*user["physical_documents"], *user.get("virtual_documents", ())]
    return [document["id"] for document in documents]


def is_fresh_uuid(text: str, known: str) -> bool:
    """Whether a text is a UUID that the page does not print."""
    return str(uuid.UUID(text)) == text and text not in known


def test_the_individual_sample_is_answered_as_the_page_prints_it(gateway: RunningGateway):
    """
    With its trailing comma and its e-mail address fixed, the page's request gets the page's
    response: the same keys in the same order, only the documents' ids are new.
    """
    response = patch(gateway, INDIVIDUAL, FIXED)
    expected = INDIVIDUAL_RESPONSE.replace(EMAIL_OBFUSCATED, EMAIL)
    printed_ids = document_ids(json.loads(expected))
    for printed, actual in zip(printed_ids, document_ids(response.json()), strict=True):
        expected = expected.replace(printed, actual)

    assert 200 == response.status
    assert "application/json" == response.headers["content-type"]
    assert json.dumps(json.loads(expected)) == json.dumps(response.json())


def test_every_document_gets_an_id_of_its_own(gateway: RunningGateway):
    """
    The page's response: each document has an ``id``, a UUID.
    """
    ids = document_ids(patch(gateway, INDIVIDUAL, FIXED).json())

    assert 4 == len(set(ids))
    assert all(is_fresh_uuid(text, INDIVIDUAL_RESPONSE) for text in ids)


def test_the_contents_of_documents_are_never_shown(gateway: RunningGateway):
    """
    The page's response has neither ``document_value`` nor ``document_value_back`` of a physical
    document, and of an SSN only the last four digits.
    """
    text = patch(gateway, INDIVIDUAL, FIXED).text + patch(gateway, INDIVIDUAL, {}).text

    assert "base64" not in text
    assert "SUQs" not in text
    assert "document_value_back" not in text
    assert "111111112" not in text


def test_the_individual_sample_as_published_is_not_json(gateway: RunningGateway):
    """
    ``"document_type":"BANK_STATEMENT",}`` has a comma too many, so nothing is stored.
    """
    before = gateway.fields("machnet", INDIVIDUAL)
    response = patch(gateway, INDIVIDUAL, INDIVIDUAL_REQUEST)
    body = response.json()

    assert 400 == response.status
    assert error(400, "BAD_REQUEST", body["message"]) == body
    assert body["message"].startswith("The body is not valid JSON")
    assert before == gateway.fields("machnet", INDIVIDUAL)


def test_the_obfuscated_address_of_the_sample_is_invalid(gateway: RunningGateway):
    """
    With only the comma fixed, the e-mail address is still the one that the page's host obfuscated.
    """
    response = patch(gateway, INDIVIDUAL, WITHOUT_COMMA)

    assert ["email"] == invalid(response)


def test_the_business_sample_is_answered_as_the_page_prints_it(gateway: RunningGateway):
    """
    ``"122"`` becomes ``122``, and documents have no content. (The page's response has
    BANK_STATEMENT where its request has AUDITED_FINANCIALS: one of them is a mistake).
    """
    assert 200 == patch(gateway, BUSINESS, BUSINESS_BEFORE).status
    response = patch(gateway, BUSINESS, BUSINESS_REQUEST)
    expected = BUSINESS_RESPONSE.replace("BANK_STATEMENT", "AUDITED_FINANCIALS")
    expected = expected.replace(EMAIL_OBFUSCATED, "business@example.com")
    for actual in (BUSINESS, *document_ids(response.json())):
        expected = expected.replace("{{UUID}}", json.dumps(actual), 1)

    assert 200 == response.status
    assert json.dumps(json.loads(expected)) == json.dumps(response.json())
    assert 2 == len(set(document_ids(response.json())))
    assert all(is_fresh_uuid(text, BUSINESS_RESPONSE) for text in document_ids(response.json()))


def test_the_individual_sample_may_be_sent_twice(gateway: RunningGateway):
    """
    "You can also update the user information partially by using this API multiple times as
    required": the second time only the copies of the documents change.
    """
    first = patch(gateway, INDIVIDUAL, FIXED).json()
    second = patch(gateway, INDIVIDUAL, FIXED).json()
    first_copies = {document.pop("id") for document in first["physical_documents"]}
    second_copies = {document.pop("id") for document in second["physical_documents"]}

    assert set() == first_copies & second_copies
    assert first == second
