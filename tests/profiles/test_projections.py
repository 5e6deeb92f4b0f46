"""A profile as its doors show it, and what a change would do to them."""

from typing import Any

from tests.profiles.client import (
    KAI,
    LENA,
    LENA_AT_MACHNET,
    NOBODY,
    create,
    gist,
    id_of,
    profile,
    send,
)
from tests.running_gateway import RunningGate


def test_all_linked_doors_are_shown_side_by_side(gate: RunningGate) -> None:
    """
    One person behind four doors: the same name in four providers' words.
    """
    views = send(gate, "GET", f"/profiles/{id_of(gate, LENA)}/views").json()["views"]
    bodies = {view["provider"]: view["body"] for view in views}

    assert {"diadoc", "kraken", "machnet", "navixy"} == bodies.keys()
    assert "Lena" == bodies["navixy"]["first_name"] == bodies["machnet"]["first_name"]
    assert "Lena" == bodies["kraken"]["full_name"]["first_name"]
    assert ("12106603032", "2106603032", "+12106603032") == (
        bodies["navixy"]["phone"],
        bodies["machnet"]["mobile_phone"],
        bodies["kraken"]["phone"],
    )


def test_a_profile_without_accounts_is_shown_by_no_door(gate: RunningGate) -> None:
    """
    Nobody is linked, so nobody sees it.
    """
    made = create(gate)

    assert {"views": []} == send(gate, "GET", f"/profiles/{made['id']}/views").json()


def trial(gate: RunningGate, account: tuple[str, str], body: Any) -> Any:
    """What a change would do; and it must not have done it."""
    profile_id = id_of(gate, account)
    before = profile(gate, profile_id)
    sent = {"provider": account[0], "external_id": account[1], "body": body}
    answer = send(gate, "POST", f"/profiles/{profile_id}/what-if", sent)
    assert 200 == answer.status
    assert before == profile(gate, profile_id)
    return answer.json()


def test_a_change_that_would_be_taken(gate: RunningGate) -> None:
    """
    The acting door tells its fields, and the profile is shown as it would be.
    """
    body = {"full_name": {"first_name": "Zoe", "last_name": "Quinn"}, "city_of_birth": "Oslo"}

    outcome = trial(gate, KAI, body)

    (verdict,) = outcome["verdicts"]
    assert (*KAI, "taken") == (verdict["provider"], verdict["external_id"], verdict["outcome"])
    assert {
        "name": {"given": "Zoe", "family": "Quinn"},
        "birth": {"city": "Oslo"},
    } == outcome["profile"]


def test_a_change_that_a_linked_account_locks_would_be_refused(gate: RunningGate) -> None:
    """
    Lena is verified with Machnet: her name stays, whichever door asks.
    """
    outcome = trial(gate, LENA, {"full_name": {"first_name": "Zoe", "last_name": "Quinn"}})

    (verdict,) = outcome["verdicts"]
    assert (LENA[0], "refused") == (verdict["provider"], verdict["outcome"])
    assert verdict["why"]
    assert "Lena" == outcome["profile"]["name"]["given"]


def test_a_body_that_breaks_the_doors_rules_would_be_refused(gate: RunningGate) -> None:
    """
    The door's own spec judges the body, and the reasons do not repeat it.
    """
    outcome = trial(gate, KAI, {"language": "TELLTALE", "date_of_birth": "TELLTALE"})

    (verdict,) = outcome["verdicts"]
    assert ("refused", {"language", "date_of_birth"}) == (
        verdict["outcome"],
        set(verdict["fields"]),
    )
    assert "TELLTALE" not in str(outcome)


def test_an_account_of_somebody_else_cannot_be_tried(gate: RunningGate) -> None:
    """
    A trial is made by one of the profile's own accounts.
    """
    sent = {"provider": KAI[0], "external_id": KAI[1], "body": {}}

    strange = send(gate, "POST", f"/profiles/{id_of(gate, LENA_AT_MACHNET)}/what-if", sent)
    nobody = send(gate, "POST", f"/profiles/{NOBODY}/what-if", sent)

    assert [404, 404] == [gist(strange)[0], gist(nobody)[0]]
