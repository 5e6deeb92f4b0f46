"""Machnet's Register a User: POST /users."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.clients import MACHNET, MACHNET_OTHER
from tests.machnet.calls import patch
from tests.machnet.registrations import (
    BUSINESS_REGISTRATION,
    INDIVIDUAL_REGISTRATION,
    SMALLEST,
    get,
    outcome,
    register,
    registered,
    rejected,
)
from tests.running_gateway import RunningGateway

KINDS = pytest.mark.parametrize("kind", list(SMALLEST))

NOT_FOUND = rejected(404, "NOT_FOUND", "User not found")


def without_ids(user: dict[str, Any]) -> dict[str, Any]:
    """A user without its random ids, each of which must be a UUID."""
    for kind in ("physical_documents", "virtual_documents"):
        for document in user.get(kind, ()):
            uuid.UUID(document.pop("id"))
    uuid.UUID(user.pop("id"))
    return user


def verified(gateway: RunningGateway, user: dict[str, Any]) -> dict[str, Any]:
    """The user after its verification, whose result the first name decides."""
    gateway.send("POST", f"/users/{user['id']}/kyc", headers=MACHNET)
    after: dict[str, Any] = get(gateway, user["id"]).json()
    return after


def message(response: Any) -> str:
    """The message of an error response in Machnet's envelope."""
    body: dict[str, Any] = response.json()
    assert (400, "BAD_REQUEST") == (body["status"], body["code"])
    assert 400 == response.status
    return str(body["message"])


# --- The response ------------------------------------------------------------------------


def test_the_response_shows_the_whole_individual(gateway: RunningGateway):
    """
    "Register a User": the user object, with the keys and in the order of the page's response to an
    update; documents without their content, the SSN masked.
    """
    user = without_ids(registered(gateway, INDIVIDUAL_REGISTRATION))
    expected = {
        "address_line1": "500 8 El Camino Real Santa Clara",
        "city": "Santa Clara",
        "country": "US",
        "created_at": "2026-01-02T03:04:05.000000",
        "date_of_birth": "2000-01-01",
        "email": "tenzin@example.com",
        "first_name": "Tenzin",
        "gender": "female",
        "ip_address": "10.0.0.1",
        "last_name": "Norgay",
        "mobile_phone": "2106603032",
        "physical_documents": [
            {
                "country": "US",
                "document_type": "STATE_ID",
                "state": "CA",
                "expiry_date": "2030-03-09",
            }
        ],
        "state": "CA",
        "status": "UNVERIFIED",
        "virtual_documents": [
            {
                "country": "US",
                "document_type": "PASSPORT",
                "document_value": "P1234567",
                "state": "CA",
                "expiry_date": "2030-03-09",
                "id_issuing_authority": "CA",
            },
            {
                "country": "US",
                "document_type": "SSN",
                "document_value": "*****1112",
                "state": "CA",
            },
        ],
        "zipcode": "95053",
    }

    assert list(expected.items()) == list(user.items())


def test_the_response_shows_the_whole_business(gateway: RunningGateway):
    """
    The keys and the order of the page's response for a business; digits come back as a number.
    """
    user = without_ids(registered(gateway, BUSINESS_REGISTRATION))
    expected = {
        "address_line1": "500 8 El Camino Real Santa Clara",
        "city": "Santa Clara",
        "country": "US",
        "created_at": "2026-01-02T03:04:05.000000",
        "date_of_birth": "1995-01-01",
        "email": "business@example.com",
        "first_name": "Machnet Technologies Inc",
        "mobile_phone": "222222222",
        "number_of_transaction_per_month": 122,
        "state": "CA",
        "status": "UNVERIFIED",
        "zipcode": "95053",
    }

    assert list(expected.items()) == list(user.items())


@KINDS
def test_every_user_gets_a_fresh_id(gateway: RunningGateway, kind: str):
    """
    Each id is a new UUID, also if the client sends one, and for equal bodies.
    """
    sent = {**SMALLEST[kind], "id": "f45680e1-014d-42c7-be86-3b2899e911c3"}
    ids = [registered(gateway, sent)["id"] for _ in range(3)]

    assert 3 == len({*ids} - {sent["id"]})
    assert ids == [str(uuid.UUID(text)) for text in ids]


def test_the_time_is_printed_as_on_the_page(gateway: RunningGateway):
    """
    The page: "created_at": "2022-03-29T15:59:03.699517", to the microsecond and without a zone.
    """
    gateway.clock.time = datetime(2022, 3, 29, 15, 59, 3, 699517, tzinfo=UTC)

    assert "2022-03-29T15:59:03.699517" == registered(gateway, SMALLEST["individual"])["created_at"]


# --- The store ---------------------------------------------------------------------------


@KINDS
def test_a_user_belongs_to_the_client_that_registered_it(gateway: RunningGateway, kind: str):
    """
    For every other client the user is unknown.
    """
    user = registered(gateway, SMALLEST[kind], MACHNET_OTHER)

    assert (200, user) == outcome(get(gateway, user["id"], MACHNET_OTHER))
    assert NOT_FOUND == outcome(get(gateway, user["id"], MACHNET))
    assert NOT_FOUND == outcome(patch(gateway, user["id"], {"city": "Reno"}))


@KINDS
def test_a_user_is_a_sender_by_default(gateway: RunningGateway, kind: str):
    """
    The call is one for SEND users; "By default false. True if user is a business".
    """
    kept = gateway.fields("machnet", registered(gateway, SMALLEST[kind])["id"])

    assert ("SEND", kind == "business") == (kept["account.type"], kept["account.business"])


@KINDS
def test_a_receiver_is_stored_with_its_sender(gateway: RunningGateway, kind: str):
    """
    "Receive User Object": type RECEIVE, with send_user_id and user_relationship.
    """
    receiver = {
        **SMALLEST[kind],
        "type": "RECEIVE",
        "send_user_id": "f45680e1-014d-42c7-be86-3b2899e911c3",
        "user_relationship": "BROTHER",
    }
    kept = gateway.fields("machnet", registered(gateway, receiver)["id"])

    assert "RECEIVE" == kept["account.type"]
    assert "f45680e1-014d-42c7-be86-3b2899e911c3" == kept["account.send_user_id"]
    assert "BROTHER" == kept["account.user_relationship"]


@pytest.mark.parametrize(
    ("kind", "first_name", "change", "field"),
    [
        ("individual", "Verified", {"last_name": "Hillary"}, "last_name"),
        ("individual", "Verified", {"email": "new@example.com"}, "email"),
        ("business", "Verified", {"first_name": "Other Inc"}, "first_name"),
        ("individual", "Tenzin", {"country": "NP"}, "country"),
        ("business", "Everest", {"business": False}, "business"),
        ("individual", "Suspended", {"type": "RECEIVE"}, "type"),
    ],
)
def test_the_locks_of_the_page_hold_after_registration(
    gateway: RunningGateway, kind: str, first_name: str, change: dict[str, Any], field: str
):
    """
    A field that is "No" for a verified user, or for every user, rejects a new value.
    """
    sent = {**SMALLEST[kind], "first_name": first_name, "country": "US"}
    user = verified(gateway, registered(gateway, sent))
    expected = rejected(400, "BAD_REQUEST", f"Some fields cannot be updated [{field}]")

    assert expected == outcome(patch(gateway, user["id"], change))
    assert (200, user) == outcome(get(gateway, user["id"]))


def test_a_registered_document_is_locked_once_verified(gateway: RunningGateway):
    """
    "SSN is not updatable once user is verified"; the same number is no update.
    """
    new = {**INDIVIDUAL_REGISTRATION, "first_name": "Verified"}
    user = verified(gateway, registered(gateway, new))
    ssn = {"document_type": "SSN", "country": "US", "state": "CA"}
    other = {"virtual_documents": [{**ssn, "document_value": "111111113"}]}
    same = {"virtual_documents": [{**ssn, "document_value": "111111112"}]}
    locked = "Some fields cannot be updated [virtual_documents: SSN]"

    assert rejected(400, "BAD_REQUEST", locked) == outcome(patch(gateway, user["id"], other))
    assert (200, user) == outcome(patch(gateway, user["id"], same))


# --- What is rejected ---------------------------------------------------------------------

INCOMPLETE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, ["first_name", "last_name", "email"]),
    "no last name": ({"first_name": "Pem", "email": "pem@example.com"}, ["last_name"]),
    "no business, and no last name": (
        {"first_name": "Pem", "email": "pem@example.com", "business": False},
        ["last_name"],
    ),
    "no e-mail address": ({"first_name": "Pem", "last_name": "Norgay"}, ["email"]),
    "a business without fields": ({"business": True}, ["first_name", "email"]),
    "a business with a last name": (
        {"business": True, "last_name": "Inc"},
        ["first_name", "email"],
    ),
}


@pytest.mark.parametrize(("body", "missing"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_all_missing_fields_are_named_at_once(
    gateway: RunningGateway, body: dict[str, Any], missing: list[str]
):
    """
    "User Object" requires a first name (or a business's name) and an e-mail address, and "of
    individuals" a last name.
    """
    named = ", ".join(f"{field}: is required" for field in missing)

    assert f"Some fields are not valid [{named}]" == message(register(gateway, body))


INVALID: dict[str, tuple[str, dict[str, Any], str]] = {
    "an unknown type": ("business", {"type": "BOTH"}, "type: must be one of SEND, RECEIVE"),
    "a sender without a UUID": (
        "individual",
        {"send_user_id": "1"},
        "send_user_id: must be a UUID",
    ),
    "no boolean": ("individual", {"business": "true"}, "business: must be true or false"),
    "no name": ("individual", {"first_name": None}, "first_name: must be text"),
    "a document without content": (
        "individual",
        {"physical_documents": [{"document_type": "STATE_ID"}]},
        "physical_documents[0].document_value: is required",
    ),
}


@pytest.mark.parametrize(("kind", "wrong", "named"), INVALID.values(), ids=INVALID)
def test_an_invalid_field_is_named(
    gateway: RunningGateway, kind: str, wrong: dict[str, Any], named: str
):
    """
    Each field has the rules that it has in an update (test_fields.py).
    """
    said = message(register(gateway, {**SMALLEST[kind], **wrong}))

    assert said.startswith(f"Some fields are not valid [{named}")


@pytest.mark.parametrize(
    ("kind", "foreign"),
    [
        ("individual", {"business_type": "corporation", "mailing_address": 1}),
        ("business", {"gender": "F", "last_name": "", "company_details": 1}),
    ],
)
def test_fields_of_the_other_kind_are_ignored(
    gateway: RunningGateway, kind: str, foreign: dict[str, Any]
):
    """
    Unknown fields are ignored too.
    """
    user = registered(gateway, {**SMALLEST[kind], **foreign, "nonsense": [1]})

    assert user.keys().isdisjoint(foreign)
