"""Machnet's page "Update User": both tables of updatable fields, cell by cell."""

from typing import Any

import pytest

from profilegate.gateway.loading import load_provider
from profilegate.openapi import Node
from profilegate.profile.fields import ACCOUNT_PREFIX, Fields
from profilegate.profile.locks import Lock
from tests.machnet.page import BUSINESS_TABLE, INDIVIDUAL_TABLE
from tests.specs.all_specs import SPECS

SPEC = SPECS["machnet"]
SCHEMAS = SPEC.schemas()
RULES = load_provider(SPEC).mapping.rules

TABLES: dict[bool, tuple[str, str]] = {
    False: ("IndividualUpdate", INDIVIDUAL_TABLE),
    True: ("BusinessUpdate", BUSINESS_TABLE),
}
"""Whether it is the table of businesses; our schema; the page's rows."""

IN_SAMPLES_ONLY = ["id", "ip_address"]
"""Fields of the page's samples that are in no row of its tables."""

VERIFIED = "VERIFIED"
NOT_VERIFIED = "UNVERIFIED"
STATUSES = (VERIFIED, NOT_VERIFIED)


def rows(is_business: bool) -> list[list[str]]:
    """The rows of a table: field, verified, not verified."""
    return [line.split() for line in TABLES[is_business][1].strip().splitlines()]


CELLS = [
    pytest.param(is_business, field, status, cell, id=f"{kind} {field} {status}")
    for is_business, kind in ((False, "individual"), (True, "business"))
    for field, *cells in rows(is_business)
    for status, cell in zip(STATUSES, cells, strict=True)
]


def field_paths(schema: Node, field: str) -> list[str]:
    """Where a row's field lives; ``mailing_address.city`` is a part of an object."""
    for name in field.split("."):
        schema = SPEC.resolve(SPEC.resolve(schema)["properties"][name])
    return paths(schema)


def locks(is_business: bool, status: str) -> dict[str, Lock]:
    """The locks of an account in a status, by the path that each locks."""
    account: Fields = {"account.business": is_business, "account.status": status}
    return {lock.path: lock for lock in RULES.locks_of(account)}


def paths(node: Node) -> list[str]:
    """Where a field, or each part of one, lives in the shared profile."""
    node = SPEC.resolve(node)
    if "properties" in node:
        return [path for part in node["properties"].values() for path in paths(part)]
    said: Any = node["x-profile"]
    return [said if isinstance(said, str) else said["at"]]


def cell_of(found: list[Lock | None]) -> str:
    """The page's word for what these locks do to a field."""
    if all(lock is None for lock in found):
        return "Yes"
    is_narrow = any(lock is not None and lock.document_types for lock in found)
    return "Conditional" if is_narrow else "No"


def test_the_tables_are_whole() -> None:
    """
    Nineteen rows for individuals, twenty-one for businesses, one of which has six parts; two cells
    each.
    """

    assert (19, 26, 90) == (len(rows(False)), len(rows(True)), len(CELLS))


@pytest.mark.parametrize(("is_business", "field", "status", "cell"), CELLS)
def test_a_cell_of_the_page_is_a_lock_of_ours(
    is_business: bool, field: str, status: str, cell: str
) -> None:
    """
    "Details on what fields can be updated when a user is verified and not verified": each Yes
    is no lock, each No is one, each Conditional is one for documents of some types.
    """
    schema = SCHEMAS[TABLES[is_business][0]]
    held = locks(is_business, status)

    assert cell == cell_of([held.get(path) for path in field_paths(schema, field)])


@pytest.mark.parametrize("is_business", TABLES, ids=["individual", "business"])
def test_a_field_that_is_never_updatable_says_so_itself(is_business: bool) -> None:
    """
    "No" in both columns; the lock of a registration's field would hold as well, but a reader of the
    update finds it beside its own field.
    """
    never = {field for field, *cells in rows(is_business) if cells == ["No", "No"]}
    schema = SPEC.resolve(SCHEMAS[TABLES[is_business][0]])
    found = {name for name, node in schema["properties"].items() if node.get("x-lock") == "always"}

    assert never | {"id"} == found


@pytest.mark.parametrize("is_business", TABLES, ids=["individual", "business"])
@pytest.mark.parametrize("status", STATUSES)
def test_nothing_is_locked_that_the_page_does_not_lock(is_business: bool, status: str) -> None:
    """
    But for the user's id: it names the user, and is in no row.
    """
    schema = SCHEMAS[TABLES[is_business][0]]
    column = 1 + STATUSES.index(status)
    wanted = {
        path
        for row in rows(is_business)
        for path in field_paths(schema, row[0])
        if row[column] != "Yes"
    }

    assert wanted | {f"{ACCOUNT_PREFIX}id"} == locks(is_business, status).keys()


@pytest.mark.parametrize(
    "status", ["UNVERIFIED", "IN_PROGRESS", "RETRY", "REVIEW_PENDING", "SUSPENDED"]
)
@pytest.mark.parametrize("is_business", TABLES, ids=["individual", "business"])
def test_every_status_but_verified_is_the_second_column(status: str, is_business: bool) -> None:
    """
    "User is not verified" covers every status except VERIFIED.
    """

    assert locks(is_business, NOT_VERIFIED) == locks(is_business, status)


def test_an_individuals_virtual_documents_are_locked_for_ssn_alone() -> None:
    """
    "SSN is not updatable once user is verified".
    """

    assert frozenset({"SSN"}) == locks(False, VERIFIED)["documents.virtual"].document_types


def test_a_businesss_physical_documents_are_locked_by_the_pages_types() -> None:
    """
    "Physical documents of type EIN and CERTIFICATION_OF_INCORPORATION cannot be updated once
    user is verified"; the page's own sample spells CERTIFICATE_OF_INCORPORATION, its sister
    pages EIN_NUMBER.
    """

    assert (
        frozenset(
            {
                "EIN",
                "EIN_NUMBER",
                "CERTIFICATION_OF_INCORPORATION",
                "CERTIFICATE_OF_INCORPORATION",
            }
        )
        == locks(True, VERIFIED)["documents.physical"].document_types
    )


@pytest.mark.parametrize("is_business", TABLES, ids=["individual", "business"])
def test_fields_stand_in_the_order_of_the_table(is_business: bool) -> None:
    """
    The page and the spec can be read side by side.
    """
    fields = list(SCHEMAS[TABLES[is_business][0]]["properties"])

    rows_of_fields = dict.fromkeys(row[0].partition(".")[0] for row in rows(is_business))

    assert [*rows_of_fields, *IN_SAMPLES_ONLY] == fields


def test_a_mailing_address_has_the_pages_parts() -> None:
    """
    "mailing_address (address_line1, address_line2, city, state, country, zipcode)".
    """
    parts = {row[0].partition(".")[2] for row in rows(True)} - {""}

    assert parts == SCHEMAS["MailingAddress"]["properties"].keys()
