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
    refused,
    registered,
    update,
)
from tests.running_gateway import RunningGate

NOBODY = "00000000-0000-4000-8000-000000000000"

NOT_FOUND = refused(404, "NOT_FOUND", "User not found")


def test_a_user_is_shown_as_the_page_shows_one(gate: RunningGate):
    """
    What is known of the demo world's individual, keys in the order of the page's answer.
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
    answer = get(gate, INDIVIDUAL)

    assert 200 == answer.status
    assert list(expected.items()) == list(answer.json().items())


@pytest.mark.parametrize("user_id", [INDIVIDUAL, INDIVIDUAL_VERIFIED, BUSINESS, BUSINESS_VERIFIED])
def test_a_user_is_shown_as_an_update_answers_it(gate: RunningGate, user_id: str):
    """
    Both answer the user object; an update of nothing answers what is there.
    """
    shown = get(gate, user_id)
    updated = update(gate, user_id, {})

    assert (updated.status, updated.body) == (shown.status, shown.body)


@pytest.mark.parametrize("body", [INDIVIDUAL_REGISTRATION, BUSINESS_REGISTRATION])
def test_a_user_is_shown_as_its_registration_was_answered(gate: RunningGate, body):
    """
    The ids of its documents among it.
    """
    user = registered(gate, body)

    assert (200, user) == outcome(get(gate, user["id"]))


def test_an_update_shows(gate: RunningGate):
    """
    The next look sees what an update wrote, and looking changes nothing.
    """
    updated = update(gate, INDIVIDUAL, {"city": "Reno", "zipcode": "89501"})

    assert [updated.json()] * 2 == [get(gate, INDIVIDUAL).json() for _ in range(2)]


def test_an_ssn_is_masked(gate: RunningGate):
    """
    The page's answer: "*****1112".
    """
    documents = get(gate, INDIVIDUAL_VERIFIED).json()["virtual_documents"]

    assert ["*****1112"] == [document["document_value"] for document in documents]


def test_a_copys_content_is_not_shown(gate: RunningGate):
    """
    The page's answers list copies of documents without document_value.
    """
    (document,) = get(gate, BUSINESS_VERIFIED).json()["physical_documents"]

    assert {"document_type", "id"} == document.keys()


@pytest.mark.parametrize("user_id", [NOBODY, INDIVIDUAL.upper(), "1", "a%2Fb"])
def test_nobody_is_not_found(gate: RunningGate, user_id: str):
    """
    A user's id is the UUID that was answered, to the letter.
    """
    assert NOT_FOUND == outcome(get(gate, user_id))


def test_another_clients_user_is_nobody(gate: RunningGate):
    """
    One answer for both, so that ids cannot be tried out.
    """
    nobodys, anothers = get(gate, NOBODY, MACHNET_OTHER), get(gate, INDIVIDUAL, MACHNET_OTHER)

    assert NOT_FOUND == outcome(anothers)
    assert (nobodys.status, nobodys.body) == (anothers.status, anothers.body)


def test_only_clients_see_users(gate: RunningGate):
    """
    "You must [add] X-Client-Id and X-Client-Secret in every API request header."
    """
    expected = refused(401, "UNAUTHORIZED", "X-Client-Id or X-Client-Secret is missing or wrong")

    assert expected == outcome(get(gate, INDIVIDUAL, {}))
