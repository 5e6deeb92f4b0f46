"""The ledgers of a checkout, or of a wheel, which has no tests and no pages of providers."""

from collections.abc import Mapping
from pathlib import Path

from profilegate.codegen.ledger.ledger import Ledger, ledger_of
from profilegate.codegen.ledger.page import FIGURES, write_figures, write_ledger
from profilegate.openapi import Spec, read_spec
from profilegate.openapi.resources import spec_files, specs_folder


def read_ledgers() -> dict[str, Ledger]:
    """
    The ledgers of the specs that say how we know their rules.

    Raises:
        SpecError, SpecsRejectedError: a spec or a file of evidence cannot be read.
    """
    folder = specs_folder()
    specs = {path.stem: read_spec(path) for path in spec_files(folder)}
    return ledgers_of(specs, folder.parent / "tests")


def ledgers_of(specs: Mapping[str, Spec], tests: Path) -> dict[str, Ledger]:
    """The ledgers of the specs of providers whose operations say how we know them."""
    return {
        name: ledger_of(spec, tests)
        for name, spec in specs.items()
        if (tests / name / "ledger.yaml").exists()
        or (not tests.is_dir() and all("x-basis" in each.node for each in spec.operations()))
    }


def write_pages(specs: Mapping[str, Spec], root: Path) -> dict[Path, str]:
    """The pages in ``docs/`` of a checkout."""
    ledgers = ledgers_of(specs, root / "tests") if (root / "tests").is_dir() else {}
    if not ledgers:
        return {}
    docs = root / "docs"
    pages = {docs / f"ledger-{name}.md": write_ledger(each) for name, each in ledgers.items()}
    return {docs / FIGURES: write_figures(ledgers.values()), **pages}
