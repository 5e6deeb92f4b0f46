"""``profilegate generate --check``: each file that differs from its spec, by name."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from profilegate.codegen.files import find_drift, write_files

ROOT = Path(__file__).resolve().parents[2]

KRAKEN = "handlers/kraken/_generated.py"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """
    A checkout of its own, with two specs, one of them with messages, and what follows from them.
    """
    (tmp_path / "profilegate").symlink_to(ROOT / "profilegate")
    (tmp_path / "specs").mkdir()
    for name in ("diadoc", "kraken"):
        for file in (ROOT / "specs").glob(f"{name}.*"):
            shutil.copy(file, tmp_path / "specs")
        shutil.copytree(
            ROOT / "handlers" / name,
            tmp_path / "handlers" / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    write_files(tmp_path / "specs", tmp_path / "handlers")
    return tmp_path


def generate(tree: Path, *options: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of the command in a checkout."""
    done = subprocess.run(
        [sys.executable, "-m", "profilegate", "generate", *options],
        cwd=tree,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def rename_operation(tree: Path, old: str = "update_user", new: str = "change_user") -> None:
    """Edit Kraken's spec, and nothing else."""
    spec = tree / "specs" / "kraken.yaml"
    text = spec.read_text("utf-8")
    spec.write_text(text.replace(f"operationId: {old}\n", f"operationId: {new}\n"), "utf-8")


def snapshot(tree: Path) -> dict[str, bytes]:
    """All files of the specs and handlers, with their bytes."""
    return {
        str(path.relative_to(tree)): path.read_bytes()
        for folder in ("specs", "handlers")
        for path in (tree / folder).rglob("*")
        if path.is_file()
    }


def test_the_check_is_silent_when_all_files_are_as_they_must_be(tree: Path) -> None:
    """
    CI runs it: exit status 0, and not a word.
    """

    assert (0, "", "") == generate(tree, "--check")


def test_the_check_names_every_file_that_is_not_as_it_must_be(tree: Path) -> None:
    """
    "generate --check names every file that differs (unified diff), is missing or is an orphan,
    and exits 1".
    """
    rename_operation(tree)
    (tree / "handlers" / "diadoc" / "_generated.py").unlink()
    (tree / "handlers" / "museum").mkdir()
    (tree / "handlers" / "museum" / "_generated.py").write_text("")
    before = snapshot(tree)
    status, output, _ = generate(tree, "--check")
    lines = output.splitlines()

    assert {
        "status": 1,
        "files": [
            "handlers/diadoc/_generated.py: missing; run `make generate`",
            f"{KRAKEN}: differs; run `make generate`",
            "handlers/museum/_generated.py: orphan; delete it, or write its spec",
        ],
        "removed": [
            "-    async def update_user(self, call: Call, *, user: UserId, body: UserUpdate) "
            "-> UpdateResult:",
            '-    updates=(UpdateForm("update_user", {}, user_update_to_changes),),',
        ],
        "added": [
            "+    async def change_user(self, call: Call, *, user: UserId, body: UserUpdate) "
            "-> UpdateResult:",
            '+    updates=(UpdateForm("change_user", {}, user_update_to_changes),),',
        ],
        "written": {},
    } == {
        "status": status,
        "files": [line for line in lines if line.startswith("handlers/")],
        "removed": [line for line in lines if line.startswith("-") and line != f"--- {KRAKEN}"],
        "added": [line for line in lines if line.startswith("+") and line != f"+++ {KRAKEN}"],
        "written": dict(snapshot(tree).items() - before.items()),
    }


def test_generating_fixes_what_the_check_named(tree: Path) -> None:
    """
    "run `make generate`" is true advice: afterwards the check has nothing to say.
    """
    rename_operation(tree)
    status, output, _ = generate(tree)

    assert (0, [f"wrote {KRAKEN}", "wrote handlers/kraken/operations.py"], []) == (
        status,
        output.splitlines(),
        find_drift(tree / "specs", tree / "handlers"),
    )


def test_generating_again_writes_nothing(tree: Path) -> None:
    """
    A file that is as it must be keeps its time, so that tools which look at times stay quiet.
    """

    assert [] == write_files(tree / "specs", tree / "handlers")


def test_a_spec_that_cannot_be_read_stops_before_anything_is_written(tree: Path) -> None:
    """
    One sentence, without a traceback, and exit status 1; the good spec is not generated either.
    """
    (tree / "handlers" / "diadoc" / "_generated.py").unlink()
    rename_operation(tree, new="change-user")
    before = snapshot(tree)
    status, output, error = generate(tree)

    assert (
        1,
        "",
        "profilegate: specs/kraken.yaml:180: #/paths/~1b2b~1users~1{user}/patch/operationId: "
        'no function can be called "change-user"; name it as its function in handlers/ is named\n',
        before,
    ) == (status, output, error, snapshot(tree))


def test_a_new_shared_field_reaches_the_engine_and_the_admin_api(tmp_path: Path) -> None:
    """
    One line of specs/profile.yaml is enough: the field table, the admin API's schema and its
    mapping follow from it, in one run.
    """
    (tmp_path / "profilegate" / "profile").mkdir(parents=True)
    (tmp_path / "specs").mkdir()
    for name in ("profile.yaml", "profiles.yaml"):
        shutil.copy(ROOT / "specs" / name, tmp_path / "specs")
    shutil.copytree(ROOT / "handlers" / "profiles", tmp_path / "handlers" / "profiles")
    folders = tmp_path / "specs", tmp_path / "handlers"
    write_files(*folders)
    profile = tmp_path / "specs" / "profile.yaml"
    field = (
        "  name.preferred: {description: Preferred name., type: string, maxLength: 255,"
        " pattern: '^[^\\x00]*$'}\n"
    )
    profile.write_text(
        profile.read_text("utf-8").replace("fields:\n", f"fields:\n{field}"), "utf-8"
    )
    drifts = {drift.file: drift.diff for drift in find_drift(*folders)}
    expected = {
        "specs/profiles.yaml": "+          x-profile: name.preferred\n",
        "profilegate/profile/_generated.py": '+    "name.preferred": None,\n',
        "handlers/profiles/_generated.py": '+        changes["name.preferred"] = ',
    }

    assert expected.keys() == drifts.keys()
    assert [] == [file for file, line in expected.items() if line not in drifts[file]]
