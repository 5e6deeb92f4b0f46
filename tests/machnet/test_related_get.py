"""Machnet's "Get User by ID": GET /users/{user_id}."""

import pytest

from tests.clients import (
    BUSINESS,
    BUSINESS_VERIFIED,
    INDIVIDUAL,
    INDIVIDUAL_VERIFIED,
    MACHNET_OTHER,
)
from tests.machnet.registrations import (
    BUSINESS_REGISTRATION,
    INDIVIDUAL_REGISTRATION,
    get,
    outcome,
    registered,
    rejected,
    update,
)
from tests.running_gateway import RunningGateway

NOBODY = "00000000-0000-4000-8000-000000000000"

NOT_FOUND = rejected(404, "NOT_FOUND", "User not found")


def test_a_user_is_shown_as_the_page_shows_one(gateway: RunningGateway):
    """
    What is known of the demo data's individual, keys in the order of the page's response.
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
def test_a_user_is_shown_as_an_update_responses_it(gateway: RunningGateway, user_id: str):
    """
    Both response the user object; an update of nothing responses what is there.
    """
    shown = get(gateway, user_id)
    updated = update(gateway, user_id, {})

    assert (updated.status, updated.body) == (shown.status, shown.body)


@pytest.mark.parametrize("body", [INDIVIDUAL_REGISTRATION, BUSINESS_REGISTRATION])
def test_a_user_is_shown_as_its_registration_was_answered(gateway: RunningGateway, body):
    """
    The ids of its documents among it.
    """
    user = registered(gateway, body)

    assert (200, user) == outcome(get(gateway, user["id"]))


def test_an_update_shows(gateway: RunningGateway):
    """
    The next look sees what an update wrote, and looking changes nothing.
    """
    updated = update(gateway, INDIVIDUAL, {"city": "Reno", "zipcode": "89501"})

    assert [updated.json()] * 2 == [get(gateway, INDIVIDUAL).json() for _ in range(2)]


def test_an_ssn_is_masked(gateway: RunningGateway):
    """
    The page's response: "*****1112".
    """
    documents = get(gateway, INDIVIDUAL_VERIFIED).json()["virtual_documents"]

    assert ["*****1112"] == [document["document_value"] for document in documents]


def test_a_copys_content_is_not_shown(gateway: RunningGateway):
    """
    The page's responses list copies of documents without document_value.
    """
    (document,) = get(gateway, BUSINESS_VERIFIED).json()["physical_documents"]

    assert {"document_type", "id"} == document.keys()


@pytest.mark.parametrize("user_id", [NOBODY, INDIVIDUAL.upper(), "1", "a%2Fb"])
def test_nobody_is_not_found(gateway: RunningGateway, user_id: str):
    """
    A user's id is the UUID that was answered, to the letter.
    """
    assert NOT_FOUND == outcome(get(gateway, user_id))


def test_another_clients_user_is_nobody(gateway: RunningGateway):
    """
    One response for both, so that ids cannot be tried out.
    """
    nobodys, anothers = get(gateway, NOBODY, MACHNET_OTHER), get(gateway, INDIVIDUAL, MACHNET_OTHER)

    assert NOT_FOUND == outcome(anothers)
    assert (nobodys.status, nobodys.body) == (anothers.status, anothers.body)


def test_only_clients_see_users(gateway: RunningGateway):
    """
    "You must [add] X-Client-Id and X-Client-Secret in every API request header".
    """
    expected = rejected(401, "UNAUTHORIZED", "X-Client-Id or X-Client-Secret is missing or wrong")

    assert expected == outcome(get(gateway, INDIVIDUAL, {}))
