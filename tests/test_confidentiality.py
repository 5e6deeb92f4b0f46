"""Confidentiality: what logs, login failures, new secrets and proxy headers must not give away."""

import asyncio
import json
import socket
from typing import Any

import pytest
from argon2 import Parameters, extract_parameters

from profilegate.gateway import passwords
from profilegate.gateway.settings import Settings
from profilegate.http import server
from profilegate.store import (
    DEFAULT_NAMESPACE,
    AccountKey,
    Credential,
    CredentialKey,
    Session,
    credentials,
)
from tests.clients import DIADOC_USER, INDIVIDUAL, JSON, NAVIXY_USER
from tests.http.providers import PROVIDER_APIS, ProviderApi
from tests.profiles.client import send
from tests.running_gateway import PUBLIC_URL, RunningGateway

PERSONAL = "Zoe Quinn, +4722123456"


class BrokenStore:
    """A store that fails with a programming error, whose message quotes personal data."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*arguments: Any, **named: Any) -> None:
            raise RuntimeError(PERSONAL)

        return fail


@pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)
def test_an_unexpected_error_is_logged_without_its_message(
    gateway: RunningGateway,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    api: ProviderApi,
) -> None:
    """
    A message may quote what was sent. The log has the operation, the type and the traceback, the
    response is the provider's own 500; a browser may read it where the provider allows that.
    """
    monkeypatch.setattr(gateway.gateway, "store", BrokenStore())
    response = api.send(gateway, api.good_body())
    expected = "*" if api.name == "navixy" else None

    assert (500, api.media_type) == (response.status, response.headers["content-type"])
    assert expected == response.headers.get("access-control-allow-origin")
    assert f"{api.name}." in caplog.text
    assert "RuntimeError" in caplog.text
    assert "in fail" in caplog.text
    assert [] == [part for part in PERSONAL.split() if part in caplog.text + response.text]


LOGINS = {
    "navixy": ("/v2/user/auth", JSON, "charles.pearson@example.com", NAVIXY_USER),
    "diadoc": (
        "/V3/Authenticate?type=password",
        {**JSON, "Authorization": "DiadocAuth ddauth_api_client_id=demo-api-client"},
        "login@kontur.ru",
        DIADOC_USER,
    ),
}


@pytest.mark.parametrize("provider", LOGINS)
@pytest.mark.parametrize("has_password", [True, False], ids=["a password", "no password"])
def test_every_failed_login_computes_one_digest(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch, provider: str, has_password: bool
) -> None:
    """
    "It takes as long whichever of the two is wrong": an unknown login, a wrong password and an
    account without a password each cost one argon2id of equal cost, so that time tells none from
    another.
    """
    digests: list[tuple[str, Parameters]] = []

    def check(password: str, stored: bytes) -> passwords.PasswordCheck:
        digests.append((password, extract_parameters(stored.decode())))
        return passwords.PasswordCheck(False)

    target, headers, login, user = LOGINS[provider]
    if not has_password:
        account = AccountKey(DEFAULT_NAMESPACE, provider, user)
        key = passwords.password_key(account)
        gateway.run(gateway.store.write(credentials.revoke, key))
    monkeypatch.setattr(passwords, "check_password", check)
    texts = []
    for name in (login, "nobody@example.com"):
        body = json.dumps({"login": name, "password": f"wrong for {name}"}).encode()
        texts.append(gateway.send("POST", target, body=body, headers=headers).text)

    cost = extract_parameters(passwords.digest_password("any").decode())
    names = (login, "nobody@example.com")
    assert [(f"wrong for {name}", cost) for name in names] == digests
    assert texts[0] == texts[1]


def test_an_unknown_client_id_costs_what_a_known_one_costs(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Time tells no client id from another: for an unknown one the store opens a decoy's row, from the
    same cache as that of a known one.
    """
    opened: list[Any] = []
    make = credentials._credential

    def count(session: Session, key: CredentialKey, row: Any) -> Credential:
        opened.append(key.text)
        return make(session, key, row)

    monkeypatch.setattr(credentials, "_credential", count)
    client_ids = ("demo-client", "nobody", "nobody else")
    for client_id in client_ids:
        headers = {"X-Client-Id": client_id, "X-Client-Secret": "wrong"}
        assert 401 == gateway.send("GET", f"/users/{INDIVIDUAL}", headers=headers).status

    assert list(client_ids) == opened


ISSUED = [
    {"provider": "navixy", "external_id": NAVIXY_USER},
    {"provider": "machnet", "tenant": "demo-client"},
    {"provider": "diadoc", "external_id": DIADOC_USER},
    {"provider": "diadoc"},
    {"provider": "kraken", "tenant": "demo"},
]

SECRET_LENGTH_MIN = 32
"""Hexadecimal digits of 16 random bytes, the shortest way in which a provider writes a secret."""


def test_no_issued_secret_can_be_guessed(gateway: RunningGateway) -> None:
    """
    At least 128 random bits in every secret that the gateway makes, and never the same twice.
    """
    shown = [
        text
        for body in ISSUED * 2
        for text in send(gateway, "POST", "/credentials", body).json()["shown"].values()
    ]

    assert [] == [text for text in shown if len(text) < SECRET_LENGTH_MIN]
    assert len(shown) == len(set(shown))


def test_a_caller_cannot_forge_its_address(gateway: RunningGateway) -> None:
    """
    X-Forwarded-For and X-Forwarded-Proto come from anybody: the address of a caller is its
    socket's, also where the caller is on this machine.
    """
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, respond: Any) -> None:
        seen.append((scope["scheme"], scope["client"]))
        await respond({"type": "http.response.start", "status": 204, "headers": []})
        await respond({"type": "http.response.body", "body": b""})

    async def ask() -> Any:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = server._Server(
                app,  # type: ignore[arg-type]
                gateway.gateway,
                Settings(public_url=PUBLIC_URL),
            )
            task = asyncio.create_task(serving.run_at(listener, lambda _: None))
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(
                b"GET / HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n"
                b"X-Forwarded-For: 203.0.113.1\r\nX-Forwarded-Proto: https\r\n\r\n"
            )
            await reader.read()
            address = writer.get_extra_info("sockname")
            writer.close()
            serving.should_exit = True
            await task
            return address

    address = asyncio.run(ask())

    # A client of another test may still ask for a server that had this port before.
    assert ("http", address) in seen
    assert "203.0.113.1" not in {host for _, (host, _) in seen}
