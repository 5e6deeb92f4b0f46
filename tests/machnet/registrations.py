"""Registrations at Machnet, as the samples of "Register a User" send them."""

import json
from collections.abc import Mapping
from typing import Any

from tests.clients import JSON, MACHNET
from tests.running_gateway import Response, RunningGateway

# The fields of the sample of "Register a User", in its order.
INDIVIDUAL_REGISTRATION: dict[str, Any] = {
    "first_name": "Tenzin",
    "last_name": "Norgay",
    "email": "tenzin@example.com",
    "gender": "female",
    "date_of_birth": "2000-01-01",
    "address_line1": "500 8 El Camino Real Santa Clara",
    "mobile_phone": "2106603032",
    "city": "Santa Clara",
    "zipcode": "95053",
    "state": "CA",
    "country": "US",
    "ip_address": "10.0.0.1",
    "type": "SEND",
    "physical_documents": [
        {
            "document_value": "data:image/jpg;base64,SUQs==",
            "document_type": "STATE_ID",
            "country": "US",
            "expiry_date": "2030-03-09",
            "state": "CA",
        }
    ],
    "virtual_documents": [
        {
            "document_value": "P1234567",
            "document_type": "PASSPORT",
            "expiry_date": "2030-03-09",
            "id_issuing_authority": "CA",
            "country": "US",
            "state": "CA",
        },
        {
            "document_value": "111111112",
            "document_type": "SSN",
            "country": "US",
            "state": "CA",
        },
    ],
}

BUSINESS_REGISTRATION: dict[str, Any] = {
    "first_name": "Machnet Technologies Inc",
    "email": "business@example.com",
    "business": True,
    "date_of_birth": "1995-01-01",
    "address_line1": "500 8 El Camino Real Santa Clara",
    "city": "Santa Clara",
    "state": "CA",
    "country": "US",
    "zipcode": "95053",
    "mobile_phone": "222222222",
    "number_of_transaction_per_month": "122",
}

SMALLEST: dict[str, dict[str, Any]] = {
    "individual": {"first_name": "Pem", "last_name": "Norgay", "email": "pem@example.com"},
    "business": {"first_name": "Everest Inc", "business": True, "email": "everest@example.com"},
}
"""The required fields of each kind of user."""


def register(gateway: RunningGateway, body: Any, client: Mapping[str, str] = MACHNET) -> Response:
    """Send ``POST /users``; bytes are sent as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return gateway.send("POST", "/users", body=raw, headers={**client, **JSON})


def registered(
    gateway: RunningGateway, body: Any, client: Mapping[str, str] = MACHNET
) -> dict[str, Any]:
    """Register a user; the user as the response shows it."""
    response = register(gateway, body, client)
    assert 200 == response.status
    user: dict[str, Any] = response.json()
    return user


def get(gateway: RunningGateway, user_id: str, client: Mapping[str, str] = MACHNET) -> Response:
    """Send ``GET /users/{user_id}``."""
    return gateway.send("GET", f"/users/{user_id}", headers=client)


def rejected(status: int, code: str, message: str) -> tuple[int, dict[str, Any]]:
    """An error response's status and its envelope."""
    return status, {"status": status, "code": code, "message": message}


def outcome(response: Response) -> tuple[int, Any]:
    """A response's status and body."""
    return response.status, response.json()
