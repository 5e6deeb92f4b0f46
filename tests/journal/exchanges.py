"""The journal as an admin reads it."""

from typing import Any

from tests.profiles.client import send
from tests.running_gateway import Response, RunningGateway


def journal(gateway: RunningGateway, query: str = "") -> list[Any]:
    """The exchanges of the journal, newest last."""
    response = send(gateway, "GET", f"/journal?limit=100{query}")
    assert 200 == response.status, response.text
    exchanges: list[Any] = response.json()["exchanges"]
    return exchanges


def last(gateway: RunningGateway, query: str = "") -> Any:
    """The newest exchange."""
    return journal(gateway, query)[-1]


def explained(gateway: RunningGateway, response: Response, query: str = "") -> Any:
    """The explanation of a response: one request, with the id that the response has."""
    request_id = response.headers["x-request-id"]
    found = send(gateway, "GET", f"/journal/{request_id}/explain{query}")
    assert 200 == found.status, found.text
    return found.json()


def facts(explanation: Any) -> dict[str, str]:
    """The facts of an explanation by their names."""
    return {each["name"]: each["value"] for each in explanation["facts"]}
