"""Machnet: null is rejected, objects change part by part, absent values are left out."""

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


@pytest.mark.parametrize("field", PARTS)
def test_a_part_rejects_null(gateway: RunningGateway, field: str):
    """
    The error response names the path of the part: ``company_details.address``.
    """
    assert [field] == invalid(patch(gateway, INDIVIDUAL, PARTS[field]))


def test_every_field_rejects_null(gateway: RunningGateway):
    """
    No sample has a null: an unknown value is left out. The error response names every field.
    """
    before = gateway.fields("machnet", INDIVIDUAL)
    response = patch(gateway, INDIVIDUAL, dict.fromkeys(FIELDS))

    assert sorted(FIELDS) == invalid(response)
    assert before == gateway.fields("machnet", INDIVIDUAL)


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
