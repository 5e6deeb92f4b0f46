"""Contract: Schemathesis, from its own command line, makes requests from each spec and checks the
responses against it.

All its phases and checks are on. ``hooks.py`` authenticates and uses the demo data; its stateful
phase follows the links of the specs, from a new user or a new session to the next requests.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running_gateway import RunningGateway
from tests.specs.all_specs import SPECS

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "tests" / "contract" / "schemathesis.toml"

EXAMPLES_MAX = os.environ.get("CONTRACT_EXAMPLES", "40")
"""Requests that the fuzzing phase makes for an operation; 200 take four times as long."""

RUN_TIMEOUT_SECONDS = 600

PHASES = ("Examples", "Coverage", "Fuzzing", "Stateful")

WITHOUT_LINKS = {"diadoc"}
"""In Diadoc's header a link cannot write the token, so there is nothing to follow."""


@pytest.mark.parametrize("name", SPECS)
def test_the_gateway_serves_what_the_spec_says(testing: RunningGateway, name: str) -> None:
    """
    Valid requests are accepted, invalid ones are rejected, and every response has a status,
    headers and a body that the spec describes: no failure and no warning in any phase.
    """
    program = [sys.executable, "-m", "schemathesis.cli", "--no-color"]
    url = f"http://127.0.0.1:{testing.port}/specs/{name}.json"
    command = ["--config-file", str(CONFIGURATION), "run", "--max-examples", EXAMPLES_MAX, url]

    ran = subprocess.run(
        [*program, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_SECONDS,
        check=False,
    )
    phases = PHASES[:3] if name in WITHOUT_LINKS else PHASES

    assert 0 == ran.returncode, ran.stdout
    assert "No issues found in" in ran.stdout
    assert phases == tuple(re.findall(r"✅  (\w+) \(in ", ran.stdout))
