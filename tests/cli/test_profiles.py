"""profiles: list, show, create, set, undo, erase."""

import pytest

from tests.cli.command_line import KRAKEN, MACHNET, Desk


def test_a_profile_is_made_and_shown(desk: Desk) -> None:
    """
    Fields are typed as FIELD=TEXT, or as FIELD:=JSON for all that is no text.
    """
    made = desk.done("profiles", "create", "name.given=Zoë", 'nationalities:=["DE"]')
    expected = {
        "id": made["id"],
        "version": 1,
        "fields": {"name.given": "Zoë", "nationalities": ["DE"]},
        "accounts": [],
    }

    assert expected == made == desk.done("profiles", "show", made["id"])


def test_a_profile_is_meant_by_any_of_its_accounts(desk: Desk) -> None:
    """
    Who knows what a provider calls somebody need not look up the profile's id.
    """
    profile = desk.zoe()

    assert profile == desk.done("profiles", "show", ":".join(KRAKEN))["id"]
    assert profile == desk.done("profiles", "show", ":".join(MACHNET))["id"]


def test_people_read_a_table_and_programs_lines_of_json(desk: Desk) -> None:
    """
    ``list`` prints aligned text, or with ``--json`` one document on each line.
    """
    desk.zoe()
    desk.done("profiles", "create", "organization.legal_name=日本 Ltd")
    table = desk.ask("profiles", "list").out.splitlines()
    names = {
        line["fields"].get("name.given") for line in desk.ask("profiles", "list", "--json").lines()
    }

    assert ["PROFILE", "VERSION", "NAME", "ACCOUNTS"] == table[0].split()
    assert {"Zoe", None} == names
    assert any("日本 Ltd" in line for line in table)


def test_characters_that_steer_a_terminal_are_shown_as_escapes(desk: Desk) -> None:
    """
    Anybody can send a name; whoever looks at it in a terminal is safe from it.
    """
    made = desk.done("profiles", "create", "name.given=\x1b[2J\u202eZoe")
    shown = desk.ask("profiles", "show", made["id"]).out

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b[2J\\u202eZoe" in shown


def test_what_is_not_named_stays(desk: Desk) -> None:
    """
    ``set`` changes what is named and takes away what is named to be removed, nothing else.
    """
    made = desk.done("profiles", "create", "name.given=Zoe", "name.middle=M", "language=de")
    changed = desk.done("profiles", "set", made["id"], "language=en", "--remove", "name.middle")

    assert {"name.given": "Zoe", "language": "en"} == changed["fields"]
    assert 2 == changed["version"]


def test_a_change_of_another_version_is_refused(desk: Desk) -> None:
    """
    ``--version`` changes what one has seen, or nothing.
    """
    made = desk.done("profiles", "create", "name.given=Zoe")
    said = desk.ask("profiles", "set", made["id"], "name.given=Zoë", "--version", "7")

    assert (1, "") == (said.code, said.out)
    assert "version 1" in said.err
    assert made == desk.done("profiles", "show", made["id"])


NOT_TAKEN = {
    "a field that no profile has": ("name.first=Zoe", "a profile has no field name.first"),
    "an account's own field": ("account.status=VERIFIED", "a profile has no field account.status"),
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


@pytest.mark.parametrize(("typed", "told"), NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_what_a_profile_cannot_hold_is_told_and_not_written(
    desk: Desk, typed: str, told: str
) -> None:
    """
    A slip of the hand is a usage error (exit code 2) in one sentence.
    """
    made = desk.done("profiles", "create", "name.given=Zoe")
    said = desk.ask("profiles", "set", made["id"], "language=de", typed)

    assert (2, "") == (said.code, said.out)
    assert told in said.err
    assert made == desk.done("profiles", "show", made["id"])


def test_a_lock_holds_at_the_desk_too(desk: Desk) -> None:
    """
    "Locks hold at every door": Machnet locks the name of whom it has verified.
    """
    profile = desk.zoe()
    desk.done("accounts", "set", *MACHNET, "account.status=VERIFIED")
    said = desk.ask("profiles", "set", profile, "name.given=Zoë")

    assert (1, "profilegate: name.given cannot be changed\n") == (said.code, said.err)


def test_a_profile_is_shown_as_it_was(desk: Desk) -> None:
    """
    ``show --at`` knows every moment since the profile's birth.
    """
    made = desk.done("profiles", "create", "name.given=Zoe")
    born = desk.ask("history", made["id"], "--json").lines()[0]["at"]
    desk.done("profiles", "set", made["id"], "name.given=Zoë")

    assert {"name.given": "Zoe"} == desk.done("profiles", "show", made["id"], "--at", born)[
        "fields"
    ]
    assert 1 == desk.ask("profiles", "show", made["id"], "--at", "2001-01-01").code
    assert 2 == desk.ask("profiles", "show", made["id"], "--at", "yesterday").code


def test_a_change_is_undone_as_a_new_change(desk: Desk) -> None:
    """
    ``undo`` forgets nothing: what is set back is a change of its own.
    """
    made = desk.done("profiles", "create", "name.given=Zoe")
    desk.done("profiles", "set", made["id"], "name.given=Zoë")
    undone = desk.done("profiles", "undo", made["id"], "2")

    assert ({"name.given": "Zoe"}, 3) == (undone["fields"], undone["version"])


def test_an_erased_profile_is_gone(desk: Desk) -> None:
    """
    ``erase`` asks first, unless it is told not to.
    """
    profile = desk.zoe()
    refused = desk.ask("profiles", "erase", profile, stdin="n\n")
    still = desk.ask("profiles", "show", profile)
    erased = desk.ask("profiles", "erase", profile, "--yes")

    assert (1, 0) == (refused.code, still.code)
    assert (0, f"erased {profile}\n") == (erased.code, erased.out)
    assert "profilegate: there is no such profile\n" == desk.ask("profiles", "show", profile).err
    assert "There are no accounts.\n" == desk.ask("accounts", "list").out


def test_a_store_that_is_not_there_is_told(desk: Desk) -> None:
    """
    Only what creates makes a store: a mistyped path must not look like an empty one.
    """
    said = desk.ask("profiles", "list")

    assert 1 == said.code
    assert "PROFILEGATE_DATABASE: there is no file" in said.err
    assert [] == list(desk.folder.iterdir())
