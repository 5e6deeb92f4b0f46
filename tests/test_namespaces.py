"""Namespaces: separate sets of data in one gateway, with their own clocks, seeds and snapshots."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from profilegate.store.vault import WRAPPED_KEY_SIZE_BYTES
from tests.clients import JSON, KrakenPartner
from tests.gateway_process import run
from tests.kraken.users import REQUIRED
from tests.navixy.client import LOGIN
from tests.profiles.client import ADMIN
from tests.running_gateway import Response, RunningGateway

NAMESPACE = "X-Profilegate-Namespace"

PERSON = {
    "type": "individual",
    "firstName": "Zoe",
    "lastName": "Test",
    "email": "zoe@example.com",
    "dateOfBirth": "1990-05-17",
}


@pytest.fixture(scope="module")
def test_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A server in test mode, with rate limits and lockouts."""
    running = RunningGateway(
        tmp_path_factory.mktemp("namespaces"), test_mode=True, limits_rates=True, locks_out=True
    )
    yield running
    running.stop()


@pytest.fixture
def testing(test_server: RunningGateway, tmp_path: Path) -> RunningGateway:
    """The server in test mode with a fresh copy of the demo data."""
    test_server.start_afresh(tmp_path)
    return test_server


class Inside:
    """One namespace, as its admin and its clients see it."""

    def __init__(self, gateway: RunningGateway, name: str, **settings: Any) -> None:
        self.gateway, self.name = gateway, name
        created = ask(gateway, "POST", "/namespaces", {"namespace": name, **settings})
        assert 201 == created.status, created.body

    def admin(self, method: str, target: str, body: Any = None) -> Any:
        """What the admin API answers in the namespace."""
        response = ask(self.gateway, method, target, body, **{NAMESPACE: self.name})
        assert response.status < 300, response.body
        return json.loads(response.body) if response.body else None

    def clock(self, **change: Any) -> Any:
        """Set the clock; return the namespace."""
        return self.admin("POST", f"/namespaces/{self.name}/clock", change)

    def partner(self) -> KrakenPartner:
        """A new partner of Kraken, whose credential alone tells the namespace."""
        shown = self.admin("POST", "/credentials", {"provider": "kraken", "tenant": "demo"})
        return KrakenPartner(shown["shown"]["API-Key"], shown["shown"]["private_key"])

    def create_user(self, partner: KrakenPartner, **fields: str) -> Response:
        """A new user of Kraken."""
        body = json.dumps({**REQUIRED, **fields}).encode()
        headers = {**partner.headers("/b2b/users", body), **JSON}
        return self.gateway.send("POST", "/b2b/users", body=body, headers=headers)

    def profiles(self) -> list[Any]:
        """The profiles of the namespace."""
        found: list[Any] = self.admin("GET", "/profiles")["profiles"]
        return found

    def navixy_user(self, external_id: str = "7") -> str:
        """A user of Navixy and the login of it, which no other namespace has."""
        login = f"{self.name}@example.com"
        profile = self.admin("POST", "/profiles", {"name": {"given": "Zoe"}})["id"]
        account = {
            "provider": "navixy",
            "external_id": external_id,
            "fields": {"login": login, "plugins": [45]},
        }
        self.admin("POST", f"/profiles/{profile}/accounts", account)
        self.admin(
            "PUT",
            f"/profiles/{profile}/accounts/navixy/{external_id}/password",
            {"password": "demo-password"},
        )
        return login

    def log_in(self, login: str) -> Response:
        """Log in at Navixy, as a client that knows no namespace."""
        body = json.dumps({"login": login, "password": "demo-password"}).encode()
        return self.gateway.send("POST", "/v2/user/auth", body=body, headers=JSON)


def ask(
    gateway: RunningGateway, method: str, target: str, body: Any = None, **headers: str
) -> Response:
    """One request to the admin API."""
    raw = None if body is None else json.dumps(body).encode()
    sent = {**ADMIN, **headers, **({} if raw is None else JSON)}
    return gateway.send(method, target, body=raw, headers=sent)


# --- Separate, and found without a header --------------------------------------------------


def test_a_client_is_in_the_namespace_of_its_credential(testing: RunningGateway) -> None:
    """
    "A credential belongs to exactly one namespace […], so an unmodified client needs no header".
    """
    one, other = Inside(testing, "one"), Inside(testing, "other")
    before = len(ask(testing, "GET", "/profiles").json()["profiles"])

    created = one.create_user(one.partner())

    assert 201 == created.status
    assert (1, 0) == (len(one.profiles()), len(other.profiles()))
    assert before == len(ask(testing, "GET", "/profiles").json()["profiles"])


def test_a_login_is_found_in_any_namespace(testing: RunningGateway) -> None:
    """
    "Logins are unique across namespaces": the hash that a login gives belongs there too.
    """
    one = Inside(testing, "one")
    key = one.log_in(one.navixy_user()).json()["hash"]

    info = testing.send("POST", f"/v2/user/get_info?hash={key}").json()

    assert "one@example.com" == info["user_info"]["login"]


def test_a_login_of_another_namespace_cannot_be_taken(testing: RunningGateway) -> None:
    """
    "Logins are unique across namespaces", those of the default one included.
    """
    one, other = Inside(testing, "one"), Inside(testing, "other")
    login = one.navixy_user()
    profile = other.admin("POST", "/profiles", {})["id"]
    account = {"provider": "navixy", "external_id": "7", "fields": {"plugins": []}}

    statuses = []
    for taken in (login, LOGIN, "free@example.com"):
        account["fields"] = {"login": taken, "plugins": []}
        target = f"/profiles/{profile}/accounts"
        statuses.append(ask(testing, "POST", target, account, **{NAMESPACE: "other"}).status)

    assert [409, 409, 201] == statuses


def test_a_client_may_name_its_namespace(testing: RunningGateway) -> None:
    """
    "X-Profilegate-Namespace works too": a credential of another namespace is unknown there.
    """
    one, _ = Inside(testing, "one"), Inside(testing, "other")
    partner, target = one.partner(), "/b2b/users/AA08N84GCPARUN7A"

    def error(name: str) -> Any:
        headers = {**partner.headers(target, b""), NAMESPACE: name}
        return testing.send("GET", target, headers=headers).json()["error"]

    assert ["EGeneral:Unknown user"] != error("other")
    assert ["EAPI:Invalid key"] == error("other") == error("default")


def test_an_unknown_namespace_is_rejected(testing: RunningGateway) -> None:
    """
    "Bad input gets a clear error"; the name that was sent is not repeated.
    """
    response = ask(testing, "GET", "/profiles", **{NAMESPACE: "nowhere"})

    assert (404, "there is no such namespace") == (response.status, response.json()["detail"])


def test_a_dropped_namespace_leaves_no_row(testing: RunningGateway) -> None:
    """
    "Drop": everything in it is deleted, and its keys are overwritten.
    """
    before = counts(testing)
    one = Inside(testing, "one", seed="1")
    one.create_user(one.partner())
    one.log_in(one.navixy_user())
    one.admin("PUT", "/namespaces/one/snapshots/s")
    one.clock(frozen=True)

    assert 204 == ask(testing, "DELETE", "/namespaces/one").status
    assert before == counts(testing)
    assert 404 == ask(testing, "GET", "/namespaces/one").status
    assert 404 == ask(testing, "DELETE", "/namespaces/default").status
    assert () == testing.run(testing.store.audit("default")).damaged


def counts(gateway: RunningGateway) -> dict[str, int]:
    """How many rows each table has; keys only count while they are not overwritten."""
    with closing(gateway.raw_database()) as raw:
        found = {name: raw.rows(f"SELECT count(*) FROM {name}")[0][0] for name in raw.tables()}
        [(keys,)] = raw.rows(
            "SELECT count(*) FROM profile_keys WHERE wrapped <> ?", (bytes(WRAPPED_KEY_SIZE_BYTES),)
        )
    return {
        **{name: count for name, count in found.items() if name != "namespaces"},
        "profile_keys": keys,
    }


def test_namespaces_used_at_the_same_time_never_meet(testing: RunningGateway) -> None:
    """
    "Tests running in parallel never meet".
    """
    inside = [Inside(testing, f"n{number}") for number in range(8)]

    def work(each: Inside) -> None:
        partner = each.partner()
        for _ in range(5):
            each.create_user(partner, external_id=f"{each.name}-{next(partner.nonces)}")

    threads = [threading.Thread(target=work, args=(each,)) for each in inside]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [5] * 8 == [len(each.profiles()) for each in inside]


# --- Clocks --------------------------------------------------------------------------------


def test_a_session_ends_when_the_clock_says_so(testing: RunningGateway) -> None:
    """
    "Pending logins, tokens, sessions […] follow it": Navixy's sessions last 30 days.
    """
    one, other = Inside(testing, "one"), Inside(testing, "other")
    keys = [each.log_in(each.navixy_user()).json()["hash"] for each in (one, other)]
    one.clock(forward_seconds=30 * 24 * 3600 + 1)

    codes = [testing.send("POST", f"/v2/user/get_info?hash={key}").status for key in keys]

    assert [400, 200] == codes


def test_rate_limits_follow_the_clock_of_their_namespace(testing: RunningGateway) -> None:
    """
    "Rate limits follow it", and one namespace does not use up the limit of another.
    """
    one, other = Inside(testing, "one"), Inside(testing, "other")
    key, key_of_other = (each.log_in(each.navixy_user()).json()["hash"] for each in (one, other))
    for each in (one, other):
        each.clock(frozen=True)

    def statuses(key: str, count: int) -> list[int]:
        target = f"/v2/user/get_info?hash={key}"
        return [testing.send("POST", target).status for _ in range(count)]

    assert 429 == statuses(key, 51)[-1]
    assert [200] == statuses(key_of_other, 1)
    one.clock(forward_seconds=2)
    assert [200] == statuses(key, 1)


def test_lockouts_follow_the_clock_of_their_namespace(testing: RunningGateway) -> None:
    """
    "Lockouts […] follow it": the first one lasts for a minute.
    """
    one = Inside(testing, "one")
    login = one.navixy_user()
    one.clock(frozen=True)
    wrong = json.dumps({"login": login, "password": "wrong"}).encode()
    for _ in range(10):
        testing.send("POST", "/v2/user/auth", body=wrong, headers=JSON)
    locked = one.log_in(login).status
    one.clock(forward_seconds=61)

    assert [400, 200] == [locked, one.log_in(login).status]


def test_a_key_is_locked_in_its_namespace(testing: RunningGateway) -> None:
    """
    ADR 22: ten failures lock a credential, also one whose namespace is found by the credential.
    """
    partner = Inside(testing, "one").partner()
    wrong = KrakenPartner(partner.api_key, base64.b64encode(b"wrong" * 8).decode())
    headers = [wrong.headers("/b2b/users", b"{}") for _ in range(11)]
    errors = [
        testing.send("POST", "/b2b/users", body=b"{}", headers={**each, **JSON}).json()["error"]
        for each in headers
    ]

    assert [["EAPI:Invalid signature"]] * 10 == errors[:10]
    assert ["EGeneral:Temporary lockout"] == errors[10]


def test_histories_have_the_times_of_the_namespace(testing: RunningGateway) -> None:
    """
    A clock that stands still gives every event the same time, and the default one goes on.
    """
    one = Inside(testing, "one")
    one.clock(to="2030-01-02T03:04:05Z", frozen=True)
    profile = one.admin("POST", "/profiles", {"name": {"given": "Zoe"}})["id"]

    [event] = one.admin("GET", f"/profiles/{profile}/history")["events"]
    default = ask(testing, "GET", "/namespaces/default").json()

    assert "2030-01-02T03:04:05Z" == event["time"]
    assert default["now"].startswith("2026-01-02")


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        pytest.param(
            {"to": "2020-01-01T00:00:00Z"}, "a clock never moves backwards", id="an earlier time"
        ),
        pytest.param(
            {"forward_seconds": 31_536_000_000, "to": "9000-01-01T00:00:00Z"},
            "See errors for each of them",
            id="after the year 9999",
        ),
    ],
)
def test_a_clock_that_cannot_be_set_so_stays(
    testing: RunningGateway, change: dict[str, Any], detail: str
) -> None:
    """
    "Freeze and move forward, never backwards".
    """
    one = Inside(testing, "one")
    before = one.clock(frozen=True)["now"]

    rejected = ask(testing, "POST", "/namespaces/one/clock", change)

    assert (True, detail) == (rejected.status in (400, 409), rejected.json()["detail"])
    assert before == one.admin("GET", "/namespaces/one")["now"]


def test_a_gateway_that_is_not_for_tests_does_not_start_with_a_moved_clock(tmp_path: Path) -> None:
    """
    "Clock […] need --test-mode": without it, times would go backwards.
    """
    assert 0 == run(tmp_path, "namespaces", "create", "one", "--test-mode").returncode
    set_clock = ("namespaces", "clock", "one", "--test-mode", "--forward", "60")
    assert 0 == run(tmp_path, *set_clock).returncode
    rejected = run(tmp_path, "serve", "--port", "0")

    assert 1 == rejected.returncode
    assert "serve with --test-mode, or drop the namespace" in rejected.stderr


# --- Seeds and snapshots -------------------------------------------------------------------


def test_ids_and_tokens_are_the_same_for_the_same_seed(testing: RunningGateway) -> None:
    """
    "Ids and tokens are deterministic with a seed": profiles, users, keys and sessions.
    """

    def made(**settings: Any) -> list[Any]:
        one = Inside(testing, "one", **settings)
        partner = one.partner()
        found = [partner.api_key, one.create_user(partner).json()["result"]]
        found += [one.log_in(one.navixy_user()).json()["hash"]]
        found += sorted(each["id"] for each in one.profiles())
        ask(testing, "DELETE", "/namespaces/one")
        return found

    assert made(seed="a") == made(seed="a")
    assert not set(map(str, made(seed="a"))) & set(map(str, made(seed="b")))
    assert not set(map(str, made())) & set(map(str, made()))


def test_a_snapshot_restores_everything(testing: RunningGateway) -> None:
    """
    "Snapshot, restore": data, credentials and nonces are what they were; the clock goes on.
    """
    one = Inside(testing, "one")
    partner = one.partner()
    one.create_user(partner)
    one.admin("PUT", "/namespaces/one/snapshots/before")
    before = one.profiles()
    later = one.clock(forward_seconds=60)["now"]
    [profile] = before
    one.admin("PATCH", f"/profiles/{profile['id']}", {"name": {"given": "Another"}})
    nonce = next(partner.nonces)
    one.create_user(replace(partner, nonces=count(nonce)), external_id="another")

    restored = one.admin("POST", "/namespaces/one/snapshots/before/restore")

    assert before == one.profiles()
    assert restored["now"] >= later
    again = replace(partner, nonces=count(nonce))
    assert 201 == one.create_user(again, external_id="another").status


def test_the_snapshot_of_a_reset_cannot_be_replaced(testing: RunningGateway) -> None:
    """
    README: a reset "makes it what it was at first".
    """
    one = Inside(testing, "one")
    one.create_user(one.partner())
    replaced = ask(testing, "PUT", "/namespaces/one/snapshots/initial")
    one.admin("POST", "/namespaces/one/reset")

    assert (400, []) == (replaced.status, one.profiles())


def test_a_reset_empties_a_namespace_again(testing: RunningGateway) -> None:
    """
    "Reset": the namespace is what it was after its creation.
    """
    one = Inside(testing, "one")
    one.create_user(one.partner())
    one.admin("POST", "/namespaces/one/reset")

    assert [] == one.profiles()


def test_an_erased_profile_is_in_no_snapshot(testing: RunningGateway) -> None:
    """
    Erasure: "no table, file or log can restore its data".
    """
    one = Inside(testing, "one")
    one.create_user(one.partner())
    one.admin("PUT", "/namespaces/one/snapshots/before")
    [profile] = one.profiles()
    one.admin("DELETE", f"/profiles/{profile['id']}")

    assert ["initial"] == one.admin("GET", "/namespaces/one")["snapshots"]


def test_without_test_mode_namespaces_have_no_clock_seed_or_reset(
    gateway: RunningGateway,
) -> None:
    """
    Clocks, resets and seeded tokens "need --test-mode"; separate data does not.
    """
    one = Inside(gateway, "one")
    one.create_user(one.partner())
    requests: list[tuple[str, str, Any]] = [
        ("POST", "/namespaces", {"namespace": "other", "seed": "1"}),
        ("POST", "/namespaces/one/clock", {"frozen": True}),
        ("POST", "/namespaces/one/reset", None),
        ("PUT", "/namespaces/one/snapshots/s", None),
    ]

    responses = [ask(gateway, *each) for each in requests]

    assert {409} == {each.status for each in responses}
    assert {"urn:profilegate:problem:not-in-test-mode"} == {e.json()["type"] for e in responses}
    assert 1 == len(one.profiles())
