"""A gateway that listens on loopback, for tests that send HTTP requests.

One server runs for all tests of a worker; each test gets a fresh copy of the demo data::

    def test_something(gateway: RunningGateway) -> None:
        response = gateway.send("POST", "/UpdateMyUser", body=b"{}", headers=DIADOC)

        assert 400 == response.status

``send`` sends the target and the headers as they are given, byte for byte.
"""

import asyncio
import http.client
import json
import shutil
import threading
from collections.abc import Coroutine, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
import uvloop

from profilegate.gateway.gateway import Gateway
from profilegate.gateway.journal import Journal
from profilegate.gateway.loading import load_providers
from profilegate.gateway.lockouts import Lockouts
from profilegate.gateway.settings import DEMO_ADMIN_TOKEN, Settings
from profilegate.http.app import GatewayApp
from profilegate.http.connections import Connections
from profilegate.http.transport import protocol_of
from profilegate.profile.fields import Changes, Fields
from profilegate.store import (
    ANY_TENANT,
    DEFAULT_NAMESPACE,
    AccountKey,
    Credential,
    CredentialKey,
    Mail,
    NewAccount,
    Store,
    Update,
    accounts,
    credentials,
    outbox,
)
from profilegate.store.opening import open_store
from tests import postgres
from tests.demo_data import load_demo_data
from tests.raw_database import RawDatabase

T = TypeVar("T")

RESPONSE_TIMEOUT_SECONDS = 30.0
PUBLIC_URL = "http://gateway.example"


@dataclass(frozen=True, slots=True)
class Response:
    """A response; ``headers`` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Clock:
    """A clock that a test moves."""

    time: datetime = field(default_factory=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.time

    def advance(self, step: timedelta) -> None:
        """Move the clock forward."""
        self.time += step


class RunningGateway:
    """A server and its store.

    Rate limits and lockouts are off unless a test turns them on: the tests share one server, so
    they would exceed the limits by accident. ``proxies`` may name a client's address. ``journal``
    is how many exchanges are kept, in test mode; 0 for none. ``root_path`` and ``signed_path`` are
    those of the settings.
    """

    def __init__(
        self,
        template: Path,
        *,
        limits_rates: bool = False,
        locks_out: bool = False,
        test_mode: bool = False,
        proxies: str = "",
        journal: int = 0,
        on_postgresql: bool = postgres.ON_POSTGRESQL,
        root_path: str = "",
        signed_path: str = "either",
    ) -> None:
        test_mode = test_mode or journal > 0
        self._template = self.folder = template
        self.providers = load_providers()
        self.clock = Clock()
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._on_postgresql = on_postgresql
        self._databases: list[str] = []
        self._new_database(template)
        self._store = self._open(template)
        self.run(load_demo_data(self._store, self.providers))
        self.run(self._store.close())
        self._store = self._open(template)
        self._gateway = Gateway(
            self._store,
            PUBLIC_URL,
            limits_rates=limits_rates,
            test_mode=test_mode,
            now=self.clock,
            trusted_proxies=Settings(forwarded_allow_ips=proxies).trusted_proxies,
            lockouts=Lockouts(is_on=locks_out),
            admin_token=DEMO_ADMIN_TOKEN,
            providers=self.providers,
            root_path=root_path,
            signed_path=signed_path,
            journal=Journal(journal) if journal else None,
        )
        self.app = GatewayApp(self._gateway, self.providers)
        self.connections = Connections()
        config = uvicorn.Config(
            self.app,
            host="127.0.0.1",
            port=0,
            http=protocol_of(self.connections, test_mode=test_mode),
            lifespan="off",
            # As the server does: only the gateway reads the headers of proxies.
            proxy_headers=False,
            log_level="error",
        )
        self._server = uvicorn.Server(config)
        self._serving = asyncio.run_coroutine_threadsafe(self._server.serve(), self._loop)
        while not self._server.started:
            threading.Event().wait(0.01)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]

    def _new_database(self, folder: Path) -> None:
        """Create a database in PostgreSQL for a folder; one in a file creates itself."""
        if self._on_postgresql:
            (folder / "master.key").unlink(missing_ok=True)
            self._use(postgres.new_store(folder / "master.key"), folder)

    def name_empty_database(self, folder: Path) -> None:
        """Create a database without tables in PostgreSQL for a folder, as an operator does."""
        if self._on_postgresql:
            self._use(postgres.new_database(), folder)

    def _use(self, database: str, folder: Path) -> None:
        self._databases.append(database)
        (folder / "database").write_text(database)

    def url_in(self, folder: Path) -> str:
        """The URL of the database in a folder, or of the one that the folder names."""
        if self._on_postgresql:
            return postgres.url_of((folder / "database").read_text())
        return f"sqlite:///{folder / 'profiles.db'}"

    @property
    def database_url(self) -> str:
        """The URL of the database."""
        return self.url_in(self.folder)

    def _open(self, folder: Path) -> Store:
        rules = {name: provider.mapping.rules for name, provider in self.providers.items()}
        key_file = folder / "master.key"
        # The tests of durability have processes of their own.
        return open_store(self.url_in(folder), key_file=key_file, rules=rules, now=self.clock)

    def end_overdue_connections(self, *, after_seconds: float) -> None:
        """End the connections that will be overdue in some seconds."""

        async def end_overdue() -> None:
            self.connections.end_overdue(self._loop.time() + after_seconds)

        self.run(end_overdue())

    @property
    def gateway(self) -> Gateway:
        """The context that all operations share."""
        return self._gateway

    @property
    def store(self) -> Store:
        """The store of the gateway."""
        return self._store

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the server's event loop and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(RESPONSE_TIMEOUT_SECONDS)

    def start_afresh(self, folder: Path) -> None:
        """Serve a new copy of the demo data from an empty folder."""
        self.run(self._store.close())
        for used in self._databases[1:]:
            postgres.drop_database(used)
        del self._databases[1:]
        self.copy_template(folder)
        self.clock.time = Clock().time
        self._serve_files_of(folder)

    def copy_template(self, folder: Path) -> None:
        """Copy the database of the beginning and its key; nobody may have it open."""
        shutil.copy2(self._template / "master.key", folder / "master.key")
        if self._on_postgresql:
            self._use(postgres.new_database(self._databases[0]), folder)
        else:
            shutil.copy2(self._template / "profiles.db", folder / "profiles.db")

    def serve_files_of(self, folder: Path) -> None:
        """Serve the database in a folder as it is."""
        self.run(self._store.close())
        self._serve_files_of(folder)

    def _serve_files_of(self, folder: Path) -> None:
        self.folder = folder
        self._gateway.store = self._store = self._open(folder)
        self._gateway.lockouts = Lockouts(is_on=self._gateway.lockouts.is_on)

    def empty(self) -> None:
        """Serve an empty store, with another master key."""
        self.run(self._store.close())
        for file in (*self.folder.glob("profiles.db*"), self.folder / "master.key"):
            file.unlink()
        self._new_database(self.folder)
        self._gateway.store = self._store = self._open(self.folder)

    def restart(self) -> None:
        """Close the store and open it again, so that only its files remain."""
        self.run(self._store.close())
        self._gateway.store = self._store = self._open(self.folder)
        self._gateway.lockouts = Lockouts(is_on=self._gateway.lockouts.is_on)
        self.run(self._gateway.refresh())

    def stop(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._serving.result(RESPONSE_TIMEOUT_SECONDS)
        self.run(self._store.close())
        for used in self._databases:
            postgres.drop_database(used)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def send(
        self,
        method: str,
        target: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request on a connection of its own; the target is sent as it is."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=RESPONSE_TIMEOUT_SECONDS
        )
        try:
            connection.putrequest(
                method, target, skip_accept_encoding=True, skip_host="Host" in (headers or {})
            )
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None and "Transfer-Encoding" not in (headers or {}):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            with connection.getresponse() as response:
                shown = {name.lower(): value for name, value in response.getheaders()}
                return Response(response.status, shown, response.read())
        finally:
            connection.close()

    def fields(self, provider: str, external_id: str) -> Fields:
        """The stored fields of an account."""
        key = AccountKey(DEFAULT_NAMESPACE, provider, external_id)
        return self.run(self._store.read(accounts.fields_of, key, ANY_TENANT))

    def put(self, provider: str, external_id: str, changes: Changes) -> Fields:
        """Update an account in the store, within its locks."""
        key = AccountKey(DEFAULT_NAMESPACE, provider, external_id)
        return self.run(self._store.write(accounts.update, Update(key, changes, ANY_TENANT)))

    def create(
        self, provider: str, external_id: str, fields: Fields, tenant: str | None = None
    ) -> None:
        """Create an account with a profile of its own."""
        key = AccountKey(DEFAULT_NAMESPACE, provider, external_id)
        self.run(self._store.write(accounts.create, NewAccount(key, fields, tenant)))

    def put_credential(
        self,
        provider: str,
        kind: str,
        text: str,
        *,
        tenant: str | None = None,
        external_id: str | None = None,
        secret: bytes | None = None,
    ) -> None:
        """Add a credential of a tenant or of one account."""
        key = CredentialKey(DEFAULT_NAMESPACE, provider, kind, text)
        self.run(self._store.write(credentials.put, Credential(key, tenant, external_id, secret)))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the database; sealed values stay sealed."""
        with closing(self.raw_database()) as connection:
            return connection.rows(sql)

    def raw_database(self) -> RawDatabase:
        """A connection to the database behind the gateway's back."""
        return RawDatabase(self.database_url)

    def mails(self) -> list[Mail]:
        """The outbox."""
        return self.run(self._store.read(outbox.page, DEFAULT_NAMESPACE))
