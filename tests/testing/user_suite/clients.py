"""The clients of a team: Kraken's signs and retries, Machnet's is plain."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import httpx

ATTEMPTS_MAX = 3


class ProviderError(Exception):
    """The words of a provider's error response."""


class KrakenClient:
    """Updates users of Kraken Embed."""

    def __init__(self, http: httpx.Client, api_key: str, private_key: str) -> None:
        self._http = http
        self._api_key = api_key
        self._private_key = base64.b64decode(private_key)

    def update(self, user: str, *, nonce: int | None = None, **fields: Any) -> None:
        """Update a user; what may pass soon is tried again."""
        path, body = f"/b2b/users/{user}", json.dumps(fields).encode()
        for attempt in range(1, ATTEMPTS_MAX + 1):
            headers = self._headers(path, body, str(nonce or time.time_ns()))
            response = self._http.patch(path, content=body, headers=headers)
            if response.status_code not in (429, 503) or attempt == ATTEMPTS_MAX:
                break
        if response.is_error:
            raise ProviderError(*response.json()["error"])

    def _headers(self, path: str, body: bytes, nonce: str) -> dict[str, str]:
        digest = hashlib.sha256(nonce.encode() + body).digest()
        signature = hmac.digest(self._private_key, path.encode() + digest, "sha512")
        return {
            "Content-Type": "application/json",
            "Payward-Version": "2025-04-15",
            "API-Key": self._api_key,
            "API-Nonce": nonce,
            "API-Sign": base64.b64encode(signature).decode(),
        }


class MachnetClient:
    """Updates and reads users of Machnet SEND."""

    def __init__(self, http: httpx.Client, client_id: str, client_secret: str) -> None:
        self._http = http
        self._headers = {"X-Client-Id": client_id, "X-Client-Secret": client_secret}

    def update(self, user_id: str, **fields: Any) -> Any:
        """Update a user, and return it."""
        return self._checked(
            self._http.patch(f"/users/{user_id}", json=fields, headers=self._headers)
        )

    def get(self, user_id: str) -> Any:
        """A user."""
        return self._checked(self._http.get(f"/users/{user_id}", headers=self._headers))

    def _checked(self, response: httpx.Response) -> Any:
        if response.is_error:
            raise ProviderError(response.text)
        return response.json()
