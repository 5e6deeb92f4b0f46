"""export and import: profiles as JSON Lines."""

import json
import sqlite3
import stat
from contextlib import closing

import pytest

from tests.cli.command_line import MACHNET, CommandLine
from tests.exported_lines import BAD, BAD_IN_FORM, SECRET, Change, with_field


def test_an_import_restores_what_was_exported(cli: CommandLine) -> None:
    """
    Both stores export the same lines afterwards, and a second import changes nothing.
    """
    profile = cli.zoe()
    cli.done("profiles", "create", "name.given=Ann")
    exported = cli.ask("export").out
    file = cli.folder / "all.jsonl"
    file.write_text(exported, "utf-8")
    first, again = (cli.ask("import", str(file), store="other.db") for _ in range(2))

    assert "2 profiles imported, 0 existed already\n" == first.out
    assert "0 profiles imported, 2 existed already\n" == again.out
    assert exported == cli.ask("export", store="other.db").out
    assert profile == json.loads(cli.ask("export", ":".join(MACHNET)).out)["id"]


def damage(cli: CommandLine, profile_id: str) -> None:
    """Change one byte of a profile's sealed fields."""
    with closing(sqlite3.connect(cli.folder / "profiles.db")) as connection, connection:
        (sealed,) = connection.execute(
            "SELECT sealed FROM profiles WHERE id = ?", (profile_id,)
        ).fetchone()
        changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
        connection.execute("UPDATE profiles SET sealed = ? WHERE id = ?", (changed, profile_id))


@pytest.mark.parametrize("command", ["export", "profiles list --json", "accounts list --json"])
def test_a_damaged_profile_is_skipped_and_named(cli: CommandLine, command: str) -> None:
    """
    The other profiles are printed; stderr names the damaged one, and the exit code is 1.
    """
    for number in "123":
        cli.done("accounts", "create", "navixy", number, f"account.login={number}@x.org")
    ids = [line["id"] for line in cli.ask("export").lines()]
    damage(cli, ids[1])
    said = cli.ask(*command.split())

    assert [ids[0], ids[2]] == [line.get("profile") or line["id"] for line in said.lines()]
    assert (1, True) == (said.code, f"profile {ids[1]} is damaged; skipped" in said.err)


def test_only_the_owner_can_read_an_exported_file(cli: CommandLine) -> None:
    """
    An export is plain text, so its mode is 0600; it never overwrites a file.
    """
    cli.zoe()
    file = cli.folder / "all.jsonl"
    first, again = (cli.ask("export", "--output", str(file)) for _ in range(2))

    assert (0, 1) == (first.code, again.code)
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert "it cannot be created (File exists)" in again.err
    assert 1 == len(file.read_text("utf-8").splitlines())


def test_a_bad_line_is_named_and_stops_the_import(cli: CommandLine) -> None:
    """
    The lines before it are imported; the bad line and the lines after it are not.
    """
    for name in ("Ann", "Bea", "Cleo"):
        cli.done("profiles", "create", f"name.given={name}")
    lines = cli.ask("export").out.splitlines()
    for what, bad in {"not JSON": "{", "ambiguous": '{"id": 1, "id": 2}'}.items():
        store = f"{what}.db"
        text = "\n".join([lines[0], "", bad, lines[2]])
        said = cli.ask("import", "-", stdin=text, store=store)

        assert (1, "") == (said.code, said.out)
        assert "profilegate: -, line 3: " in said.err
        assert what in said.err
        assert "1 profiles imported, 0 existed already\n" in said.err
        assert lines[:1] == cli.ask("export", store=store).out.splitlines()


# Two of the lines of tests/profiles/test_transfer.py, and all that an HTTP schema rejects earlier.
LINES = {
    **{name: BAD[name] for name in ("null", "an account's field of another type")},
    **BAD_IN_FORM,
}


@pytest.mark.parametrize(("change", "reported"), LINES.values(), ids=LINES)
def test_an_invalid_line_is_reported_with_its_field_and_rule(
    cli: CommandLine, change: Change, reported: str
) -> None:
    """
    The message names the line, the field and the rule, and repeats no value; nothing is written.
    """
    cli.done("accounts", "create", *MACHNET, "--tenant", "demo-client", "name.given=Zoe")
    line = json.loads(cli.ask("export").out)
    said = cli.ask("import", "-", stdin=f"\n{json.dumps(change(line))}\n", store="other.db")

    assert (1, "") == (said.code, said.out)
    assert f"profilegate: -, line 2: {reported}" in said.err
    assert not any(part in said.err for part in SECRET.split())
    assert "" == cli.ask("export", store="other.db").out


def test_many_violations_are_reported_twenty_at_a_time(cli: CommandLine) -> None:
    """
    A million violations do not fit into a terminal.
    """
    cli.done("profiles", "create", "name.given=Zoe")
    line = json.loads(cli.ask("export").out)
    changed = with_field("nationalities", [1] * 1000)(line)
    said = cli.ask("import", "-", stdin=json.dumps(changed), store="other.db")

    assert 20 == said.err.count(" must ")


def test_an_import_never_overwrites_a_profile(cli: CommandLine) -> None:
    """
    The message names the line whose profile exists with other values.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    line = cli.ask("export").out
    cli.done("profiles", "set", made["id"], "name.given=Zoë")
    said = cli.ask("import", "-", stdin=line)

    assert 1 == said.code
    assert "profilegate: -, line 1: this profile exists with other values" in said.err
    assert {"name.given": "Zoë"} == cli.done("profiles", "show", made["id"])["fields"]
