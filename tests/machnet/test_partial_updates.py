"""What Machnet leaves out and what it changes part by part: nulls, bodies, absent values."""

from typing import Any

import pytest

from tests.clients import BUSINESS, INDIVIDUAL
from tests.machnet.calls import invalid, patch
from tests.machnet.users import physical, virtual
from tests.running_gateway import RunningGateway

# --- Null --------------------------------------------------------------------------------

FIELDS = """
    first_name middle_name last_name mobile_phone email address_line1 address_line2 city state
    country zipcode date_of_birth gender user_scope occupation type physical_documents
    virtual_documents company_details business business_type company_website number_of_employee
    mailing_address user_relationship number_of_transaction_per_month transaction_frequency
    id ip_address
""".split()

PARTS: dict[str, dict[str, Any]] = {
    f"{whole}.{part}": {whole: {part: None}}
    for whole, parts in {
        "company_details": "address company_name phone_number",
        "mailing_address": "address_line1 address_line2 city state country zipcode",
    }.items()
    for part in parts.split()
} | {
    f"{whole}[0].{part}": {whole: [{**document, part: None}]}
    for whole, document, parts in (
        ("physical_documents", physical("PASSPORT"), "document_value_back"),
        ("virtual_documents", virtual("PASSPORT", "P1"), ""),
    )
    for part in [
        *parts.split(),
        *"document_type document_value country state expiry_date id_issuing_authority".split(),
    ]
}


@pytest.mark.parametrize("field", FIELDS)
def test_null_is_no_value(gateway: RunningGateway, field: str):
    """
    No sample has a null: a value that is not known is left out.
    """
    assert [field] == invalid(patch(gateway, INDIVIDUAL, {field: None}))


@pytest.mark.parametrize("field", PARTS)
def test_null_is_no_value_inside_either(gateway: RunningGateway, field: str):
    """
    The error response names the part by its way: ``company_details.address``.
    """
    assert [field] == invalid(patch(gateway, INDIVIDUAL, PARTS[field]))


def test_all_nulls_are_named_at_once(gateway: RunningGateway):
    """
    An error response names every field that it is about; nothing is written.
    """
    before = gateway.fields("machnet", INDIVIDUAL)
    response = patch(gateway, INDIVIDUAL, dict.fromkeys(FIELDS))

    assert sorted(FIELDS) == invalid(response)
    assert before == gateway.fields("machnet", INDIVIDUAL)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"text"', b"1", b"{", b"{}{}", b"\xff"])
def test_a_body_is_one_json_object(gateway: RunningGateway, body: bytes):
    """
    Anything else is rejected in the envelope.
    """
    response = patch(gateway, INDIVIDUAL, body)

    assert 400 == response.status
    assert ["status", "code", "message"] == list(response.json())
    assert (400, "BAD_REQUEST") == (response.json()["status"], response.json()["code"])


# --- Parts, and what is not there --------------------------------------------------------


COMPANY_DETAILS = {
    "address": "123 address st",
    "company_name": "ACME",
    "phone_number": "222222222",
}
MAILING_ADDRESS = {
    "address_line1": "PO Box 1",
    "address_line2": "Left provider",
    "city": "Santa Clara",
    "country": "US",
    "state": "CA",
    "zipcode": "95053",
}


@pytest.mark.parametrize(
    ("part", "new"),
    [("address", "9 Main St"), ("company_name", "Everest"), ("phone_number", "333333333")],
)
def test_the_companys_details_change_part_by_part(gateway: RunningGateway, part: str, new: str):
    """
    "You can also update the user information partially": what is not sent stays.
    """
    patch(gateway, INDIVIDUAL, {"company_details": COMPANY_DETAILS})
    patch(gateway, INDIVIDUAL, {"company_details": {part: new}})
    user = patch(gateway, INDIVIDUAL, {"company_details": {}}).json()

    assert {**COMPANY_DETAILS, part: new} == user["company_details"]


@pytest.mark.parametrize("part", MAILING_ADDRESS)
def test_the_mailing_address_changes_part_by_part(gateway: RunningGateway, part: str):
    """
    "mailing_address (address_line1, address_line2, city, state, country, zipcode)": the table
    names its parts, so each is updatable by itself, and none is a part of the other address.
    """
    registered = {"address_line1": "1 Road", "address_line2": "", "city": "Oslo", "zipcode": "1"}
    patch(gateway, BUSINESS, {"mailing_address": MAILING_ADDRESS, **registered})
    patch(gateway, BUSINESS, {"mailing_address": {part: "NV"}})
    user = patch(gateway, BUSINESS, {"mailing_address": {}}).json()

    assert {**MAILING_ADDRESS, part: "NV"} == user["mailing_address"]
    assert registered == {field: user[field] for field in registered}


INDIVIDUAL_KNOWN = "country created_at email first_name id last_name status user_scope"
BUSINESS_KNOWN = "country created_at email first_name id status user_scope"


@pytest.mark.parametrize(
    ("user_id", "known"),
    [(INDIVIDUAL, INDIVIDUAL_KNOWN), (BUSINESS, BUSINESS_KNOWN)],
    ids=["individual", "business"],
)
def test_what_is_not_known_is_left_out(gateway: RunningGateway, user_id: str, known: str):
    """
    The page's responses have no null, nor an empty object or list.
    """
    response = patch(gateway, user_id, {})

    assert 200 == response.status
    assert known.split() == list(response.json())
    assert "null" not in response.text


def test_a_part_that_is_not_known_is_left_out(gateway: RunningGateway):
    """
    As with the user's own fields.
    """
    body = {"company_details": {"company_name": "ACME"}, "physical_documents": [physical("EIN")]}
    user = patch(gateway, INDIVIDUAL, body).json()

    assert {"company_name": "ACME"} == user["company_details"]
    assert ["document_type", "id"] == list(user["physical_documents"][0])
