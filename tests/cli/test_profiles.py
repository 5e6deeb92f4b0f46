"""profiles: list, show, create, set, undo, erase."""

import pytest

from tests.cli.command_line import KRAKEN, MACHNET, CommandLine


def test_a_profile_is_made_and_shown(cli: CommandLine) -> None:
    """
    Fields are typed as FIELD=TEXT, or as FIELD:=JSON for all that is no text.
    """
    made = cli.done("profiles", "create", "name.given=Zoë", 'nationalities:=["DE"]')
    expected = {
        "id": made["id"],
        "version": 1,
        "fields": {"name.given": "Zoë", "nationalities": ["DE"]},
        "accounts": [],
    }

    assert expected == made == cli.done("profiles", "show", made["id"])


def test_a_profile_is_meant_by_any_of_its_accounts(cli: CommandLine) -> None:
    """
    Who knows what a provider calls somebody need not look up the profile's id.
    """
    profile = cli.zoe()

    assert profile == cli.done("profiles", "show", ":".join(KRAKEN))["id"]
    assert profile == cli.done("profiles", "show", ":".join(MACHNET))["id"]


def test_people_read_a_table_and_programs_lines_of_json(cli: CommandLine) -> None:
    """
    ``list`` prints aligned text, or with ``--json`` one document on each line.
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


def test_characters_that_steer_a_terminal_are_shown_as_escapes(cli: CommandLine) -> None:
    """
    Anybody can send a name; whoever looks at it in a terminal is safe from it.
    """
    made = cli.done("profiles", "create", "name.given=\x1b[2J\u202eZoe")
    shown = cli.ask("profiles", "show", made["id"]).out

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b[2J\\u202eZoe" in shown


def test_what_is_not_named_stays(cli: CommandLine) -> None:
    """
    ``set`` changes what is named and takes away what is named to be removed, nothing else.
    """
    made = cli.done("profiles", "create", "name.given=Zoe", "name.middle=M", "language=de")
    changed = cli.done("profiles", "set", made["id"], "language=en", "--remove", "name.middle")

    assert {"name.given": "Zoe", "language": "en"} == changed["fields"]
    assert 2 == changed["version"]


def test_a_change_of_another_version_is_rejected(cli: CommandLine) -> None:
    """
    ``--version`` changes what one has seen, or nothing.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    said = cli.ask("profiles", "set", made["id"], "name.given=Zoë", "--version", "7")

    assert (1, "") == (said.code, said.out)
    assert "version 1" in said.err
    assert made == cli.done("profiles", "show", made["id"])


NOT_TAKEN = {
    "a field that no profile has": ("name.first=Zoe", "name.first is not a field of a profile"),
    "an account's own field": (
        "account.status=VERIFIED",
        "account.status is not a field of a profile",
    ),
    "a phone in no common form": ("phone=110", "phone must be a phone number with +"),
    "a country in words": ("birth.country=Germany", "birth.country must be a country's code"),
    "a text where a list belongs": ("nationalities=DE", "nationalities must be a list"),
    "a number where text belongs": ("name.given:=7", "name.given must be text"),
    "a value that is not JSON": ("name.given:=Zoe", "the value of name.given is not JSON"),
    "what is no assignment": ("name.given", "write FIELD=TEXT or FIELD:=JSON"),
    "a document without a type": (
        "documents.virtual:=[{}]",
        "documents.virtual[0].type is required",
    ),
    "a day that there is not": ("birth.date=1990-02-30", "birth.date must be a date as"),
    "a tax number without its country": (
        'tax.ids:=[{"id": "1"}]',
        "tax.ids[0].country is required",
    ),
}


@pytest.mark.parametrize(("typed", "reported"), NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_what_a_profile_cannot_hold_is_reported_and_not_written(
    cli: CommandLine, typed: str, reported: str
) -> None:
    """
    A slip of the hand is a usage error (exit code 2) in one sentence.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    said = cli.ask("profiles", "set", made["id"], "language=de", typed)

    assert (2, "") == (said.code, said.out)
    assert reported in said.err
    assert made == cli.done("profiles", "show", made["id"])


def test_a_lock_holds_for_commands_too(cli: CommandLine) -> None:
    """
    "Locks hold for every provider": Machnet locks the name of whom it has verified.
    """
    profile = cli.zoe()
    cli.done("accounts", "set", *MACHNET, "account.status=VERIFIED")
    said = cli.ask("profiles", "set", profile, "name.given=Zoë")

    holder = f"machnet account {MACHNET[1]}, whose account.status is VERIFIED"
    expected = f"profilegate: name.given cannot be changed: locked by {holder}\n"
    assert (1, expected) == (said.code, said.err)


def test_a_profile_is_shown_as_it_was(cli: CommandLine) -> None:
    """
    ``show --at`` knows every moment since the profile's birth.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    born = cli.ask("history", made["id"], "--json").lines()[0]["at"]
    cli.done("profiles", "set", made["id"], "name.given=Zoë")

    assert {"name.given": "Zoe"} == cli.done("profiles", "show", made["id"], "--at", born)["fields"]
    assert 1 == cli.ask("profiles", "show", made["id"], "--at", "2001-01-01").code
    assert 2 == cli.ask("profiles", "show", made["id"], "--at", "yesterday").code


def test_a_change_is_undone_as_a_new_change(cli: CommandLine) -> None:
    """
    ``undo`` forgets nothing: what is set back is a change of its own.
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    cli.done("profiles", "set", made["id"], "name.given=Zoë")
    undone = cli.done("profiles", "undo", made["id"], "2")

    assert ({"name.given": "Zoe"}, 3) == (undone["fields"], undone["version"])


def test_an_erased_profile_is_gone(cli: CommandLine) -> None:
    """
    ``erase`` asks first, unless it is told not to.
    """
    profile = cli.zoe()
    rejected = cli.ask("profiles", "erase", profile, stdin="n\n")
    still = cli.ask("profiles", "show", profile)
    erased = cli.ask("profiles", "erase", profile, "--yes")

    assert (1, 0) == (rejected.code, still.code)
    assert (0, f"erased {profile}\n") == (erased.code, erased.out)
    assert "profilegate: there is no such profile\n" == cli.ask("profiles", "show", profile).err
    assert "There are no accounts.\n" == cli.ask("accounts", "list").out


def test_a_store_that_is_not_there_is_reported(cli: CommandLine) -> None:
    """
    Only what creates makes a store: a mistyped path must not look like an empty one.
    """
    said = cli.ask("profiles", "list")

    assert 1 == said.code
    assert "PROFILEGATE_DATABASE: there is no file" in said.err
    assert [] == list(cli.folder.iterdir())
