"""What no request can break, as listed in promises.yaml: operations, fields, responses, locks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from profilegate.codegen.ledger.rules import LedgerRule, rules_of
from profilegate.openapi import load_yaml
from tests.specs.all_specs import PROVIDERS
from tests.specs.test_rules import OPERATION_RULES, OPTIONS_LISTED_MAX, SCHEMA_RULES

LIST = Path(__file__).with_name("promises.yaml")
PROMISES: dict[str, dict[str, Any]] = load_yaml(LIST.read_text("utf-8"), LIST.name)

PARTS = frozenset(
    {"credential", "field", "form", "header", "media type", "operation", "parameter", "status"}
)
"""Kinds of which one subject can have several."""


def is_promise(rule: LedgerRule) -> bool:
    """Whether rules.yaml does not have the rule."""
    is_of_request = rule.direction in ("request", "both") and "/headers/" not in rule.pointer
    return not (rule.kind in OPERATION_RULES or (is_of_request and rule.kind in SCHEMA_RULES))


def value_of(rule: LedgerRule) -> Any:
    """The value of a rule; a long enumeration is counted."""
    if isinstance(rule.value, list) and len(rule.value) > OPTIONS_LISTED_MAX:
        return f"{len(rule.value)} values"
    return rule.value


def listed(promises: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The subject, the kind and the value of each rule of a provider."""
    for subject, kinds in promises["parts"].items():
        for kind, values in kinds.items():
            yield from ((subject, kind, value) for value in values)
    for row in promises["rules"]:
        ((kind, value),) = row["rule"].items()
        yield from ((subject, kind, value) for subject in row["of"].split(", "))


def lines(rules: Any) -> list[str]:
    """One line for each, so that a difference is short."""
    return sorted({f"{subject}: {kind} {json.dumps(value)}" for subject, kind, value in rules})


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_spec_promises_what_is_listed(name: str) -> None:
    """
    A response that loses a field or a status, an operation that is gone, a lock or a mask that is
    loosened: the tests of behaviour send samples, and would not miss each of them.
    """
    found = [
        (rule.subject, rule.kind, value_of(rule))
        for rule in rules_of(PROVIDERS[name])
        if is_promise(rule)
    ]

    assert lines(listed(PROMISES[name])) == lines(found)
