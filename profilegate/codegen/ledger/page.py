"""The pages of the ledger: the figures of all providers, and the rules of each."""

from collections.abc import Iterable, Iterator
from typing import Final

from profilegate.codegen.ledger.ledger import Ledger
from profilegate.codegen.ledger.rules import CLASSES, LedgerRule

FIGURES: Final = "ledger.md"
"""The page of all providers, in ``docs/``; that of one is ``ledger-<name>.md``."""

HEAD: Final = (
    "<!-- Generated from specs/*.yaml and tests/**/ledger.yaml by `make generate`. -->",
    "",
)

VALUE_CHARACTERS_MAX: Final = 60
"""Characters of a rule that a cell shows: half a line of a wide screen. We chose."""

COUNTED: Final = ("rules", "tested", "sent", "sentences")

MEANING: Final = {
    "documented": "the provider's page says it",
    "example": "the page's samples show it",
    "inferred": "it follows from them, from a sister page, or from a client of the service",
    "assumed": "the provider is silent; we chose",
}


def write_figures(ledgers: Iterable[Ledger]) -> str:
    """The page of all providers."""
    lines = [
        *HEAD,
        "# The fidelity ledger",
        "",
        "Each rule of a spec that a client can meet is here: an operation, a parameter, a field,",
        "a limit, an enumeration, a header, a status, a cell of a lock, a mask. Each says how we",
        "know it, with the sentence, and names the tests that prove it: at least one of them fails",
        "when it is removed. A limit is",
        "the provider's only if the sentence names its number. `profilegate ledger` prints the",
        "same, and `--assumed` our own choices with their reasons.",
        "",
        *(f"- **{name}**: {MEANING[name]}." for name in CLASSES),
        "",
        "A test *of behaviour* sends requests. The other rules are compared with a second list,",
        "with the page's samples or with its tables: none can be lost or loosened by accident, but",
        "no request shows each of them. *Sentences* are those of the page of the update.",
        "",
        f"| provider | {' | '.join(CLASSES)} | all | with a test | of behaviour | sentences |",
        f"|---|{'---|' * (len(CLASSES) + 4)}",
    ]
    for ledger in ledgers:
        figures = ledger.figures()
        numbers = [str(figures[name]) for name in (*CLASSES, *COUNTED)]
        name = f"[{ledger.provider}](ledger-{ledger.provider}.md)"
        lines.append(f"| {name} | {' | '.join(numbers)} |")
    return "\n".join(lines) + "\n"


def write_ledger(ledger: Ledger) -> str:
    """The page of one provider."""
    notes = list(dict.fromkeys(rule.note for rule in ledger.rules))
    tests = list(
        dict.fromkeys(test for rule in ledger.rules for test in ledger.tests[rule.pointer])
    )
    lines = [
        *HEAD,
        f"# The ledger of {ledger.provider}",
        "",
        "[The classes and the figures](ledger.md). Sentences and tests stand below, by their",
        "numbers.",
        "",
        "## Rules",
        "",
        "| of | rule | class | place | sentence | tests |",
        "|---|---|---|---|---|---|",
    ]
    for rule in ledger.rules:
        numbers = ", ".join(f"T{tests.index(each) + 1}" for each in ledger.tests[rule.pointer])
        lines.append(
            f"| {_code(rule.subject)} | {_code(_short(rule.detail))} | {rule.basis} |"
            f" {_link(rule)} | {notes.index(rule.note) + 1} | {numbers} |"
        )
    lines += ["", "## Sentences and reasons", ""]
    lines += [f"{number}. {_text(note)}" for number, note in enumerate(notes, start=1)]
    lines += ["", "## Tests", ""]
    lines += [f"- T{number}: {_test(test)}" for number, test in enumerate(tests, start=1)]
    lines += ["", "## The page, sentence by sentence", "", *_sentences(ledger)]
    return "\n".join(lines) + "\n"


def _sentences(ledger: Ledger) -> Iterator[str]:
    yield from ("| the page | rules |", "|---|---|")
    for sentence in ledger.sentences:
        found = [rule for pattern in sentence.rules for rule in ledger.matching(pattern)]
        shown = [f"{_code(each.subject)} {_code(_short(each.detail))}" for each in found]
        cell = "<br>".join(dict.fromkeys(shown)) or f"no rule: {_text(sentence.no_rule)}"
        yield f"| {_text(sentence.says)} | {cell} |"


def _link(rule: LedgerRule) -> str:
    file, _, line = rule.place.partition(":")
    return f"[`{_cell(rule.pointer)}`](../{file}#L{line})"


def _test(test: str) -> str:
    file, _, name = test.partition("::")
    return f"[{name}](../{file})"


def _code(text: str) -> str:
    return f"`{_cell(text)}`"


def _short(text: str) -> str:
    return text if len(text) <= VALUE_CHARACTERS_MAX else f"{text[:VALUE_CHARACTERS_MAX]}…"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")


def _text(text: str) -> str:
    """Prose in a cell or a list: nothing in it is Markdown."""
    escaped = "".join(f"\\{c}" if c in "\\`*_[]|<>#" else c for c in text)
    return escaped or "–"
