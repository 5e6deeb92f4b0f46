"""The generator, one behaviour a folder: from its spec to the code, or the error, beside it.

A folder's name is its claim. ``python -m tests.codegen.rewrite`` writes what is expected anew;
what the code then does is claimed in ``test_mapping.py``, so that no rewriting can change it
unnoticed.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from profilegate.codegen.module import generate_module
from profilegate.openapi import read_spec
from profilegate.openapi.resources import spec_files
from tests.codegen.rewrite import behaviours, outcome

ROOT = Path(__file__).resolve().parents[2]
SPECS = spec_files(ROOT / "specs")


@pytest.mark.parametrize("folder", behaviours(), ids=lambda folder: folder.name)
def test_a_spec_gives_the_code_or_the_error_beside_it(folder: Path) -> None:
    """
    Generated code is read like any other, so all of it stands here, to the letter.
    """
    name, text = outcome(folder)

    assert {file.name: file.read_text("utf-8") for file in folder.glob("expected.*")} == {
        name: text
    }


@pytest.mark.parametrize("hash_seed", ["0", "1", "2"])
def test_the_same_spec_gives_the_same_bytes(hash_seed: str, tmp_path: Path) -> None:
    """
    Output follows the order of the spec, never that of a set: it does not change with Python's
    hash seed, nor with the folder in which one generates and the formatter's settings there.
    """
    (tmp_path / "ruff.toml").write_text("format.quote-style = 'single'\nline-length = 60\n")
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from profilegate.codegen.module import generate_module\n"
        "from profilegate.openapi import read_spec\n"
        "for path in sys.argv[1:]:\n"
        "    sys.stdout.buffer.write(generate_module(read_spec(Path(path))).encode())\n"
    )
    generated = subprocess.run(
        [sys.executable, "-c", code, *map(str, SPECS)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    ).stdout
    here = "".join(generate_module(read_spec(path)) for path in SPECS)

    assert here.encode() == generated


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_generated_code_says_from_what_and_nothing_of_when(path: Path) -> None:
    """
    The first line names the spec and the command; a date or a version would change without the
    spec.
    """
    first, *_ = generate_module(read_spec(path)).splitlines()

    assert (
        f"# Generated from specs/{path.name} by `make generate`. Edit the spec, not this file."
        == first
    )
