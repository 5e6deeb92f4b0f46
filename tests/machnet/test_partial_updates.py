"""Machnet: null is not sent, objects change part by part, absent values are left out."""

from typing import Any

import pytest

from tests.clients import BUSINESS, INDIVIDUAL
from tests.machnet.calls import invalid, patch
from tests.machnet.registrations import get
from tests.machnet.users import IMAGE, VERIFIED, business, individual, physical, virtual
from tests.running_gateway import RunningGateway

# --- Null --------------------------------------------------------------------------------

FIELDS = """
    first_name middle_name last_name mobile_phone email address_line1 address_line2 city state
    country zipcode date_of_birth gender user_scope occupation type physical_documents
    virtual_documents company_details business business_type company_website number_of_employee
    mailing_address user_relationship number_of_transaction_per_month transaction_frequency
    id ip_address
""".split()

OBJECTS_OF_NULL: dict[str, Any] = {
    "company_details": dict.fromkeys(["address", "company_name", "phone_number"]),
    "mailing_address": dict.fromkeys(
        ["address_line1", "address_line2", "city", "state", "country", "zipcode"]
    ),
}

OPTIONAL = ["country", "state", "expiry_date", "id_issuing_authority"]
"""The parts that either kind of document may lack."""

USERS = {"individual": individual, "business": business}


@pytest.mark.parametrize("kind", ["individual", "business"])
def test_null_is_the_same_as_not_sent(gateway: RunningGateway, kind: str):
    """
    "Add a Receive User", its sample for a business: ``"middle_name": null, "last_name": null``. So
    null removes no value, and names none that is locked.
    """
    user_id = USERS[kind](gateway, VERIFIED)
    before = get(gateway, user_id).text
    response = patch(gateway, user_id, {**dict.fromkeys(FIELDS), **OBJECTS_OF_NULL})

    assert (200, before) == (response.status, response.text)


@pytest.mark.parametrize("part", ["document_value_back", *OPTIONAL])
def test_null_in_a_document_is_the_same_as_not_sent(gateway: RunningGateway, part: str):
    """
    A document is kept whole, so a part that is null is a part that it does not have.
    """
    field = "physical_documents" if part == "document_value_back" else "virtual_documents"
    document = {"document_type": "PASSPORT", "document_value": IMAGE if "back" in part else "P1"}
    without = patch(gateway, INDIVIDUAL, {field: [document]}).json()[field][0].keys()
    response = patch(gateway, INDIVIDUAL, {field: [{**document, part: None}]})

    assert 200 == response.status
    assert without == response.json()[field][0].keys()


def test_a_required_part_rejects_null(gateway: RunningGateway):
    """
    A document is matched by its type, so there is none without it.
    """
    body = {"virtual_documents": [{**virtual("PASSPORT", "P1"), "document_type": None}]}

    assert ["virtual_documents[0].document_type"] == invalid(patch(gateway, INDIVIDUAL, body))


# --- Parts, and absent values ------------------------------------------------------------

COMPANY_DETAILS = {
    "address": "123 address st",
    "company_name": "ACME",
    "phone_number": "222222222",
}
MAILING_ADDRESS = {
    "address_line1": "PO Box 1",
    "address_line2": "Left entrance",
    "city": "Santa Clara",
    "country": "US",
    "state": "CA",
    "zipcode": "95053",
}


@pytest.mark.parametrize(
    ("user_id", "field", "stored", "part"),
    [(INDIVIDUAL, "company_details", COMPANY_DETAILS, part) for part in COMPANY_DETAILS]
    + [(BUSINESS, "mailing_address", MAILING_ADDRESS, part) for part in MAILING_ADDRESS],
)
def test_an_object_changes_part_by_part(
    gateway: RunningGateway, user_id: str, field: str, stored: dict[str, str], part: str
):
    """
    "You can also update the user information partially"; "mailing_address (address_line1,
    address_line2, city, state, country, zipcode)": each part is updatable by itself, and no part
    of the mailing address changes the registered address.
    """
    other = {"address_line1": "1 Road", "address_line2": "", "city": "Oslo", "zipcode": "1"}
    new = "333333333" if part == "phone_number" else "NV"
    patch(gateway, user_id, {field: stored, **other})
    patch(gateway, user_id, {field: {part: new}})
    user = patch(gateway, user_id, {field: {}}).json()

    assert {**stored, part: new} == user[field]
    assert other == {name: user[name] for name in other}


INDIVIDUAL_KNOWN = "country created_at email first_name id last_name status user_scope"
BUSINESS_KNOWN = "country created_at email first_name id status user_scope"


@pytest.mark.parametrize(
    ("user_id", "known"),
    [(INDIVIDUAL, INDIVIDUAL_KNOWN), (BUSINESS, BUSINESS_KNOWN)],
    ids=["individual", "business"],
)
def test_an_absent_field_is_left_out(gateway: RunningGateway, user_id: str, known: str):
    """
    The page's responses have no null, no empty object and no empty list.
    """
    response = patch(gateway, user_id, {})

    assert 200 == response.status
    assert known.split() == list(response.json())
    assert "null" not in response.text


def test_an_absent_part_is_left_out(gateway: RunningGateway):
    """
    The parts of objects and documents are left out like fields.
    """
    body = {"company_details": {"company_name": "ACME"}, "physical_documents": [physical("EIN")]}
    user = patch(gateway, INDIVIDUAL, body).json()

    assert {"company_name": "ACME"} == user["company_details"]
    assert ["document_type", "id"] == list(user["physical_documents"][0])
