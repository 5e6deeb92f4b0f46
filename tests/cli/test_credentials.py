"""credentials: list, create, rotate, revoke."""

import pytest

from tests.cli.command_line import KRAKEN, MACHNET, NAVIXY, CommandLine

HOLDERS = {
    "kraken": ("--tenant", "demo"),
    "machnet": ("--tenant", "demo-client"),
    "navixy": ("--account", NAVIXY[1]),
}


@pytest.mark.parametrize("provider", HOLDERS)
def test_a_secret_is_shown_once(cli: CommandLine, provider: str) -> None:
    """
    What a caller needs is printed when it is made, in the provider's own form, and never again.
    """
    cli.zoe()
    made = cli.done("credentials", "create", provider, *HOLDERS[provider])
    listed = cli.ask("credentials", "list", "--provider", provider, "--json").lines()

    assert made["shown"]
    assert [{key: value for key, value in made.items() if key != "shown"}] == listed


def test_a_rotated_credential_takes_the_place_of_the_old_one(cli: CommandLine) -> None:
    """
    ``rotate`` makes a new secret for the same holder and revokes the old one.
    """
    cli.zoe()
    old = cli.done("credentials", "create", "kraken", "--tenant", "demo")
    new = cli.done("credentials", "rotate", old["id"])
    listed = [line["id"] for line in cli.ask("credentials", "list", "--json").lines()]

    assert [new["id"]] == listed
    assert (old["tenant"], old["kind"]) == (new["tenant"], new["kind"])
    assert old["shown"] != new["shown"]


def test_a_revoked_credential_is_nobodys(cli: CommandLine) -> None:
    """
    ``revoke`` once, and there is no such credential any more.
    """
    cli.zoe()
    made = cli.done("credentials", "create", "kraken", "--tenant", "demo")
    first, again = (cli.ask("credentials", "revoke", made["id"]) for _ in range(2))

    assert (0, 1) == (first.code, again.code)
    assert "profilegate: there is no such credential\n" == again.err
    assert "There are no credentials.\n" == cli.ask("credentials", "list").out


NOT_ISSUED = {
    "a tenant's, for an account": (("kraken", "--account", KRAKEN[1]), "held by a tenant"),
    "an account's, for a tenant": (("navixy", "--tenant", "demo"), "held by an account"),
    "nobody's, where somebody must hold it": (("kraken",), "--tenant is required"),
    "one with two holders": (
        ("kraken", "--tenant", "demo", "--account", MACHNET[1]),
        "held by a tenant",
    ),
    "an account's that is not there": (("navixy", "--account", "7"), "there is no such user"),
    "one that has ended": (
        ("kraken", "--tenant", "demo", "--expires", "2001-01-01"),
        "--expires must be in the future",
    ),
}


@pytest.mark.parametrize(("typed", "reported"), NOT_ISSUED.values(), ids=NOT_ISSUED)
def test_a_credential_that_nobody_could_use_is_not_made(
    cli: CommandLine, typed: tuple[str, ...], reported: str
) -> None:
    """
    "A credential belongs to a tenant, or to one account", as its provider has it.
    """
    cli.zoe()
    said = cli.ask("credentials", "create", *typed)

    assert 0 < said.code < 3
    assert reported in said.err
    assert "There are no credentials.\n" == cli.ask("credentials", "list").out
