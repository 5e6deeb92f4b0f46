"""The server: open the store, load the demo world if asked, listen, and close in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import uvicorn

from profilegate.mail import send_mails
from profilegate.serving.app import GateApp, load_sources
from profilegate.serving.gate import Gate
from profilegate.serving.providers import load_provider
from profilegate.settings import Settings
from profilegate.store import DEFAULT_WORLD, Store
from profilegate.store.sqlite import open_store
from profilegate.world import load_world, read_demo_world


async def serve(settings: Settings) -> None:
    """
    Serve until a signal ends it; prints where, once it listens.

    Raises:
        AuthorError, GateError: it cannot be started; nothing listens then.
    """
    settings.check_smtp_url()
    sources = load_sources()
    providers = {name: load_provider(source.spec) for name, source in sources.items()}
    rules = {name: provider.rules for name, provider in providers.items()}
    store = open_store(settings.database_path, key_file=settings.key_file_path, rules=rules)
    try:
        gate = Gate(store, settings.public_url or f"http://{settings.host}:{settings.port}")
        app = GateApp(gate, sources, providers)
        if settings.demo:
            await load_world(store, read_demo_world(), DEFAULT_WORLD)
        async with _mails(store, settings, gate):
            await _Server(app, gate, settings).serve()
    finally:
        await store.close()


class _Server(uvicorn.Server):
    """uvicorn, which says where it listens once it does (port 0 is any free one)."""

    def __init__(self, app: GateApp, gate: Gate, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                loop="none",
                http="httptools",
                ws="none",
                lifespan="off",
                access_log=False,
                log_level="warning",
                # Kraken signs the raw target; a proxy's headers change nothing here.
                proxy_headers=False,
                server_header=False,
            )
        )
        self._gate = gate
        self._settings = settings

    async def startup(self, sockets: object = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets=None)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            if self._settings.public_url is None:
                self._gate.public_url = address
            print(_greeting(address, demo=self._settings.demo), flush=True)


def _greeting(address: str, *, demo: bool) -> str:
    lines = [f"Profilegate listens on {address}", "Stop it with Ctrl+C."]
    if demo:
        lines += [
            "",
            "Loaded the demo world. Try first:",
            f"  {address}/            what is here",
            f"  {address}/docs/navixy Swagger UI",
            "",
            f"  curl {address}/v2/user/personal_info/update \\",
            '    --json \'{"hash": "22eac1c27af4be7b9d04da2ce1af111b", "legal_type": "individual",',
            '             "first_name": "Charles", "middle_name": "", "last_name": "Pearson"}\'',
        ]
    return "\n".join(lines)


@asynccontextmanager
async def _mails(store: Store, settings: Settings, gate: Gate) -> AsyncIterator[None]:
    """Send mails meanwhile, if there is a server to send them by."""
    if settings.smtp_url is None:
        yield
        return
    host = urlsplit(gate.public_url).hostname
    task = asyncio.create_task(send_mails(store, gate.world, settings.smtp_url, f"no-reply@{host}"))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
