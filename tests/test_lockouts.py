"""Lockouts: many failures lock a credential, for the peer that sent them, for a while."""

import itertools
import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from profilegate.gateway import passwords
from profilegate.gateway.lockouts import FAILURES_MAX, SPRAYED_FAILURES_MAX
from profilegate.store import lockouts
from tests.clients import (
    INDIVIDUAL,
    JSON,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
)
from tests.navixy.client import LOGIN, PASSWORD
from tests.running_gateway import Response, RunningGateway

ADDRESSES = (f"203.0.{n >> 8}.{n & 255}" for n in itertools.count(1))
PROXY = "127.0.0.1"

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

partner = KrakenPartner()


@pytest.fixture(scope="module")
def locking_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A separate server with lockouts, behind a proxy that names the peers."""
    folder = tmp_path_factory.mktemp("locking")
    running = RunningGateway(folder, locks_out=True, proxies=PROXY)
    yield running
    running.stop()


@pytest.fixture
def locking(
    locking_server: RunningGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RunningGateway:
    """The server with lockouts and a fresh copy of the demo data; its passwords are cheap."""

    def check(password: str, stored: bytes) -> passwords.PasswordCheck:
        return passwords.PasswordCheck(password == PASSWORD)

    monkeypatch.setattr(passwords, "check_password", check)
    locking_server.start_afresh(tmp_path)
    return locking_server


# --- Requests ----------------------------------------------------------------------------

Send = Callable[[RunningGateway, str, bool], Response]
"""Sends a request from a peer with the right credential, or with a wrong one."""


def navixy_login(
    gateway: RunningGateway, peer: str, is_right: bool, login: str = LOGIN
) -> Response:
    """Navixy's login."""
    body = json.dumps({"login": login, "password": PASSWORD if is_right else "wrong"}).encode()
    return gateway.send("POST", "/v2/user/auth", body=body, headers=at(peer) | JSON)


def navixy_hash(gateway: RunningGateway, peer: str, is_right: bool) -> Response:
    """A hash is one text: the same wrong one counts."""
    headers = {"Authorization": f"NVX {NAVIXY_HASH if is_right else '0' * 32}"}
    return gateway.send("GET", "/v2/user/get_info", headers=at(peer) | headers)


def diadoc_login(gateway: RunningGateway, peer: str, is_right: bool) -> Response:
    """Diadoc's login."""
    headers = {**JSON, "Authorization": "DiadocAuth ddauth_api_client_id=demo-api-client"}
    login = {"login": "login@kontur.ru", "password": PASSWORD if is_right else "wrong"}
    body = json.dumps(login).encode()
    target = "/V3/Authenticate?type=password"
    return gateway.send("POST", target, body=body, headers=at(peer) | headers)


def diadoc_token(gateway: RunningGateway, peer: str, is_right: bool) -> Response:
    """A known token beside an unknown client id counts too."""
    client_id = "demo-api-client" if is_right else "unknown"
    headers = diadoc_authorization(client_id=client_id)
    return gateway.send("GET", "/V2/GetMyUser", headers=at(peer) | headers)


def diadoc_bearer(gateway: RunningGateway, peer: str, is_right: bool) -> Response:
    """A token of OpenID Connect is one text, like a hash."""
    token = "demo-access-token" if is_right else "unknown"
    headers = {"Authorization": f"Bearer {token}"}
    return gateway.send("GET", "/V2/GetMyUser", headers=at(peer) | headers)


def diadoc_query(gateway: RunningGateway, peer: str, is_right: bool) -> Response:
    """Diadoc's older log-in, with the password in the query."""
    headers = {"Authorization": "DiadocAuth ddauth_api_client_id=demo-api-client"}
    password = PASSWORD if is_right else "wrong"
    target = f"/V2/Authenticate?login=login@kontur.ru&password={password}"
    return gateway.send("POST", target, body=b"", headers=at(peer) | headers)


def diadoc_client(gateway: RunningGateway, peer: str, is_right: bool) -> Response:
    """A login through an integrator, or through one that is not known."""
    client_id = "demo-api-client" if is_right else "unknown"
    headers = {**JSON, "Authorization": f"DiadocAuth ddauth_api_client_id={client_id}"}
    body = json.dumps({"login": "login@kontur.ru", "password": PASSWORD}).encode()
    target = "/V3/Authenticate?type=password"
    return gateway.send("POST", target, body=body, headers=at(peer) | headers)


def machnet(gateway: RunningGateway, peer: str, is_right: bool) -> Response:
    """A client id with its secret or another one."""
    headers = MACHNET if is_right else {**MACHNET, "X-Client-Secret": "wrong"}
    return gateway.send("GET", f"/users/{INDIVIDUAL}", headers=at(peer) | headers)


def kraken(gateway: RunningGateway, peer: str, is_right: bool) -> Response:
    """A signed request, or one with the signature of another body."""
    target = f"/b2b/users/{KRAKEN_USER}"
    headers = partner.headers(target, b"" if is_right else b"another")
    return gateway.send("GET", target, headers=at(peer) | headers)


def admin(gateway: RunningGateway, peer: str, is_right: bool) -> Response:
    """The admin token, or another one each time."""
    token = "demo-admin" if is_right else f"guess-{next(partner.nonces)}"
    headers = {"Authorization": f"Bearer {token}"}
    return gateway.send("GET", "/profiles", headers=at(peer) | headers)


def at(peer: str) -> dict[str, str]:
    """The header by which the proxy names a peer."""
    return {"X-Forwarded-For": peer}


@dataclass(frozen=True, slots=True)
class Locked:
    """A request, and its response while its credential is locked."""

    send: Send
    status: int
    words: str
    seconds: int = 60
    has_own_right: bool = True
    """Whether a right credential has the subject of the wrong ones, so that it is locked too."""


CASES = {
    "Navixy, login": Locked(navixy_login, 400, "Login attempts limit exceeded, try again later"),
    "Navixy, hash": Locked(
        navixy_hash, 429, "Too many requests (rate limit exceeded)", has_own_right=False
    ),
    "Diadoc, login": Locked(
        diadoc_login, 429, "Слишком много неудачных попыток входа, повторите попытку позже"
    ),
    "Diadoc, token": Locked(
        diadoc_token, 429, "Слишком много неудачных попыток входа, повторите попытку позже"
    ),
    "Diadoc, older login": Locked(
        diadoc_query, 429, "Слишком много неудачных попыток входа, повторите попытку позже"
    ),
    "Diadoc, bearer": Locked(
        diadoc_bearer,
        429,
        "Слишком много неудачных попыток входа, повторите попытку позже",
        has_own_right=False,
    ),
    "Diadoc, integrator": Locked(
        diadoc_client,
        429,
        "Слишком много неудачных попыток входа, повторите попытку позже",
        has_own_right=False,
    ),
    "Machnet": Locked(machnet, 429, "Too many failed attempts, try again later"),
    "Kraken": Locked(kraken, 401, '{"error":["EGeneral:Temporary lockout"]}', seconds=15 * 60),
    "admin API": Locked(admin, 429, "too many failures; try again in 60 seconds"),
}


def fail(gateway: RunningGateway, send: Send, peer: str, count: int = FAILURES_MAX) -> None:
    """Send wrong credentials, none of which is locked."""
    for _ in range(count):
        response = send(gateway, peer, False)
        assert response.status >= 400
        assert "retry-after" not in response.headers


def is_locked(response: Response) -> bool:
    """Whether a response is that of a lock: the only one here with Retry-After."""
    return "retry-after" in response.headers


# --- Locks -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_ten_failures_lock_a_credential_for_their_peer_only(
    locking: RunningGateway, case: Locked
) -> None:
    """
    OWASP: the counter is the account's, not the address's; ours is that of both together, so that
    a stranger elsewhere locks nobody out. The response is the provider's own, with Retry-After.
    """
    attacker, honest = next(ADDRESSES), next(ADDRESSES)
    fail(locking, case.send, attacker)
    response = case.send(locking, attacker, case.has_own_right)

    assert (case.status, str(case.seconds)) == (response.status, response.headers["retry-after"])
    assert case.words in response.text
    assert 200 == case.send(locking, honest, True).status


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_lock_ends(locking: RunningGateway, case: Locked) -> None:
    """
    A lock without an end would let a stranger behind the same address lock a user out for good.
    """
    peer = next(ADDRESSES)
    fail(locking, case.send, peer)
    locking.clock.advance(timedelta(seconds=case.seconds) - SECOND)
    assert is_locked(case.send(locking, peer, False))

    locking.clock.advance(SECOND)

    assert 200 == case.send(locking, peer, True).status


def test_nine_failures_within_a_minute_lock_nothing(locking: RunningGateway) -> None:
    """
    "After 10 failures within a minute": slower ones never lock.
    """
    peer = next(ADDRESSES)
    for _ in range(3):
        fail(locking, machnet, peer, FAILURES_MAX - 1)
        locking.clock.advance(MINUTE)

    assert 200 == machnet(locking, peer, True).status


def test_each_further_lock_is_twice_as_long(locking: RunningGateway) -> None:
    """
    "Doubling up to 15 minutes with each further series".
    """
    peer = next(ADDRESSES)
    found = []
    for _ in range(6):
        fail(locking, machnet, peer)
        found.append(int(machnet(locking, peer, True).headers["retry-after"]))
        locking.clock.advance(timedelta(seconds=found[-1]))

    assert [60, 120, 240, 480, 900, 900] == found


def test_a_lock_outlives_a_restart(locking: RunningGateway) -> None:
    """
    "Stored durably": an attacker gains nothing from a restart; a known peer is remembered too.
    """
    peer = next(ADDRESSES)
    fail(locking, machnet, peer)
    locking.restart()

    assert is_locked(machnet(locking, peer, True))


def test_there_are_only_so_many_locks(
    locking: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A stranger with many addresses fills neither the memory nor the database; the oldest lock goes.
    """
    monkeypatch.setattr(lockouts, "ROWS_MAX", 2)
    peers = [next(ADDRESSES) for _ in range(3)]
    for peer in peers:
        fail(locking, machnet, peer)
        locking.clock.advance(SECOND)

    assert [False, True, True] == [is_locked(machnet(locking, peer, True)) for peer in peers]
    assert [(2,)] == locking.rows("SELECT count(*) FROM lockouts")


def test_a_lock_of_another_process_holds_after_its_maintenance(locking: RunningGateway) -> None:
    """
    Several gateways at one database lock together.
    """
    peer, own = next(ADDRESSES), next(ADDRESSES)
    fail(locking, machnet, peer)
    locking.gateway.lockouts.locks.clear()
    assert not is_locked(machnet(locking, peer, True))
    fail(locking, machnet, own)

    locking.run(locking.gateway.refresh())

    assert is_locked(machnet(locking, peer, True))
    assert is_locked(machnet(locking, own, True))


def test_addresses_of_one_ipv6_network_count_together(locking: RunningGateway) -> None:
    """
    RFC 6177: a host has a /64 to choose its addresses from.
    """
    for number in range(FAILURES_MAX):
        machnet(locking, f"2001:db8:5::{number:x}", False)

    assert is_locked(machnet(locking, "2001:db8:5::ffff:1:2:3", True))
    assert not is_locked(machnet(locking, "2001:db8:5:1::1", True))


def test_low_nonces_do_not_lock(locking: RunningGateway) -> None:
    """
    Kraken K3: "low nonces do not count": requests that overtake each other have them.
    """
    peer, target = next(ADDRESSES), f"/b2b/users/{KRAKEN_USER}"
    assert 200 == kraken(locking, peer, True).status
    for _ in range(2 * FAILURES_MAX):
        headers = at(peer) | partner.headers(target, b"", nonce=1)
        low = locking.send("GET", target, headers=headers)
        assert (401, ["EAPI:Invalid nonce"]) == (low.status, low.json()["error"])

    assert 200 == kraken(locking, peer, True).status


# --- Logins ------------------------------------------------------------------------------


def test_a_successful_login_forgives_the_failures(locking: RunningGateway) -> None:
    """
    A user who mistypes a password now and then is never locked out.
    """
    peer = next(ADDRESSES)
    for _ in range(3):
        fail(locking, navixy_login, peer, FAILURES_MAX - 1)
        assert 200 == navixy_login(locking, peer, True).status


def test_unknown_logins_are_locked_as_known_ones_are(locking: RunningGateway) -> None:
    """
    Otherwise a lock would tell which logins exist.
    """
    peer = next(ADDRESSES)
    found = []
    for login in (LOGIN, "nobody@example.com"):
        sent = [navixy_login(locking, peer, False, login) for _ in range(FAILURES_MAX + 1)]
        found.append([(each.status, each.body) for each in sent])

    assert found[0] == found[1]


@pytest.mark.parametrize("restarts", [False, True], ids=["at once", "after a restart"])
def test_a_peer_that_tries_many_logins_is_locked_for_all_but_its_own_users(
    locking: RunningGateway, restarts: bool
) -> None:
    """
    Password spraying: few guesses for each of many accounts. A user who has logged in from that
    peer before keeps a budget that no stranger can use up.
    """
    peer = next(ADDRESSES)
    assert 200 == navixy_login(locking, peer, True).status
    for number in range(SPRAYED_FAILURES_MAX):
        tried = navixy_login(locking, peer, False, f"user{number}@example.com")
        assert not is_locked(tried)
    if restarts:
        locking.restart()

    assert is_locked(navixy_login(locking, peer, False, "another@example.com"))
    assert 200 == navixy_login(locking, peer, True).status
    assert not is_locked(navixy_login(locking, next(ADDRESSES), False, "another@example.com"))


def test_without_lockouts_nothing_is_locked(gateway: RunningGateway) -> None:
    """
    ``--no-lockouts`` is for tests that send many wrong credentials.
    """
    fail(gateway, machnet, next(ADDRESSES), 3 * FAILURES_MAX)

    assert 200 == machnet(gateway, next(ADDRESSES), True).status


# --- The log -----------------------------------------------------------------------------

FAIL2BAN = re.compile(
    (Path(__file__).parents[1] / "docs" / "fail2ban" / "profilegate.conf")
    .read_text("utf-8")
    .partition("failregex = ")[2]
    .splitlines()[0]
    .replace("<HOST>", "(?P<host>[0-9a-f.:]+)")
)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the security log."""
    return [each.getMessage() for each in caplog.records if each.name == "profilegate.security"]


FAILURES = {
    "a wrong password": (navixy_login, 'provider=navixy credential="password" reason=wrong'),
    "an unknown hash": (navixy_hash, 'provider=navixy credential="hash" reason=unknown'),
    "an unknown client id": (diadoc_token, 'provider=diadoc credential="token" reason=unknown'),
    "a wrong secret": (machnet, 'provider=machnet credential="client" reason=unknown'),
    "a wrong signature": (kraken, 'provider=kraken credential="api-key" reason=wrong'),
    "a wrong admin token": (admin, 'provider=profiles credential="admin-token" reason=unknown'),
}


@pytest.mark.parametrize(("send", "facts"), FAILURES.values(), ids=FAILURES)
def test_a_failed_authentication_is_one_line_that_fail2ban_finds(
    locking: RunningGateway, caplog: pytest.LogCaptureFixture, send: Send, facts: str
) -> None:
    """
    Provider, kind, reason and peer, and nothing that was sent; then the lock.
    """
    caplog.set_level(logging.WARNING)
    peer = next(ADDRESSES)
    fail(locking, send, peer)
    send(locking, peer, False)
    lines = logged(caplog)
    locked = re.sub("reason=.*", "reason=locked", facts)

    assert lines == [
        *[f"authentication failed: {facts} peer={peer}"] * FAILURES_MAX,
        f"authentication failed: {locked} peer={peer}",
    ]
    assert {peer} == {match["host"] for line in lines if (match := FAIL2BAN.search(line))}


def test_a_missing_credential_is_no_failure_and_a_malformed_one_quotes_nothing(
    locking: RunningGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """
    Browsers ask first without a credential. The text of a header never reaches the log.
    """
    caplog.set_level(logging.WARNING)
    peer = next(ADDRESSES)
    locking.send("GET", "/profiles", headers=at(peer))
    locking.send("GET", "/profiles", headers=at(peer) | {"Authorization": "Zoe peer=1.1.1.1"})
    [line] = logged(caplog)

    assert (
        'authentication failed: provider=profiles credential="Authorization" reason=malformed '
        f"peer={peer}"
    ) == line
