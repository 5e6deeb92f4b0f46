"""Machnet: what its newer documentation says, and what a client that was written for it sends."""

import json
from datetime import timedelta
from typing import Any

import pytest

from profilegate.admin.seed_files import read_demo_data
from profilegate.store import DEFAULT_NAMESPACE, AccountKey, Event, Session, profiles, rows
from tests.clients import BUSINESS, INDIVIDUAL, INDIVIDUAL_VERIFIED, JSON, MACHNET, MACHNET_OTHER
from tests.machnet.calls import invalid, locked, patch
from tests.machnet.registrations import (
    INDIVIDUAL_REGISTRATION,
    SMALLEST,
    get,
    outcome,
    register,
    registered,
    rejected,
)
from tests.machnet.test_updatable_fields import fields_with, new_body
from tests.machnet.users import PDF, physical, virtual
from tests.running_gateway import Response, RunningGateway
from tests.wire import Wire, head

GO_CLIENT = [
    ("Host", "v4sandbox.machpay.com"),
    ("User-Agent", "Go-http-client/1.1"),
    ("Content-Type", "application/json"),
    *MACHNET.items(),
    ("Accept-Encoding", "gzip"),
]
"""The headers of a Go client for this API; it sends a Content-Type with every request."""

LENA = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e04"
LENA_HASH = "11ee11ee22ff22ff33aa33aa44bb44bb"
"""A person with an account at each provider."""

KINDS = pytest.mark.parametrize("kind", list(SMALLEST))
INITIATED = (200, {"success": True, "status": "INITIATED"})
NOT_FOUND = rejected(404, "NOT_FOUND", "User not found")


def initiate(
    gateway: RunningGateway, user_id: str, client: dict[str, str] | None = None
) -> Response:
    """Send ``POST /users/{user_id}/kyc``, which has no body."""
    headers = {**(client or MACHNET), "Content-Type": "application/json"}
    return gateway.send("POST", f"/users/{user_id}/kyc", headers=headers)


def status(gateway: RunningGateway, user_id: str) -> Any:
    """The status of a user."""
    return get(gateway, user_id).json()["status"]


def key_of(user_id: str) -> AccountKey:
    """The key of a user's account."""
    return AccountKey(DEFAULT_NAMESPACE, "machnet", user_id)


def history(gateway: RunningGateway, user_id: str) -> list[Event]:
    """The events of a user's profile."""

    def events(session: Session) -> list[Event]:
        profile = rows.find_of(session, key_of(user_id))
        return profiles.events(session, DEFAULT_NAMESPACE, profile.id)

    return gateway.run(gateway.store.read(events))


def cip_info(gateway: RunningGateway, user_id: str) -> Response:
    """Send ``GET /users/{user_id}/cip-info``."""
    return gateway.send("GET", f"/users/{user_id}/cip-info", headers=MACHNET)


# --- Verification -------------------------------------------------------------------------


def go(method: str, target: str, body: bytes = b"") -> bytes:
    """A request of the Go client: its headers, in its order; a POST without a body says so."""
    headers = list(GO_CLIENT)
    if body or method != "GET":
        headers.insert(2, ("Content-Length", str(len(body))))
    return head(method, f"/v4{target}", headers) + body


def test_a_known_client_takes_a_user_from_registration_to_verification(gateway: RunningGateway):
    """
    The Go client's base ends in /v4. It sends what it knows in this order, ``business`` always, and
    reads the user, ``{"success", "status"}``, ``{"cip_info", "kyc_status", "user_id"}`` and a list.
    """
    new = (
        b'{"first_name":"Verified","last_name":"Norgay","email":"tenzin@example.com",'
        b'"gender":"Male","date_of_birth":"2000-01-01","address_line1":"1 Market Street",'
        b'"mobile_phone":"2106603032","city":"Santa Clara","zipcode":"95053","state":"CA",'
        b'"country":"US","ip_address":"10.0.0.1","type":"SEND","business":false}'
    )
    responses = []
    with Wire(gateway.port) as wire:
        wire.write(go("POST", "/users", new))
        user_id = wire.read().json()["id"]
        for request in (
            go("PATCH", f"/users/{user_id}", b'{"city":"Reno","state":"NV","business":false}'),
            go("POST", f"/users/{user_id}/kyc"),
            go("GET", f"/users/{user_id}"),
            go("GET", f"/users/{user_id}/cip-info"),
            go("GET", f"/users/{user_id}/receive-users"),
            go("PATCH", f"/users/{user_id}", b'{"last_name":"Hillary","business":false}'),
        ):
            wire.write(request)
            responses.append(wire.read())
    updated, initiated, user, information, list_of_receivers, late = responses

    assert [200, 200, 200, 200, 200, 400] == [response.status for response in responses]
    assert ("Reno", "UNVERIFIED") == (updated.json()["city"], updated.json()["status"])
    assert {"success": True, "status": "INITIATED"} == initiated.json()
    assert ("male", "VERIFIED") == (user.json()["gender"], user.json()["status"])
    assert "VERIFIED" == information.json()["cip_info"]["FIRST_NAME"]
    assert [] == list_of_receivers.json()
    assert ["last_name"] == locked(late)


@pytest.mark.parametrize(
    ("first_name", "result"),
    [
        ("Verified", "VERIFIED"),
        ("Retry", "RETRY"),
        ("Suspended", "SUSPENDED"),
        ("Tenzin", "IN_PROGRESS"),
        ("verified", "IN_PROGRESS"),
        ("Verified ", "IN_PROGRESS"),
    ],
)
@KINDS
def test_the_first_name_decides_the_result(
    gateway: RunningGateway, kind: str, first_name: str, result: str
):
    """
    "A user is placed in Unverified status until they submit their KYC information for
    verification." RaaS: "Various KYC statuses can be simulated in Sandbox by supplying specific
    values in the First Name field", which has the name of a business too.
    """
    user = registered(gateway, {**SMALLEST[kind], "first_name": first_name})
    response = initiate(gateway, user["id"])

    assert "UNVERIFIED" == user["status"]
    assert INITIATED == outcome(response)
    assert {**user, "status": result} == get(gateway, user["id"]).json()


@KINDS
def test_every_lock_is_reached_through_the_providers_api_alone(gateway: RunningGateway, kind: str):
    """
    "The status of the user changes from 'UNVERIFIED' at the beginning to 'IN PROGRESS' to
    'VERIFIED'": registered, named, verified, and every "No" of the page's column rejects.
    """
    new = registered(gateway, {**SMALLEST[kind], "country": "US", "user_relationship": "BROTHER"})
    before = status(gateway, new["id"]), initiate(gateway, new["id"]), status(gateway, new["id"])
    patch(gateway, new["id"], {"first_name": "Verified"})
    initiate(gateway, new["id"])
    never = fields_with("No", kind, "VERIFIED")

    assert ("UNVERIFIED", "IN_PROGRESS") == before[::2]
    assert "VERIFIED" == status(gateway, new["id"])
    assert sorted(never) == locked(patch(gateway, new["id"], new_body(kind, never)))


@pytest.mark.parametrize("first", ["VERIFIED", "SUSPENDED", "REVIEW_PENDING"])
def test_a_result_stays_when_the_verification_is_initiated_again(
    gateway: RunningGateway, first: str
):
    """
    "Machnet may also verify or suspend the user": its compliance team moves a user from these
    statuses, here the admin API does. That the call succeeds all the same is our choice.
    """
    gateway.put("machnet", INDIVIDUAL, {"account.status": first, "name.given": "Retry"})
    before = history(gateway, INDIVIDUAL)

    assert INITIATED == outcome(initiate(gateway, INDIVIDUAL))
    assert first == status(gateway, INDIVIDUAL)
    assert before == history(gateway, INDIVIDUAL)


def test_a_user_in_retry_is_verified_again(gateway: RunningGateway):
    """
    "If additional information is added or any information is updated on the user, KYC/KYB
    should be re-initiated using this API".
    """
    user = registered(gateway, {**SMALLEST["individual"], "first_name": "Retry"})
    initiate(gateway, user["id"])
    patch(gateway, user["id"], {"first_name": "Verified"})
    initiate(gateway, user["id"])

    assert "VERIFIED" == status(gateway, user["id"])


def test_a_verification_is_one_event_of_the_history(gateway: RunningGateway):
    """
    Every change of a profile writes one event: who, through which channel, from what to what.
    """
    initiate(gateway, INDIVIDUAL)
    event = history(gateway, INDIVIDUAL)[-1]

    assert ("machnet", "demo-client") == (event.origin.channel, event.origin.who)
    assert {"machnet:account.status": ("UNVERIFIED", "IN_PROGRESS")} == event.changes


def test_a_user_of_another_client_cannot_be_verified(gateway: RunningGateway):
    """
    A client reaches its own users only.
    """
    path = f"/users/{INDIVIDUAL}/cip-info"

    assert NOT_FOUND == outcome(initiate(gateway, INDIVIDUAL, MACHNET_OTHER))
    assert NOT_FOUND == outcome(gateway.send("GET", path, headers=MACHNET_OTHER))
    assert "UNVERIFIED" == status(gateway, INDIVIDUAL)


def test_the_verification_of_a_linked_user_locks_the_profile_for_all(gateway: RunningGateway):
    """
    The page: first_name, "User is verified: No". Navixy's account of the same person obeys.
    """
    gateway.put("machnet", LENA, {"account.status": "UNVERIFIED"})
    patch(gateway, LENA, {"first_name": "Verified"})
    body = {"hash": LENA_HASH, "legal_type": "individual", "first_name": "Lea", "last_name": "L"}
    raw = json.dumps({**body, "middle_name": ""}).encode()
    initiate(gateway, LENA)
    rejection = gateway.send("POST", "/v2/user/personal_info/update", body=raw, headers=JSON)

    assert "VERIFIED" == status(gateway, LENA)
    assert (403, 13) == (rejection.status, rejection.json()["status"]["code"])
    assert "Verified" == gateway.fields("navixy", "1003")["name.given"]


# --- The status of the information --------------------------------------------------------


def test_each_piece_of_submitted_information_has_a_status(gateway: RunningGateway):
    """
    "Only the status of submitted information will be presented here"; the Go client reads these
    names, and writes them in this order.
    """
    user = registered(gateway, {**INDIVIDUAL_REGISTRATION, "occupation": "", "middle_name": "T"})
    tags = """
        GENDER COUNTRY STATE LAST_NAME CITY ZIP_CODE DATE_OF_BIRTH ID_DOC PHONE_NUMBER EMAIL
        ADDRESS_LINE1 MIDDLE_NAME FIRST_NAME IP_ADDRESS
    """.split()
    shown = cip_info(gateway, user["id"]).json()

    assert ["user_id", "kyc_status", "cip_info"] == list(shown)
    assert (user["id"], "UNVERIFIED") == (shown["user_id"], shown["kyc_status"])
    assert [(tag, "SUBMIT") for tag in tags] == list(shown["cip_info"].items())


@pytest.mark.parametrize(
    ("user_status", "word"),
    [
        ("UNVERIFIED", "SUBMIT"),
        ("IN_PROGRESS", "REVIEWING"),
        ("REVIEW_PENDING", "REVIEWING"),
        ("VERIFIED", "VERIFIED"),
        ("RETRY", "REQUESTED"),
        ("SUSPENDED", "FAILED"),
    ],
)
def test_the_status_of_the_information_follows_the_users(
    gateway: RunningGateway, user_status: str, word: str
):
    """
    "Only when all CIP information required for KYC/KYB verification are verified will the KYC
    status of the user be verified." "Get Verification Status" lists the five words.
    """
    gateway.put("machnet", INDIVIDUAL, {"account.status": user_status})
    shown = cip_info(gateway, INDIVIDUAL).json()

    assert user_status == shown["kyc_status"]
    assert {word} == {*shown["cip_info"].values()}


# --- Values in other notations ------------------------------------------------------------


@pytest.mark.parametrize("gender", ["Male", "FEMALE", "other"])
def test_a_gender_in_any_case_is_shown_in_lower_case(gateway: RunningGateway, gender: str):
    """
    "Receive User Object": "Male, female, other"; the page's sample answers "female".
    """
    sent = {**SMALLEST["individual"], "gender": gender}

    assert gender.lower() == registered(gateway, sent)["gender"]
    assert gender.lower() == patch(gateway, INDIVIDUAL, {"gender": gender}).json()["gender"]
    assert gender.lower() == gateway.fields("machnet", INDIVIDUAL)["gender"]


def test_a_gender_in_another_case_is_no_update(gateway: RunningGateway):
    """
    The page: gender, "User is verified: No". The same word is the stored value.
    """
    assert 200 == patch(gateway, INDIVIDUAL_VERIFIED, {"gender": "Female"}).status
    assert ["gender"] == locked(patch(gateway, INDIVIDUAL_VERIFIED, {"gender": "Male"}))


@pytest.mark.parametrize("notation", ["111-11-1112", "111 11 1112", "111111112"])
def test_the_ssn_of_a_verified_user_may_come_in_another_notation(
    gateway: RunningGateway, notation: str
):
    """
    The page: "SSN is not updatable once user is verified." The number is the same; the stored text
    stays as it is.
    """
    before = gateway.fields("machnet", INDIVIDUAL_VERIFIED)
    response = patch(
        gateway, INDIVIDUAL_VERIFIED, {"virtual_documents": [virtual("SSN", notation)]}
    )

    assert 200 == response.status
    assert before == gateway.fields("machnet", INDIVIDUAL_VERIFIED)


# --- What an answer shows may be sent back ------------------------------------------------

DEMO_USERS = [
    account["id"]
    for person in read_demo_data()["people"]
    for account in person["accounts"]
    if account["provider"] == "machnet"
]
PAPERS = {
    "physical_documents": [physical("STATE_ID", country="US"), physical("STATE_ID", PDF)],
    "virtual_documents": [virtual("PASSPORT", "P1", state="CA"), virtual("PASSPORT", "P2")],
}


@pytest.mark.parametrize("user_id", DEMO_USERS)
def test_what_an_answer_shows_may_be_sent_back(gateway: RunningGateway, user_id: str):
    """
    Get-put: the page's answers have documents with ids, without their contents and with masks; sent
    back they change nothing, and no mask is stored.
    """
    patch(gateway, user_id, PAPERS)
    patch(gateway, user_id, {"virtual_documents": [virtual("SSN", "222-33-4445")]})
    shown, stored = get(gateway, user_id), gateway.fields("machnet", user_id)
    before, copies = history(gateway, user_id), gateway.rows("SELECT count(*) FROM documents")
    response = patch(gateway, user_id, shown.body)

    assert (200, shown.text) == (response.status, response.text)
    assert stored == gateway.fields("machnet", user_id)
    assert before == history(gateway, user_id)
    assert copies == gateway.rows("SELECT count(*) FROM documents")


def test_a_masked_number_changes_its_other_parts_alone(gateway: RunningGateway):
    """
    ``*****1112`` is how the page shows 111111112: it means that number.
    """
    patch(gateway, INDIVIDUAL, {"virtual_documents": [virtual("SSN", "111111112", state="CA")]})
    sent = virtual("SSN", "*****1112", state="NY")
    shown = patch(gateway, INDIVIDUAL, {"virtual_documents": [sent]}).json()["virtual_documents"]
    (stored,) = gateway.fields("machnet", INDIVIDUAL)["documents.virtual"]

    assert [("*****1112", "NY")] == [(one["document_value"], one["state"]) for one in shown]
    assert ("111111112", "NY") == (stored["value"], stored["region"])


@pytest.mark.parametrize("field", ["physical_documents", "virtual_documents"])
def test_a_document_without_its_value_must_name_a_stored_one(gateway: RunningGateway, field: str):
    """
    A registration has no stored document, and an id of another type names none.
    """
    patch(gateway, INDIVIDUAL, PAPERS)
    document = {**get(gateway, INDIVIDUAL).json()[field][0], "document_type": "EIN"}
    del document["country" if field == "physical_documents" else "document_value"]
    new = register(gateway, {**SMALLEST["individual"], field: [document]})

    assert [f"{field}[0].document_value"] == invalid(new)
    assert [f"{field}[0].document_value"] == invalid(
        patch(gateway, INDIVIDUAL, {field: [document]})
    )


# --- Null ---------------------------------------------------------------------------------


def test_a_registration_with_null_is_one_without_the_field(gateway: RunningGateway):
    """
    "Add a Receive User", its sample for a business: ``"middle_name": null, "last_name": null``. The
    names that a registration requires cannot be null.
    """
    business = {**SMALLEST["business"], "middle_name": None, "last_name": None, "gender": None}
    optional = {"middle_name": None, "business": None, "physical_documents": None, "type": None}
    user = registered(gateway, {**SMALLEST["individual"], **optional})
    nameless = register(gateway, dict.fromkeys(["first_name", "last_name", "email"]))

    assert "Everest Inc" == registered(gateway, business)["first_name"]
    assert user.keys().isdisjoint(optional)
    assert ["email", "first_name", "last_name"] == invalid(nameless)


@pytest.mark.parametrize("kind", SMALLEST)
def test_a_country_that_a_registration_leaves_out_cannot_be_given_later(
    gateway: RunningGateway, kind: str
):
    """
    The page's table has "No" for ``country``, whatever the status: a first one is an update too.
    """
    user = registered(gateway, SMALLEST[kind])

    assert ["country"] == locked(patch(gateway, user["id"], {"country": "US"}))
    assert user == get(gateway, user["id"]).json()


# --- States -------------------------------------------------------------------------------

STATES = {
    "two letters in the US": ("US", "CA", True),
    "three letters in Colombia": ("CO", "ANT", True),
    "a digit in Nepal": ("NP", "3", True),
    "a prefix": ("ZA", "ZA-WC", False),
    "a name": ("US", "California", False),
    "small letters": ("US", "ca", False),
    "no text": ("US", "", False),
    "three letters in the US": ("US", "CAL", False),
    "a digit in the US": ("US", "1", False),
}
"""A country, a state, and whether it is one there."""

STATE = pytest.mark.parametrize(("country", "state", "is_one"), STATES.values(), ids=list(STATES))


@STATE
def test_a_state_is_a_code_within_its_country(
    gateway: RunningGateway, country: str, state: str, is_one: bool
):
    """
    "Receive User Object": "2-letter ISO code of the user's state"; "States": ``"code": "CA",
    "country": "US"``. A user's country is never updatable, so an update is judged by the stored
    one.
    """
    new = {**SMALLEST["individual"], "country": country}
    response = register(gateway, {**new, "state": state})
    updated = patch(gateway, registered(gateway, new)["id"], {"state": state})

    if is_one:
        assert state == response.json()["state"] == updated.json()["state"]
    else:
        assert ["state"] == invalid(response) == invalid(updated)


@STATE
def test_a_state_is_judged_by_the_country_beside_it(
    gateway: RunningGateway, country: str, state: str, is_one: bool
):
    """
    A mailing address has a country of its own, which may change, and so has each document.
    """
    place = {"country": country, "state": state}
    papers = {
        "physical_documents": [physical("EIN"), physical("STATE_ID", **place)],
        "virtual_documents": [virtual("PASSPORT", "P1", **place)],
    }
    mail = patch(gateway, BUSINESS, {"mailing_address": place})
    documents = patch(gateway, INDIVIDUAL, papers)

    if is_one:
        assert place == mail.json()["mailing_address"]
        assert state == documents.json()["physical_documents"][-1]["state"]
    else:
        assert ["mailing_address.state"] == invalid(mail)
        assert ["physical_documents[1].state", "virtual_documents[0].state"] == invalid(documents)


def test_a_region_without_a_code_is_left_out(gateway: RunningGateway):
    """
    Another provider writes a region out; Machnet has no form for it, and it stays as it is.
    """
    gateway.put("machnet", INDIVIDUAL, {"addresses.residential.region": "Hessen"})
    shown = get(gateway, INDIVIDUAL)
    tags = cip_info(gateway, INDIVIDUAL).json()["cip_info"]

    assert "state" not in shown.json()
    assert "STATE" not in tags
    assert shown.text == patch(gateway, INDIVIDUAL, shown.body).text
    assert "Hessen" == gateway.fields("machnet", INDIVIDUAL)["addresses.residential.region"]


def test_a_dry_run_judges_a_state_as_the_update_does(gateway: RunningGateway):
    """
    A dry run reports what the update would do, field and rule.
    """
    body = {"provider": "machnet", "external_id": INDIVIDUAL, "body": {"state": "CAL"}}
    profile = gateway.run(gateway.store.read(rows.find_of, key_of(INDIVIDUAL)))
    response = gateway.send(
        "POST",
        f"/profiles/{profile.id}/what-if",
        body=json.dumps(body).encode(),
        headers={"Authorization": "Bearer demo-admin", **JSON},
    )
    (outcome,) = response.json()["outcomes"]

    assert ("rejected", ["state"]) == (outcome["outcome"], outcome["fields"])
    assert "state must match ^[A-Z]{2}$" == outcome["reason"]


# --- Receivers ----------------------------------------------------------------------------


def receivers(gateway: RunningGateway, user_id: str, client: dict[str, str] = MACHNET) -> Response:
    """Send ``GET /users/{user_id}/receive-users``."""
    return gateway.send("GET", f"/users/{user_id}/receive-users", headers=client)


def test_a_user_lists_its_receivers(gateway: RunningGateway):
    """
    "Receive users will be linked to a particular send user"; a known client reads a list of users.
    """
    sent = {**SMALLEST["individual"], "type": "RECEIVE", "send_user_id": INDIVIDUAL}
    first = registered(gateway, {**sent, "user_relationship": "BROTHER"})
    gateway.clock.advance(timedelta(seconds=1))
    second = registered(gateway, {**SMALLEST["business"], "send_user_id": INDIVIDUAL})
    registered(gateway, {**sent, "send_user_id": BUSINESS})
    registered(gateway, sent, MACHNET_OTHER)

    assert (200, [first, second]) == outcome(receivers(gateway, INDIVIDUAL))
    assert (200, []) == outcome(receivers(gateway, first["id"]))
    assert NOT_FOUND == outcome(receivers(gateway, INDIVIDUAL, MACHNET_OTHER))


def test_of_many_receivers_the_oldest_are_listed(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
):
    """
    "Oldest first and at most 1000" (here 5): the oldest ones, whatever their ids.
    """
    monkeypatch.setattr("profilegate.handlers.machnet.operations.RECEIVERS_SHOWN_MAX", 5)
    made = []
    for _ in range(9):
        made.append(registered(gateway, {**SMALLEST["individual"], "send_user_id": INDIVIDUAL}))
        gateway.clock.advance(timedelta(seconds=1))

    assert made[:5] == receivers(gateway, INDIVIDUAL).json()


def test_a_receiver_is_shown_as_it_is_now(gateway: RunningGateway):
    """
    The list has the users as "Get User by ID" shows them, also after a restart and an update.
    """
    sent = {**SMALLEST["individual"], "send_user_id": INDIVIDUAL}
    user_id = registered(gateway, sent)["id"]
    patch(gateway, user_id, {"city": "Lukla"})
    gateway.restart()

    assert [get(gateway, user_id).json()] == receivers(gateway, INDIVIDUAL).json()
