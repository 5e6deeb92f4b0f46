"""The server: opens the store, loads the demo data if asked, serves, and shuts down in order."""

import asyncio
import importlib.resources
import logging
import socket
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from profilegate.admin import seed_files, seeds
from profilegate.admin.context import admin_of
from profilegate.admin.namespaces import keep_initial
from profilegate.admin.seeds import LoadedCredential
from profilegate.errors import RequestError, SettingError, StoreUnavailableError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.journal import Journal
from profilegate.gateway.loading import load_providers
from profilegate.gateway.lockouts import Lockouts
from profilegate.gateway.mail import MailSender
from profilegate.gateway.settings import DEMO_ADMIN_TOKEN, Settings
from profilegate.http.app import GatewayApp
from profilegate.http.client_address import is_trusted
from profilegate.http.connections import Connections, connections_possible
from profilegate.http.limits import BACKLOG_CONNECTIONS
from profilegate.http.memory_tuning import tune_garbage_collection
from profilegate.http.transport import protocol_of
from profilegate.store import DEFAULT_NAMESPACE, Origin, Store, namespaces
from profilegate.store.opening import open_store

logger = logging.getLogger("profilegate")

MAINTAIN_EVERY_SECONDS = 5.0

SEED_CHANNEL = "seed"
"""The channel that histories record for what a seed has created."""

GREETING = "demo-greeting.txt"
"""What the server prints with the demo data; ADDRESS stands for its own."""

SHUTDOWN_MAX_SECONDS = 10
"""The time that open requests have after a signal."""


async def serve(settings: Settings) -> None:
    """
    Serve until a signal; print the address once the server listens.

    Raises:
        ConfigurationError, InternalError: the gateway cannot start.
    """
    settings.check_addresses()
    for warning in settings.warnings():
        logger.warning("%s", warning)
    providers = load_providers()
    rules = {name: provider.mapping.rules for name, provider in providers.items()}
    store = open_store(
        settings.database_url,
        key_file=settings.key_file_path,
        rules=rules,
        # The demo data loses nothing if its database begins anew.
        may_begin=settings.demo,
    )
    try:
        await _reject_moved_clocks(store, settings)
        gateway = Gateway(
            store,
            settings.public_url_at(settings.port),
            limits_rates=settings.rate_limits,
            test_mode=settings.is_for_tests,
            now=store.now,
            trusted_proxies=settings.trusted_proxies,
            admin_token=settings.admin_token,
            lockouts=Lockouts(is_on=settings.lockouts),
            providers=providers,
            journal=Journal(settings.journal_size) if settings.journal_size else None,
        )
        await gateway.refresh()
        app = GatewayApp(gateway, providers)
        generated = await _load_seeds(settings, gateway)
        tune_garbage_collection()
        with _listen(settings.host, settings.port) as listener:
            connections = Connections(
                connections_max=connections_possible(),
                is_unlimited=partial(is_trusted, trusted=settings.trusted_proxies),
            )
            async with _background(connections.sweep(), *_jobs(settings, gateway)):
                server = _Server(app, gateway, settings, connections)
                server.generated = generated
                await server.serve(sockets=[listener])
        await gateway.flush_journal()
    finally:
        await store.close()


async def _load_seeds(settings: Settings, gateway: Gateway) -> list[LoadedCredential]:
    """
    Load the demo data, and the seed of the settings if the database is empty; return what the seed
    has left to be generated.

    Raises:
        SettingError, SpecError, SpecsRejectedError: a file is no seed, or cannot be loaded.
    """
    admin = admin_of(gateway, DEFAULT_NAMESPACE, Origin(SEED_CHANNEL, "", uuid.uuid4().hex))
    is_new = await seeds.is_empty(admin)
    generated: list[LoadedCredential] = []
    if settings.seed is not None:
        seed = seed_files.read_seed_file(Path(settings.seed), gateway.providers)
        if is_new:
            try:
                generated = (await seeds.load(admin, seed)).credentials
            except RequestError as error:
                raise SettingError("PROFILEGATE_SEED", f"{settings.seed}: {error}") from error
        else:
            logger.warning("the database is not empty, so %s is not loaded", settings.seed)
    if settings.demo:
        gateway.admin_token = gateway.admin_token or DEMO_ADMIN_TOKEN
        await seeds.load(admin, seed_files.demo_seed(gateway.providers))
    if is_new and gateway.test_mode:
        await keep_initial(gateway.store, DEFAULT_NAMESPACE)
    return generated


def _listen(host: str, port: int) -> socket.socket:
    """
    A listening socket.

    uvloop would listen on port 34463 for 99999, and report other errors without the setting.

    Raises:
        SettingError: the address is in use or not one of this machine, or the port is not valid.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG_CONNECTIONS)
    except socket.gaierror as error:
        raise SettingError(
            "PROFILEGATE_HOST", "it is not an address or a name of this machine"
        ) from error
    except (OSError, OverflowError) as error:
        # Python appends the address to the reason, in parentheses.
        why = (getattr(error, "strerror", None) or "no such port").partition(" (")[0]
        raise SettingError(
            "PROFILEGATE_PORT",
            f"the gateway cannot listen on {host}, port {port} ({why}); set another port "
            "(0 is any free one), or another PROFILEGATE_HOST",
        ) from error


async def _reject_moved_clocks(store: Store, settings: Settings) -> None:
    if not settings.is_for_tests and await store.read(namespaces.has_moved_clocks):
        raise SettingError(
            "PROFILEGATE_TEST_MODE",
            "the clock of a namespace was set forward in test mode; serve with --test-mode, or "
            "drop the namespace",
        )


class _Server(uvicorn.Server):
    """uvicorn that prints the address at start, and stops on a signal without losing requests."""

    def __init__(
        self, app: GatewayApp, gateway: Gateway, settings: Settings, connections: Connections
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="none",
                http=protocol_of(connections, test_mode=gateway.test_mode),
                ws="none",
                lifespan="off",
                access_log=False,
                log_level="warning",
                # http/client_address.py reads the headers of proxies, malformed ones too.
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_MAX_SECONDS,
            )
        )
        self._gateway = gateway
        self._settings = settings
        self.generated: list[LoadedCredential] = []
        """The credentials that are printed with the address, and nowhere else."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop on a signal, and at once on a second one.

        uvicorn's own method would raise the signal again before the store is closed.
        """
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and print the address."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            self._gateway.public_url = self._settings.public_url_at(port)
            print(_greeting(address, demo=self._settings.demo), flush=True)
            for each in self.generated:
                shown = ", ".join(f"{name} {value}" for name, value in each.shown.items())
                holder = f" of {each.holder}" if each.holder else ""
                print(f"Generated for {each.provider}{holder}: {shown}", flush=True)


def _greeting(address: str, *, demo: bool) -> str:
    lines = [f"Profilegate listens on {address}", "Stop it with Ctrl+C."]
    if demo:
        hint = importlib.resources.files("profilegate.http").joinpath(GREETING).read_text("utf-8")
        lines += [
            "",
            "Loaded the demo data. Try first:",
            hint.replace("ADDRESS", address).rstrip(),
        ]
    return "\n".join(lines)


def _jobs(settings: Settings, gateway: Gateway) -> Iterator[Coroutine[Any, Any, None]]:
    """The jobs that run while the server serves: maintenance and sending mails."""
    yield _maintain(gateway)
    if settings.smtp_url is not None:
        sender = f"no-reply@{urlsplit(gateway.public_url).hostname}"
        yield MailSender(gateway.store, DEFAULT_NAMESPACE, settings.smtp_url, sender).run()


@asynccontextmanager
async def _background(*jobs: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run jobs in the background, and cancel them at the end."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _maintain(gateway: Gateway) -> None:
    """Maintain the store and the lockouts at intervals; an error is only logged."""
    while True:
        await asyncio.sleep(MAINTAIN_EVERY_SECONDS)
        try:
            await gateway.store.maintain()
            await gateway.refresh()
        except StoreUnavailableError as error:
            logger.error("maintenance: %s", error)
