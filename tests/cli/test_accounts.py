"""accounts: list, create, link, unlink, set."""

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


NOT_MADE = {
    "a provider that is none": (("nobody", "1"), "PROVIDER must be one of diadoc, kraken"),
    "our own API": (("profiles", "1"), "PROVIDER must be one of"),
    "a name that the provider would not give": (("kraken", "x"), "the external id must match"),
    "no tenant where there must be one": (LENA, "--tenant is required"),
    "a tenant where there are none": (
        ("navixy", "7", "--tenant", "x", "account.login=a"),
        "--tenant must be absent",
    ),
    "an own field that is missing": (("navixy", "7"), "account.login is required"),
    "an own field of another kind": (
        ("navixy", "7", "account.login=a", "account.plugins=45"),
        "account.plugins must be a list",
    ),
    "an own field that no account has": (
        ("navixy", "7", "account.login=a", "account.status=OK"),
        "account.status is not a field of this provider's accounts",
    ),
}


@pytest.mark.parametrize(("typed", "reported"), NOT_MADE.values(), ids=NOT_MADE)
def test_what_cannot_be_an_account_is_reported(
    cli: CommandLine, typed: tuple[str, ...], reported: str
) -> None:
    """
    An account that is created here is one that the provider could have.
    """
    said = cli.ask("accounts", "create", *typed)

    assert 0 < said.code < 3
    assert reported in said.err


def test_a_conflict_is_shown_and_nothing_is_linked(cli: CommandLine) -> None:
    """
    Where both have a value and not the same, one is asked whose stays.
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
    ``unlink`` leaves both sides with all that they knew.
    """
    profile = cli.zoe()
    left = cli.done("accounts", "unlink", *KRAKEN)

    assert profile != left["id"]
    assert {"name.given": "Zoe"} == left["fields"]
    assert {"name.given": "Zoe"} == cli.done("profiles", "show", profile)["fields"]


def test_a_provider_decides_what_can_be_set_of_its_accounts(cli: CommandLine) -> None:
    """
    Machnet verifies its users, so an admin sets the status; an id never changes.
    """
    cli.zoe()
    own = cli.done("accounts", "set", *MACHNET, "account.status=VERIFIED")
    said = cli.ask("accounts", "set", *MACHNET, "account.id=7")

    assert "VERIFIED" == own["account.status"]
    assert 2 == said.code
    assert (
        "account.id cannot be changed; of this provider's accounts account.status can" in said.err
    )
