"""Logins take their turns: a short queue, which a client that leaves leaves too."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from profilegate.errors import LoginQueueFullError
from profilegate.gateway import passwords
from profilegate.gateway.login_pool import LOGIN_QUEUE_MAX, LOGIN_THREADS, LoginPool
from tests.clients import JSON, NAVIXY_HASH
from tests.navixy.client import LOGIN, PASSWORD, user_info
from tests.running_gateway import RESPONSE_TIMEOUT_SECONDS, Response, RunningGateway

PLACES = LOGIN_THREADS + LOGIN_QUEUE_MAX

TARGETS = {
    "navixy": ("/v2/user/auth", JSON),
    "diadoc": (
        "/V3/Authenticate?type=password",
        {**JSON, "Authorization": "DiadocAuth ddauth_api_client_id=demo-api-client"},
    ),
}

FULL = {
    "navixy": '{"success":false,"status":{"code":8,'
    '"description":"Queue service error, try again later"}}',
    "diadoc": "Слишком много запросов на вход, повторите попытку позже",
}


@dataclass
class SlowPasswords:
    """Passwords that are all right, and whose check takes as long as the test wants."""

    may_end: threading.Event = field(default_factory=threading.Event)
    checked: list[str] = field(default_factory=list)

    def check(self, password: str, stored: bytes) -> passwords.PasswordCheck:
        """Note the password and wait."""
        self.checked.append(password)
        assert self.may_end.wait(RESPONSE_TIMEOUT_SECONDS)
        return passwords.PasswordCheck(True)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowPasswords]:
    """Passwords that take long."""
    found = SlowPasswords()
    monkeypatch.setattr(passwords, "check_password", found.check)
    yield found
    found.may_end.set()


def log_in(gateway: RunningGateway, provider: str = "navixy", password: str = PASSWORD) -> Response:
    """Log in at a provider."""
    target, headers = TARGETS[provider]
    body = json.dumps({"login": LOGIN, "password": password}).encode()
    return gateway.send("POST", target, body=body, headers=headers)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + RESPONSE_TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def waiting(gateway: RunningGateway) -> int:
    """How many logins wait for a turn."""
    return sum(gateway.gateway.login_pool._waiting.values())


@pytest.mark.parametrize("provider", TARGETS)
def test_a_login_that_finds_the_queue_full_is_rejected_at_once(
    gateway: RunningGateway, slow: SlowPasswords, provider: str
) -> None:
    """
    RFC 9110, 15.6.4: 503 with Retry-After. Those in the queue are served, and other requests all
    the time.
    """
    with ThreadPoolExecutor(PLACES) as clients:
        served = [clients.submit(log_in, gateway) for _ in range(PLACES)]
        wait_for(lambda: waiting(gateway) == LOGIN_QUEUE_MAX)
        rejected = log_in(gateway, provider)
        other = user_info(gateway, NAVIXY_HASH)["id"]
        slow.may_end.set()

    assert (503, FULL[provider]) == (rejected.status, rejected.text)
    assert "1" == rejected.headers["retry-after"]
    assert 1001 == other
    assert [200] * PLACES == [one.result().status for one in served]


def test_a_client_that_leaves_leaves_the_queue(
    gateway: RunningGateway, slow: SlowPasswords
) -> None:
    """
    300 abandoned logins cost nothing but the two that were being computed; the next one is served.
    """
    for number in range(300):
        with socket.create_connection(("127.0.0.1", gateway.port)) as client:
            body = json.dumps({"login": LOGIN, "password": f"abandoned {number}"}).encode()
            client.sendall(
                b"POST /v2/user/auth HTTP/1.1\r\nHost: gateway\r\n"
                b"Content-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
    # The server reads connections in their order: it has read all of those before this one.
    user_info(gateway, NAVIXY_HASH)
    wait_for(lambda: waiting(gateway) == 0)
    with ThreadPoolExecutor(1) as clients:
        honest = clients.submit(log_in, gateway)
        wait_for(lambda: waiting(gateway) == 1)
        slow.may_end.set()

        assert 200 == honest.result().status
    assert LOGIN_THREADS + 1 == len(slow.checked)
    assert PASSWORD == slow.checked[-1]


def test_strangers_cannot_take_the_places_of_known_users() -> None:
    """
    A flood from many addresses fills the queue; who has logged in from a peer before has places of
    their own there.
    """

    async def stays() -> None:
        await asyncio.Event().wait()

    async def hold(pool: LoginPool, *, is_known: bool) -> None:
        async with pool.turn(stays, is_known=is_known):
            await stays()

    async def fill() -> None:
        pool = LoginPool()
        strangers = [
            asyncio.create_task(hold(pool, is_known=False))
            for _ in range(LOGIN_THREADS + LOGIN_QUEUE_MAX)
        ]
        await asyncio.sleep(0)
        with pytest.raises(LoginQueueFullError):
            await hold(pool, is_known=False)
        known = asyncio.create_task(hold(pool, is_known=True))
        await asyncio.sleep(0)
        assert not known.done()
        for task in (*strangers, known):
            task.cancel()
        await asyncio.gather(*strangers, known, return_exceptions=True)

    asyncio.run(fill())
