"""Machnet's documents: as clients send them, and as the store holds them."""

from typing import Any

from tests.machnet.calls import patch
from tests.machnet.users import virtual
from tests.running_gateway import RunningGateway

SSN = virtual("SSN", "111111112", country="US", state="CA")
LICENCE = virtual(
    "DRIVING_LICENCE",
    "1111111111",
    expiry_date="2025-03-09",
    id_issuing_authority="CA",
    country="US",
    state="CA",
)


def copies(
    gateway: RunningGateway, user_id: str, *documents: dict[str, str]
) -> list[dict[str, Any]]:
    """Send copies of documents; return all copies that the user has then."""
    response = patch(gateway, user_id, {"physical_documents": documents})
    assert 200 == response.status
    return list(response.json()["physical_documents"])


def numbers(
    gateway: RunningGateway, user_id: str, *documents: dict[str, str]
) -> list[dict[str, Any]]:
    """Send numbers of documents; return all numbers that the user has then."""
    response = patch(gateway, user_id, {"virtual_documents": documents})
    assert 200 == response.status
    return list(response.json()["virtual_documents"])


def ids(documents: list[dict[str, Any]]) -> list[str]:
    """The ids of documents, in their order."""
    return [document["id"] for document in documents]


def types(documents: list[dict[str, Any]]) -> list[str]:
    """The types of documents, in their order."""
    return [document["document_type"] for document in documents]


def archive(gateway: RunningGateway) -> dict[str, bool]:
    """Each copy in the store -> whether it is archived."""
    rows = gateway.rows("SELECT id, archived_at IS NOT NULL FROM documents")
    return {document_id: bool(archived) for document_id, archived in rows}
