"""export and import: profiles as JSON Lines."""

import json
import stat

import pytest

from tests.cli.command_line import MACHNET, CommandLine
from tests.exported_lines import BAD, BAD_IN_FORM, SECRET, Spoil, with_field


def test_what_was_exported_is_imported_once(cli: CommandLine) -> None:
    """
    Two stores hold the same after it; to import twice is to import once.
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


def test_an_export_is_its_owners_alone(cli: CommandLine) -> None:
    """
    It holds in plain text what the store seals; and it never takes the place of another file.
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
    What was before it is written, nothing of it is, nor of what comes after.
    """
    for name in ("Ann", "Bea", "Cleo"):
        cli.done("profiles", "create", f"name.given={name}")
    lines = cli.ask("export").out.splitlines()
    document = json.loads(lines[1])
    for what, bad in {
        "not JSON": "{",
        "must be an object": "[]",
        "may only hold": json.dumps({**document, "surplus": 1}),
        "ambiguous": '{"id": 1, "id": 2}',
    }.items():
        store = f"{what}.db"
        text = "\n".join([lines[0], "", bad, lines[2]])
        said = cli.ask("import", "-", stdin=text, store=store)

        assert (1, "") == (said.code, said.out)
        assert "profilegate: -, line 3: " in said.err
        assert what in said.err
        assert "1 profiles imported, 0 existed already\n" in said.err
        assert lines[:1] == cli.ask("export", store=store).out.splitlines()


@pytest.mark.parametrize(
    ("spoil", "reported"), [*BAD.values(), *BAD_IN_FORM.values()], ids=[*BAD, *BAD_IN_FORM]
)
def test_a_line_that_no_export_has_is_reported_as_our_own_api_tells_it(
    cli: CommandLine, spoil: Spoil, reported: str
) -> None:
    """
    The line, the field, its rule; nothing of it is repeated, and nothing is written.
    """
    cli.done("accounts", "create", *MACHNET, "--tenant", "demo-client", "name.given=Zoe")
    line = json.loads(cli.ask("export").out)
    said = cli.ask("import", "-", stdin=f"\n{json.dumps(spoil(line))}\n", store="other.db")

    assert (1, "") == (said.code, said.out)
    assert f"profilegate: -, line 2: {reported}" in said.err
    assert not any(part in said.err for part in SECRET.split())
    assert "" == cli.ask("export", store="other.db").out


def test_many_violations_are_reported_twenty_at_a_time(cli: CommandLine) -> None:
    """
    A terminal is no place for a million of them.
    """
    cli.done("profiles", "create", "name.given=Zoe")
    line = json.loads(cli.ask("export").out)
    spoilt = with_field("nationalities", [1] * 1000)(line)
    said = cli.ask("import", "-", stdin=json.dumps(spoilt), store="other.db")

    assert 20 == said.err.count("must be text")


def test_a_profile_that_is_here_with_other_values_is_left(cli: CommandLine) -> None:
    """
    An import never overwrites; it says which line it would have been.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    line = cli.ask("export").out
    cli.done("profiles", "set", made["id"], "name.given=Zoë")
    said = cli.ask("import", "-", stdin=line)

    assert 1 == said.code
    assert "profilegate: -, line 1: this profile exists with other values" in said.err
    assert {"name.given": "Zoë"} == cli.done("profiles", "show", made["id"])["fields"]
