"""Each rule of a request, over HTTP: a request that breaks this rule alone is rejected."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from profilegate.codegen.ledger.evidence import fits, read_evidence
from profilegate.openapi import Node, Operation
from tests.ledger.places import Place, Values, places_of
from tests.ledger.requests import ABSENT, APIS, send
from tests.running_gateway import Response, RunningGateway
from tests.specs.all_specs import PROVIDERS
from tests.specs.test_rules import RULES

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as rules.yaml lists it: ``rules`` are all that the field has."""

    provider: str
    subject: str
    keyword: str
    value: Any
    rules: Node

    @property
    def name(self) -> str:
        """The rule as tests/ledger.yaml names it."""
        return f"{self.provider}: {self.subject}: {self.keyword}"

    def __str__(self) -> str:
        name = f" {self.value}" if self.keyword == "required" and self.value is not True else ""
        return f"{self.name}{name}"


def rows() -> Iterator[Row]:
    """The rules of the four providers' requests."""
    for provider in PROVIDERS:
        for listed in RULES[provider]:
            rules: Node = listed["rule"]
            for subject in listed["of"].replace(" as a whole", "").split(", "):
                for keyword, value in rules.items():
                    several = (
                        value if keyword == "required" and isinstance(value, list) else [value]
                    )
                    for each in several:
                        yield Row(provider, subject, keyword, each, rules)


FILE = "tests/ledger/test_requests.py"

BINDINGS = {each.test: each for each in read_evidence(ROOT / "tests", "").common}


def rows_of(test: str) -> list[Row]:
    """The rules that tests/ledger.yaml binds to a test of this file."""
    binding = BINDINGS[f"{FILE}::{test}"]
    return [
        row
        for row in rows()
        if row.keyword in binding.kinds
        and not any(fits(row.name, pattern) for pattern in binding.exceptions)
    ]


WRONG_TYPES = {
    "string": {},
    "integer": "one",
    "number": "one",
    "boolean": "no",
    "array": {},
    "object": [],
}

WRONG_FORMATS = {
    "email": "nobody",
    "date": "2026-02-30",
    "date-time": "today",
    "uuid": "one",
    "int32": 2**31,
}

TEXTS = ("a\x00b", "!", "", "a b", "É", "0" * 50)
"""Texts of which some match no pattern."""


def broken(row: Row, good: Any) -> Any:
    """A value that breaks one rule and, as far as it can, no other."""
    limit = row.value
    if row.keyword == "type":
        return WRONG_TYPES[limit]
    if row.keyword == "format":
        return WRONG_FORMATS[limit]
    if row.keyword == "enum":
        return (
            (not limit[0]) if isinstance(limit, list) and isinstance(limit[0], bool) else "MUTANT"
        )
    if row.keyword in ("minimum", "maximum"):
        return limit + (1 if row.keyword == "maximum" else -1)
    if row.keyword == "pattern":
        text = next(text for text in TEXTS if not re.search(limit, text))
        return text.ljust(row.rules.get("minLength", 0), "0")
    if row.keyword == "maxItems":
        return [good[0]] * (limit + 1)
    if row.keyword == "minLength":
        return (good * limit)[: limit - 1]
    if row.rules.get("format") == "email":
        # RFC 5321, 4.5.3.1: at most 64 characters before the at sign.
        return f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.example"
    texts = [letter * (limit + 1) for letter in "aA1"]
    return next(text for text in texts if re.search(row.rules.get("pattern", ""), text))


def broken_value(row: Row, place: Place) -> tuple[Any, str]:
    """The body or the parameter that breaks one rule, and the field to be named."""
    values = Values(PROVIDERS[row.provider], place)
    named = place.path or (place.parameter.name if place.parameter else "")
    if row.keyword == "required" and row.value is True:
        # The fields of an object that is spread over the query are missing instead.
        named = "" if isinstance(values.part, dict) else named
        values.part = ABSENT
    elif row.keyword == "required":
        values.part.pop(row.value, None)
        named = f"{named}.{row.value}".removeprefix(".")
    else:
        values.part = broken(row, values.part)
    return values.whole, named


@pytest.fixture(scope="module")
def served(server: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> RunningGateway:
    """A fresh copy of the demo data for all rows: what is rejected changes nothing."""
    server.start_afresh(tmp_path_factory.mktemp("ledger"))
    return server


def send_value(served: RunningGateway, provider: str, place: Place, whole: Any) -> Response:
    """Send the body, or the parameter, with the rest of a valid request."""
    spec = PROVIDERS[provider]
    business = any("Business" in str(word) for _, word in place.steps)
    if place.parameter is None:
        return send(
            served, spec, place.operation, parameters={}, body=whole, is_of_business=business
        )
    body: Any = ABSENT
    if place.operation.is_body_required:
        body = Values(spec, Place(place.operation, None, place.operation.body or {})).whole
    return send(served, spec, place.operation, parameters={place.parameter.name: whole}, body=body)


@pytest.mark.parametrize("row", rows_of("test_a_request_that_breaks_a_rule_is_rejected"), ids=str)
def test_a_request_that_breaks_a_rule_is_rejected(served: RunningGateway, row: Row) -> None:
    """
    The list is the one that rules.yaml keeps apart from the specs: a rule that a spec loses is
    still sent here, and must be rejected with its field's name.
    """
    place = places_of(row.provider)[row.subject]
    value, named = broken_value(row, place)

    response = send_value(served, row.provider, place, value)

    assert 400 == response.status, response.text
    assert is_named(row.provider, response, named), response.text


def is_named(provider: str, response: Response, field: str) -> bool:
    """Whether the response names the field, or a field that it is in; a body has no name."""
    if provider == "diadoc":
        text = response.text.rpartition("into type: ")[2].partition(": ")[2]
        found = text.split(", ")
    elif "ENexus:Invalid user ID" in response.text:
        found = [field if field.endswith("user") else ""]
    else:
        found = APIS[provider].named(response)
    return not field or any(
        re.match(rf"{re.escape(each)}(?![\w])", field) for each in found if each
    )


@pytest.mark.parametrize("row", rows_of("test_null_is_accepted"), ids=str)
def test_null_is_accepted(served: RunningGateway, row: Row) -> None:
    """
    A field that may be null is not named when it is, whatever else the response says.
    """
    place = places_of(row.provider, preferred="")[row.subject]
    values = Values(PROVIDERS[row.provider], place)
    values.part = None

    response = send_value(served, row.provider, place, values.whole)

    if response.status != 200:
        assert 500 > response.status
        assert not is_named(row.provider, response, place.path), response.text


def operation_of(row: Row) -> Operation:
    """The operation that has a rule."""
    operations = {each.id: each for each in PROVIDERS[row.provider].operations()}
    return operations[row.subject]


@pytest.mark.parametrize("row", rows_of("test_a_request_without_credentials_is_rejected"), ids=str)
def test_a_request_without_credentials_is_rejected(served: RunningGateway, row: Row) -> None:
    """
    The same request, once as an authenticated caller sends it and once without what says so.
    """
    spec, operation = PROVIDERS[row.provider], operation_of(row)
    body = Values(spec, Place(operation, None, operation.body)).whole if operation.body else ABSENT
    known, unknown = (
        send(served, spec, operation, parameters={}, body=body, is_authenticated=each)
        for each in (True, False)
    )

    assert unknown.status in (400, 401)
    assert known.body != unknown.body


@pytest.mark.parametrize("row", rows_of("test_a_larger_body_is_rejected"), ids=str)
def test_a_larger_body_is_rejected(served: RunningGateway, row: Row) -> None:
    """
    A body may have its limit, and not one byte more.
    """
    spec, operation = PROVIDERS[row.provider], operation_of(row)
    overhead = len(json.dumps({"a": ""}))
    statuses = [
        send(served, spec, operation, parameters={}, body={"a": "a" * (size - overhead)}).status
        for size in (row.value, row.value + 1)
    ]

    assert statuses[0] != 413 == statuses[1]


@pytest.mark.parametrize("row", rows_of("test_head_is_not_served"), ids=str)
def test_head_is_not_served(served: RunningGateway, row: Row) -> None:
    """
    RFC 9110, 9.2.1: HEAD is safe, so it is no way to call an operation that changes something.
    """
    response = send(
        served, PROVIDERS[row.provider], operation_of(row), parameters={}, method="HEAD"
    )

    assert 405 == response.status
