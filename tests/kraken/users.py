"""A Kraken partner that creates, reads and updates users, with one series of nonces."""

import json
from typing import Any

from tests.clients import JSON, KrakenPartner
from tests.running_gateway import Response, RunningGateway

# What all copies of the reference require, in their order.
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

OTHER_KEYS = KrakenPartner(
    "other-api-key", "b3RoZXItc2VjcmV0LWZvci1wcm9maWxlZ2F0ZS1vbmx5LW5vdC1hLXJlYWwta2V5IQ=="
)

Outcome = tuple[int, Any]


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
        """Send a signed request; a body of bytes goes out as it is, none if it is empty."""
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
        """The IIBAN of a new user, as it is answered."""
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
        """The details that Kraken still wants of a user."""
        actions = self.get(user).json()["result"]["status"]["required_actions"]
        assert all("provide_details" == action["action_type"] for action in actions)
        return [action["details_type"]["type"] for action in actions]


def path_of(user: str) -> str:
    """A user's path; blanks go out as %20."""
    return f"/b2b/users/{user.replace(' ', '%20')}"


def unspaced(iiban: str) -> str:
    """An IIBAN without its blanks."""
    return iiban.replace(" ", "")


def outcome(response: Response) -> Outcome:
    """An response's status and body."""
    return response.status, response.json()


def rejected(status: int, *words: str) -> Outcome:
    """A error response's status and its envelope: ``{"error": ["EAPI:Invalid key"]}``."""
    return status, {"error": list(words)}


INVALID_NONCE = rejected(401, "EAPI:Invalid nonce")
UNKNOWN_USER = rejected(404, "EGeneral:Unknown user")
TAKEN = rejected(409, "EGeneral:Conflict:external_id")
