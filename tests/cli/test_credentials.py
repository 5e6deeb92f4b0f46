"""credentials: list, create, rotate, reset-nonce, revoke."""

import pytest

from tests.cli.command_line import KRAKEN, NAVIXY, CommandLine


def test_a_secret_is_shown_once(cli: CommandLine) -> None:
    """
    ``create`` prints what a client needs to authenticate; ``list`` never prints it.
    """
    cli.zoe()
    made = cli.done("credentials", "create", "navixy", "--account", NAVIXY[1])
    listed = cli.ask("credentials", "list", "--provider", "navixy", "--json").lines()

    assert made["shown"]
    assert [{key: value for key, value in made.items() if key != "shown"}] == listed


def test_rotate_replaces_a_credential(cli: CommandLine) -> None:
    """
    ``rotate`` issues a new secret to the same holder and revokes the old one.
    """
    cli.zoe()
    old = cli.done("credentials", "create", "kraken", "--tenant", "demo")
    new = cli.done("credentials", "rotate", old["id"])
    listed = [line["id"] for line in cli.ask("credentials", "list", "--json").lines()]

    assert [new["id"]] == listed
    assert (old["tenant"], old["kind"]) == (new["tenant"], new["kind"])
    assert old["shown"] != new["shown"]


def test_a_revoked_credential_is_gone(cli: CommandLine) -> None:
    """
    ``revoke`` removes a credential; a second time there is no such credential.
    """
    cli.zoe()
    made = cli.done("credentials", "create", "kraken", "--tenant", "demo")
    first, again = (cli.ask("credentials", "revoke", made["id"]) for _ in range(2))

    assert (0, 1) == (first.code, again.code)
    assert "profilegate: there is no such credential\n" == again.err
    assert "There are no credentials.\n" == cli.ask("credentials", "list").out


REJECTED = {
    "the wrong kind of holder": (("kraken", "--account", KRAKEN[1]), "held by a tenant"),
    "a kind that the holder cannot have": (
        ("kraken", "--tenant", "demo", "--kind", "bearer"),
        "--kind must be api-key",
    ),
    "no holder": (("kraken",), "--tenant is required"),
    "an empty tenant": (("kraken", "--tenant", ""), "--tenant must not be empty"),
    "a long tenant": (
        ("kraken", "--tenant", "t" * 201),
        "--tenant must have at most 200 characters",
    ),
    "a time that UTC does not have": (
        ("kraken", "--tenant", "demo", "--expires", "9999-12-31T23:59:59-10:00"),
        "a time must look like",
    ),
    "an end in the past": (
        ("kraken", "--tenant", "demo", "--expires", "2001-01-01"),
        "--expires must be in the future",
    ),
}


@pytest.mark.parametrize(("typed", "reported"), REJECTED.values(), ids=REJECTED)
def test_an_invalid_credential_is_reported_by_the_option_that_was_typed(
    cli: CommandLine, typed: tuple[str, ...], reported: str
) -> None:
    """
    "A credential belongs to a tenant, or to one account"; the provider decides which.
    """
    cli.zoe()
    said = cli.ask("credentials", "create", *typed)

    assert 0 < said.code < 3
    assert reported in said.err
    assert "There are no credentials.\n" == cli.ask("credentials", "list").out


def test_a_credential_forgets_its_nonces(cli: CommandLine) -> None:
    """
    ``list`` shows the last nonce, ``reset-nonce`` forgets it; a window is chosen at the creation.
    """
    cli.zoe()
    made = cli.done("credentials", "create", "kraken", "--tenant", "demo", "--nonce-window", "50")
    said = cli.ask("credentials", "reset-nonce", made["id"])
    unknown = cli.ask("credentials", "reset-nonce", "0" * 32)
    wrong = cli.ask("credentials", "create", "navixy", "--account", "1001", "--nonce-window", "5")

    assert (50, None) == (made["nonce_window"], made["last_nonce"])
    assert (0, f"forgot the nonces of {made['id']}\n") == (said.code, said.out)
    assert "profilegate: there is no such credential\n" == unknown.err
    assert "--nonce-window must be absent" in wrong.err
