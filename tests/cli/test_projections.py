"""projections and what-if: the providers side by side."""

import pytest

from tests.cli.command_line import KRAKEN, MACHNET, NAVIXY, CommandLine

NEW_NAME = '{"full_name": {"first_name": "Zoë", "last_name": "Z"}}'


def test_a_profile_is_shown_as_each_provider_shows_it(cli: CommandLine) -> None:
    """
    ``projections`` prints each provider's own field names.
    """
    profile = cli.zoe()
    projections = {
        v["provider"]: v["body"] for v in cli.ask("projections", profile, "--json").lines()
    }

    linked = cli.done("profiles", "show", profile)["accounts"]
    assert {account["provider"] for account in linked} == projections.keys()
    assert "Zoe" == projections["machnet"]["first_name"] == projections["navixy"]["first_name"]
    assert "first_name  Zoe" in cli.ask("projections", profile).out


def test_what_if_reports_an_accepted_change_at_every_provider(cli: CommandLine) -> None:
    """
    ``what-if`` exits 0 and writes nothing.
    """
    profile = cli.zoe()
    before = cli.done("profiles", "show", profile)
    said = cli.ask("what-if", profile, *KRAKEN, "--json", stdin=NEW_NAME)
    outcomes = {v["provider"]: (v["outcome"], v["fields"]) for v in said.json()["outcomes"]}

    assert 0 == said.code
    assert ("accepted", ["full_name.first_name", "full_name.last_name"]) == outcomes["kraken"]
    assert ("accepted", ["first_name", "last_name"]) == outcomes["navixy"]
    assert "Zoë" == said.json()["fields"]["name.given"]
    assert before == cli.done("profiles", "show", profile)


def test_what_if_exits_with_1_for_a_rejected_change(cli: CommandLine) -> None:
    """
    The rejected fields and the reason are printed on stdout.
    """
    profile = cli.zoe()
    cli.done("accounts", "set", *MACHNET, "account.status=VERIFIED")
    said = cli.ask("what-if", profile, *KRAKEN, "--data", NEW_NAME)

    assert (1, "") == (said.code, said.err)
    assert "rejected" in said.out
    assert "full_name.first_name" in said.out


REJECTED_BODIES = {
    "a field that breaks its rule": '{"phone": "x"}',
    "a character that no provider accepts": '{"city_of_birth": "\\u0000"}',
    "no object": "[]",
}


@pytest.mark.parametrize("body", REJECTED_BODIES.values(), ids=REJECTED_BODIES)
def test_what_if_rejects_what_the_provider_rejects(cli: CommandLine, body: str) -> None:
    """
    The provider's own spec validates the body.
    """
    profile = cli.zoe()
    said = cli.ask("what-if", profile, *KRAKEN, "--data", body, "--json")

    assert (1, ["rejected"]) == (said.code, [v["outcome"] for v in said.json()["outcomes"]])


def test_a_what_if_without_a_body_or_an_account_is_an_error(cli: CommandLine) -> None:
    """
    Exit code 2 for a body that is not JSON, 1 for an unknown account.
    """
    profile = cli.zoe()
    no_json = cli.ask("what-if", profile, *KRAKEN, "--data", "{")
    nobody = cli.ask("what-if", profile, NAVIXY[0], "7", "--data", "{}")

    assert (2, 1) == (no_json.code, nobody.code)
    assert "the body is not JSON" in no_json.err
    assert "profilegate: there is no such account\n" == nobody.err
