"""Who changed what, through which provider, and when; undone, and as it was."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.clients import KrakenPartner
from tests.profiles.client import KAI, NOBODY, create, gist, id_of, profile, send, violations
from tests.running_gateway import RunningGateway


def test_every_change_keeps_who_by_which_provider_and_from_what_to_what(
    gateway: RunningGateway,
) -> None:
    """
    "Every change keeps who, through which channel, when, and for each field from what to what".
    """
    profile_id = id_of(gateway, KAI)
    target, body = f"/b2b/users/{KAI[1]}", b'{"city_of_birth": "Oslo"}'
    headers = {"Content-Type": "application/json", **KrakenPartner().headers(target, body)}
    gateway.send("PATCH", target, body=body, headers=headers)
    gateway.clock.advance(timedelta(hours=1))
    send(gateway, "PATCH", f"/profiles/{profile_id}", {"birth": {"city": None}})

    events = send(gateway, "GET", f"/profiles/{profile_id}/history").json()["events"]

    reported = [(e["version"], e["time"], e["channel"], e["who"], e["changes"]) for e in events[1:]]
    field = "birth.city"
    assert [
        (2, "2026-01-02T03:04:05Z", "kraken", "demo", [{"field": field, "to": "Oslo"}]),
        (3, "2026-01-02T04:04:05Z", "profiles", "admin", [{"field": field, "from": "Oslo"}]),
    ] == reported
    assert len({e["request_id"] for e in events}) == len({e["digest"] for e in events}) == 3


def test_a_history_goes_on_where_it_ends(gateway: RunningGateway) -> None:
    """
    Following `next` gives every event once, oldest first.
    """
    made = create(gateway)
    for name in "abcd":
        send(gateway, "PATCH", f"/profiles/{made['id']}", {"name": {"given": name}})
    versions: list[int] = []
    query = "limit=2"
    for _ in range(10):
        page = send(gateway, "GET", f"/profiles/{made['id']}/history?{query}").json()
        versions += [event["version"] for event in page["events"]]
        if "next" not in page:
            break
        query = f"limit=2&cursor={page['next']}"

    assert [1, 2, 3, 4, 5] == versions


def test_a_cursor_of_another_list_is_rejected(gateway: RunningGateway) -> None:
    """
    A place in the list of profiles is none in a history.
    """
    cursor = send(gateway, "GET", "/profiles?limit=1").json()["next"]

    response = send(gateway, "GET", f"/profiles/{id_of(gateway, KAI)}/history?cursor={cursor}")

    assert {"cursor": "must be a cursor from an earlier response"} == violations(response)


def test_an_undone_change_is_a_new_change(gateway: RunningGateway) -> None:
    """
    Undo sets back, and history goes on: nothing is taken out of it.
    """
    made = create(gateway, {"name": {"given": "Zoe"}})
    place = f"/profiles/{made['id']}"
    send(gateway, "PATCH", place, {"name": {"given": "Ada", "family": "Quinn"}})

    response = send(gateway, "POST", f"{place}/history/2/undo")

    assert (200, '"3"') == (response.status, response.headers["etag"])
    assert {**made, "version": 3} == response.json() == profile(gateway, made["id"])


def test_what_changed_again_since_is_not_undone(gateway: RunningGateway) -> None:
    """
    Undoing it would lose what came later: the fields are named, and nothing happens.
    """
    place = f"/profiles/{create(gateway)['id']}"
    send(gateway, "PATCH", place, {"name": {"given": "Zoe"}, "email": "zoe@example.com"})
    later = send(gateway, "PATCH", place, {"name": {"given": "Ada"}}).json()

    response = send(gateway, "POST", f"{place}/history/2/undo")

    assert (409, "changed-again") == gist(response)
    assert ["/name/given"] == list(violations(response))
    assert later == send(gateway, "GET", place).json()


def test_a_lock_holds_against_undoing(gateway: RunningGateway) -> None:
    """
    "Locks hold": a verified person keeps the verified name.
    """
    place = f"/profiles/{create(gateway, {'name': {'given': 'Zoe'}})['id']}"
    send(gateway, "POST", f"{place}/accounts", _machnet_account(status="VERIFIED"))

    response = send(gateway, "POST", f"{place}/history/1/undo")

    assert (409, "locked") == gist(response)


def test_the_creation_of_an_account_is_not_undone(gateway: RunningGateway) -> None:
    """
    "A change that created, linked or unlinked an account cannot be undone": the response says what
    to do instead, and blames no other account.
    """
    place = f"/profiles/{create(gateway)['id']}"
    login = {"login": "zoe@example.com"}
    navixy = {"provider": "navixy", "external_id": "77", "fields": login}
    for account in (navixy, _machnet_account()):
        assert 201 == send(gateway, "POST", f"{place}/accounts", account).status

    response = send(gateway, "POST", f"{place}/history/2/undo")

    assert (409, "account-moved") == gist(response)
    assert (
        "an event that created or linked the navixy account 77 cannot be undone; unlink it instead"
    ) == response.json()["detail"]


def _machnet_account(**fields: str) -> dict[str, Any]:
    """An account of Machnet to be created."""
    external_id = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e77"
    account = {"provider": "machnet", "external_id": external_id, "tenant": "demo-client"}
    return {**account, "fields": fields} if fields else account


MISSING: Mapping[str, tuple[str, int]] = {
    "an event that there is not": ("99", 404),
    "no event at all": ("0", 400),
    "a word": ("first", 400),
    "a negative number": ("-1", 400),
    "a number that no database holds": ("9223372036854775808", 400),
}


@pytest.mark.parametrize(("version", "status"), MISSING.values(), ids=MISSING)
def test_an_event_that_there_is_not_cannot_be_undone(
    gateway: RunningGateway, version: str, status: int
) -> None:
    """
    404 for a version that there is not, 400 for what is none.
    """
    response = send(gateway, "POST", f"/profiles/{create(gateway)['id']}/history/{version}/undo")

    assert status == gist(response)[0]


def test_a_profile_as_it_was(gateway: RunningGateway) -> None:
    """
    Between two changes it is what the first one made of it.
    """
    made = create(gateway, {"name": {"given": "Zoe"}})
    place = f"/profiles/{made['id']}"
    gateway.clock.advance(timedelta(hours=2))
    send(gateway, "PATCH", place, {"name": {"given": "Ada"}})

    before = send(gateway, "GET", f"{place}/at?time=2026-01-02T03:30:00Z")
    with_offset = send(gateway, "GET", f"{place}/at?time=2026-01-02T10:30:00%2B05:00")
    too_early = send(gateway, "GET", f"{place}/at?time=2026-01-02T03:00:00Z")

    assert ("Zoe", "Ada") == (
        before.json()["name"]["given"],
        with_offset.json()["name"]["given"],
    )
    assert "2026-01-02T05:30:00Z" == with_offset.json()["time"]
    assert 404 == too_early.status


TIMES = {
    "none": "",
    "a day": "time=2026-01-02",
    "without an offset": "time=2026-01-02T03:04:05",
    "an offset whose plus sign became a blank": "time=2026-01-02T03:04:05+01:00",
    "a day that there is not": "time=2026-02-30T03:04:05Z",
    "before all times": "time=0001-01-01T00:00:00%2B14:00",
    "the year 0": "time=0000-01-01T00:00:00Z",
    "a leap second": "time=2016-12-31T23:59:60Z",
}


@pytest.mark.parametrize("query", TIMES.values(), ids=TIMES)
def test_a_time_that_is_none_is_rejected(gateway: RunningGateway, query: str) -> None:
    """
    RFC 3339, section 5.6; times that no clock of ours shows are rejected alike.
    """
    response = send(gateway, "GET", f"/profiles/{id_of(gateway, KAI)}/at?{query}")

    assert ["time"] == list(violations(response))


@pytest.mark.parametrize(
    "what", ["history", "at?time=2026-01-02T03:04:05Z", "projections", "export"]
)
def test_of_nobody_there_is_nothing(gateway: RunningGateway, what: str) -> None:
    """
    404, as for the profile itself.
    """
    response = send(gateway, "GET", f"/profiles/{NOBODY}/{what}")

    assert (404, "about:blank") == gist(response)
