"""Copies of the checkout, in which mutants are made and tested."""

import compileall
import os
import py_compile
import re
import shutil
import signal
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from tests.mutations.checks import LISTS, tests_of
from tests.mutations.mutant import ROOT, Mutant

COPIED = ("handlers", "profilegate", "specs", "tests", "docs", "benchmarks")
LOOSE = ("pyproject.toml", "*.md", "Makefile", "redocly.yaml")
SOURCES = ("handlers", "profilegate", "specs", "docs")
SKIPPED = shutil.ignore_patterns("__pycache__", "node_modules")

TESTS_MAX_SECONDS = 100
"""A mutant that hangs is detected; the longest list takes 45 s on two busy cores."""


class Outcome(StrEnum):
    """What became of a mutant."""

    TESTS = "detected by a test"
    GENERATOR = "rejected by the generator"
    TIME = "time limit exceeded"
    NONE = "not detected"
    INVALID = "not valid"


class Result(NamedTuple):
    """What became of a mutant, and the first test that failed."""

    mutant: Mutant
    outcome: Outcome
    by: str = ""


class Copy:
    """A copy of the checkout, for one mutant at a time."""

    def __init__(self, folder: Path, *, with_lists: bool) -> None:
        self._left_out = () if with_lists else LISTS
        self._pristine, self._work = folder / "pristine", folder / "work"
        for target in (self._pristine, self._work):
            for name in COPIED:
                shutil.copytree(ROOT / name, target / name, ignore=SKIPPED)
            for file in (file for pattern in LOOSE for file in ROOT.glob(pattern)):
                shutil.copy(file, target)
        # Compiled once, and by their content: a changed file is compiled anew, whatever its time.
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(self._work, quiet=1, invalidation_mode=mode)

    def run_unchanged(self, tests: list[str]) -> str:
        """Run tests without a mutant; the output if they fail."""
        done = self._pytest(tests)
        return "" if done.returncode == 0 else done.stdout[-2000:]

    def run(self, mutant: Mutant) -> Result:
        """Make the mutant, run its tests, and undo it."""
        try:
            mutant.apply(self._work)
            return self._result(mutant)
        finally:
            self._restore()

    def _result(self, mutant: Mutant) -> Result:
        if mutant.path.endswith(".py"):
            try:
                compile((self._work / mutant.path).read_text("utf-8"), mutant.path, "exec")
            except SyntaxError as error:
                return Result(mutant, Outcome.INVALID, str(error))
        else:
            done = self._python("profilegate", "generate")
            if done.returncode != 0:
                is_ours = "Traceback" not in done.stderr
                outcome = Outcome.GENERATOR if is_ours else Outcome.INVALID
                return Result(mutant, outcome, done.stderr.strip()[-200:])
        try:
            done = self._pytest(tests_of(mutant))
        except subprocess.TimeoutExpired:
            return Result(mutant, Outcome.TIME)
        if done.returncode == 0:
            return Result(mutant, Outcome.NONE)
        failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)
        return Result(mutant, Outcome.TESTS, failed[1] if failed else done.stdout[-200:])

    def _pytest(self, tests: list[str]) -> subprocess.CompletedProcess[str]:
        tests = [test for test in tests if test not in self._left_out]
        if not tests:
            return subprocess.CompletedProcess([], 0, "", "")
        ignored = [f"--ignore={test}" for test in self._left_out]
        return self._python("pytest", "-xq", "--tb=no", "-p", "no:cacheprovider", *ignored, *tests)

    def _python(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "PYTHONPATH": str(self._work),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self._work / ".hypothesis"),
        }
        command = [sys.executable, "-m", *words]
        with subprocess.Popen(
            command,
            cwd=self._work,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                out, err = process.communicate(timeout=TESTS_MAX_SECONDS)
            except BaseException:
                # The tests may have started servers: they are of the same session.
                os.killpg(process.pid, signal.SIGKILL)
                raise
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def _restore(self) -> None:
        """Undo the mutant and what was generated from it."""
        for name in SOURCES:
            for file in (self._pristine / name).rglob("*"):
                copy = self._work / file.relative_to(self._pristine)
                if file.is_file() and file.read_bytes() != copy.read_bytes():
                    shutil.copy(file, copy)
