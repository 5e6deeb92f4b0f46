"""The rows of test_requests.py: each request breaks its rule and no other."""

import re
from collections.abc import Iterator

import pytest

from profilegate.openapi import Node, Spec
from profilegate.openapi.validator import compile_validator
from tests.ledger.places import Place, places_of
from tests.ledger.test_requests import Row, broken_value, rows_of
from tests.specs.all_specs import PROVIDERS

ROWS = rows_of("test_a_request_that_breaks_a_rule_is_rejected")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_request_is_accepted_once_its_rule_is_removed(provider: str) -> None:
    """
    A row proves a rule only if it fails without the rule: one that another rule rejects as well
    belongs among the exceptions of tests/ledger.yaml.
    """
    rows = [row for row in ROWS if row.provider == provider and row.value is not True]
    redundant = [str(row) for row in rows if is_rejected_without_its_rule(row)]

    assert rows
    assert [] == redundant


def is_rejected_without_its_rule(row: Row) -> bool:
    """Whether the field is still named when the rule is taken out of the spec."""
    place = places_of(row.provider)[row.subject]
    value, named = broken_value(row, place)
    node = node_of(PROVIDERS[row.provider], place, row)
    before = node[row.keyword]
    if row.keyword == "required" and len(before) > 1:
        node["required"] = [name for name in before if name != row.value]
    else:
        del node[row.keyword]
    try:
        # A spec of its own: schemas are parsed once for each.
        spec = PROVIDERS[row.provider]
        fresh = Spec(spec.name, spec.document, spec.fields, spec.sources)
        fields = [each.field for each in compile_validator(fresh, place.root)(value)]
    finally:
        node[row.keyword] = before
    return any(not each or re.match(rf"{re.escape(each)}(?![\w])", named) for each in fields)


def node_of(spec: Spec, place: Place, row: Row) -> Node:
    """The schema at a place that has the rule, as the spec writes it."""
    nodes = [place.root]
    for kind, word in place.steps:
        if kind == "branch":
            nodes = [word]
        elif kind == "item":
            nodes = [node["items"] for node in with_parts(spec, nodes) if "items" in node]
        else:
            nodes = [
                node["properties"][word]
                for node in with_parts(spec, nodes)
                if word in node.get("properties", {})
            ]
    found = [each for each in with_parts(spec, nodes) if is_named(spec, each, row)]
    return found[0]


def is_named(spec: Spec, node: Node, row: Row) -> bool:
    """Whether a schema has the rule; of several, the component that the row names."""
    name = row.subject.partition(".")[0].partition("[")[0].partition("|")[0]
    components = spec.schemas()
    has_rule = row.keyword in node and (row.keyword != "required" or row.value in node["required"])
    return has_rule and (row.subject not in components or components[name] is node)


def with_parts(spec: Spec, nodes: list[Node]) -> Iterator[Node]:
    """Schemas, references followed, and the parts of their allOf."""
    for each in nodes:
        node = spec.resolve(each)
        yield node
        yield from with_parts(spec, node.get("allOf", ()))
