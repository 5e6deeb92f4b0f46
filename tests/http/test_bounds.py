"""The longest texts and lists: accepted at their maximum, and rejected one above it."""

from typing import Any

import pytest

from tests.http.providers import DIADOC, KRAKEN, MACHNET_MAPPING, NAVIXY, ProviderApi
from tests.machnet.users import virtual
from tests.profiles.client import create, gist, send, violations
from tests.running_gateway import RunningGateway

NUMBER = virtual("PASSPORT", "1")


def diadoc_name(length: int) -> dict[str, Any]:
    """A name whose first part is long."""
    return {"FullName": {"FullName": {"FirstName": "Ё" * length, "LastName": "B"}}}


BOUNDS = {
    "Navixy's post_city": (NAVIXY, 255, lambda n: {"post_city": "Ё" * n}, "post_city"),
    "Machnet's occupation": (MACHNET_MAPPING, 255, lambda n: {"occupation": "Ё" * n}, "occupation"),
    "Machnet's list of documents": (
        MACHNET_MAPPING,
        20,
        lambda n: {"virtual_documents": [NUMBER] * n},
        "virtual_documents",
    ),
    "Diadoc's FirstName": (DIADOC, 255, diadoc_name, "FullName.FullName.FirstName"),
    "Kraken's employer_name": (KRAKEN, 255, lambda n: {"employer_name": "Ё" * n}, "employer_name"),
    "Kraken's list of tax ids": (
        KRAKEN,
        50,
        lambda n: {"tax_ids": [{"id": "1", "issuing_country": "NO"}] * n},
        "tax_ids",
    ),
}


@pytest.mark.parametrize(("api", "maximum", "body", "named"), BOUNDS.values(), ids=BOUNDS)
def test_a_text_or_list_has_a_maximum(
    gateway: RunningGateway, api: ProviderApi, maximum: int, body: Any, named: str
) -> None:
    """
    A name of 16 MB would be stored, and shown by every other provider of the same person.
    """
    longest = api.send(gateway, api.good_body(**body(maximum)))
    rejected = api.send(gateway, api.good_body(**body(maximum + 1)))

    assert 200 == longest.status
    assert api.invalid == api.gist(rejected)
    assert [named] == api.named(rejected)


def test_the_admin_apis_texts_have_a_maximum(gateway: RunningGateway) -> None:
    """
    An operator's text reaches the same providers.
    """
    create(gateway, {"name": {"given": "Ё" * 255}})
    rejected = send(gateway, "POST", "/profiles", {"name": {"given": "Ё" * 256}})

    assert (400, "invalid") == gist(rejected)
    assert {"/name/given": "must have at most 255 characters"} == violations(rejected)


def test_an_import_has_as_many_lines_as_an_export(gateway: RunningGateway) -> None:
    """
    GET /export gives 100 lines at most; a response to more would grow with them.
    """
    line = send(gateway, "GET", "/export?limit=1").body.strip()
    body = b"\n".join([line] * 101)
    headers = {"Authorization": "Bearer demo-admin", "Content-Type": "application/x-ndjson"}

    response = gateway.send("POST", "/import", body=body, headers=headers)

    assert (400, "invalid") == gist(response)
    assert {"": "must have at most 100 items"} == violations(response)


def test_an_import_without_a_body_is_rejected(gateway: RunningGateway) -> None:
    """
    The spec requires a body; a forgotten file is not an import of nothing.
    """
    headers = {"Authorization": "Bearer demo-admin", "Content-Type": "application/x-ndjson"}

    response = gateway.send("POST", "/import", body=b"", headers=headers)

    assert (400, "invalid") == gist(response)
