"""A copy of the checkout, for commands that write into it."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.gateway_process import CHECKOUT, environment

COPIED = (".ci", "benchmarks", "docs", "handlers", "profilegate", "requirements", "specs", "tests")
LOOSE = ("pyproject.toml", "*.md", "Makefile", ".yamllint", ".gitignore")
SKIPPED = shutil.ignore_patterns("__pycache__", "node_modules")

COMMAND_SECONDS_MAX = 300
"""A command that hangs ends; each of ours takes a tenth of it at most."""


class CheckoutCopy:
    """The files of this checkout in a folder, and Python modules that run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            shutil.copytree(CHECKOUT / name, folder / name, ignore=SKIPPED)
        for file in (file for pattern in LOOSE for file in CHECKOUT.glob(pattern)):
            shutil.copy(file, folder)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run ``python -m …`` in the copy."""
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            env=environment(self.folder),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )

    def files(self) -> dict[str, bytes]:
        """Every file of specs, handlers, tests and docs, with its content."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for name in ("docs", "handlers", "specs", "tests")
            for path in sorted((self.folder / name).rglob("*"))
            if path.is_file() and path.suffix != ".pyc"
        }
