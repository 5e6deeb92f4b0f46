"""The server: open the store, load the demo data if asked, listen, and close in order."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import FrameType
from urllib.parse import urlsplit

import uvicorn

from profilegate.admin.demo_data import load_demo_data, read_demo_data
from profilegate.errors import SettingError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.loading import load_providers
from profilegate.gateway.mail import send_mails
from profilegate.gateway.settings import Settings
from profilegate.http.app import GatewayApp
from profilegate.http.gc_tuning import settle
from profilegate.store import DEFAULT_NAMESPACE, Store
from profilegate.store.sqlite import open_store

WAITING_MAX = 2048
"""Connections that wait to be accepted."""

END_AT_LATEST_SECONDS = 10
"""How long a request may still take after a signal; then it is cut off."""


async def serve(settings: Settings) -> None:
    """
    Serve until a signal ends it; prints where, once it listens.

    Raises:
        ConfigurationError, InternalError: it cannot be started; nothing listens then.
    """
    settings.check_smtp_url()
    providers = load_providers()
    rules = {name: provider.mapping.rules for name, provider in providers.items()}
    store = open_store(settings.database_path, key_file=settings.key_file_path, rules=rules)
    try:
        public_url = settings.public_url or f"http://{settings.host}:{settings.port}"
        gateway = Gateway(
            store,
            public_url.rstrip("/"),
            limits_rates=settings.rate_limits,
            admin_token=settings.admin_token,
        )
        app = GatewayApp(gateway, providers)
        if settings.demo:
            namespace = read_demo_data()
            gateway.admin_token = gateway.admin_token or namespace["admin_token"]
            await load_demo_data(store, namespace, DEFAULT_NAMESPACE)
        settle()
        with _listen(settings.host, settings.port) as listener:
            async with _mails(store, settings, gateway):
                await _Server(app, gateway, settings).serve(sockets=[listener])
    finally:
        await store.close()


def _listen(host: str, port: int) -> socket.socket:
    """
    A socket that listens; uvicorn's own would word its failures itself, and uvloop takes port
    99999 for 34463.

    Raises:
        SettingError: the address is taken, or not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=WAITING_MAX)
    except (OSError, OverflowError) as error:
        # Python adds the address to the reason, in brackets.
        why = (getattr(error, "strerror", None) or "no such port").partition(" (")[0]
        raise SettingError(
            "PROFILEGATE_PORT",
            f"the gateway cannot listen on {host}, port {port} ({why}); name another one "
            "(0 is any free one), or another PROFILEGATE_HOST",
        ) from error


class _Server(uvicorn.Server):
    """uvicorn, which says where it listens once it does, and ends in order on a signal."""

    def __init__(self, app: GatewayApp, gateway: Gateway, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="none",
                http="httptools",
                ws="none",
                lifespan="off",
                access_log=False,
                log_level="warning",
                # Kraken signs the raw target; a proxy's headers change nothing here.
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=END_AT_LATEST_SECONDS,
            )
        )
        self._gateway = gateway
        self._settings = settings

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End on a signal, and at once on a second one.

        uvicorn would also raise the signal anew when it has ended, before the store is closed.
        """
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            if self._settings.public_url is None:
                self._gateway.public_url = address
            print(_greeting(address, demo=self._settings.demo), flush=True)


def _greeting(address: str, *, demo: bool) -> str:
    lines = [f"Profilegate listens on {address}", "Stop it with Ctrl+C."]
    if demo:
        hint: str = read_demo_data()["try_first"]
        lines += [
            "",
            "Loaded the demo data. Try first:",
            hint.replace("ADDRESS", address).rstrip(),
        ]
    return "\n".join(lines)


@asynccontextmanager
async def _mails(store: Store, settings: Settings, gateway: Gateway) -> AsyncIterator[None]:
    """Send mails meanwhile, if there is a server to send them by."""
    if settings.smtp_url is None:
        yield
        return
    host = urlsplit(gateway.public_url).hostname
    task = asyncio.create_task(
        send_mails(store, gateway.namespace, settings.smtp_url, f"no-reply@{host}")
    )
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
