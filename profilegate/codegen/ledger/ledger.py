"""The ledger of a provider: its rules with their tests, the sentences of its page, and figures."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from profilegate.codegen.ledger.evidence import Evidence, Sentence, fits, names_of, read_evidence
from profilegate.codegen.ledger.rules import CLASSES, LedgerRule, rules_of
from profilegate.openapi import Spec

LISTS: Final = "tests/specs/"
"""The tests that compare a spec with a list, a page or a table, and send no request."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rules of one provider in the order of its spec, each with the tests that prove it."""

    provider: str
    rules: tuple[LedgerRule, ...]
    tests: Mapping[str, tuple[str, ...]]
    """The tests by the pointer of the rule."""
    sentences: tuple[Sentence, ...]
    unused: tuple[str, ...] = ()
    """Patterns of the provider's own evidence that fit no rule."""

    def of_class(self, name: str) -> tuple[LedgerRule, ...]:
        """The rules of a class."""
        return tuple(rule for rule in self.rules if rule.basis == name)

    def figures(self) -> dict[str, int]:
        """
        The number of rules: of each class, all, those with a test, and those with one that sends
        requests (all others are listed twice); and of sentences.
        """
        counted = Counter(rule.basis for rule in self.rules)
        tests = [self.tests[rule.pointer] for rule in self.rules]
        return {
            **{name: counted[name] for name in CLASSES},
            "rules": len(self.rules),
            "tested": sum(map(bool, tests)),
            "sent": sum(any(not test.startswith(LISTS) for test in each) for each in tests),
            "sentences": len(self.sentences),
        }

    def problems(self) -> Iterator[str]:
        """What is missing: a class, a test, or the rule of a sentence."""
        for rule in self.rules:
            where = f"{rule.place}: {rule.subject}: {rule.detail}"
            if rule.basis not in CLASSES:
                yield f"{where}: no x-basis says how we know it"
            if not self.tests[rule.pointer]:
                yield f"{where}: no test proves it; bind one in tests/ledger.yaml"
        file = f"tests/{self.provider}/ledger.yaml"
        for sentence in self.sentences:
            if bool(sentence.rules) == bool(sentence.no_rule):
                yield f'{file}: "{sentence.says}": give the rules, or say why it is none'
            for pattern in sentence.rules:
                if not self.matching(pattern):
                    yield f'{file}: "{sentence.says}": {pattern} is no rule of the provider'
        for pattern in self.unused:
            yield f"{file}: {pattern} is no rule of the spec"

    def matching(self, pattern: str) -> list[LedgerRule]:
        """The rules whose pointers fit a pattern of a sentence, but for those that we chose."""
        known = (rule for rule in self.rules if rule.basis != "assumed")
        return [rule for rule in known if fits(rule.pointer, pattern)]


def ledger_of(spec: Spec, tests: Path) -> Ledger:
    """
    The ledger of a spec; ``tests`` is the folder of tests, which need not exist.

    Raises:
        SpecError: a file of evidence does not have its form.
    """
    evidence = read_evidence(tests, spec.name)
    rules = tuple(_known(rule, evidence) for rule in rules_of(spec))
    proofs = {rule.pointer: evidence.tests_of(rule) for rule in rules}
    names = [name for rule in rules for name in names_of(rule)]
    patterns = [each for known in evidence.known for each in known.of]
    patterns += [each for binding in evidence.own for each in binding.of]
    unused = [each for each in patterns if not any(fits(name, each) for name in names)]
    return Ledger(spec.name, rules, proofs, evidence.sentences, tuple(unused))


def _known(rule: LedgerRule, evidence: Evidence) -> LedgerRule:
    found = next((each for each in evidence.known if each.has(rule)), None)
    return rule if found is None else replace(rule, basis=found.basis, note=found.note)
