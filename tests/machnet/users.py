"""Users with a value in every field, and for each field another valid value."""

from typing import Any

from tests.machnet.calls import patch
from tests.running_gateway import RunningGateway

INDIVIDUAL_ID = "11111111-2222-4333-8444-555555555501"
BUSINESS_ID = "11111111-2222-4333-8444-555555555502"

VERIFIED = "VERIFIED"
NOT_VERIFIED = "UNVERIFIED"

Values = dict[str, tuple[Any, Any]]

IMAGE = "data:image/jpg;base64,SUQs=="
OTHER_IMAGE = "data:image/png;base64,b3RoZXI="
PDF = "data:application/pdf;base64,UERG"


def physical(kind: str, content: str = IMAGE, **more: str) -> dict[str, str]:
    """A copy of a document, as a client sends it."""
    return {"document_type": kind, "document_value": content, **more}


def virtual(kind: str, number: str, **more: str) -> dict[str, str]:
    """The number of a document, as a client sends it."""
    return {"document_type": kind, "document_value": number, **more}


# A field, its present value, and a new one.
INDIVIDUAL_VALUES: Values = {
    "first_name": ("Tenzin", "Edmund"),
    "middle_name": ("", "Percival"),
    "last_name": ("Norgay", "Hillary"),
    "mobile_phone": ("2106603032", "222222222"),
    "email": ("tenzin@example.com", "edmund@example.com"),
    "address_line1": ("500 8 El Camino Real Santa Clara", "1 Market Street"),
    "address_line2": ("Apt 2", ""),
    "city": ("Santa Clara", "San Francisco"),
    "state": ("CA", "NY"),
    "country": ("US", "NP"),
    "zipcode": ("95053", "94105"),
    "date_of_birth": ("2000-01-01", "2000-01-02"),
    "gender": ("female", "other"),
    "user_scope": ("ARTS_ENTERTAINMENT", "COMPUTER_TECHNOLOGY"),
    "occupation": ("Banker", "Mountaineer"),
    "type": ("SEND", "RECEIVE"),
    "physical_documents": ([physical("STATE_ID")], [physical("BANK_STATEMENT", OTHER_IMAGE)]),
    "virtual_documents": (
        [virtual("SSN", "111111112", country="US", state="CA"), virtual("PASSPORT", "P1")],
        [virtual("PASSPORT", "P2")],
    ),
    "company_details": (
        {"address": "123 address st", "company_name": "ACME", "phone_number": "222222222"},
        {"address": "9 Main St", "company_name": "Everest", "phone_number": "333333333"},
    ),
    # In the page's sample, but in no row of its table.
    "ip_address": ("10.0.0.1", "2001:db8::1"),
}

BUSINESS_VALUES: Values = {
    "first_name": ("Machnet Technologies Inc", "Machnet Holdings Inc"),
    "mobile_phone": ("222222222", "+4930123456"),
    "email": ("business@example.com", "office@example.com"),
    "address_line1": ("500 8 El Camino Real Santa Clara", "1 Market Street"),
    "address_line2": ("Floor 3", "Floor 4"),
    "city": ("Santa Clara", "San Francisco"),
    "state": ("CA", "NY"),
    "country": ("US", "CA"),
    "zipcode": ("95053", "94105"),
    "date_of_birth": ("1995-01-01", "1995-01-02"),
    "business": (True, False),
    "business_type": ("CORPORATION", "PARTNERSHIP"),
    "user_scope": ("COMPUTER_TECHNOLOGY", "ARTS_ENTERTAINMENT"),
    "company_website": ("www.example.com", "https://example.org/"),
    "number_of_employee": ("BETWEEN_25_TO_50", "BETWEEN_50_TO_100"),
    "mailing_address.address_line1": ("PO Box 1", "PO Box 2"),
    "mailing_address.address_line2": ("Left entrance", "Right entrance"),
    "mailing_address.city": ("Santa Clara", "Reno"),
    "mailing_address.state": ("CA", "NV"),
    "mailing_address.country": ("US", "CA"),
    "mailing_address.zipcode": ("95053", "89501"),
    "virtual_documents": ([virtual("EIN", "123456789")], [virtual("EIN", "987654321")]),
    "physical_documents": (
        [physical("CERTIFICATE_OF_INCORPORATION", PDF), physical("INVOICE")],
        [physical("BANK_STATEMENT", OTHER_IMAGE)],
    ),
    "user_relationship": ("BROTHER", "SISTER"),
    "number_of_transaction_per_month": (122, 123),
    "transaction_frequency": ("WEEKLY", "DAILY"),
    # In the page's sample, but in no row of its table.
    "ip_address": ("10.0.10.5", "10.0.10.6"),
}

SET_AT_REGISTRATION = ("country", "type", "business", "user_relationship")


def body_of(values: dict[str, Any]) -> dict[str, Any]:
    """A body with these values: ``mailing_address.city`` becomes a property of its object."""
    body: dict[str, Any] = {}
    for field, value in values.items():
        name, _, part = field.partition(".")
        if part:
            body.setdefault(name, {})[part] = value
        else:
            body[name] = value
    return body


def individual(gateway: RunningGateway, status: str = NOT_VERIFIED) -> str:
    """Register an individual with a value in every field."""
    gateway.create(
        "machnet",
        INDIVIDUAL_ID,
        {
            "account.business": False,
            "account.type": "SEND",
            "account.status": NOT_VERIFIED,
            "addresses.residential.country": "US",
        },
        tenant="demo-client",
    )
    return _filled_in(gateway, INDIVIDUAL_ID, INDIVIDUAL_VALUES, status)


def business(gateway: RunningGateway, status: str = NOT_VERIFIED) -> str:
    """Register a business with a value in every field."""
    gateway.create(
        "machnet",
        BUSINESS_ID,
        {
            "account.business": True,
            "account.user_relationship": "BROTHER",
            "account.status": NOT_VERIFIED,
            "addresses.registered.country": "US",
        },
        tenant="demo-client",
    )
    return _filled_in(gateway, BUSINESS_ID, BUSINESS_VALUES, status)


def _filled_in(gateway: RunningGateway, user_id: str, values: Values, status: str) -> str:
    first = {field: old for field, (old, _) in values.items() if field not in SET_AT_REGISTRATION}
    assert 200 == patch(gateway, user_id, body_of(first)).status
    gateway.put("machnet", user_id, {"account.status": status})
    return user_id
