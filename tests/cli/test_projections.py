"""projections and what-if: the providers side by side."""

import pytest

from tests.cli.command_line import KRAKEN, MACHNET, NAVIXY, CommandLine

NEW_NAME = '{"full_name": {"first_name": "Zoë", "last_name": "Z"}}'


def test_a_profile_is_shown_as_each_provider_shows_it(cli: CommandLine) -> None:
    """
    ``projections`` uses each provider's own words.
    """
    profile = cli.zoe()
    views = {v["provider"]: v["body"] for v in cli.ask("projections", profile, "--json").lines()}

    assert {"kraken", "machnet", "navixy"} == views.keys()
    assert "Zoe" == views["machnet"]["first_name"] == views["navixy"]["first_name"]
    assert "first_name  Zoe" in cli.ask("projections", profile).out


def test_a_change_that_would_be_taken_is_reported_at_every_provider(
    cli: CommandLine,
) -> None:
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


def test_a_change_that_would_be_rejected_exits_1(cli: CommandLine) -> None:
    """
    The outcome is printed all the same: which fields, and why.
    """
    profile = cli.zoe()
    cli.done("accounts", "set", *MACHNET, "account.status=VERIFIED")
    said = cli.ask("what-if", profile, *KRAKEN, "--data", NEW_NAME)

    assert (1, "") == (said.code, said.err)
    assert "rejected" in said.out
    assert "full_name.first_name" in said.out


REJECTED_BODIES = {
    "a field that breaks its rule": '{"phone": "x"}',
    "a character that no provider takes": '{"city_of_birth": "\\u0000"}',
    "what is no object": "[]",
}


@pytest.mark.parametrize("body", REJECTED_BODIES.values(), ids=REJECTED_BODIES)
def test_a_body_that_the_provider_would_not_read_is_rejected(cli: CommandLine, body: str) -> None:
    """
    What the provider's own check rejects is rejected here.
    """
    profile = cli.zoe()
    said = cli.ask("what-if", profile, *KRAKEN, "--data", body, "--json")

    assert (1, ["rejected"]) == (said.code, [v["outcome"] for v in said.json()["outcomes"]])


def test_what_cannot_be_asked_is_reported(cli: CommandLine) -> None:
    """
    A body that is no JSON, or an account of somebody else, is no question.
    """
    profile = cli.zoe()
    no_json = cli.ask("what-if", profile, *KRAKEN, "--data", "{")
    nobody = cli.ask("what-if", profile, NAVIXY[0], "7", "--data", "{}")

    assert (2, 1) == (no_json.code, nobody.code)
    assert "the body is not JSON" in no_json.err
    assert "profilegate: there is no such user\n" == nobody.err
