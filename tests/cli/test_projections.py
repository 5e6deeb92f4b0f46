"""views and what-if: the doors side by side."""

import pytest

from tests.cli.command_line import KRAKEN, MACHNET, NAVIXY, Desk

NEW_NAME = '{"full_name": {"first_name": "Zoë", "last_name": "Z"}}'


def test_a_profile_is_shown_as_each_door_shows_it(desk: Desk) -> None:
    """
    ``views`` speaks each provider's own words.
    """
    profile = desk.zoe()
    views = {v["provider"]: v["body"] for v in desk.ask("views", profile, "--json").lines()}

    assert {"kraken", "machnet", "navixy"} == views.keys()
    assert "Zoe" == views["machnet"]["first_name"] == views["navixy"]["first_name"]
    assert "first_name  Zoe" in desk.ask("views", profile).out


def test_a_change_that_would_be_taken_is_told_at_every_door(desk: Desk) -> None:
    """
    ``what-if`` exits 0 and writes nothing.
    """
    profile = desk.zoe()
    before = desk.done("profiles", "show", profile)
    said = desk.ask("what-if", profile, *KRAKEN, "--json", stdin=NEW_NAME)
    verdicts = {v["provider"]: (v["outcome"], v["fields"]) for v in said.json()["verdicts"]}

    assert 0 == said.code
    assert ("taken", ["full_name.first_name", "full_name.last_name"]) == verdicts["kraken"]
    assert ("taken", ["first_name", "last_name"]) == verdicts["navixy"]
    assert "Zoë" == said.json()["fields"]["name.given"]
    assert before == desk.done("profiles", "show", profile)


def test_a_change_that_would_be_refused_exits_1(desk: Desk) -> None:
    """
    The verdict is printed all the same: which fields, and why.
    """
    profile = desk.zoe()
    desk.done("accounts", "set", *MACHNET, "account.status=VERIFIED")
    said = desk.ask("what-if", profile, *KRAKEN, "--data", NEW_NAME)

    assert (1, "") == (said.code, said.err)
    assert "refused" in said.out
    assert "full_name.first_name" in said.out


REFUSED_BODIES = {
    "a field that breaks its rule": '{"phone": "x"}',
    "a character that no provider takes": '{"city_of_birth": "\\u0000"}',
    "what is no object": "[]",
}


@pytest.mark.parametrize("body", REFUSED_BODIES.values(), ids=REFUSED_BODIES)
def test_a_body_that_the_door_would_not_read_is_refused(desk: Desk, body: str) -> None:
    """
    What the door's own check refuses is refused here.
    """
    profile = desk.zoe()
    said = desk.ask("what-if", profile, *KRAKEN, "--data", body, "--json")

    assert (1, ["refused"]) == (said.code, [v["outcome"] for v in said.json()["verdicts"]])


def test_what_cannot_be_asked_is_told(desk: Desk) -> None:
    """
    A body that is no JSON, or an account of somebody else, is no question.
    """
    profile = desk.zoe()
    no_json = desk.ask("what-if", profile, *KRAKEN, "--data", "{")
    nobody = desk.ask("what-if", profile, NAVIXY[0], "7", "--data", "{}")

    assert (2, 1) == (no_json.code, nobody.code)
    assert "the body is not JSON" in no_json.err
    assert "profilegate: there is no such user\n" == nobody.err
