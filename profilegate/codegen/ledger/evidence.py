"""What is beside the specs: sentences of the providers' pages, and the tests that prove rules.

``tests/ledger.yaml`` binds kinds of rules to tests, for all providers; ``tests/<name>/ledger.yaml``
has the sentences of the provider's page, and the tests of single rules.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from profilegate.codegen.ledger.rules import CLASSES, LedgerRule
from profilegate.errors import SpecError
from profilegate.openapi import load_yaml

LEDGER: Final = "ledger.yaml"

_TEXTS: Final = {"type": "array", "items": {"type": "string"}, "minItems": 1}

_FORM: Final = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "says": {"type": "string", "minLength": 1},
                    "rules": _TEXTS,
                    "no_rule": {"type": "string", "minLength": 10},
                },
                "required": ["says"],
                "additionalProperties": False,
            },
        },
        "known": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "of": _TEXTS,
                    "basis": {"enum": list(CLASSES)},
                    "note": {"type": "string", "minLength": 10},
                },
                "required": ["of", "basis", "note"],
                "additionalProperties": False,
            },
        },
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "test": {"type": "string", "pattern": r"^tests/[\w/]+\.py::test_\w+$"},
                    "of": _TEXTS,
                    "kinds": _TEXTS,
                    "directions": _TEXTS,
                    "except": _TEXTS,
                },
                "required": ["test"],
                "additionalProperties": False,
            },
        },
    },
}
"""The form of the files."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a page: the pointers of the rules that it justifies, or why it is none."""

    says: str
    rules: tuple[str, ...] = ()
    no_rule: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """A test, and the rules that it proves: by pointer (with ``*``), kind and direction."""

    test: str
    of: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()

    def proves(self, rule: LedgerRule) -> bool:
        """Whether the test fails when the rule is removed."""
        words = names_of(rule)
        return (
            (not self.of or _fit(words, self.of))
            and (not self.kinds or rule.kind in self.kinds)
            and (not self.directions or rule.direction in self.directions)
            and not _fit(words, self.exceptions)
        )


@dataclass(frozen=True, slots=True)
class Known:
    """How we know rules of which the spec has no place to say it, or says it of their field."""

    of: tuple[str, ...]
    basis: str
    note: str

    def has(self, rule: LedgerRule) -> bool:
        """Whether it is about a rule."""
        return _fit(names_of(rule), self.of)


@dataclass(slots=True)
class Evidence:
    """The files of one provider, joined with those of all; all empty where there are no tests."""

    sentences: tuple[Sentence, ...] = ()
    known: tuple["Known", ...] = ()
    own: tuple[Binding, ...] = ()
    common: tuple[Binding, ...] = ()

    def tests_of(self, rule: LedgerRule) -> tuple[str, ...]:
        """The tests that prove a rule, those of the provider first."""
        bindings = (*self.own, *self.common)
        return tuple(dict.fromkeys(each.test for each in bindings if each.proves(rule)))


def read_evidence(tests: Path, provider: str) -> Evidence:
    """
    The evidence of a provider; ``tests`` is the folder of tests.

    Raises:
        SpecError: a file does not have its form.
    """
    own, common = _read(tests / provider / LEDGER), _read(tests / LEDGER)
    return Evidence(
        tuple(
            Sentence(each["says"], tuple(each.get("rules", ())), each.get("no_rule", ""))
            for each in own.get("sentences", ())
        ),
        tuple(
            Known(tuple(each["of"]), each["basis"], each["note"]) for each in own.get("known", ())
        ),
        tuple(_bindings(own)),
        tuple(_bindings(common)),
    )


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    name = "/".join(file.parts[file.parts.index("tests") :])
    document = load_yaml(file.read_text("utf-8"), name)
    for error in jsonschema_rs.validator_for(_FORM).iter_errors(document):
        at = "".join(f"/{step}" for step in error.instance_path)
        raise SpecError(name, at, "this is no entry of a ledger", "see the entries beside it")
    found: dict[str, Any] = document
    return found


def _bindings(document: Mapping[str, Any]) -> Iterator[Binding]:
    for each in document.get("tests", ()):
        names = ("of", "kinds", "directions", "except")
        yield Binding(each["test"], *(tuple(each.get(name, ())) for name in names))


def names_of(rule: LedgerRule) -> tuple[str, str]:
    """The two ways to name a rule: its pointer, and ``kraken: UserUpdate.phone: pattern``."""
    return rule.pointer, f"{rule.spec}: {rule.subject}: {rule.kind}"


def _fit(words: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return any(fits(word, pattern) for word in words for pattern in patterns)


def fits(word: str, pattern: str) -> bool:
    """Whether a pattern fits; ``*`` stands for anything, every other character for itself."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), word) is not None
