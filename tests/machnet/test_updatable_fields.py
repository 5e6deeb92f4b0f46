"""Machnet's two tables of updatable fields, cell by cell.

Documents are rows like others here; ``test_documents.py`` has the rules of their own.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.machnet.calls import invalid, locked, patch
from tests.machnet.page import BUSINESS_TABLE, INDIVIDUAL_TABLE
from tests.machnet.users import (
    BUSINESS_VALUES,
    INDIVIDUAL_VALUES,
    NOT_VERIFIED,
    VERIFIED,
    Values,
    body_of,
    business,
    individual,
    virtual,
)
from tests.running_gateway import RunningGateway


class Cell(NamedTuple):
    """One cell of a table: a field of a kind of user in a status, and the word of the page."""

    kind: str
    field: str
    status: str
    word: str

    def __str__(self) -> str:
        state = "verified" if self.status == VERIFIED else "not verified"
        return f"{self.kind}, {state}: {self.field}"


USERS: dict[str, Callable[[RunningGateway, str], str]] = {
    "individual": individual,
    "business": business,
}
VALUES: dict[str, Values] = {"individual": INDIVIDUAL_VALUES, "business": BUSINESS_VALUES}
TABLES = {"individual": INDIVIDUAL_TABLE, "business": BUSINESS_TABLE}

CELLS = [
    Cell(kind, field, status, word)
    for kind, table in TABLES.items()
    for field, verified, not_verified in map(str.split, table.strip().splitlines())
    for status, word in ((VERIFIED, verified), (NOT_VERIFIED, not_verified))
]

STATES = [(kind, status) for kind in TABLES for status in (VERIFIED, NOT_VERIFIED)]

# "User is verified" is the status VERIFIED; all others are the table's other column.
NOT_VERIFIED_STATUSES = ["UNVERIFIED", "IN_PROGRESS", "RETRY", "REVIEW_PENDING", "SUSPENDED"]


def cells(*words: str) -> pytest.MarkDecorator:
    """Run a test for each cell with one of these words."""
    return pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.word in words], ids=str)


def fields_with(word: str, kind: str, status: str) -> list[str]:
    """The fields of one column that have this word."""
    column = (kind, status, word)
    return [cell.field for cell in CELLS if column == (cell.kind, cell.status, cell.word)]


def new_body(kind: str, fields: list[str]) -> dict[str, Any]:
    """New values for these fields."""
    return body_of({field: VALUES[kind][field][1] for field in fields})


def shown(user: dict[str, Any], field: str) -> Any:
    """A field of a response; documents as their types and numbers."""
    name, _, part = field.partition(".")
    value = user[name][part] if part else user[name]
    return (
        [_type_and_number(document) for document in value] if name.endswith("documents") else value
    )


def _type_and_number(document: dict[str, str]) -> tuple[str, str | None]:
    return document["document_type"], document.get("document_value")


def without_copies(fields: dict[str, Any]) -> dict[str, Any]:
    """The stored fields without the physical documents, since each update adds copies."""
    return {path: value for path, value in fields.items() if path != "documents.physical"}


@cells("Yes")
def test_a_yes_accepts_a_new_value(gateway: RunningGateway, cell: Cell):
    """
    "Yes": the response shows the new value, and so does the next one.
    """
    user_id = USERS[cell.kind](gateway, cell.status)
    before = patch(gateway, user_id, {}).json()
    response = patch(gateway, user_id, new_body(cell.kind, [cell.field]))
    after = patch(gateway, user_id, {}).json()
    new = VALUES[cell.kind][cell.field][1]

    assert 200 == response.status
    assert after == response.json()
    if cell.field == "physical_documents":
        assert {("BANK_STATEMENT", None), *shown(before, cell.field)} == {*shown(after, cell.field)}
    elif cell.field == "virtual_documents":
        assert _type_and_number(new[0]) in shown(after, cell.field)
        assert len(shown(before, cell.field)) == len(shown(after, cell.field))
    else:
        assert new == shown(after, cell.field)


@cells("No")
def test_a_no_rejects_a_new_value_and_the_whole_body(gateway: RunningGateway, cell: Cell):
    """
    "No": the message names this field and no other, and none of the allowed fields in the same
    body is stored.
    """
    user_id = USERS[cell.kind](gateway, cell.status)
    before = gateway.fields("machnet", user_id)
    copies = gateway.rows("SELECT count(*) FROM documents")
    allowed = fields_with("Yes", cell.kind, cell.status)
    response = patch(gateway, user_id, new_body(cell.kind, [*allowed, cell.field]))
    named = [name.partition(":")[0] for name in locked(response)]

    assert [cell.field] == named
    assert before == gateway.fields("machnet", user_id)
    assert copies == gateway.rows("SELECT count(*) FROM documents")


@cells("Yes", "No", "Conditional")
def test_the_same_value_is_no_change_in_any_cell(gateway: RunningGateway, cell: Cell):
    """
    The page's own sample sends the stored ``country`` and ``id`` and succeeds, so a field that
    cannot be updated may still be sent.
    """
    user_id = USERS[cell.kind](gateway, cell.status)
    before = gateway.fields("machnet", user_id)
    same = body_of({cell.field: VALUES[cell.kind][cell.field][0]})
    response = patch(gateway, user_id, same)

    assert 200 == response.status
    assert without_copies(before) == without_copies(gateway.fields("machnet", user_id))


@pytest.mark.parametrize(("kind", "status"), STATES)
def test_an_error_response_names_every_field_at_once(
    gateway: RunningGateway, kind: str, status: str
):
    """
    New values for the whole table: the message names each "No" and nothing else.
    """
    user_id = USERS[kind](gateway, status)
    before = gateway.fields("machnet", user_id)
    everything = [cell.field for cell in CELLS if (kind, status) == (cell.kind, cell.status)]
    response = patch(gateway, user_id, new_body(kind, everything))
    named = [name.partition(":")[0] for name in locked(response)]

    assert sorted(fields_with("No", kind, status)) == named
    assert before == gateway.fields("machnet", user_id)


@pytest.mark.parametrize("status", NOT_VERIFIED_STATUSES)
@pytest.mark.parametrize("kind", TABLES)
def test_every_status_but_verified_is_unverified(gateway: RunningGateway, kind: str, status: str):
    """
    "User is not verified" is every status but VERIFIED: a suspended user has the locks of an
    unverified one.
    """
    user_id = USERS[kind](gateway, status)
    allowed = fields_with("Yes", kind, NOT_VERIFIED)
    rejected = fields_with("No", kind, NOT_VERIFIED)

    assert 200 == patch(gateway, user_id, new_body(kind, allowed)).status
    assert sorted(rejected) == locked(patch(gateway, user_id, new_body(kind, rejected)))
    assert status == patch(gateway, user_id, {}).json()["status"]


@pytest.mark.parametrize(("kind", "status"), STATES)
def test_the_ip_address_is_always_updatable(gateway: RunningGateway, kind: str, status: str):
    """
    Request and response of the page's sample have ``ip_address``, and no table restricts it.
    """
    user_id = USERS[kind](gateway, status)
    response = patch(gateway, user_id, new_body(kind, ["ip_address"]))

    assert 200 == response.status
    assert VALUES[kind]["ip_address"][1] == response.json()["ip_address"]


@pytest.mark.parametrize(("kind", "status"), STATES)
def test_the_id_is_the_one_in_the_path(gateway: RunningGateway, kind: str, status: str):
    """
    The page's sample sends the user's own ``id``; another id would name another user.
    """
    user_id = USERS[kind](gateway, status)
    before = gateway.fields("machnet", user_id)
    another = patch(
        gateway, user_id, {"id": "f45680e1-014d-42c7-be86-3b2899e911c3", "city": "Reno"}
    )

    assert 200 == patch(gateway, user_id, {"id": user_id}).status
    assert ["id"] == locked(another)
    assert before == gateway.fields("machnet", user_id)


OF_A_BUSINESS_ONLY = {
    "business": True,
    "business_type": "CORPORATION",
    "company_website": "www.example.com",
    "number_of_employee": "BETWEEN_25_TO_50",
    "mailing_address": {"city": "Reno", "country": "US"},
    "user_relationship": "BROTHER",
    "number_of_transaction_per_month": 122,
    "transaction_frequency": "WEEKLY",
}
OF_AN_INDIVIDUAL_ONLY = {
    "middle_name": "Percival",
    "last_name": "Hillary",
    "gender": "other",
    "occupation": "Mountaineer",
    "type": "RECEIVE",
    "company_details": {"company_name": "ACME", "phone_number": "222222222"},
}


@pytest.mark.parametrize("status", [VERIFIED, NOT_VERIFIED])
@pytest.mark.parametrize(
    ("kind", "others"),
    [("individual", OF_A_BUSINESS_ONLY), ("business", OF_AN_INDIVIDUAL_ONLY)],
    ids=["individual", "business"],
)
def test_fields_of_the_other_kind_are_ignored(
    gateway: RunningGateway, kind: str, others: dict[str, Any], status: str
):
    """
    The stored user decides which table applies; a field of the other table is not stored, not
    even under a shared path of the profile.
    """
    user_id = USERS[kind](gateway, status)
    before, answered = gateway.fields("machnet", user_id), patch(gateway, user_id, {}).text
    response = patch(gateway, user_id, others)

    assert 200 == response.status
    assert answered == response.text
    assert before == gateway.fields("machnet", user_id)


def test_fields_of_the_other_kind_are_checked_before_they_are_ignored(gateway: RunningGateway):
    """
    Whether a body is valid does not depend on the user.
    """
    response = patch(gateway, individual(gateway), {"number_of_transaction_per_month": "many"})

    assert ["number_of_transaction_per_month"] == invalid(response)


UNKNOWN = {
    "beside the user's fields": {"nickname": "Tenz", "nested": {"a": [1, None, {"b": 2}]}},
    "in the company's details": {"company_details": {"fax_number": "222222222"}},
    "in a document": {"virtual_documents": [virtual("PASSPORT", "P1", colour="red", id="mine")]},
}


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_fields_are_ignored(gateway: RunningGateway, body: dict[str, Any]):
    """
    A field that no table and no sample has is accepted and not stored.
    """
    user_id = individual(gateway, VERIFIED)
    before = gateway.fields("machnet", user_id)
    response = patch(gateway, user_id, body)

    assert 200 == response.status
    assert before == gateway.fields("machnet", user_id)
