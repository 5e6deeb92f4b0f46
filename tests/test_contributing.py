"""CONTRIBUTING: each command of "Add a provider" works, in a copy of the checkout."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout_copy import COMMAND_SECONDS_MAX, CheckoutCopy
from tests.gateway_process import CHECKOUT, environment

TEXT = (CHECKOUT / "CONTRIBUTING.md").read_text("utf-8")
STEPS = TEXT.partition("## Add a provider\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", STEPS, flags=re.DOTALL)

INSTALLED = ("--old-file=.venv/dev", "--old-file=.venv/project")
"""The copy uses the environment of these tests, so `make` has nothing to install."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> CheckoutCopy:
    """A copy with the environment of these tests."""
    made = CheckoutCopy(tmp_path_factory.mktemp("checkout"))
    (made.folder / ".venv").symlink_to(sys.prefix)
    return made


def run(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run one command as it is pasted."""
    return subprocess.run(
        command.replace("make ", f"make {' '.join(INSTALLED)} "),
        shell=True,
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS_MAX,
        check=False,
    )


def add_lines(kind: str, text: str, folder: Path) -> None:
    """Put the sample of a step where the step says."""
    if kind == "markdown":
        readme = folder / "README.md"
        rows = readme.read_text("utf-8").splitlines()
        last = max(number for number, row in enumerate(rows) if "| `/docs/" in row)
        readme.write_text("\n".join([*rows[: last + 1], text.strip(), *rows[last + 1 :], ""]))
    elif "x-lock-states" in text:
        spec = folder / "specs" / "acme.yaml"
        lines = "\n".join(line.removeprefix("   ") for line in text.rstrip().splitlines())
        spec.write_text(spec.read_text("utf-8").replace("paths:\n", f"{lines}\n\npaths:\n", 1))


def test_a_provider_is_added_by_the_steps(copy: CheckoutCopy) -> None:
    """
    The steps are pasted one after the other, and the last one finds nothing that is missing.
    """
    failed = []
    for kind, text in BLOCKS:
        if kind == "sh":
            done = run(text.strip(), copy.folder)
            if done.returncode != 0:
                failed.append(f"{text.strip()}\n{done.stdout[-3000:]}\n{done.stderr[-1000:]}")
        else:
            add_lines(kind, text, copy.folder)

    assert 4 == sum(kind == "sh" for kind, _ in BLOCKS)
    assert [] == failed


def test_a_provider_without_tests_demo_data_and_row_is_incomplete(tmp_path: Path) -> None:
    """
    `make check` says what a provider still lacks.
    """
    made = CheckoutCopy(tmp_path)
    made.run("profilegate", "new-provider", "acme")
    (made.folder / "tests" / "acme" / "test_acme.py").unlink()
    (made.folder / "handlers" / "acme" / "demo-data.yaml").unlink()

    done = made.run("pytest", "-q", "-p", "no:cacheprovider", "tests/specs/test_completeness.py")
    missing = re.findall(r"^FAILED \S+::(\w+)\[acme\]", done.stdout, flags=re.MULTILINE)

    assert [
        "test_a_provider_has_tests",
        "test_a_provider_has_a_row_in_the_readme",
        "test_a_provider_has_demo_data",
        "test_a_provider_that_maps_the_profile_has_somebody_to_show",
    ] == missing
