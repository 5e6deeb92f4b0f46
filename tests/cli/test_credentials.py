"""credentials: list, create, rotate, revoke."""

import pytest

from tests.cli.command_line import KRAKEN, MACHNET, NAVIXY, Desk

HOLDERS = {
    "kraken": ("--tenant", "demo"),
    "machnet": ("--tenant", "demo-client"),
    "navixy": ("--account", NAVIXY[1]),
}


@pytest.mark.parametrize("provider", HOLDERS)
def test_a_secret_is_shown_once(desk: Desk, provider: str) -> None:
    """
    What a caller needs is printed when it is made, in the provider's own form, and never again.
    """
    desk.zoe()
    made = desk.done("credentials", "create", provider, *HOLDERS[provider])
    listed = desk.ask("credentials", "list", "--provider", provider, "--json").lines()

    assert made["shown"]
    assert [{key: value for key, value in made.items() if key != "shown"}] == listed


def test_a_rotated_credential_takes_the_place_of_the_old_one(desk: Desk) -> None:
    """
    ``rotate`` makes a new secret for the same holder and revokes the old one.
    """
    desk.zoe()
    old = desk.done("credentials", "create", "kraken", "--tenant", "demo")
    new = desk.done("credentials", "rotate", old["id"])
    listed = [line["id"] for line in desk.ask("credentials", "list", "--json").lines()]

    assert [new["id"]] == listed
    assert (old["tenant"], old["kind"]) == (new["tenant"], new["kind"])
    assert old["shown"] != new["shown"]


def test_a_revoked_credential_is_nobodys(desk: Desk) -> None:
    """
    ``revoke`` once, and there is no such credential any more.
    """
    desk.zoe()
    made = desk.done("credentials", "create", "kraken", "--tenant", "demo")
    first, again = (desk.ask("credentials", "revoke", made["id"]) for _ in range(2))

    assert (0, 1) == (first.code, again.code)
    assert "profilegate: there is no such credential\n" == again.err
    assert "There are no credentials.\n" == desk.ask("credentials", "list").out


NOT_ISSUED = {
    "a tenant's, for an account": (("kraken", "--account", KRAKEN[1]), "--tenant"),
    "an account's, for a tenant": (("navixy", "--tenant", "demo"), "--account"),
    "nobody's, where somebody must hold it": (("kraken",), "--tenant"),
    "one with two holders": (
        ("kraken", "--tenant", "demo", "--account", MACHNET[1]),
        "a credential has one holder",
    ),
    "an account's that is not there": (("navixy", "--account", "7"), "there is no such user"),
    "one that has ended": (
        ("kraken", "--tenant", "demo", "--expires", "2001-01-01"),
        "--expires is past",
    ),
}


@pytest.mark.parametrize(("typed", "told"), NOT_ISSUED.values(), ids=NOT_ISSUED)
def test_a_credential_that_nobody_could_use_is_not_made(
    desk: Desk, typed: tuple[str, ...], told: str
) -> None:
    """
    "A credential belongs to a tenant, or to one account", as its provider has it.
    """
    desk.zoe()
    said = desk.ask("credentials", "create", *typed)

    assert 0 < said.code < 3
    assert told in said.err
    assert "There are no credentials.\n" == desk.ask("credentials", "list").out
