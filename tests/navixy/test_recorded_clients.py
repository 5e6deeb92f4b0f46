"""Navixy: whole sessions of its clients, each on one connection."""

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from tests.navixy.client import (
    ENDED,
    LOGIN,
    PASSWORD,
    error_response,
)
from tests.running_gateway import RESPONSE_TIMEOUT_SECONDS, RunningGateway


@dataclass
class Connection:
    """One connection that stays open, as a browser keeps it."""

    port: int
    headers: Mapping[str, str] = field(default_factory=dict)
    sockets: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=RESPONSE_TIMEOUT_SECONDS
        )

    def send(
        self, method: str, target: str, body: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Send a request; return status and JSON."""
        sent = {**self.headers, **headers}
        self._connection.request(method, target, body=body and body.encode(), headers=sent)
        self.sockets.append(self._connection.sock)
        with self._connection.getresponse() as response:
            return response.status, json.loads(response.read())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@pytest.fixture
def connection(gateway: RunningGateway) -> Iterator[Connection]:
    """A connection to the gateway."""
    opened = Connection(gateway.port)
    yield opened
    opened.close()


class JavaScriptSdk:
    """Navixy's own JavaScript SDK, reduced to what it sends
    (source: https://github.com/SquareGPS/navixy-js-sdk).

    ``API.request(action, params)`` logs in when there is no hash yet, adds the hash to the
    parameters and posts them as a form; values go through ``encodeURIComponent``, objects
    through ``JSON.stringify`` before. axios puts the headers on it, the browser the origin::

        sdk = JavaScriptSdk(connection, base="/v2/", login="demo", password="demo")
        status, response = sdk.request("user/get_info")
    """

    HEADERS: Mapping[str, str] = {
        "Accept": "application/json, text/plain, */*",
        "Accept-Encoding": "gzip, deflate, br",
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": "https://demo.navixy.com",
    }

    def __init__(self, connection: Connection, *, base: str, login: str, password: str) -> None:
        connection.headers = self.HEADERS
        self._connection = connection
        self._base = base
        self._user = {"login": login, "password": password}
        self.hash: str | None = None

    def request(self, action: str, **parameters: Any) -> tuple[int, Any]:
        """Call an action; log in before the first one."""
        if self.hash is None:
            status, response = self._post("user/auth", self._user)
            if status != 200:
                return status, response
            self.hash = response["hash"]
        return self._post(action, {**parameters, "hash": self.hash})

    def _post(self, action: str, parameters: Mapping[str, Any]) -> tuple[int, Any]:
        pairs = (f"{self._encode(k)}={self._encode(v)}" for k, v in parameters.items())
        return self._connection.send("POST", f"{self._base}{action}", "&".join(pairs))

    @staticmethod
    def _encode(value: Any) -> str:
        text = value if isinstance(value, str) else json.dumps(value)
        return quote(text, safe="!'()*-._~")


@pytest.mark.parametrize("base", ["/v2/", "/"], ids=["the provider's base", "on-premise"])
def test_the_javascript_sdk_completes_a_session(connection: Connection, base: str) -> None:
    """
    With nothing changed but its base URL it logs in, reads, updates, reads back, is rejected and
    logs out, all as form posts.
    """
    sdk = JavaScriptSdk(connection, base=base, login=LOGIN, password=PASSWORD)
    names = {"first_name": "Zoë (x)*'!~", "middle_name": "", "last_name": "Li & Po+%"}

    before = sdk.request("user/get_info")
    updated = sdk.request(
        "user/personal_info/update", legal_type="individual", phone=491761234567, **names
    )
    after = sdk.request("user/get_info")
    rejected = sdk.request("user/personal_info/update", legal_type="individual", phone="+49")
    ended = sdk.request("user/logout")
    too_late = sdk.request("user/get_info")

    assert "Charles Pearson" == before[1]["user_info"]["title"]
    assert (200, {"success": True}) == updated
    assert {**names, "phone": "491761234567"} == {
        name: after[1]["user_info"][name] for name in (*names, "phone")
    }
    assert (400, 7) == (rejected[0], rejected[1]["status"]["code"])
    assert {"first_name", "last_name", "phone"} == {
        error["parameter"] for error in rejected[1]["errors"]
    }
    assert (200, {"success": True}) == ended
    assert (400, ENDED) == too_late


def test_the_javascript_sdk_is_told_that_its_password_is_wrong(connection: Connection) -> None:
    """
    Its first request is `auth`; a wrong password is code 102.
    """
    sdk = JavaScriptSdk(connection, base="/v2/", login=LOGIN, password="another")

    assert (400, error_response(102, "Wrong login or password")) == sdk.request("user/get_info")
