"""``profilegate compat``: its output, its exit codes, and what `make check` runs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from profilegate.openapi import load_yaml
from tests.compat.edits import BASE, REMOVED, edited
from tests.gateway_process import run

ROOT = Path(__file__).parents[2]

LOCKED = {"components/schemas/Update/properties/kind/x-lock": "verified"}
WIDER = {"components/schemas/Update/properties/name/maxLength": 60}
MAJOR = {"info/version": "2.0.0"}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder of some versions of a spec."""
    versions: dict[str, dict[str, Any]] = {
        "old": {}, "wider": WIDER, "locked": LOCKED, "major": {**LOCKED, **MAJOR},
        "both": {**WIDER, **LOCKED}, "v31": {"openapi": "3.1.0"},
    }  # fmt: skip
    for name, edits in versions.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(edited(edits)), "utf-8")
    (tmp_path / "v2.json").write_text('{"swagger": "2.0", "paths": {}}', "utf-8")
    return tmp_path


def test_the_lines_are_those_of_a_changelog(files: Path) -> None:
    """
    Breaking changes come first; each line names the operation and the field.
    """
    ended = run(files, "compat", "old.json", "both.json")

    assert 1 == ended.returncode
    assert (
        """## both

Breaking:
- PATCH /users/{user}: request body: `kind`: is now locked while the account is verified

Compatible:
- PATCH /users/{user}: request body: `name`: maxLength is now 60, was 50

"""
        == ended.stdout
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param("old.json old.json", 0, id="the same"),
        pytest.param("old.json v31.json", 0, id="another version of OpenAPI"),
        pytest.param("old.json wider.json", 0, id="harmless"),
        pytest.param("old.json locked.json", 1, id="breaking"),
        pytest.param("old.json major.json", 1, id="breaking, in a new major version"),
        pytest.param("old.json major.json --versioned", 0, id="which announces it"),
        pytest.param("old.json locked.json --versioned", 1, id="which a minor one does not"),
        pytest.param("old.json v2.json", 2, id="Swagger 2.0"),
        pytest.param("old.json missing.json", 2, id="no such file"),
        pytest.param("old.json .", 2, id="a file and a folder"),
    ],
)
def test_the_exit_code_is_for_scripts(files: Path, arguments: str, code: int) -> None:
    """
    0: no client fails; 1: one may fail; 2: nothing was compared.
    """
    ended = run(files, "compat", *arguments.split())

    assert (code, code == 2) == (ended.returncode, bool(ended.stderr)), ended.stderr


def test_json_has_one_change_on_each_line(files: Path) -> None:
    """
    ``--json`` is for programs, ``--breaking`` leaves out the rest.
    """
    ended = run(files, "compat", "old.json", "both.json", "--json", "--breaking")

    assert {
        "spec": "both", "breaking": True, "operations": ["PATCH /users/{user}"],
        "part": "request body", "field": "kind", "rule": "x-lock",
        "text": "is now locked while the account is verified",
    } == json.loads(ended.stdout)  # fmt: skip


def test_folders_are_compared_by_the_names_of_their_specs(files: Path) -> None:
    """
    A spec that is gone takes all of its operations with it.
    """
    for name, specs in {"a": ("acme", "gone"), "b": ("acme", "new")}.items():
        (files / name).mkdir()
        for spec in specs:
            (files / name / f"{spec}.json").write_text(json.dumps(BASE), "utf-8")

    ended = run(files, "compat", "a", "b")

    assert 1 == ended.returncode
    assert "## gone\n\nBreaking:\n- was removed\n" in ended.stdout
    assert "## new\n\nCompatible:\n- is new\n" in ended.stdout


def test_a_rule_that_refers_to_another_file_is_compared(files: Path) -> None:
    """
    A spec may have its parts in several files.
    """
    for name, size in {"a": 50, "b": 49}.items():
        (files / name).mkdir()
        parts = {"Name": {"type": "string", "maxLength": size}}
        (files / name / "parts.json").write_text(json.dumps(parts), "utf-8")
        place = "components/schemas/Update/properties/name"
        spec = edited({place: {"$ref": "parts.json#/Name"}, "x-null": REMOVED})
        (files / name / "acme.json").write_text(json.dumps(spec), "utf-8")

    ended = run(files, "compat", "a/acme.json", "b/acme.json", "--breaking")

    assert "`name`: maxLength is now 49, was 50" in ended.stdout


def git(folder: Path, *arguments: str) -> None:
    """Run git without the settings of this machine."""
    names = ("user.name=Acme", "user.email=acme@example.com", "commit.gpgsign=false")
    options = [word for name in names for word in ("-c", name)]
    subprocess.run(["git", *options, *arguments], cwd=folder, check=True, capture_output=True)


def test_make_check_compares_with_the_last_release(tmp_path: Path) -> None:
    """
    Without a tag there is no release to break; with one, a breaking change needs a new major.
    """

    def check() -> subprocess.CompletedProcess[str]:
        command = [".ci/compat", "python", "-m", "profilegate"]
        return subprocess.run(
            [str(ROOT / command[0]), *command[1:]],
            cwd=tmp_path, capture_output=True, text=True, check=False,
            env={"PATH": _path(), "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        )  # fmt: skip

    spec = tmp_path / "specs" / "acme.json"
    spec.parent.mkdir()
    spec.write_text(json.dumps(BASE), "utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "First.")
    untagged = check()
    git(tmp_path, "tag", "v1.0.0")
    spec.write_text(json.dumps(edited(LOCKED)), "utf-8")
    broken = check()
    spec.write_text(json.dumps(edited({**LOCKED, **MAJOR})), "utf-8")
    announced = check()

    assert (0, "No tag yet: there is no release to be compatible with.\n") == (
        untagged.returncode, untagged.stdout,
    )  # fmt: skip
    assert (1, 0) == (broken.returncode, announced.returncode), broken.stderr
    assert "`kind`: is now locked" in broken.stdout


def _path() -> str:
    """Where the Python of this test and git are found."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.mark.parametrize("form", ["IndividualUpdate", "BusinessUpdate"])
@pytest.mark.parametrize("name", ["first_name", "email"])
def test_a_lock_in_one_form_of_a_body_is_told(tmp_path: Path, form: str, name: str) -> None:
    """
    README: locks are compared; the other form, whose lock stays, must not hide it.
    """
    document = load_yaml((ROOT / "specs" / "machnet.yaml").read_text("utf-8"), "machnet.yaml")
    (tmp_path / "old.json").write_text(json.dumps(document), "utf-8")
    field = document["components"]["schemas"][form]["properties"][name]
    is_locked = field.pop("x-lock", None) is not None
    if not is_locked:
        field["x-lock"] = "verified"
    (tmp_path / "new.json").write_text(json.dumps(document), "utf-8")
    ended = run(tmp_path, "compat", "old.json", "new.json")

    assert (0 if is_locked else 1) == ended.returncode
    assert f"`{name}`: is {'no longer' if is_locked else 'now'} locked" in ended.stdout
