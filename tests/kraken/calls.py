"""Signed calls to Kraken's provider, and what its error responses say."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from tests.clients import JSON, KRAKEN_USER, KrakenPartner
from tests.running_gateway import Response, RunningGateway

SUCCESS = {"result": "success"}

INVALID_KEY = "EAPI:Invalid key"
INVALID_SIGNATURE = "EAPI:Invalid signature"
INVALID_NONCE = "EAPI:Invalid nonce"
INVALID_ARGUMENTS = "EGeneral:Invalid arguments"
UNKNOWN_USER = "EGeneral:Unknown user"

NONCE_MAX = 2**64 - 1

LINKED_AND_LOCKED = "AA39N84GC4XO6B2V"
"""The demo partner's user whose name is verified, and so locked, at another provider."""

OTHER_PARTNER = KrakenPartner(
    "other-api-key", "b3RoZXItc2VjcmV0LWZvci1wcm9maWxlZ2F0ZS1vbmx5LW5vdC1hLXJlYWwta2V5IQ=="
)

# "Kraken's public doc key": the private key of the guide's example.
DOCUMENTED_KEY = (
    "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
)
DOCUMENTED_API_KEY = "documented-api-key"


def path_of(user: str) -> str:
    """A user's path, percent-encoded as it is given."""
    return f"/b2b/users/{user}"


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

    A new partner begins its nonces at 1 and so may call once; ``headers`` come on top.
    """
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    target = path_of(user) + query
    signed = (partner or KrakenPartner()).headers(target, raw, nonce)
    return gateway.send("PATCH", target, body=raw, headers={**signed, **JSON, **(headers or {})})


def error(*words: str) -> dict[str, list[str]]:
    """The envelope of every error response: ``{"error": ["EAPI:Invalid key"]}``."""
    return {"error": list(words)}


def outcome(response: Response) -> tuple[int, Any]:
    """An response's status and body."""
    return response.status, response.json()


def invalid(response: Response) -> list[str]:
    """The fields that an error response names as wrong, in the order of the alphabet."""
    words = response.json()["error"]
    assert (400, error(*words)) == outcome(response)
    assert all(word.startswith(f"{INVALID_ARGUMENTS}:") for word in words)
    return sorted(word.removeprefix(f"{INVALID_ARGUMENTS}:") for word in words)


def authenticated_documented_key(gateway: RunningGateway) -> None:
    """Give the demo partner the guide's key besides its own."""
    secret = base64.b64decode(DOCUMENTED_KEY)
    gateway.put_credential("kraken", "api-key", DOCUMENTED_API_KEY, tenant="demo", secret=secret)
