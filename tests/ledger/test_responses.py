"""What responses promise, over HTTP: each documented error, and each field of a success."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from profilegate.codegen.ledger.evidence import fits, read_evidence
from profilegate.codegen.ledger.names import SchemaNames
from profilegate.openapi.documented_errors import errors_of
from tests.http.test_documented_errors import call
from tests.ledger.conversations import CONVERSATIONS, Observer
from tests.ledger.test_requests import ROOT
from tests.running_gateway import Response, RunningGateway
from tests.specs.all_specs import PROVIDERS
from tests.specs.test_promises import PROMISES, listed

FILE = "tests/ledger/test_responses.py"

BINDINGS = {each.test: each for each in read_evidence(ROOT / "tests", "").common}


@dataclass(frozen=True, slots=True)
class Row:
    """A promise as promises.yaml lists it."""

    provider: str
    subject: str
    keyword: str
    value: Any

    def __str__(self) -> str:
        return f"{self.provider}: {self.subject}: {self.keyword} {self.value}"

    def fits(self, patterns: tuple[str, ...]) -> bool:
        """Whether a pattern of tests/ledger.yaml names it."""
        return any(fits(str(self), pattern) for pattern in patterns)


def rows_of(test: str) -> list[Row]:
    """The promises that tests/ledger.yaml binds to a test of this file."""
    binding = BINDINGS[f"{FILE}::{test}"]
    rows = [Row(name, *each) for name in PROVIDERS for each in listed(PROMISES[name])]
    return [
        row
        for row in rows
        if row.keyword in binding.kinds
        and is_of_response(row)
        and (not binding.of or row.fits(binding.of))
        and not row.fits(binding.exceptions)
    ]


def is_of_response(row: Row) -> bool:
    """Whether it is about a response; a schema may be of requests alone."""
    if row.keyword in ("status", "operation"):
        return True
    if row.keyword == "field":
        return row.subject in SchemaNames(PROVIDERS[row.provider]).of_responses.values()
    return row.subject in RESPONSES[row.provider]


def _responses(provider: str) -> dict[str, tuple[str, str]]:
    """An operation and a status that have each response, by the names of promises.yaml."""
    found: dict[str, tuple[str, str]] = {}
    for operation in PROVIDERS[provider].operations():
        for status, response in operation.node["responses"].items():
            name = str(response.get("$ref", "")).rpartition("/")[2] or f"{operation.id} {status}"
            found.setdefault(name, (operation.id, str(status)))
    return found


RESPONSES = {name: _responses(name) for name in PROVIDERS}


# --- Errors ------------------------------------------------------------------------------


def scripted(gateway: RunningGateway, provider: str, operation: str, status: str) -> Response:
    """A response of an operation with a documented status, which the request asks for."""
    return call(gateway, f"{provider}.{operation}", {"Prefer": f"code={status}"})


@pytest.mark.parametrize("row", rows_of("test_a_documented_error_can_be_received"), ids=str)
def test_a_documented_error_can_be_received(server_in_test_mode: RunningGateway, row: Row) -> None:
    """
    "Every documented error of every operation can be produced by name", and no other: a name is
    that of an error of the provider, an operation takes those that it documents itself.
    """
    names = {
        error.name
        for errors in errors_of(PROVIDERS[row.provider]).values()
        for error in errors.values()
        if error.status == int(row.value)
    }
    responses = [
        call(server_in_test_mode, f"{row.provider}.{row.subject}", {"Prefer": f"error={name}"})
        for name in sorted(names)
    ]

    assert {int(row.value)} == {
        response.status for response in responses if "preference-applied" in response.headers
    }


@pytest.mark.parametrize("row", rows_of("test_an_error_has_its_headers_and_its_form"), ids=str)
def test_an_error_has_its_headers_and_its_form(
    server_in_test_mode: RunningGateway, row: Row
) -> None:
    """
    The headers and the media type of an error response are those of its spec.
    """
    operation, status = RESPONSES[row.provider][row.subject]
    response = scripted(server_in_test_mode, row.provider, operation, status)

    if row.keyword == "header":
        assert row.value.lower() in response.headers
    else:
        assert row.value == response.headers["content-type"]


# --- Successes ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seen(
    server: RunningGateway, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Observer]:
    """What the responses of some conversations had, by provider."""
    found = {}
    for name, converse in CONVERSATIONS.items():
        server.start_afresh(tmp_path_factory.mktemp(name))
        found[name] = Observer(server, name)
        converse(found[name])
    return found


@pytest.mark.parametrize("row", rows_of("test_a_response_shows_its_fields"), ids=str)
def test_a_response_shows_its_fields(seen: Mapping[str, Observer], row: Row) -> None:
    """
    A field that a spec loses is no longer part of the generated response.
    """
    assert (row.subject, row.value) in seen[row.provider].fields


@pytest.mark.parametrize("row", rows_of("test_an_operation_succeeds"), ids=str)
def test_an_operation_succeeds(seen: Mapping[str, Observer], row: Row) -> None:
    """
    Each operation, with the status that its spec gives to a success.
    """
    statuses = {status for name, status in seen[row.provider].statuses if name == row.subject}

    if row.keyword == "status":
        assert row.value in statuses
    else:
        assert any(status.startswith("2") for status in statuses)


@pytest.mark.parametrize("row", rows_of("test_a_success_has_its_headers_and_its_form"), ids=str)
def test_a_success_has_its_headers_and_its_form(seen: Mapping[str, Observer], row: Row) -> None:
    """
    The headers and the media types of a successful response are those of its spec.
    """
    found = [
        response.headers for name, response in seen[row.provider].responses if name == row.subject
    ]

    if row.keyword == "header":
        assert any(row.value.lower() in headers for headers in found)
    else:
        assert row.value in [headers.get("content-type") for headers in found]
