"""The table of a run, printed and as docs/mutation-score.md."""

from collections.abc import Iterator, Sequence

from tests.mutations.copies import Outcome, Result
from tests.mutations.mutant import ROOT, Mutant

KINDS = ("spec", "lock", "mask", "limit", "security")
PAGE = ROOT / "docs" / "mutation-score.md"
REASONS = "## Not detected"
SHOWN = [outcome for outcome in Outcome if outcome is not Outcome.INVALID]


def table(population: Sequence[Mutant], results: Sequence[Result]) -> Iterator[str]:
    """One row for each kind, and their sum."""
    yield f"| kind | population | tested | {' | '.join(SHOWN)} | score |"
    yield "|---|" + "---|" * (len(SHOWN) + 3)
    for kind in (*KINDS, "all"):
        own = [each for each in results if kind in (each.mutant.kind, "all")]
        whole = sum(kind in (mutant.kind, "all") for mutant in population)
        outcomes = [each.outcome for each in own]
        valid = len(own) - outcomes.count(Outcome.INVALID)
        counts = [outcomes.count(each) for each in SHOWN]
        share = f"{100 * (valid - outcomes.count(Outcome.NONE)) / valid:.1f} %" if valid else "–"
        yield f"| {kind} | {whole} | {valid} | {' | '.join(map(str, counts))} | {share} |"


def print_table(population: Sequence[Mutant], results: Sequence[Result]) -> None:
    """The table and every mutant that is not detected or not valid."""
    print(*table(population, results), sep="\n")
    for result in results:
        if result.outcome in (Outcome.NONE, Outcome.INVALID):
            print(f"{result.outcome}: {result.mutant.describe()}")


def write_page(population: Sequence[Mutant], results: Sequence[Result], seed: int) -> None:
    """Renew the table of the page; the reasons below it are written by hand."""
    before, _, rest = PAGE.read_text("utf-8").partition("| kind |")
    _, _, reasons = rest.partition(REASONS)
    after = f"\n\nSeed {seed}.\n\n{REASONS}{reasons}"
    PAGE.write_text(before + "\n".join(table(population, results)) + after, "utf-8")
