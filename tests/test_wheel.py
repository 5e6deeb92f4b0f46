"""The wheel: one package name, every file that the gateway needs, and the manual, and no tests."""

import json
import os
import select
import subprocess
import sys
import sysconfig
import time
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
DIST_INFO = f"profilegate-{VERSION}.dist-info"
START_MAX_SECONDS = 30


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The wheel, built from this checkout with the installed build backend: no network.
    """
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", str(folder)], check=True, cwd=ROOT)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    """
    The name of every file in the wheel.
    """
    with zipfile.ZipFile(wheel) as packed:
        return packed.namelist()


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A Python of its own that has the wheel installed, and beside it what it depends on.

    The dependencies are this environment's, by a path file. Path files lying in that path
    are not followed, so the editable install of this checkout stays out of sight.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(paths["purelib"], "dependencies.pth").write_text("\n".join(sorted(dependencies)))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    return python


@pytest.fixture
def address(python: Path, tmp_path: Path) -> Iterator[str]:
    """
    Where the installed wheel serves its demo data, started in an empty folder.
    """
    database = f"sqlite:///{tmp_path / 'profiles.db'}"
    serve = ["serve", "--demo", "--port", "0", "--database", database]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PROFILEGATE_")
    }
    with subprocess.Popen(
        # -I: no module comes from the working folder or from PYTHONPATH.
        [python, "-I", "-m", "profilegate", *serve],
        cwd=tmp_path,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
    ) as server:
        try:
            yield printed_address(server)
        finally:
            server.terminate()


def printed_address(server: "subprocess.Popen[bytes]") -> str:
    """
    The first line with an address that the server prints, or a failure with all it printed.
    """
    assert server.stdout is not None
    printed = b""
    end = time.monotonic() + START_MAX_SECONDS
    while (left := end - time.monotonic()) > 0 and select.select([server.stdout], [], [], left)[0]:
        chunk = os.read(server.stdout.fileno(), 65536)
        printed += chunk
        for line in printed.decode().splitlines(keepends=True):
            if line.endswith("\n") and "http://127.0.0.1:" in line:
                return "http://127.0.0.1:" + line.partition("http://127.0.0.1:")[2].split()[0]
        if not chunk:
            break
    pytest.fail(f"the server printed no address; it printed: {printed.decode()!r}")


def files_of(folder: str) -> set[str]:
    """
    The files of one of the checkout's folders, named as they lie in the wheel.
    """
    mounted = "" if folder == "profilegate" else "profilegate/"
    return {
        mounted + path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_one_name_goes_into_site_packages(names: list[str]) -> None:
    """
    Installing the wheel adds the package `profilegate` and nothing else that can be imported.
    """
    tops = {name.partition("/")[0] for name in names}

    assert {"profilegate", DIST_INFO} == tops


def test_the_wheel_has_three_folders_and_the_manual(names: list[str]) -> None:
    """
    Every file of profilegate/, specs/ and handlers/ is in the wheel, and of docs/ the pages that
    the gateway shows; tests and other docs are not.
    """
    packed = {name for name in names if not name.startswith(f"{DIST_INFO}/")}

    manual = {f"profilegate/docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert files_of("profilegate") | files_of("specs") | files_of("handlers") | manual == packed


def test_the_installed_wheel_serves_from_any_folder(address: str) -> None:
    """
    An installed gateway needs no checkout: it finds its specs and handlers inside itself.
    """
    with urlopen(f"{address}/specs/kraken.json", timeout=10) as response:
        spec = json.load(response)

    assert "3.0.3" == spec["openapi"]


def test_the_wheel_installs_the_command(python: Path) -> None:
    """
    After installing, `profilegate` is a command.
    """
    command = python.with_name("profilegate")
    reported = subprocess.run([command, "--help"], capture_output=True, check=True, text=True)

    assert "serve" in reported.stdout


SUITE = """
def test_a_client(profilegate):
    assert profilegate.url.startswith("http://127.0.0.1:")
    assert profilegate.machnet.user["first_name"] == "Zoe"
"""


def test_the_wheel_gives_pytest_a_fixture(python: Path, tmp_path: Path) -> None:
    """
    "A team adds one line to its tests and gets four faithful providers, isolated per test".
    """
    (tmp_path / "test_client.py").write_text(SUITE)
    # The plugins of this environment are no part of the wheel; its own one is found by its name.
    command = [str(python), "-I", "-m", "pytest", "-q", "-p", "profilegate"]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    ended = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True)

    assert (0, "1 passed") == (ended.returncode, ended.stdout.splitlines()[-1][:8])
