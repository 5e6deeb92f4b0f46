"""Machnet's Get User by ID: GET /users/{user_id}."""

import pytest

from tests.clients import (
    BUSINESS,
    BUSINESS_VERIFIED,
    INDIVIDUAL,
    INDIVIDUAL_VERIFIED,
)
from tests.machnet.calls import patch
from tests.machnet.registrations import (
    BUSINESS_REGISTRATION,
    INDIVIDUAL_REGISTRATION,
    get,
    outcome,
    registered,
)
from tests.running_gateway import RunningGateway


def test_a_user_is_shown_as_the_page_shows_one(gateway: RunningGateway):
    """
    The fields of the demo data's individual, with keys in the order of the page's response.
    """
    expected = {
        "country": "US",
        "created_at": "2022-03-29T15:59:03.699517",
        "email": "tenzin@example.com",
        "first_name": "Tenzin",
        "id": INDIVIDUAL,
        "last_name": "Norgay",
        "status": "UNVERIFIED",
        "user_scope": "ARTS_ENTERTAINMENT",
    }
    response = get(gateway, INDIVIDUAL)

    assert 200 == response.status
    assert list(expected.items()) == list(response.json().items())


@pytest.mark.parametrize("user_id", [INDIVIDUAL, INDIVIDUAL_VERIFIED, BUSINESS, BUSINESS_VERIFIED])
def test_a_user_is_shown_as_in_the_response_to_an_update(gateway: RunningGateway, user_id: str):
    """
    Both responses are the user object; an empty update changes nothing. The SSN is masked, and
    copies of documents have no content: "*****1112", document_type and id.
    """
    shown = get(gateway, user_id)
    updated = patch(gateway, user_id, {})
    numbers = shown.json().get("virtual_documents", [])

    assert (updated.status, updated.body) == (shown.status, shown.body)
    assert {"*****1112"} >= {document["document_value"] for document in numbers}
    assert "base64" not in shown.text


@pytest.mark.parametrize("body", [INDIVIDUAL_REGISTRATION, BUSINESS_REGISTRATION])
def test_a_user_is_shown_as_in_the_response_to_its_registration(gateway: RunningGateway, body):
    """
    Including the ids of its documents.
    """
    user = registered(gateway, body)

    assert (200, user) == outcome(get(gateway, user["id"]))


def test_a_read_shows_the_last_update(gateway: RunningGateway):
    """
    A read shows what an update wrote, and changes nothing.
    """
    updated = patch(gateway, INDIVIDUAL, {"city": "Reno", "zipcode": "89501"})

    assert [updated.json()] * 2 == [get(gateway, INDIVIDUAL).json() for _ in range(2)]
