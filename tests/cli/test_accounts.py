"""accounts: list, show, create, link, unlink, set, set-password."""

import pytest

from tests.cli.command_line import KRAKEN, MACHNET, NAVIXY, CommandLine

LENA = ("kraken", "AA52E25PMHAWYANF")


def test_accounts_share_one_profile(cli: CommandLine) -> None:
    """
    "A profile is one person; an account is one provider's view of it".
    """
    profile = cli.zoe()
    listed = cli.ask("accounts", "list", "--json").lines()
    of_one = cli.ask("accounts", "list", "--provider", "navixy", "--json").lines()

    assert {KRAKEN, MACHNET, NAVIXY} == {(a["provider"], a["external_id"]) for a in listed}
    assert {profile} == {account["profile"] for account in listed}
    assert [[45]] == [account["fields"]["account.plugins"] for account in of_one]


REJECTED = {
    "an unknown provider": (("nobody", "1"), "PROVIDER must be one of diadoc, kraken"),
    "a missing tenant": (LENA, "--tenant is required"),
    "a value of another type": (
        ("navixy", "7", "account.login=a", "account.plugins=45"),
        "account.plugins must be a list",
    ),
    "a field that no account has": (
        ("navixy", "7", "account.login=a", "account.status=OK"),
        "account.status is not a field of this provider's accounts",
    ),
}


@pytest.mark.parametrize(("typed", "reported"), REJECTED.values(), ids=REJECTED)
def test_an_invalid_account_is_reported_by_the_name_that_was_typed(
    cli: CommandLine, typed: tuple[str, ...], reported: str
) -> None:
    """
    The admin rules are those of the HTTP API (tests/profiles/test_accounts.py); the command line
    names the option or the argument that breaks one.
    """
    said = cli.ask("accounts", "create", *typed)

    assert 0 < said.code < 3
    assert reported in said.err


def test_a_conflict_is_printed_with_both_values(cli: CommandLine) -> None:
    """
    Where the two values differ, `--prefer` decides, and nothing is linked without it.
    """
    profile = cli.zoe()
    lena = cli.done("accounts", "create", *LENA, "--tenant", "demo", "name.given=Lena")
    said = cli.ask("accounts", "link", *LENA, profile)
    apart = cli.done("profiles", "show", lena["id"])
    linked = cli.done("accounts", "link", *LENA, profile, "--prefer", "account")

    assert (1, "") == (said.code, said.out)
    assert ["name.given", "Zoe", "Lena"] == said.err.splitlines()[1].split()
    assert "--prefer profile, or --prefer account" in said.err
    assert lena == apart
    assert {"name.given": "Lena"} == linked["fields"]


def test_an_account_leaves_with_a_copy(cli: CommandLine) -> None:
    """
    After `unlink` both profiles have all values.
    """
    profile = cli.zoe()
    left = cli.done("accounts", "unlink", *KRAKEN)

    assert profile != left["id"]
    assert {"name.given": "Zoe"} == left["fields"]
    assert {"name.given": "Zoe"} == cli.done("profiles", "show", profile)["fields"]


def test_only_fields_that_the_provider_lets_an_admin_set_can_be_set(cli: CommandLine) -> None:
    """
    Machnet verifies its users, so an admin can set the status; an id never changes.
    """
    cli.zoe()
    own = cli.done("accounts", "set", *MACHNET, "account.status=VERIFIED")
    said = cli.ask("accounts", "set", *MACHNET, "account.id=7")

    assert "VERIFIED" == own["account.status"]
    assert 2 == said.code
    assert (
        "account.id cannot be changed; of this provider's accounts account.status can" in said.err
    )


@pytest.mark.parametrize("external_id", ["AA08N84GCPARUN7A", "AA08 N84G CPAR UN7A"])
def test_an_account_is_found_by_its_external_id(cli: CommandLine, external_id: str) -> None:
    """
    An IIBAN may be typed with its blanks, here and wherever a profile is named by an account.
    """
    profile_id = cli.zoe()

    assert profile_id == cli.done("accounts", "show", "kraken", external_id)["id"]
    assert profile_id == cli.done("profiles", "show", f"kraken:{external_id}")["id"]


def test_a_password_is_read_from_the_standard_input(cli: CommandLine) -> None:
    """
    Every user of the machine can see the arguments of a process.
    """
    cli.zoe()
    said = cli.ask("accounts", "set-password", *NAVIXY, stdin="correct horse battery\n")
    windows = cli.ask("accounts", "set-password", *NAVIXY, stdin="correct horse battery\r\n")
    two = cli.ask("accounts", "set-password", *NAVIXY, stdin="one\ntwo\n")
    short = cli.ask("accounts", "set-password", *NAVIXY, stdin="\n")
    without = cli.ask("accounts", "set-password", *KRAKEN, stdin="correct horse\n")

    assert (0, "navixy 1001 has the password\n") == (said.code, said.out)
    assert "password must not be empty" in short.err
    assert "this provider's accounts have no passwords" in without.err
    assert (0, 2) == (windows.code, two.code)
    assert "a password is one line" in two.err
