"""README: every command in it works as pasted, every setting in it exists."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from profilegate.cli.main import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
COMMAND_TIMEOUT_SECONDS = 60

# A word of each command -> a part of its output, as the README promises.
PROMISED = {
    "personal_info": '{"success":true}',
    "X-Client-Id": '"document_value":"*****1112"',
    "UpdateMyUser": '"Login":"login@kontur.ru"',
    "outbox": "To: newLogin@kontur.ru",
    "sign kraken": '{"result":"success"}',
    "reset": "default: its clock shows",
    "projections": "mobile_phone  2106603032",
    "what-if": "rejected  first_name",
    "history": "Lena",
    "demo-admin": '{"profiles":[{"id":',
    "call kraken": '"result": "success"',
    "verify machnet": "0 errors, 0 warnings",
    "Prefer": '"message":"User not found"',
    "explain": "X-Client-Id and X-Client-Secret are swapped.",
    "ledger": "The page names no limit; this one is our choice",
    "compat": "no longer has the value science",
    "backup": "all verified",
}
MAKE_WORDS = [block.split()[1] for block in BLOCKS if block.startswith("make ")]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The demo data, served as by `make run`: the folder with its var/, and the address."""
    folder = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-m", "profilegate", "serve", "--demo", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        try:
            yield folder, found[0]
        finally:
            process.terminate()


@pytest.mark.skipif(shutil.which("curl") is None, reason="README's commands use curl")
def test_every_command_prints_what_the_readme_says(served: tuple[Path, str]) -> None:
    """A newcomer pastes the commands one after the other, in the order of the README."""
    folder, address = served
    commands = [block for block in BLOCKS if not block.startswith("make ")]

    assert len(PROMISED) == len(commands)
    for command, (word, promised) in zip(commands, PROMISED.items(), strict=True):
        assert word in command
        assert promised in run_as_pasted(command, folder, address)


def run_as_pasted(command: str, folder: Path, address: str) -> str:
    """Run a command of the README with the address of the test server."""
    here = command.replace("http://127.0.0.1:8080", address).replace(
        ".venv/bin/profilegate", f"{sys.executable} -m profilegate"
    )
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", here],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PROFILEGATE_URL": address},
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT_SECONDS,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("word", MAKE_WORDS)
def test_every_make_word_of_the_readme_exists(word: str) -> None:
    """`make` alone lists the words; those of the README are among them."""
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert f"make {word} " in listed.stdout


def test_the_readme_lists_every_setting_of_serve() -> None:
    """Every option of `serve` stands in the README with its environment variable, and no other."""
    promised = dict(re.findall(r"`(PROFILEGATE_\w+)` \| `(--[\w-]+)` \|", README))
    serve = main.commands["serve"]
    real = {str(option.envvar): option.opts[0] for option in serve.params if option.envvar}

    assert real == promised
