"""profiles: list, show, create, set, undo, erase."""

import pytest

from tests.cli.command_line import KRAKEN, MACHNET, CommandLine


def test_a_profile_is_created_and_shown(cli: CommandLine) -> None:
    """
    A field is typed as FIELD=TEXT, or as FIELD:=JSON if its value is not text.
    """
    made = cli.done("profiles", "create", "name.given=Zoë", 'nationalities:=["DE"]')
    expected = {
        "id": made["id"],
        "version": 1,
        "fields": {"name.given": "Zoë", "nationalities": ["DE"]},
        "accounts": [],
    }

    assert expected == made == cli.done("profiles", "show", made["id"])


def test_a_profile_is_named_by_any_of_its_accounts(cli: CommandLine) -> None:
    """
    PROVIDER:EXTERNAL_ID is as good as the profile's id.
    """
    profile = cli.zoe()

    assert profile == cli.done("profiles", "show", ":".join(KRAKEN))["id"]
    assert profile == cli.done("profiles", "show", ":".join(MACHNET))["id"]


def test_a_list_is_a_table_or_lines_of_json(cli: CommandLine) -> None:
    """
    ``list`` prints aligned text; with ``--json`` it prints one document on each line.
    """
    cli.zoe()
    cli.done("profiles", "create", "organization.legal_name=日本 Ltd")
    table = cli.ask("profiles", "list").out.splitlines()
    names = {
        line["fields"].get("name.given") for line in cli.ask("profiles", "list", "--json").lines()
    }

    assert ["PROFILE", "VERSION", "NAME", "ACCOUNTS"] == table[0].split()
    assert {"Zoe", None} == names
    assert any("日本 Ltd" in line for line in table)


def test_control_characters_are_printed_as_escapes(cli: CommandLine) -> None:
    """
    A name comes from a client; printed as it is, it could control the terminal.
    """
    made = cli.done("profiles", "create", "name.given=\x1b[2J\u202eZoe")
    shown = cli.ask("profiles", "show", made["id"]).out

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b[2J\\u202eZoe" in shown


def test_set_changes_only_the_fields_that_are_named(cli: CommandLine) -> None:
    """
    ``set`` writes the assigned fields and removes those after ``--remove``.
    """
    made = cli.done("profiles", "create", "name.given=Zoe", "name.middle=M", "language=de")
    changed = cli.done("profiles", "set", made["id"], "language=en", "--remove", "name.middle")

    assert {"name.given": "Zoe", "language": "en"} == changed["fields"]
    assert 2 == changed["version"]


def test_a_change_of_another_version_is_rejected(cli: CommandLine) -> None:
    """
    ``--version`` makes a change conditional on the version that was read.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    said = cli.ask("profiles", "set", made["id"], "name.given=Zoë", "--version", "7")

    assert (1, "") == (said.code, said.out)
    assert "version 1" in said.err
    assert made == cli.done("profiles", "show", made["id"])


REJECTED = {
    "a field that no profile has": ("name.first=Zoe", "name.first is not a field of a profile"),
    "an account's own field": (
        "account.status=VERIFIED",
        "account.status is not a field of a profile",
    ),
    "a text where a list belongs": ("nationalities=DE", "nationalities must be a list"),
    "a number where text belongs": ("name.given:=7", "name.given must be text"),
    "a value that is not JSON": ("name.given:=Zoe", "the value of name.given is not JSON"),
    "no assignment": ("name.given", "write FIELD=TEXT or FIELD:=JSON"),
}


@pytest.mark.parametrize(("typed", "reported"), REJECTED.values(), ids=REJECTED)
def test_an_invalid_assignment_is_a_usage_error(
    cli: CommandLine, typed: str, reported: str
) -> None:
    """
    Exit code 2, one sentence, and nothing is written; not even the valid assignment beside it.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    said = cli.ask("profiles", "set", made["id"], "language=de", typed)

    assert (2, "") == (said.code, said.out)
    assert reported in said.err
    assert made == cli.done("profiles", "show", made["id"])


def test_a_lock_holds_for_commands_too(cli: CommandLine) -> None:
    """
    "Locks hold for every provider": Machnet locks the name of a verified user.
    """
    profile = cli.zoe()
    cli.done("accounts", "set", *MACHNET, "account.status=VERIFIED")
    said = cli.ask("profiles", "set", profile, "name.given=Zoë")

    holder = f"machnet account {MACHNET[1]}, whose account.status is VERIFIED"
    expected = f"profilegate: name.given cannot be changed: locked by {holder}\n"
    assert (1, expected) == (said.code, said.err)


def test_a_profile_is_shown_as_it_was(cli: CommandLine) -> None:
    """
    ``show --at`` prints the profile at any time since its creation.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    born = cli.ask("history", made["id"], "--json").lines()[0]["at"]
    cli.done("profiles", "set", made["id"], "name.given=Zoë")

    assert {"name.given": "Zoe"} == cli.done("profiles", "show", made["id"], "--at", born)["fields"]
    assert 1 == cli.ask("profiles", "show", made["id"], "--at", "2001-01-01").code
    for no_time in ("yesterday", "9999-12-31T23:59:59-10:00"):
        assert 2 == cli.ask("profiles", "show", made["id"], "--at", no_time).code


def test_a_change_is_undone_as_a_new_change(cli: CommandLine) -> None:
    """
    ``undo`` removes nothing from the history: it adds a change.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    cli.done("profiles", "set", made["id"], "name.given=Zoë")
    undone = cli.done("profiles", "undo", made["id"], "2")

    assert ({"name.given": "Zoe"}, 3) == (undone["fields"], undone["version"])


def test_an_erased_profile_is_gone(cli: CommandLine) -> None:
    """
    ``erase`` asks for confirmation, unless ``--yes`` is given.
    """
    profile = cli.zoe()
    rejected = cli.ask("profiles", "erase", profile, stdin="n\n")
    still = cli.ask("profiles", "show", profile)
    erased = cli.ask("profiles", "erase", profile, "--yes")

    assert (1, 0) == (rejected.code, still.code)
    assert (0, f"erased {profile}\n") == (erased.code, erased.out)
    assert "profilegate: there is no such profile\n" == cli.ask("profiles", "show", profile).err
    assert "There are no accounts.\n" == cli.ask("accounts", "list").out


def test_a_missing_store_is_reported(cli: CommandLine) -> None:
    """
    Only a command that creates something creates a store: a mistyped path is an error.
    """
    said = cli.ask("profiles", "list")

    assert 1 == said.code
    assert "PROFILEGATE_DATABASE: there is no file" in said.err
    assert [] == list(cli.folder.iterdir())
