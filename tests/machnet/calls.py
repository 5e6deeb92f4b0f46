"""Machnet's update operation as its clients call it, and the texts of its error responses."""

import json
from collections.abc import Mapping
from typing import Any

from tests.clients import JSON, MACHNET
from tests.running_gateway import Response, RunningGateway


def patch(
    gateway: RunningGateway, user_id: str, body: Any, headers: Mapping[str, str] = MACHNET
) -> Response:
    """Send ``PATCH /users/{user_id}``; bytes are sent as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return gateway.send("PATCH", f"/users/{user_id}", body=raw, headers={**headers, **JSON})


def error(status: int, code: str, message: str) -> dict[str, Any]:
    """The envelope of every error response: ``{"status": 400, "code": "BAD_REQUEST", "message":
    …}``."""
    return {"status": status, "code": code, "message": message}


def locked(response: Response) -> list[str]:
    """The locked fields that an error response names, in alphabetical order."""
    return _named(response, "Some fields cannot be updated [")


def invalid(response: Response) -> list[str]:
    """The invalid fields that an error response names, in alphabetical order."""
    # The rule follows the name of the field, and may contain a comma: "male, female". A field that
    # breaks two rules is named twice.
    violations = _named(response, "Some fields are not valid [")
    return sorted({violation.partition(": ")[0] for violation in violations if ": " in violation})


def _named(response: Response, opening: str) -> list[str]:
    body = response.json()
    assert error(400, "BAD_REQUEST", body["message"]) == body
    assert 400 == response.status
    assert body["message"].startswith(opening)
    assert body["message"].endswith("]")
    return sorted(body["message"][len(opening) : -1].split(", "))
