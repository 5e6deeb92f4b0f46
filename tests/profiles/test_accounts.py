"""Accounts on a profile: created, linked, changed, unlinked."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.profiles.client import (
    CHARLES,
    KAI,
    LENA,
    LENA_AT_MACHNET,
    NOBODY,
    VERA,
    account_at,
    create,
    faults,
    gist,
    id_of,
    profile,
    send,
)
from tests.running_gateway import RunningGate

USER_ID = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e77"

NEW: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "machnet, an individual": (
        {"provider": "machnet", "external_id": USER_ID, "tenant": "demo-client"},
        {"business": False, "type": "SEND", "status": "UNVERIFIED"},
    ),
    "machnet, a verified business": (
        {
            "provider": "machnet",
            "external_id": USER_ID,
            "tenant": "demo-client",
            "fields": {"business": True, "status": "VERIFIED"},
        },
        {"business": True, "type": "SEND", "status": "VERIFIED"},
    ),
    "navixy": (
        {"provider": "navixy", "external_id": "77", "fields": {"login": "zoe@example.com"}},
        {"login": "zoe@example.com", "plugins": []},
    ),
    "diadoc": (
        {"provider": "diadoc", "external_id": USER_ID, "fields": {"login": "zoe@example.com"}},
        {"login": "zoe@example.com", "registered": True},
    ),
    "kraken": ({"provider": "kraken", "external_id": "AA08N84GCPARUN7Z", "tenant": "demo"}, {}),
}


@pytest.mark.parametrize("many", [False, True], ids=["the first one", "another one"])
@pytest.mark.parametrize(("body", "own"), NEW.values(), ids=NEW)
def test_a_new_account_sees_the_profile(
    gate: RunningGate, body: dict[str, Any], own: dict[str, Any], many: bool
) -> None:
    """
    An account is one provider's view of the profile, plus what belongs to that provider alone.
    """
    made = create(gate, {"name": {"given": "Zoe", "family": "Quinn"}, "email": "zoe@example.com"})
    place = f"/profiles/{made['id']}"
    profiles = len(gate.rows("SELECT id FROM profiles"))
    if many:
        before = {"provider": "kraken", "external_id": "AA08N84GCPARUN7Y", "tenant": "demo"}
        send(gate, "POST", f"{place}/accounts", before)

    answer = send(gate, "POST", f"{place}/accounts", body)

    assert (201, own) == (answer.status, answer.json()["fields"])
    assert (
        f"{place}/accounts/{body['provider']}/{body['external_id']}" == (answer.headers["location"])
    )
    assert answer.json() in send(gate, "GET", f"{place}/accounts").json()["accounts"]
    fields = gate.fields(body["provider"], body["external_id"])
    assert ("Zoe", "zoe@example.com") == (fields["name.given"], fields["email"])
    assert profiles == len(gate.rows("SELECT id FROM profiles WHERE erased_at IS NULL"))


UNFIT: Mapping[str, tuple[dict[str, Any], set[str]]] = {
    "no provider": ({"provider": "museum", "external_id": "1"}, {"/provider"}),
    "our own API, which is no provider": (
        {"provider": "profiles", "external_id": "1"},
        {"/provider"},
    ),
    "nothing": ({}, {"/provider", "/external_id"}),
    "all that can be wrong at Machnet": (
        {"provider": "machnet", "external_id": "1", "fields": {"plugins": [], "login": "a"}},
        {"/external_id", "/tenant", "/fields/plugins", "/fields/login"},
    ),
    "all that can be wrong at Navixy": (
        {"provider": "navixy", "external_id": "x", "tenant": "t", "fields": {"status": "VERIFIED"}},
        {"/external_id", "/tenant", "/fields/status", "/fields/login"},
    ),
    "a status that Machnet does not have": (
        {"provider": "machnet", "external_id": USER_ID, "fields": {"status": "FINE"}},
        {"/fields/status"},
    ),
}


@pytest.mark.parametrize(("body", "fields"), UNFIT.values(), ids=UNFIT)
def test_an_account_that_its_provider_could_not_have_is_refused(
    gate: RunningGate, body: dict[str, Any], fields: set[str]
) -> None:
    """
    Ids, tenants and own fields are each provider's own; every fault is named.
    """
    made = create(gate)

    answer = send(gate, "POST", f"/profiles/{made['id']}/accounts", body)

    assert (400, "invalid") == gist(answer)
    assert fields == faults(answer).keys()
    assert [] == profile(gate, made["id"])["accounts"]


def test_an_account_that_exists_is_linked_and_not_created(gate: RunningGate) -> None:
    """
    One name is one account.
    """
    body = {"provider": KAI[0], "external_id": KAI[1], "tenant": "demo"}

    answer = send(gate, "POST", f"/profiles/{create(gate)['id']}/accounts", body)

    assert (409, "account-exists") == gist(answer)


def test_what_only_the_account_knows_comes_along(gate: RunningGate) -> None:
    """
    Linking loses nothing: the target lacks it, so it is brought.
    """
    made = create(gate, {"email": "kai@example.com"})
    old = id_of(gate, KAI)

    answer = send(gate, "PUT", account_at(made["id"], KAI))

    assert 200 == answer.status
    body = answer.json()
    assert ({"given": "Kai", "family": "Krause"}, "kai@example.com") == (
        body["name"],
        body["email"],
    )
    assert made["id"] == id_of(gate, KAI)
    assert 404 == send(gate, "GET", f"/profiles/{old}").status


SIDES: Mapping[str, tuple[dict[str, str], str]] = {
    "the profile": ({"prefer": "profile"}, "Zoe"),
    "the account": ({"prefer": "account"}, "Kai"),
}


@pytest.mark.parametrize(("body", "given"), SIDES.values(), ids=SIDES)
def test_where_the_two_differ_one_side_wins(
    gate: RunningGate, body: dict[str, str], given: str
) -> None:
    """
    `prefer` says whose value stays.
    """
    made = create(gate, {"name": {"given": "Zoe"}})

    answer = send(gate, "PUT", account_at(made["id"], KAI), body)

    assert (200, given) == (answer.status, answer.json()["name"]["given"])


@pytest.mark.parametrize("body", [None, {}], ids=["no body", "an empty one"])
def test_when_nobody_says_which_side_wins_nothing_happens(gate: RunningGate, body: Any) -> None:
    """
    No silent loss: the answer lists the differences instead, both values beside one another.
    """
    made = create(gate, {"name": {"given": "Zoe", "family": "Krause"}})

    answer = send(gate, "PUT", account_at(made["id"], KAI), body)

    assert (409, "sides-differ") == gist(answer)
    assert [{"field": "name.given", "profile": "Zoe", "account": "Kai"}] == (
        answer.json()["differences"]
    )
    assert made == profile(gate, made["id"])


def test_a_lock_of_the_joining_account_holds(gate: RunningGate) -> None:
    """
    A verified user's name stays what Machnet has verified, whoever is preferred.
    """
    made = create(gate, {"name": {"given": "Zoe"}})

    answer = send(gate, "PUT", account_at(made["id"], VERA), {"prefer": "profile"})

    assert (409, "locked") == gist(answer)
    assert "/name/given" in faults(answer)
    assert "Vera" == gate.fields(*VERA)["name.given"]


MISSING: Mapping[str, tuple[str, str]] = {
    "no such account": (NOBODY, "kraken/AA00"),
    "no such provider": (NOBODY, "museum/1"),
    "no such profile": (NOBODY, "/".join(KAI)),
}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(("profile_id", "account"), MISSING.values(), ids=MISSING)
def test_what_there_is_not_is_not_found(
    gate: RunningGate, method: str, profile_id: str, account: str
) -> None:
    """
    404, as for any address at which there is nothing.
    """
    answer = send(gate, method, f"/profiles/{profile_id}/accounts/{account}", {})

    assert (404, "about:blank") == gist(answer)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_account_of_another_profile_is_not_found(gate: RunningGate, method: str) -> None:
    """
    The address names both, and both must be right.
    """
    answer = send(gate, method, account_at(id_of(gate, KAI), CHARLES), {})

    assert 404 == answer.status
    assert "1001" == gate.fields(*CHARLES)["account.id"]


def test_an_account_leaves_with_a_copy(gate: RunningGate) -> None:
    """
    Both go on by themselves: a change of one is not seen through the other.
    """
    profile_id = id_of(gate, LENA)

    answer = send(gate, "DELETE", account_at(profile_id, LENA))
    copy = answer.json()
    send(gate, "PATCH", f"/profiles/{copy['id']}", {"name": {"given": "Helena"}})

    assert 200 == answer.status
    assert profile_id != copy["id"]
    assert ("Lena", "Helena") == (
        gate.fields(*LENA_AT_MACHNET)["name.given"],
        gate.fields(*LENA)["name.given"],
    )


def test_a_status_that_verifies_locks_from_then_on(gate: RunningGate) -> None:
    """
    Machnet decides that a user is verified; from then on its lock table holds at every door.
    """
    made = create(gate, {"name": {"given": "Zoe"}})
    place = f"/profiles/{made['id']}"
    user = {"provider": "machnet", "external_id": USER_ID, "tenant": "demo-client"}
    send(gate, "POST", f"{place}/accounts", user)

    answer = send(gate, "PATCH", f"{place}/accounts/machnet/{USER_ID}", {"status": "VERIFIED"})

    assert (200, "VERIFIED") == (answer.status, answer.json()["fields"]["status"])
    assert 409 == send(gate, "PATCH", place, {"name": {"given": "Ada"}}).status
    send(gate, "PATCH", f"{place}/accounts/machnet/{USER_ID}", {"status": "UNVERIFIED"})
    assert 200 == send(gate, "PATCH", place, {"name": {"given": "Ada"}}).status


def test_plugins_let_a_navixy_user_in(gate: RunningGate) -> None:
    """
    Navixy: updates need plugin 45; without it the answer is code 222.
    """
    place = account_at(id_of(gate, CHARLES), CHARLES)
    body = (
        b'{"hash": "22eac1c27af4be7b9d04da2ce1af111b", "legal_type": "individual",'
        b' "first_name": "Charles", "middle_name": "", "last_name": "Pearson"}'
    )

    def update() -> int:
        target = "/v2/user/personal_info/update"
        headers = {"Content-Type": "application/json"}
        return gate.send("POST", target, body=body, headers=headers).status

    without = send(gate, "PATCH", place, {"plugins": []}).json()["fields"]["plugins"], update()
    with_it = send(gate, "PATCH", place, {"plugins": [45]}).json()["fields"]["plugins"], update()

    assert (([], 400), ([45], 200)) == (without, with_it)


OWN: Mapping[str, tuple[tuple[str, str], dict[str, Any], str]] = {
    "a status at Navixy": (CHARLES, {"status": "VERIFIED"}, "/status"),
    "plugins at Machnet": (VERA, {"plugins": [45]}, "/plugins"),
    "anything at Kraken": (KAI, {"status": "VERIFIED"}, "/status"),
    "a status that there is not": (VERA, {"status": "verified"}, "/status"),
    "plugins that are no list": (CHARLES, {"plugins": 45}, "/plugins"),
    "a plugin that is no number": (CHARLES, {"plugins": [45, "46"]}, "/plugins/1"),
    "a plugin with a fraction": (CHARLES, {"plugins": [45.0]}, "/plugins/0"),
    "a plugin twice": (CHARLES, {"plugins": [45, 45]}, "/plugins"),
}


@pytest.mark.parametrize(("account", "body", "pointer"), OWN.values(), ids=OWN)
def test_an_account_has_its_own_providers_fields_only(
    gate: RunningGate, account: tuple[str, str], body: dict[str, Any], pointer: str
) -> None:
    """
    What a provider does not have, or not so, is refused and not kept.
    """
    before = gate.fields(*account)

    answer = send(gate, "PATCH", account_at(id_of(gate, account), account), body)

    assert (400, [pointer]) == (answer.status, list(faults(answer)))
    assert before == gate.fields(*account)
