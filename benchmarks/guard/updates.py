"""The four updates, in this process: the whole way from the ASGI call to the store's commit."""

import asyncio
import itertools
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from typing import Any, TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.gateway.gateway import Gateway
from profilegate.gateway.loading import load_providers
from profilegate.http.app import GatewayApp
from profilegate.profile.times import utc_now
from profilegate.store.sqlite import SqliteStore
from profilegate.store.sqlite.database import open_database
from profilegate.store.sqlite.writer import Writer
from tests.clients import (
    INDIVIDUAL,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
)
from tests.demo_data import load_demo_data

T = TypeVar("T")

Headers = list[tuple[bytes, bytes]]

NAME = "<another name each time>"
"""What varies in each body, so that each update changes something."""


@dataclass(frozen=True, slots=True)
class Update:
    """An update operation and how it is called."""

    method: str
    target: str
    body: Mapping[str, Any]
    credentials: Callable[[bytes], Mapping[str, str]]

    def request(self, number: int) -> tuple[Headers, bytes]:
        """The headers and the body of one request, unlike all others."""
        body = json.dumps(self.body).replace(NAME, f"Zoe {number:06}").encode()
        headers = {
            "host": "127.0.0.1",
            "content-type": "application/json",
            "content-length": str(len(body)),
            **self.credentials(body),
        }
        return [(name.lower().encode(), value.encode()) for name, value in headers.items()], body


_partner = KrakenPartner()
_KRAKEN_TARGET = f"/b2b/users/{KRAKEN_USER}"

UPDATES: Mapping[str, Update] = {
    "navixy": Update(
        "POST",
        "/v2/user/personal_info/update",
        {
            "hash": NAVIXY_HASH,
            "legal_type": "individual",
            "first_name": NAME,
            "middle_name": "",
            "last_name": "Quinn",
        },
        lambda body: {},
    ),
    "machnet": Update(
        "PATCH",
        f"/users/{INDIVIDUAL}",
        {"first_name": NAME, "last_name": "Quinn", "mobile_phone": "2106603032"},
        lambda body: MACHNET,
    ),
    "diadoc": Update(
        "POST",
        "/UpdateMyUser",
        {"FullName": {"FullName": {"FirstName": NAME, "LastName": "Quinn"}}},
        lambda body: diadoc_authorization(),
    ),
    "kraken": Update(
        "PATCH",
        _KRAKEN_TARGET,
        {
            "full_name": {"first_name": NAME, "last_name": "Quinn"},
            "date_of_birth": "1990-05-04",
            "residence": {
                "line1": "Karl Johans gate 22",
                "city": "Oslo",
                "postal_code": "0026",
                "country": "NO",
            },
            "phone": "+4722123456",
            "nationalities": ["NO", "DE"],
            "tax_ids": [{"id": "12345678901", "issuing_country": "NO"}],
        },
        lambda body: _partner.headers(_KRAKEN_TARGET, body),
    ),
}


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """The least that an ASGI app can do: read the body, response always the same."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


class _HereWriter(Writer):
    """A writer without a thread: a job is done, and committed, when it is submitted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def submit(self, job: Callable[[Connection], T], *, alone: bool = False) -> asyncio.Future[T]:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._connection.execute("BEGIN IMMEDIATE")
        future.set_result(job(self._connection))
        self._connection.execute("COMMIT")
        return future

    async def close(self) -> None:
        self._connection.close()


@asynccontextmanager
async def gateway_app() -> AsyncIterator[ASGIApp]:
    """A gateway with the demo data, which lasts as long as it is measured."""
    providers = load_providers()
    rules = {name: provider.mapping.rules for name, provider in providers.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.db"
        connection, vault = open_database(path, Path(folder) / "master.key")
        # Waiting for the disk executes nothing.
        connection.execute("PRAGMA synchronous = OFF")
        store = SqliteStore(path, _HereWriter(connection), vault, rules, utc_now)
        await load_demo_data(store, providers)
        gateway = Gateway(store, "http://gateway.example", limits_rates=False, providers=providers)
        yield GatewayApp(gateway, providers)
        await store.close()


_numbers = itertools.count()


async def send_updates(app: ASGIApp, update: Update, times: int, count: Callable[[], int]) -> int:
    """Send an update some times; give back the instructions that the app took for all of them."""
    total = 0
    path = update.target.encode()
    for _ in range(times):
        headers, body = update.request(next(_numbers))
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": update.method,
            "path": update.target,
            "raw_path": path,
            "query_string": b"",
            "headers": headers,
            "extensions": {},
        }
        message = {"type": "http.request", "body": body, "more_body": False}
        sent: list[Any] = []
        before = count()
        await app(scope, _giving(message), _taking(sent))
        total += count() - before
        if sent[0]["status"] != 200:
            raise AssertionError(sent)
    return total


def _giving(message: Any) -> Receive:
    async def receive() -> Any:
        return message

    return receive


def _taking(messages: list[Any]) -> Send:
    async def send(message: Any) -> None:
        messages.append(message)

    return send
