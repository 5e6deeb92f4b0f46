"""Machnet's page "Update User": its samples and headers, copied by hand."""

from typing import Any

import pytest

from tests.specs.all_specs import SPECS

SPEC = SPECS["machnet"]
SCHEMAS = SPEC.schemas()
OPERATION = SPEC.document["paths"]["/users/{user_id}"]["patch"]

# The page's e-mail addresses are hidden ("[email protected]"); these are put back.
SENT_BY_INDIVIDUAL: dict[str, Any] = {
    "first_name": "Tenzin",
    "middle_name": "",
    "last_name": "Norgay",
    "date_of_birth": "2000-01-01",
    "email": "tenzin@example.com",
    "gender": "female",
    "id": "f45680e1-014d-42c7-be86-3b2899e911c3",
    "ip_address": "10.0.0.1",
    "mobile_phone": "2106603032",
    "address_line1": "500 8 El Camino Real Santa Clara",
    "city": "Santa Clara",
    "state": "CA",
    "country": "US",
    "zipcode": "95053",
    "occupation": "Banker",
    "company_details": {
        "company_name": "ACME",
        "address": "123 address st",
        "phone_number": "222222222",
    },
    "physical_documents": [
        {
            "document_value": "data:image/jpg;base64,SUQs==",
            "document_value_back": "data:image/jpg;base64,SUQs==",
            "country": "US",
            "document_type": "DRIVING_LICENCE",
            "state": "CA",
        },
        {
            "document_value": "data:image/jpg;base64,SUQs==",
            "document_type": "BANK_STATEMENT",
        },
    ],
    "virtual_documents": [
        {
            "document_value": "1111111111",
            "document_type": "DRIVING_LICENCE",
            "expiry_date": "2025-03-09",
            "id_issuing_authority": "CA",
            "country": "US",
            "state": "CA",
        },
        {
            "document_value": "111111112",
            "document_type": "SSN",
            "country": "US",
            "state": "CA",
        },
    ],
}

SENT_BY_BUSINESS: dict[str, Any] = {
    "number_of_transaction_per_month": "122",
    "transaction_frequency": "WEEKLY",
    "physical_documents": [
        {
            "document_value": "data:application/pdf;base64,SUQs==",
            "document_type": "CERTIFICATE_OF_INCORPORATION",
        },
        {
            "document_value": "data:image/jpg;base64,SUQs==",
            "document_type": "AUDITED_FINANCIALS",
        },
    ],
}

RESPONSE_TO_INDIVIDUAL: dict[str, Any] = {
    "address_line1": "500 8 El Camino Real Santa Clara",
    "city": "Santa Clara",
    "company_details": {
        "address": "123 address st",
        "company_name": "ACME",
        "phone_number": "222222222",
    },
    "country": "US",
    "created_at": "2022-03-29T15:59:03.699517",
    "date_of_birth": "2000-01-01",
    "email": "tenzin@example.com",
    "first_name": "Tenzin",
    "gender": "female",
    "id": "f45680e1-014d-42c7-be86-3b2899e911c3",
    "ip_address": "10.0.0.1",
    "last_name": "Norgay",
    "middle_name": "",
    "mobile_phone": "2106603032",
    "occupation": "Banker",
    "physical_documents": [
        {
            "country": "US",
            "document_type": "DRIVING_LICENCE",
            "id": "d20dd857-7dc0-4abc-879f-fcfb15f4423d",
            "state": "CA",
        },
        {
            "document_type": "BANK_STATEMENT",
            "id": "9f57c7c9-ffa5-4e88-a28a-af3af1232a46",
        },
    ],
    "state": "CA",
    "status": "UNVERIFIED",
    "user_scope": "ARTS_ENTERTAINMENT",
    "virtual_documents": [
        {
            "country": "US",
            "document_type": "DRIVING_LICENCE",
            "document_value": "1111111111",
            "id": "38f41ac7-ddb6-44e4-b40c-fa0cf8d05b9d",
            "state": "CA",
            "expiry_date": "2025-03-09",
            "id_issuing_authority": "CA",
        },
        {
            "country": "US",
            "document_type": "SSN",
            "document_value": "*****1112",
            "id": "a301b04f-c904-4c78-9a8b-9a384c51b497",
            "state": "CA",
        },
    ],
    "zipcode": "95053",
}

RESPONSE_TO_BUSINESS: dict[str, Any] = {
    "address_line1": "500 8 El Camino Real Santa Clara",
    "city": "Santa Clara",
    "company_website": "www.example.com",
    "country": "US",
    "created_at": "2022-04-22T02:21:23.084565",
    "date_of_birth": "1995-01-01",
    "email": "business@example.com",
    "first_name": "Machnet Technologies Inc",
    "id": "{{UUID}}",
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
    "number_of_transaction_per_month": 122,
    "physical_documents": [
        {"document_type": "CERTIFICATE_OF_INCORPORATION", "id": "{{UUID}}"},
        {"document_type": "BANK_STATEMENT", "id": "{{UUID}}"},
    ],
    "state": "CA",
    "status": "UNVERIFIED",
    "transaction_frequency": "WEEKLY",
    "user_scope": "COMPUTER_TECHNOLOGY",
    "zipcode": "95053",
}


def placeholders_back(response: dict[str, Any]) -> dict[str, Any]:
    """A response with the page's {{UUID}} where our example has an id."""
    copies = [{**copy, "id": "{{UUID}}"} for copy in response["physical_documents"]]
    return {**response, "id": "{{UUID}}", "physical_documents": copies}


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("published_individual", SENT_BY_INDIVIDUAL),
        ("published_business", SENT_BY_BUSINESS),
    ],
)
def test_the_published_requests_are_the_pages_samples(name: str, sample: dict[str, Any]) -> None:
    """
    Key by key; only the trailing comma, for which the sample is no JSON, is taken out.
    """
    content = OPERATION["requestBody"]["content"]["application/json"]
    value = content["examples"][name]["value"]

    assert (sample, list(sample)) == (value, list(value))


def test_the_published_response_to_an_individual_is_the_pages() -> None:
    """
    Key by key, in the page's order.
    """
    content = SPEC.resolve(OPERATION["responses"]["200"])["content"]["application/json"]
    value = content["examples"]["published_individual"]["value"]

    assert (RESPONSE_TO_INDIVIDUAL, list(RESPONSE_TO_INDIVIDUAL)) == (value, list(value))


def test_the_published_response_to_a_business_is_the_pages() -> None:
    """
    Key by key, in the page's order; where it has the placeholder {{UUID}}, ours has an id.
    """
    content = SPEC.resolve(OPERATION["responses"]["200"])["content"]["application/json"]
    value = placeholders_back(content["examples"]["published_business"]["value"])

    assert (RESPONSE_TO_BUSINESS, list(RESPONSE_TO_BUSINESS)) == (value, list(value))


@pytest.mark.parametrize(
    ("schema", "response"),
    [("IndividualUser", RESPONSE_TO_INDIVIDUAL), ("BusinessUser", RESPONSE_TO_BUSINESS)],
)
def test_responses_have_their_keys_in_the_pages_order(
    schema: str, response: dict[str, Any]
) -> None:
    """
    Keys that no sample shows may stand between the others.
    """

    assert list(response) == [key for key in SCHEMAS[schema]["properties"] if key in response]


def test_both_headers_say_who_calls() -> None:
    """
    "X-Client-Id: {{client_id}}", "X-Client-Secret: {{client_secret}}".
    """
    [requirement] = OPERATION["security"]
    schemes = SPEC.document["components"]["securitySchemes"]

    assert [("header", "X-Client-Id"), ("header", "X-Client-Secret")] == [
        (schemes[name]["in"], schemes[name]["name"]) for name in requirement
    ]
