"""Calls to Machnet's door, and what its refusals say."""

import json
from collections.abc import Mapping
from typing import Any

from tests.clients import JSON, MACHNET
from tests.running_gateway import Answer, RunningGate


def patch(
    gate: RunningGate, user_id: str, body: Any, headers: Mapping[str, str] = MACHNET
) -> Answer:
    """Send ``PATCH /users/{user_id}``; a body of bytes goes out as it is."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return gate.send("PATCH", f"/users/{user_id}", body=raw, headers={**headers, **JSON})


def error(status: int, code: str, message: str) -> dict[str, Any]:
    """The envelope of every refusal: ``{"status": 400, "code": "BAD_REQUEST", "message": …}``."""
    return {"status": status, "code": code, "message": message}


def locked(answer: Answer) -> list[str]:
    """The fields that a refusal says cannot be updated, in the order of the alphabet."""
    return _named(answer, "Some fields cannot be updated [")


def invalid(answer: Answer) -> list[str]:
    """The fields that a refusal says are not valid, in the order of the alphabet."""
    # What is wrong with a field follows its name, and may hold a comma of its own: "male, female".
    # A field that breaks two rules stands there twice.
    faults = _named(answer, "Some fields are not valid [")
    return sorted({fault.partition(": ")[0] for fault in faults if ": " in fault})


def _named(answer: Answer, opening: str) -> list[str]:
    body = answer.json()
    assert error(400, "BAD_REQUEST", body["message"]) == body
    assert 400 == answer.status
    assert body["message"].startswith(opening)
    assert body["message"].endswith("]")
    return sorted(body["message"][len(opening) : -1].split(", "))
