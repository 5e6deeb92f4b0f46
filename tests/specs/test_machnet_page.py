"""specs/machnet.yaml against Machnet's page "Update User": its samples and headers."""

import json
import re
from typing import Any

import pytest

from tests.machnet.page import (
    BUSINESS_REQUEST,
    BUSINESS_RESPONSE,
    EMAIL_OBFUSCATED,
    INDIVIDUAL_REQUEST,
    INDIVIDUAL_RESPONSE,
)
from tests.specs.all_specs import SPECS

SPEC = SPECS["machnet"]
SCHEMAS = SPEC.schemas()
OPERATION = SPEC.document["paths"]["/users/{user_id}"]["patch"]


def sample(text: str | bytes, email: str) -> dict[str, Any]:
    """A sample of the page as JSON: its trailing comma out, an address in the place of the hidden
    one, and {{UUID}} in quotation marks."""
    text = text if isinstance(text, str) else text.decode()
    text = re.sub(r",(?=\s*})", "", text).replace("{{UUID}}", '"{{UUID}}"')
    value: dict[str, Any] = json.loads(text.replace(EMAIL_OBFUSCATED, email))
    return value


SENT_BY_INDIVIDUAL = sample(INDIVIDUAL_REQUEST, "tenzin@example.com")
SENT_BY_BUSINESS = sample(BUSINESS_REQUEST, "")
RESPONSE_TO_INDIVIDUAL = sample(INDIVIDUAL_RESPONSE, "tenzin@example.com")
RESPONSE_TO_BUSINESS = sample(BUSINESS_RESPONSE, "business@example.com")


def placeholders_back(response: dict[str, Any]) -> dict[str, Any]:
    """A response with the page's {{UUID}} where our example has an id."""
    copies = [{**copy, "id": "{{UUID}}"} for copy in response["physical_documents"]]
    return {**response, "id": "{{UUID}}", "physical_documents": copies}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("published_individual", SENT_BY_INDIVIDUAL),
        ("published_business", SENT_BY_BUSINESS),
    ],
)
def test_the_published_requests_are_the_pages_samples(name: str, sent: dict[str, Any]) -> None:
    """
    Key by key; only the trailing comma, for which the sample is no JSON, is taken out.
    """
    content = OPERATION["requestBody"]["content"]["application/json"]
    value = content["examples"][name]["value"]

    assert (sent, list(sent)) == (value, list(value))


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
