"""Types by openapi-typescript, calls by openapi-fetch: a TypeScript program calls the gateway.

Needs Node and the packages that npm installs; without them these tests are skipped.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.running_gateway import RunningGateway
from tests.specs.all_specs import PROVIDERS

PROGRAMS = Path(__file__).parent / "typescript"
GUIDE = Path(__file__).parents[2] / "docs" / "testing.md"
TIMEOUT_SECONDS = 120


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, and wait for it."""
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )


def tool(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool that npm has installed."""
    return run(folder, str(folder / "node_modules" / ".bin" / name), *arguments)


@pytest.fixture(scope="module")
def programs(server: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs in a folder with their packages, and types from the served specs."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("there is no Node with npm here")
    folder = tmp_path_factory.mktemp("typescript") / "programs"
    shutil.copytree(PROGRAMS, folder)
    try:
        installed = run(folder, npm, "install", "--no-audit", "--no-fund", "--loglevel=error")
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm has not installed openapi-typescript within {TIMEOUT_SECONDS} s")
    if installed.returncode != 0:
        reason = installed.stderr.partition("\n")[0]
        pytest.skip(f"npm cannot install openapi-typescript here: {reason}")
    for name in PROVIDERS:
        url = f"http://127.0.0.1:{server.port}/specs/{name}.json"
        written = tool(folder, "openapi-typescript", url, "--output", f"{name}.ts")

        assert 0 == written.returncode, written.stderr
    return folder


@pytest.fixture(scope="module")
def diagnostics(programs: Path) -> Mapping[str, set[int]]:
    """Compile the programs: each one -> the lines at which the compiler finds an error."""
    done = tool(programs, "tsc", "--project", ".")
    found: dict[str, set[int]] = {file.name: set() for file in PROGRAMS.glob("*.ts")}
    for file, line in re.findall(r"^(\S+)\((\d+),\d+\): error", done.stdout, re.MULTILINE):
        found.setdefault(file, set()).add(int(line))
    return found


@pytest.fixture
def printed(gateway, programs, diagnostics) -> Any:
    """The output of the program that calls every provider."""
    done = run(programs, "node", "calls.js", f"http://127.0.0.1:{gateway.port}")

    assert (0, "") == (done.returncode, done.stderr)
    return json.loads(done.stdout)


def test_the_types_accept_a_correct_program(diagnostics):
    """
    `strict`: every path, body, response and error in it is checked against the specs.
    """
    assert set() == diagnostics["calls.ts"]


def test_the_types_find_each_mistake(diagnostics):
    """
    Types that accept everything would accept every program.
    """
    lines = (PROGRAMS / "mistakes.ts").read_text("utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, start=1) if " // no " in line}

    assert 4 == len(marked)
    assert marked == diagnostics["mistakes.ts"]


def test_a_typescript_program_calls_every_provider(printed):
    """
    It logs in, updates, reads back and is rejected at each; Kraken's requests are signed.
    """
    expected = {
        "navixy": {"loggedInAgain": True, "updated": True, "firstName": "Charlotte", "rejected": 4},
        "machnet": {
            "created": "UNVERIFIED",
            "updated": 200,
            "city": "Oslo",
            "rejected": "BAD_REQUEST",
        },
        "diadoc": {"updated": "Иванов", "lastName": "Иванов", "rejected": "Invalid auth token"},
        "kraken": {
            "updated": "success",
            "state": "ok",
            "externalId": "user-4711",
            "rejected": ["EGeneral:Invalid arguments:phone"],
        },
    }

    assert expected == printed


def test_the_guide_for_other_languages_works(programs: Path, testing: RunningGateway) -> None:
    """
    "From other languages through the HTTP control API, with a worked example in TypeScript".
    """
    [text] = re.findall(r"```ts\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    (programs / "rename.test.ts").write_text(text, "utf-8")
    tool(programs, "tsc", "--project", ".")
    environment = {**os.environ, "PROFILEGATE_URL": f"http://127.0.0.1:{testing.port}"}
    done = subprocess.run(
        ["node", "--test", "rename.test.js"],
        cwd=programs,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )

    assert 0 == done.returncode, done.stdout
    assert "# pass 1" in done.stdout or "ℹ pass 1" in done.stdout
