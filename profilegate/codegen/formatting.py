"""Formatting of generated code by ruff."""

import shutil
import subprocess
import sys
from pathlib import Path

from profilegate.errors import SettingError

# The settings are here and not in pyproject.toml, so that a spec gives the same bytes everywhere.
_SETTINGS = ("--isolated", "--line-length=100", "--target-version=py311")
_SORT = ("--config", 'lint.isort.known-first-party = ["profilegate", "handlers"]')


def format_source(source: str, name: str) -> str:
    """
    Format source with ruff, sort its imports and remove the unused ones.

    Raises:
        SettingError: ruff is not installed.
    """
    tidy = _run_ruff(["check", "--fix-only", "--select=F401,I001", *_SORT], source, name)
    return _run_ruff(["format"], tidy, name)


def sort_imports(source: str, name: str) -> str:
    """
    Sort and join the imports of source, and leave the rest unchanged.

    Raises:
        SettingError: ruff is not installed.
    """
    return _run_ruff(["check", "--fix-only", "--select=I001", *_SORT], source, name)


def _run_ruff(arguments: list[str], source: str, name: str) -> str:
    done = subprocess.run(
        [_ruff(), *arguments, *_SETTINGS, "--quiet", "--stdin-filename", name, "-"],
        input=source,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"ruff could not format {name}: {done.stderr}")
    return done.stdout


def _ruff() -> str:
    beside = Path(sys.executable).with_name("ruff")
    found = str(beside) if beside.exists() else shutil.which("ruff")
    if found is None:
        raise SettingError("generate", "ruff is needed to format the code; run `make install`")
    return found
