"""A profile as its providers show it, and what a change would do to them."""

from typing import Any

from tests.diadoc.samples import (
    LINKED_TOKEN,
    LINKED_USER,
    NEW_LOGIN,
    OTHER_LOGIN,
    login,
    update,
)
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
from tests.running_gateway import RunningGateway

LENA_AT_DIADOC = ("diadoc", LINKED_USER)


def test_each_linked_provider_has_its_projection(gateway: RunningGateway) -> None:
    """
    One person behind four providers: the same name in four providers' words.
    """
    projections = send(gateway, "GET", f"/profiles/{id_of(gateway, LENA)}/projections").json()[
        "projections"
    ]
    bodies = {view["provider"]: view["body"] for view in projections}

    linked = profile(gateway, id_of(gateway, LENA))["accounts"]
    assert {account["provider"] for account in linked} == bodies.keys()
    assert "Lena" == bodies["navixy"]["first_name"] == bodies["machnet"]["first_name"]
    assert "Lena" == bodies["kraken"]["full_name"]["first_name"]
    assert ("12106603032", "2106603032", "+12106603032") == (
        bodies["navixy"]["phone"],
        bodies["machnet"]["mobile_phone"],
        bodies["kraken"]["phone"],
    )


def test_a_profile_without_accounts_is_shown_by_no_provider(gateway: RunningGateway) -> None:
    """
    Nobody is linked, so nobody sees it.
    """
    made = create(gateway)

    assert {"projections": []} == send(gateway, "GET", f"/profiles/{made['id']}/projections").json()


def trial(gateway: RunningGateway, account: tuple[str, str], body: Any) -> Any:
    """What a change would do; and it must not have done it."""
    profile_id = id_of(gateway, account)
    before = profile(gateway, profile_id)
    sent = {"provider": account[0], "external_id": account[1], "body": body}
    response = send(gateway, "POST", f"/profiles/{profile_id}/what-if", sent)
    assert 200 == response.status
    assert before == profile(gateway, profile_id)
    return response.json()


def test_a_change_that_would_be_taken(gateway: RunningGateway) -> None:
    """
    The acting provider tells its fields, and the profile is shown as it would be.
    """
    body = {"full_name": {"first_name": "Zoe", "last_name": "Quinn"}, "city_of_birth": "Oslo"}

    result = trial(gateway, KAI, body)

    (outcome,) = result["outcomes"]
    assert (*KAI, "accepted") == (outcome["provider"], outcome["external_id"], outcome["outcome"])
    assert {
        "name": {"given": "Zoe", "family": "Quinn"},
        "birth": {"city": "Oslo"},
    } == result["profile"]


def test_a_change_that_a_linked_account_locks_would_be_rejected(gateway: RunningGateway) -> None:
    """
    Lena is verified with Machnet: her name stays, whichever provider asks.
    """
    result = trial(gateway, LENA, {"full_name": {"first_name": "Zoe", "last_name": "Quinn"}})

    (outcome,) = result["outcomes"]
    assert (LENA[0], "rejected") == (outcome["provider"], outcome["outcome"])
    assert outcome["reason"]
    assert "Lena" == result["profile"]["name"]["given"]


def test_a_body_that_breaks_the_providers_rules_would_be_rejected(gateway: RunningGateway) -> None:
    """
    The provider's own spec judges the body, and the reasons do not repeat it.
    """
    result = trial(gateway, KAI, {"language": "TELLTALE", "date_of_birth": "TELLTALE"})

    (outcome,) = result["outcomes"]
    assert ("rejected", {"language", "date_of_birth"}) == (
        outcome["outcome"],
        set(outcome["fields"]),
    )
    assert "TELLTALE" not in str(outcome)


def test_a_login_of_another_account_would_be_rejected(gateway: RunningGateway) -> None:
    """
    As the update itself is: by 405, since another account has this login.
    """
    body = {"Login": {"Login": OTHER_LOGIN.upper()}}

    (outcome,) = trial(gateway, LENA_AT_DIADOC, body)["outcomes"]

    assert 405 == update(gateway, body, LINKED_TOKEN).status
    assert ("rejected", "another account has this login") == (outcome["outcome"], outcome["reason"])


def test_a_login_that_would_cause_too_many_mails_would_be_rejected(gateway: RunningGateway) -> None:
    """
    As the update itself is: by 429, one mail a minute. The present login would cause none.
    """
    present = {"Login": {"Login": login(gateway, LINKED_USER)}}
    free = {"Login": {"Login": NEW_LOGIN}}
    before = trial(gateway, LENA_AT_DIADOC, free)["outcomes"]
    assert 200 == update(gateway, free, LINKED_TOKEN).status

    after = [trial(gateway, LENA_AT_DIADOC, body)["outcomes"] for body in (free, present)]

    assert 429 == update(gateway, free, LINKED_TOKEN).status
    assert ["accepted", "rejected", "accepted"] == [each["outcome"] for (each,) in (before, *after)]
    assert "too many mails; try again in 60 seconds" == after[0][0]["reason"]


def test_an_account_of_somebody_else_cannot_be_tried(gateway: RunningGateway) -> None:
    """
    A trial is made by one of the profile's own accounts.
    """
    sent = {"provider": KAI[0], "external_id": KAI[1], "body": {}}

    strange = send(gateway, "POST", f"/profiles/{id_of(gateway, LENA_AT_MACHNET)}/what-if", sent)
    nobody = send(gateway, "POST", f"/profiles/{NOBODY}/what-if", sent)

    assert [404, 404] == [gist(strange)[0], gist(nobody)[0]]
