"""The guide to calls: each of its commands works as pasted, its Python runs, its file is one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from profilegate.cli.call_run import FAILED, INVALID, REJECTED, SPEC_BROKEN, SUCCESS
from profilegate.client.credentials import find_profile
from profilegate.gateway.loading import load_signer, load_spec
from tests.gateway_process import CHECKOUT
from tests.running_gateway import RunningGateway
from tests.specs.all_specs import SPECS

GUIDE = (CHECKOUT / "docs" / "calls.md").read_text("utf-8")

PROMISED = ('"first_name": "Tenzin"', '"company_name": "Acme"', '"AA08 N84G CPAR UN7A"', "Sidorov")


def blocks(language: str) -> list[str]:
    """The blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def run(gateway: RunningGateway, folder: Path, program: list[str], text: str) -> str:
    """Run a text of the guide with the address of the test's gateway."""
    address = f"http://127.0.0.1:{gateway.port}"
    here = text.replace("http://127.0.0.1:8080", address)
    done = subprocess.run(
        [*program, here.replace(".venv/bin/profilegate", f"{sys.executable} -m profilegate")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PROFILEGATE_URL": address},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(("text", "promised"), list(zip(blocks("sh"), PROMISED, strict=True)))
def test_a_command_of_the_guide_works_as_pasted(
    gateway: RunningGateway, tmp_path: Path, text: str, promised: str
) -> None:
    """
    A reader pastes it.
    """
    assert promised in run(gateway, tmp_path, ["bash", "-euo", "pipefail", "-c"], text)


def test_the_python_of_the_guide_runs(gateway: RunningGateway, tmp_path: Path) -> None:
    """
    A reader copies it into a file.
    """
    [text] = blocks("python")

    assert "Sidorov\n" == run(gateway, tmp_path, [sys.executable, "-c"], text)


def test_the_file_of_the_guide_is_one(tmp_path: Path) -> None:
    """
    A reader copies it too, and makes it private.
    """
    [text] = blocks("toml")
    file = tmp_path / "credentials.toml"
    file.write_text(text)
    file.chmod(0o600)
    signer = load_signer(load_spec("machnet"))
    found = find_profile(
        "machnet", signer, "sandbox", environment={"PROFILEGATE_CREDENTIALS": str(file)}
    )

    assert "https://sandbox.example/v4" == found.base_url


def test_the_guide_lists_the_exit_codes_and_the_parts_of_credentials() -> None:
    """
    "Document them": those that the command has, and no others.
    """
    codes = {int(code) for code in re.findall(r"^\| (\d) \|", GUIDE, re.MULTILINE)}
    parts = [name for spec in SPECS.values() for name in load_signer(spec).names]

    assert {SUCCESS, INVALID, SPEC_BROKEN, REJECTED, FAILED} == codes
    assert [] == [name for name in parts if f"`{name}`" not in GUIDE]
