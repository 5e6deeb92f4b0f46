"""Kraken's update operation as its partners call it, and the texts of its error responses."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from tests.clients import JSON, KRAKEN_USER, KrakenPartner
from tests.running_gateway import Response, RunningGateway

SUCCESS = {"result": "success"}

INVALID_KEY = "EAPI:Invalid key"
MISSING_KEY = "EAPI:Missing API-Key"
INVALID_SIGNATURE = "EAPI:Invalid signature"
INVALID_NONCE = "EAPI:Invalid nonce"
INVALID_ARGUMENTS = "EGeneral:Invalid arguments"
UNKNOWN_USER = "EGeneral:Unknown user"

NONCE_MAX = 2**64 - 1

LINKED_AND_LOCKED = "AA39N84GC4XO6B2V"
"""A user of the demo partner; another provider has verified and locks the name."""

OTHER_PARTNER = KrakenPartner(
    "other-api-key", "b3RoZXItc2VjcmV0LWZvci1wcm9maWxlZ2F0ZS1vbmx5LW5vdC1hLXJlYWwta2V5IQ=="
)

# "Kraken's public doc key": the private key of the guide's example.
DOCUMENTED_KEY = (
    "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
)
DOCUMENTED_API_KEY = "documented-api-key"


def path_of(user: str) -> str:
    """A user's path; blanks become %20, other percent-encoding stays as it is given."""
    return f"/b2b/users/{user.replace(' ', '%20')}"


def patch(
    gateway: RunningGateway,
    body: Any,
    *,
    user: str = KRAKEN_USER,
    query: str = "",
    nonce: int | str | None = None,
    partner: KrakenPartner | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """
    Send a signed ``PATCH /b2b/users/{user}``; a body of bytes goes out as it is.

    A new partner starts its nonces at 1, so it may call once; ``headers`` are added last.
    """
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    target = path_of(user) + query
    signed = (partner or KrakenPartner()).headers(target, raw, nonce)
    return gateway.send("PATCH", target, body=raw, headers={**signed, **JSON, **(headers or {})})


def error(*words: str) -> dict[str, list[str]]:
    """The envelope of every error response: ``{"error": ["EAPI:Invalid key"]}``."""
    return {"error": list(words)}


def outcome(response: Response) -> tuple[int, Any]:
    """A response's status and body."""
    return response.status, response.json()


def invalid(response: Response) -> list[str]:
    """The fields that a 400 names, in alphabetical order."""
    words = response.json()["error"]
    assert (400, error(*words)) == outcome(response)
    assert all(word.startswith(f"{INVALID_ARGUMENTS}:") for word in words)
    return sorted(word.removeprefix(f"{INVALID_ARGUMENTS}:") for word in words)


def add_documented_key(gateway: RunningGateway) -> None:
    """Give the demo partner the key of the guide's example as a second key."""
    secret = base64.b64decode(DOCUMENTED_KEY)
    gateway.put_credential("kraken", "api-key", DOCUMENTED_API_KEY, tenant="demo", secret=secret)
