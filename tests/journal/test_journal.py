"""The journal: the last exchanges of a namespace, each with what became of it."""

import json
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from time import time
from typing import Any

import pytest

from profilegate.gateway import journal as limits
from profilegate.gateway.journal import Journal
from profilegate.store.journal import Entry
from tests.clients import INDIVIDUAL, JSON, MACHNET, NAVIXY_HASH
from tests.journal.conftest import KEPT
from tests.journal.exchanges import explained, journal, last
from tests.kraken.calls import patch
from tests.profiles.client import KAI, gist, id_of, send
from tests.running_gateway import Response, RunningGateway

ORIGINALS = "&originals=true"


def update(gateway: RunningGateway, body: Any, query: str = "") -> Response:
    """An update at Machnet."""
    return gateway.send(
        "PATCH",
        f"/users/{INDIVIDUAL}{query}",
        body=json.dumps(body).encode(),
        headers={**MACHNET, **JSON},
    )


def recorded(request_id: str, body: bytes = b"") -> Entry:
    """An exchange whose response is ours to choose."""
    headers = [(b"content-type", b"application/json")]
    return Entry(
        request_id, time(), "kraken", "update_user", 200, "PATCH", b"/b2b/users/x", {}, [],
        b"", 0, headers, body, len(body), 1.0, [],
    )  # fmt: skip


def add(gateway: RunningGateway, entry: Entry) -> None:
    """Add an exchange to the memory of the running gateway."""

    async def add_it() -> None:
        recorder = gateway.gateway.journal
        assert recorder is not None
        recorder.add(gateway.store, "default", entry)

    gateway.run(add_it())


def test_an_exchange_is_there_as_soon_as_its_response_is(gateway: RunningGateway) -> None:
    """
    "A reader through the admin API sees every exchange whose response it has got".
    """
    response = update(gateway, {"first_name": "Zoe"})
    found = last(gateway)

    assert response.headers["x-request-id"] == found["id"]
    assert ("machnet", "update_user", "accepted") == (
        found["provider"],
        found["operation"],
        found["outcome"],
    )
    assert 200 == found["response"]["status"]
    assert ([], [], []) == (
        found["violations"],
        found["response_violations"],
        found["unknown_fields"],
    )


def test_an_exchange_tells_what_it_changed(gateway: RunningGateway) -> None:
    """
    "Profile changes (found through the history by request id)": the names of the fields; the values
    are personal.
    """
    update(gateway, {"first_name": "Zoe"})
    changes = last(gateway)["changes"]
    shown = last(gateway, ORIGINALS)["changes"]

    assert [["name.given"]] == [[each["field"] for each in one["fields"]] for one in changes]
    assert [{"field": "name.given"}] == changes[0]["fields"]
    assert [{"field": "name.given", "from": "Tenzin", "to": "Zoe"}] == shown[0]["fields"]


def test_a_rejected_request_tells_its_error_and_its_violations(gateway: RunningGateway) -> None:
    """
    "The error by its name in errors.py with its facts, violations of the request".
    """
    response = patch(gateway, {"occupation": "astronaut"})
    found = last(gateway)

    assert 400 == response.status
    assert ("rejected", "InvalidFieldsError") == (found["outcome"], found["error"])
    assert [("occupation", "enum")] == [(v["field"], v["rule"]) for v in found["violations"]]


def test_fields_that_the_spec_does_not_know_are_named(gateway: RunningGateway) -> None:
    """
    "Unknown fields that the provider ignores": one that looks like a known field by its name, any
    other without it, because a name may be somebody's data.
    """
    update(gateway, {"fist_name": "Zoe", "zoe@example.com": 1, "address_line1": "x"}, "?page=1")

    assert ["query: (unknown name 1)", "fist_name", "(unknown name 2)"] == last(gateway)[
        "unknown_fields"
    ]
    assert ["query: page", "fist_name", "zoe@example.com"] == last(gateway, ORIGINALS)[
        "unknown_fields"
    ]


def test_our_own_response_is_checked_against_the_spec(gateway: RunningGateway) -> None:
    """
    "Violations of OUR response against the spec (validated when the journal is read)".
    """
    update(gateway, {})
    add(gateway, recorded("r1", b'{"result":7}'))

    assert [("result", "type"), ("result", "enum")] == [
        (each["field"], each["rule"]) for each in last(gateway)["response_violations"]
    ]


FILTERS = {
    "provider=machnet": ["machnet"],
    "operation=update_user&provider=kraken": ["kraken"],
    "outcome=rejected": ["navixy"],
    "status=200": ["machnet", "kraken"],
    "status=404": [],
}


@pytest.mark.parametrize("query", FILTERS)
def test_the_journal_can_be_filtered(gateway: RunningGateway, query: str) -> None:
    """
    "Filters: provider, operation, status, outcome, request id"; newest last.
    """
    update(gateway, {"first_name": "Zoe"})
    patch(gateway, {"occupation": "science"})
    gateway.send("POST", "/v2/user/get_info", body=b"{}", headers=JSON)

    assert FILTERS[query] == [each["provider"] for each in journal(gateway, f"&{query}")]


@pytest.mark.parametrize("query", ["provider=machnot", "operation=update_usr&provider=machnet"])
def test_a_misspelt_filter_is_an_error(gateway: RunningGateway, query: str) -> None:
    """
    An exchange of a name that there is not would be sought in vain; the error lists the names.
    """
    response = send(gateway, "GET", f"/journal?{query}")

    assert 400 == response.status
    assert "machnet" in response.text or "update_user" in response.text


def test_the_journal_is_read_page_by_page_in_both_directions(gateway: RunningGateway) -> None:
    """
    Without a cursor the newest exchanges; `previous` goes back, `next` goes on, also to those that
    do not exist yet.
    """
    ids = [update(gateway, {}).headers["x-request-id"] for _ in range(5)]

    def page(cursor: str = "") -> Any:
        return send(gateway, "GET", f"/journal?limit=2{cursor}").json()

    newest = page()
    before = page(f"&cursor={newest['previous']}")
    none_yet = page(f"&cursor={newest['next']}")
    later = update(gateway, {}).headers["x-request-id"]
    after = page(f"&cursor={none_yet['next']}")

    assert [ids[3:], ids[1:3], [], [later]] == [
        [each["id"] for each in one["exchanges"]] for one in (newest, before, none_yet, after)
    ]


def test_the_journal_keeps_so_many_exchanges(gateway: RunningGateway) -> None:
    """
    "Bounded: N per namespace"; the oldest ones go, but those that share a row with a younger one.
    """
    ids = []
    for _ in range(KEPT):
        ids += [update(gateway, {}).headers["x-request-id"] for _ in range(3)]
        shown = [each["id"] for each in journal(gateway)]

        assert ids[-KEPT - 2 :][-len(shown) :] == shown
        assert len(shown) >= min(KEPT, len(ids))


def test_of_a_long_body_the_beginning_is_kept(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "Beyond it the rest is left out and said so".
    """
    monkeypatch.setattr("profilegate.http.recording.REQUEST_BODY_KEPT_MAX_BYTES", 10)
    update(gateway, {"first_name": "Zoe"})

    assert {"size_bytes": 21, "kept_bytes": 10} == last(gateway)["request"]["body"]
    assert '{"first_na' == last(gateway, ORIGINALS)["request"]["body"]["text"]


def test_exchanges_beyond_the_memory_are_left_out_and_counted(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "Bounded; dropped and counted beyond the bound, never blocking a request".
    """
    monkeypatch.setattr(limits, "WAITING_MAX_EXCHANGES", 0)
    left_out = gateway.gateway.journal.left_out  # type: ignore[union-attr]

    assert 200 == update(gateway, {}).status
    assert left_out + 1 == send(gateway, "GET", "/journal").json()["left_out"]
    assert [] == journal(gateway)


def test_exchanges_are_stored_together(gateway: RunningGateway) -> None:
    """
    "Collected in memory and written in one transaction together, soon after".
    """
    recorder = Journal(KEPT)
    writes: list[int] = []

    class Counting:
        async def write(self, _: Any, __: str, entries: list[Entry], ___: int) -> None:
            writes.append(len(entries))

    async def add_some() -> None:
        for _ in range(3):
            recorder.add(Counting(), "default", recorded("r1"))  # type: ignore[arg-type]
        await recorder.flush(Counting())  # type: ignore[arg-type]

    gateway.run(add_some())

    assert [3] == writes


SCRIPTED = {
    "an error in the place of the operation": ({"error": "not_found"}, 404, "rejected"),
    "a lost response": ({"broken": "no_response"}, None, "failed"),
    "a response without a body": ({"broken": "head_only"}, 200, "failed"),
}


@pytest.mark.parametrize("what", SCRIPTED)
def test_a_scripted_fault_is_told_from_a_real_error(gateway: RunningGateway, what: str) -> None:
    """
    The journal has what was sent, and says that a test has scripted it.
    """
    effect, status, outcome = SCRIPTED[what]
    send(gateway, "POST", "/faults", {"provider": "machnet", "times": 1, **effect})
    with suppress(HTTPException, OSError):
        update(gateway, {"first_name": "Zoe"})
    found = last(gateway)

    assert (status, outcome, "ScriptedFault") == (
        found.get("response", {}).get("status"),
        found["outcome"],
        found["error"],
    )


def test_the_admin_api_is_not_in_the_journal(gateway: RunningGateway) -> None:
    """
    "Each exchange of a provider API (not of the admin API)", nor of a page.
    """
    gateway.send("GET", "/docs/kraken")
    send(gateway, "GET", "/profiles")

    assert [] == journal(gateway)


def test_the_journal_can_be_deleted(gateway: RunningGateway) -> None:
    """
    "DELETE /journal".
    """
    update(gateway, {})

    assert 204 == send(gateway, "DELETE", "/journal").status
    assert [] == journal(gateway)


def test_an_unknown_id_is_an_error_that_says_where_ids_are(gateway: RunningGateway) -> None:
    """
    Whether the id is wrong or the exchange is gone, the way out is the same.
    """
    response = send(gateway, "GET", "/journal/nothing/explain")

    assert (404, "about:blank") == gist(response)
    assert "X-Request-Id" in response.json()["detail"]


def test_originals_need_test_mode(gateway: RunningGateway) -> None:
    """
    "Every output is masked … unless originals are asked for in test mode".
    """
    gateway.gateway.test_mode = False
    try:
        response = send(gateway, "GET", "/journal?originals=true")
    finally:
        gateway.gateway.test_mode = True

    assert (409, "not-in-test-mode") == gist(response)


def test_an_erasure_deletes_the_journal(gateway: RunningGateway) -> None:
    """
    "Erasing a profile: no table, file or log can restore its data". An exchange that began before
    and waits in the memory of a process is left out, too.
    """
    late = recorded("late")
    patch(gateway, {"occupation": "science"})
    assert 204 == send(gateway, "DELETE", f"/profiles/{id_of(gateway, KAI)}").status
    add(gateway, late)
    update(gateway, {})

    assert ["machnet"] == [each["provider"] for each in journal(gateway)]


def test_the_journal_survives_a_rotation_and_an_audit_checks_it(gateway: RunningGateway) -> None:
    """
    "The audit, key rotation and backup must keep working".
    """
    request_id = update(gateway, {"first_name": "Zoe"}).headers["x-request-id"]
    journal(gateway)
    gateway.run(gateway.store.rotate_master_key(lambda _, __: None))
    gateway.restart()

    assert request_id == last(gateway)["id"]
    assert () == gateway.run(gateway.store.audit("default")).damaged


def test_a_moved_exchange_is_damaged(gateway: RunningGateway, tmp_path: Path) -> None:
    """
    The place of a sealed value is its namespace, and the numbers of its exchanges.
    """
    update(gateway, {})
    journal(gateway)

    async def move() -> None:
        await gateway.store.write(
            lambda session: session.run("UPDATE journal SET first = 3, last = 3")
        )

    gateway.run(move())

    assert ["journal"] == [
        each.table for each in gateway.run(gateway.store.audit("default")).damaged
    ]


def test_a_gateway_without_a_journal_records_nothing(
    server: RunningGateway, tmp_path: Path
) -> None:
    """
    "0 (off) otherwise. Off costs nothing": the stage is not there.
    """
    server.start_afresh(tmp_path)
    response = server.send(
        "POST", "/v2/user/get_info", body=json.dumps({"hash": NAVIXY_HASH}).encode(), headers=JSON
    )

    assert 200 == response.status
    assert [] == journal(server)
    assert [(0,)] == server.rows("SELECT count(*) FROM journal")


def test_every_response_carries_its_id(gateway: RunningGateway) -> None:
    """
    "Every response carries the request id", an unknown path's and a wrong method's too.
    """
    responses = [
        gateway.send("PATCH", "/b2b/nothing"),
        gateway.send("DELETE", "/b2b/users"),
        gateway.send("POST", "/UpdateMyUser"),
    ]

    assert [each.headers["x-request-id"] for each in responses] == [
        each["id"] for each in journal(gateway)
    ]
    assert ["PathUnknownError", "MethodNotAllowedError", "CredentialMissingError"] == [
        explained(gateway, each)["error"] for each in responses
    ]
