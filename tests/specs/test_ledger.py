"""The fidelity ledger: each rule has a class and a test, each sentence of a page a rule."""

import ast
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from profilegate.codegen.ledger.files import read_ledgers
from profilegate.codegen.ledger.ledger import Ledger, ledger_of
from profilegate.codegen.ledger.rules import OURS, LedgerRule
from profilegate.openapi.reader import parse_spec
from tests.ledger import test_requests, test_responses
from tests.specs.all_specs import PROVIDERS
from tests.specs.test_promises import PARTS

ROOT = Path(__file__).parents[2]

LEDGERS: Mapping[str, Ledger] = read_ledgers()

EACH_LEDGER = pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS)


def test_every_provider_has_a_ledger() -> None:
    """
    A provider with a page in docs/providers is held to the rules of its page.
    """
    assert sorted(PROVIDERS) == sorted(LEDGERS)


@EACH_LEDGER
def test_nothing_is_missing(ledger: Ledger) -> None:
    """
    A rule without a test, or a sentence of a page without a rule, fails `make check`.
    """
    assert [] == list(ledger.problems())
    assert len(ledger.rules) == ledger.figures()["tested"]


@cache
def names_in(file: str) -> set[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@EACH_LEDGER
def test_every_test_that_is_named_exists(ledger: Ledger) -> None:
    """
    A test that is renamed or deleted takes the proof of its rules with it.
    """
    named = {test for tests in ledger.tests.values() for test in tests}
    missing = [
        test
        for test in sorted(named)
        if not (ROOT / test.partition("::")[0]).exists()
        or test.partition("::")[2] not in names_in(test.partition("::")[0])
    ]

    assert [] == missing


@EACH_LEDGER
def test_a_rule_that_is_sent_over_http_is_among_those_that_are_sent(ledger: Ledger) -> None:
    """
    The rows of that test come from rules.yaml, the rules of the ledger from the spec.
    """
    known = {
        (
            f"{module.FILE}::{name}", row.provider, row.subject, row.keyword,
            _word(row.keyword, row.value),
        )
        for module in (test_requests, test_responses)
        for name in names_in(module.FILE)
        if f"{module.FILE}::{name}" in module.BINDINGS
        for row in module.rows_of(name)
    }  # fmt: skip
    missing = [
        f"{rule.subject}: {rule.detail}: {test}"
        for rule in ledger.rules
        for test in ledger.tests[rule.pointer]
        if test.startswith((test_requests.FILE, test_responses.FILE))
        and (test, rule.spec, rule.subject, rule.kind, _word(rule.kind, rule.value)) not in known
    ]

    assert [] == missing


def _word(kind: str, value: Any) -> Any:
    """What tells two rules of a kind apart; True for a whole body or parameter."""
    if kind == "required" and value is None:
        return True
    return value if kind in ("required", *PARTS) else None


def test_the_readme_has_the_number_of_our_own_choices() -> None:
    """
    Who relies on the stand-in learns at once how much of it the provider never said.
    """
    text = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    figures = {name: ledger.figures() for name, ledger in LEDGERS.items()}

    assert [
        (name, str(each["rules"]), str(each["assumed"])) for name, each in figures.items()
    ] == rows


# --- What the check finds ----------------------------------------------------------------

SPEC = """
openapi: "3.0.3"
info: {title: Acme, version: "1"}
paths:
  /users:
    post:
      operationId: add_user
      x-basis: documented
      x-note: "The page: 'At most 20 characters.'"
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string, maxLength: 20, pattern: '^[^\\x00]*$'}
                city: {type: string, maxLength: 2, pattern: '^[^\\x00]*$'}
      responses:
        "204": {description: Done.}
"""


def acme(folder: Path, own: Any) -> Ledger:
    """The ledger of a small spec with some evidence beside it."""
    (folder / "tests" / "acme").mkdir(parents=True)
    (folder / "tests" / "acme" / "ledger.yaml").write_text(json.dumps(own), "utf-8")
    return ledger_of(parse_spec("acme", SPEC), folder / "tests")


def test_a_rule_without_a_test_is_told_with_its_place(tmp_path: Path) -> None:
    """
    It says where the rule stands and where a test is bound.
    """
    own = {"tests": [{"test": "tests/acme/test_all.py::test_all", "of": ["#/*"],
                      "except": ["*/city/maxLength"]}]}  # fmt: skip

    assert [
        "specs/acme.yaml:18: add_user body.city: maxLength 2: no test proves it;"
        " bind one in tests/ledger.yaml"
    ] == list(acme(tmp_path, own).problems())


def test_a_sentence_needs_a_rule_or_a_reason(tmp_path: Path) -> None:
    """
    One that is in neither list was forgotten; one whose rule is gone is no longer kept.
    """
    own = {
        "tests": [{"test": "tests/acme/test_all.py::test_all"}],
        "sentences": [
            {"says": "A name is required.", "rules": ["#/*/required/0"]},
            {"says": "Users are added.", "no_rule": "It is what the heading says."},
            {"says": "A street is required.", "rules": ["#/*/required/1"]},
            {"says": "Users are removed."},
        ],
    }

    assert [
        'tests/acme/ledger.yaml: "A street is required.":'
        " #/*/required/1 is no rule of the provider",
        'tests/acme/ledger.yaml: "Users are removed.": give the rules, or say why it is none',
    ] == list(acme(tmp_path, own).problems())


def test_a_limit_that_no_sentence_names_is_our_own(tmp_path: Path) -> None:
    """
    The sentence beside a field says 20; neither 2 nor that a text has no NUL is the provider's.
    """
    rules: list[LedgerRule] = [
        rule for rule in acme(tmp_path, {}).rules if rule.kind in ("maxLength", "pattern")
    ]

    assert {
        ("name", "maxLength"): "documented",
        ("name", "pattern"): "assumed",
        ("city", "maxLength"): "assumed",
        ("city", "pattern"): "assumed",
    } == {(rule.subject.rpartition(".")[2], rule.kind): rule.basis for rule in rules}
    assert {OURS} == {rule.note for rule in rules if rule.basis == "assumed"}
