"""The start page: a first call of each API that works as it is."""

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from profilegate.openapi.resources import handlers_folder
from tests.gateway_process import CHECKOUT, GatewayProcess
from tests.running_gateway import RunningGateway

PROVIDERS = sorted(file.parent.name for file in handlers_folder().glob("*/first-call.sh"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway with the demo data, as `make run` starts it."""
    folder = tmp_path_factory.mktemp("demo")
    with GatewayProcess.serving(folder, "--demo", log=folder / "log") as process:
        yield process


def first_calls(page: str) -> dict[str, str]:
    """The commands of a start page by the provider's name, as a browser shows them."""
    found = re.findall(r'aria-label="First call of (\w+)"><code>(.*?)</code>', page, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}


def test_every_first_call_is_on_the_page(demo: GatewayProcess) -> None:
    """
    "the providers with their operations and a copyable first call each".
    """
    assert PROVIDERS == sorted(first_calls(demo.send("GET", "/").text))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_first_call_works_as_it_is(demo: GatewayProcess, provider: str, tmp_path: Path) -> None:
    """
    Pasted into a shell where the gateway is installed, it succeeds, and a second time too.
    """
    command = first_calls(demo.send("GET", "/").text)[provider]
    tools = tmp_path / "profilegate"
    tools.write_text(f'#!/bin/sh\nexec {sys.executable} -m profilegate "$@"\n')
    tools.chmod(0o755)
    (tmp_path / ".curlrc").write_text("fail-with-body\nsilent\n")
    environment = os.environ | {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "CURL_HOME": str(tmp_path),
        "PYTHONPATH": str(CHECKOUT),
    }

    done = [
        subprocess.run(
            ["sh", "-c", command], env=environment, cwd=tmp_path, capture_output=True, text=True
        )
        for _ in range(2)
    ]

    assert [0, 0] == [each.returncode for each in done], done[0].stdout


def test_only_the_demo_has_credentials_on_its_page(
    demo: GatewayProcess, gateway: RunningGateway
) -> None:
    """
    "with demo credentials in demo mode only": elsewhere stand words for a caller's own.
    """
    texts = [(handlers_folder() / name / "first-call.sh").read_text() for name in PROVIDERS]
    secrets = {value for text in texts for value in re.findall(r"\{\w+=([^}]+)\}", text)}

    shown = "".join(first_calls(demo.send("GET", "/").text).values())
    elsewhere = gateway.send("GET", "/").text

    assert secrets == {each for each in secrets if each in shown}
    assert set() == {each for each in secrets if each in elsewhere}
    assert "CLIENT_SECRET" in elsewhere
