"""A Kraken partner that creates, reads and updates users, with one series of nonces."""

import json
from typing import Any

from tests.clients import JSON, KrakenPartner
from tests.kraken.calls import path_of
from tests.running_gateway import Response, RunningGateway

# The required fields in every copy of the reference, in its order.
REQUIRED: dict[str, Any] = {
    "email": "zoe@example.com",
    "external_id": "user-4711",
    "tos_version_accepted": 3,
    "full_name": {"first_name": "Zoe", "last_name": "Quinn"},
    "date_of_birth": "1990-05-04",
    "residence": {
        "line1": "Karl Johans gate 22",
        "city": "Oslo",
        "postal_code": "0026",
        "country": "NO",
    },
    "phone": "+4722123456",
    "nationalities": ["NO", "0C"],
    "occupation": "employed",
}

OPTIONAL: dict[str, Any] = {
    "city_of_birth": "Bergen",
    "country_of_birth": "SE",
    "tax_ids": [{"id": "12345678901", "issuing_country": "NO"}],
    "employer_name": "Observatory",
    "client_identifier": {"type": "passport", "value": "X1234567"},
    "language": "nb",
}


class Partner:
    """The demo partner, unless other keys are given.

    ::

        iiban = Partner(gateway).created(REQUIRED)
    """

    def __init__(self, gateway: RunningGateway, keys: KrakenPartner | None = None) -> None:
        self._gateway = gateway
        self.keys = keys or KrakenPartner()

    def send(
        self,
        method: str,
        target: str,
        body: Any = b"",
        *,
        nonce: int | str | None = None,
        **headers: str,
    ) -> Response:
        """Send a signed request; bytes are sent as they are, and an empty body is not sent."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = self.keys.headers(target, raw, nonce)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._gateway.send(
            method, target, body=raw or None, headers={**signed, **(JSON if raw else {}), **named}
        )

    def create(self, body: Any, **more: Any) -> Response:
        """``POST /b2b/users``."""
        return self.send("POST", "/b2b/users", body, **more)

    def created(self, body: Any) -> str:
        """Create a user; its IIBAN as the response writes it, with blanks."""
        response = self.create(body)
        assert 201 == response.status
        iiban: str = response.json()["result"]["user"]
        return iiban

    def get(self, user: str, body: Any = b"", **more: Any) -> Response:
        """``GET /b2b/users/{user}``."""
        return self.send("GET", path_of(user), body, **more)

    def update(self, user: str, body: Any, **more: Any) -> Response:
        """``PATCH /b2b/users/{user}``."""
        return self.send("PATCH", path_of(user), body, **more)

    def lacking(self, user: str) -> list[str]:
        """The details that Kraken still requires of a user."""
        actions = self.get(user).json()["result"]["status"]["required_actions"]
        assert all("provide_details" == action["action_type"] for action in actions)
        return [action["details_type"]["type"] for action in actions]


def unspaced(iiban: str) -> str:
    """An IIBAN without its blanks."""
    return iiban.replace(" ", "")


def rejected(status: int, *words: str) -> tuple[int, Any]:
    """An error response's status and its envelope: ``{"error": ["EAPI:Invalid key"]}``."""
    return status, {"error": list(words)}


INVALID_NONCE = rejected(401, "EAPI:Invalid nonce")
UNKNOWN_USER = rejected(404, "EGeneral:Unknown user")
TAKEN = rejected(409, "EGeneral:Conflict:external_id")
