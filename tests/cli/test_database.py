"""init, backup and restore: the database as a whole."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from profilegate.store import files
from profilegate.store.copying import MARK
from profilegate.store.sqlite import backup
from tests.cli.command_line import CommandLine
from tests.gateway_process import DATABASE, GatewayProcess, run


def test_init_begins_anew_only_where_there_is_no_database(cli: CommandLine) -> None:
    """
    A lost database is an error until somebody asks for an empty one; init never overwrites one.
    """
    cli.zoe()
    (cli.folder / "profiles.db").rename(cli.folder / "elsewhere.db")
    lost = cli.ask("profiles", "create", "name.given=Ann")
    begun, again = cli.ask("init"), cli.ask("init")

    assert (1, "") == (lost.code, lost.out)
    assert "begin with an empty database: `profilegate init`" in lost.err
    assert (0, 1) == (begun.code, again.code)
    assert "exists already" in again.err
    assert "There are no profiles.\n" == cli.ask("profiles", "list").out


def test_a_restored_backup_equals_the_database_of_its_moment(cli: CommandLine) -> None:
    """
    One file that only its owner can read; it names the key that it needs.
    """
    profile = cli.zoe()
    file = cli.folder / "backup.db"
    exported = cli.ask("export").out
    made = cli.ask("backup", str(file))
    cli.done("profiles", "set", profile, "name.given=Changed")
    fingerprint = cli.ask("keys", "show").out.split()[0]
    restored = cli.ask("restore", str(file), "--replace")

    assert (0, 0) == (made.code, restored.code)
    assert f"needs the key {fingerprint}" in made.out
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert exported == cli.ask("export").out
    assert {"backup.db", "master.key", "profiles.db"} == {
        each.name for each in cli.folder.iterdir()
    }


def test_a_restored_database_never_meets_the_old_log(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The log is deleted for good before the backup gets the name of the database: after a power cut
    SQLite would write the old pages into it.
    """
    cli.zoe()
    cli.ask("backup", str(cli.folder / "backup.db"))
    steps: list[str] = []
    sync, rename = files.sync_folder, Path.rename

    def synced(folder: Path) -> None:
        has_log = (folder / "profiles.db-wal").exists()
        steps.append("synced with the log" if has_log else "synced without a log")
        sync(folder)

    def renamed(draft: Path, file: Path) -> Path:
        steps.append(f"renamed to {file.name}")
        return rename(draft, file)

    monkeypatch.setattr(backup, "sync_folder", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    cli.ask("restore", str(cli.folder / "backup.db"), "--replace")

    assert ["synced without a log", "renamed to profiles.db", "synced without a log"] == steps


def damage(file: Path) -> None:
    """Change a byte of each page but the first one, whose format SQLite checks by itself."""
    content = bytearray(file.read_bytes())
    for at in range(2 * 4096 - 40, len(content), 4096):
        content[at] ^= 1
    file.write_bytes(content)


def test_what_is_damaged_is_neither_backed_up_nor_restored(cli: CommandLine) -> None:
    """
    Both verify the copy before it gets its name, and leave nothing behind.
    """
    cli.zoe()
    file, broken = cli.folder / "backup.db", cli.folder / "broken.db"
    cli.ask("backup", str(file))
    exported = cli.ask("export").out
    broken.write_bytes(file.read_bytes())
    damage(broken)
    restored = cli.ask("restore", str(broken), "--replace")
    unchanged = cli.ask("export").out
    damage(cli.folder / "profiles.db")
    made = cli.ask("backup", str(cli.folder / "second.db"))

    assert (1, 1) == (restored.code, made.code)
    assert "damaged" in restored.err
    assert "damaged" in made.err
    assert exported == unchanged
    assert not (cli.folder / "second.db").exists()
    assert [] == list(cli.folder.glob(".*"))


def test_an_incomplete_copy_is_neither_backed_up_nor_restored(cli: CommandLine) -> None:
    """
    What `migrate` has begun lacks rows, though each that is there verifies: as for `serve`, it is
    no database.
    """
    cli.zoe()
    file = cli.folder / "backup.db"
    cli.ask("backup", str(file))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO meta (name, value) VALUES (?, x'')", (MARK,))
    restored = cli.ask("restore", str(file), "--replace")
    said = cli.ask("backup", str(cli.folder / "second.db"), "--database", f"sqlite:///{file}")

    assert (1, 1) == (restored.code, said.code)
    assert [True] * 2 == ["copy that is not complete" in each.err for each in (restored, said)]
    assert not (cli.folder / "second.db").exists()
    assert 0 == cli.ask("audit").code


REJECTED = {
    "a backup over a file": (("backup", "{folder}/backup.db"), "backup.db: it exists already"),
    "a backup with the name of a journal": (
        ("backup", "{folder}/backup.db-journal"), "SQLite would take it for a part"),
    "a restore over a database": (("restore", "{folder}/backup.db"), "--replace"),
    "no backup": (("restore", "{folder}/none.db", "--replace"), "no such database"),
    "another key": (("restore", "{folder}/backup.db", "--replace", "--key-file",
                     "{folder}/other.key"), "another master key (its fingerprint is "),
}  # fmt: skip


@pytest.mark.parametrize(("command", "reason"), REJECTED.values(), ids=REJECTED)
def test_nothing_is_overwritten_unasked(
    cli: CommandLine, command: tuple[str, ...], reason: str
) -> None:
    """
    The error says what is in the way; the database and the backup stay as they are.
    """
    cli.zoe()
    cli.ask("backup", str(cli.folder / "backup.db"))
    cli.ask("profiles", "create", store="other.db")
    (cli.folder / "other.db.key").rename(cli.folder / "other.key")
    files = ("profiles.db", "backup.db")
    before = [(cli.folder / name).read_bytes() for name in files]
    said = cli.ask(*(part.format(folder=cli.folder) for part in command))

    assert (1, True) == (said.code, reason in said.err)
    assert before == [(cli.folder / name).read_bytes() for name in files]


def test_a_served_database_is_backed_up_but_not_replaced(tmp_path: Path) -> None:
    """
    A backup works beside a gateway. A restore would pull the database from under it.
    """
    settings = {"PROFILEGATE_DATABASE": DATABASE}
    with GatewayProcess.serving(tmp_path, "--demo", settings=settings):
        made = run(tmp_path, "backup", "backup.db", "--demo")
        served = run(tmp_path, "restore", "backup.db", "--demo", "--replace")
    stopped = run(tmp_path, "restore", "backup.db", "--demo", "--replace")

    assert (0, 1, 0) == (made.returncode, served.returncode, stopped.returncode)
    assert "stop the gateway first" in served.stderr
