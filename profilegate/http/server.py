"""The server: opens the store, loads the demo data if asked, serves, and shuts down in order."""

import asyncio
import importlib.resources
import logging
import os
import signal
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from profilegate.admin import seed_files, seeds
from profilegate.admin.context import admin_of
from profilegate.admin.namespaces import keep_initial
from profilegate.admin.seeds import LoadedCredential
from profilegate.errors import RequestError, SettingError, StoreUnavailableError
from profilegate.gateway.counts import Counts, OwnCounts
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.journal import Journal
from profilegate.gateway.loading import load_providers
from profilegate.gateway.lockouts import Lockouts
from profilegate.gateway.mail import MailSender
from profilegate.gateway.measuring import measure
from profilegate.gateway.metrics import Metrics
from profilegate.gateway.settings import DEMO_ADMIN_TOKEN, DEMO_METRICS_TOKEN, Settings
from profilegate.gateway.shared_counts import SharedCounts
from profilegate.http.access_log import access_log
from profilegate.http.app import GatewayApp
from profilegate.http.client_address import is_trusted
from profilegate.http.connections import Connections, connections_possible
from profilegate.http.listening import address_of, listening, port_of
from profilegate.http.logs import configure_logs, log_loop_errors
from profilegate.http.memory_tuning import tune_garbage_collection
from profilegate.http.observing import Observe
from profilegate.http.stop_signals import stopped_by_signals
from profilegate.http.trace_context import current_ids
from profilegate.http.traces import Traces, traces_of
from profilegate.http.transport import protocol_of
from profilegate.http.worker_link import Link, Order, metrics_folder
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
    configure_logs(settings.log_format, settings.log_level, current_ids)
    settings.check_addresses()
    settings.check_drain()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, _explain_hangup)
    async with _opened(settings, OwnCounts(), Metrics()) as (gateway, app):
        generated = await _prepare(settings, gateway)
        server = _Server(app, gateway, settings)
        print_start = partial(_print_start, settings.demo, generated)
        with listening(settings) as (listener,), stopped_by_signals(server.stop):
            await server.run_at(listener, print_start)


def _explain_hangup() -> None:
    """A process that serves alone has no successor; by default a hangup would kill it."""
    logger.warning("SIGHUP replaces workers, and there are none: set PROFILEGATE_WORKERS to 2")


async def serve_worker(order: Order, listener: socket.socket, link: Link) -> None:
    """
    Serve as one of several processes, at the socket that they share, until a signal or the end of
    the supervisor.

    Raises:
        ConfigurationError, InternalError: the gateway cannot start.
    """
    settings = order.settings
    configure_logs(settings.log_format, settings.log_level, current_ids)
    folder = Path(order.folder)
    counts = SharedCounts(folder, order.secret)
    async with _opened(settings, counts, Metrics(metrics_folder(folder))) as (gateway, app):
        print_start = None
        if order.is_first:
            print_start = partial(_print_start, settings.demo, await _prepare(settings, gateway))
        server = _Server(app, gateway, settings)

        def report(address: str) -> None:
            link.report_ready()
            if print_start is not None:
                print_start(address)

        with stopped_by_signals(server.stop):
            await server.run_at(listener, report, link.keep(server.stop))


@asynccontextmanager
async def _opened(
    settings: Settings, counts: Counts, metrics: Metrics
) -> AsyncIterator[tuple[Gateway, GatewayApp]]:
    """
    A gateway with its store, and its app.

    Raises:
        ConfigurationError, InternalError: a setting is wrong, or the store cannot be opened.
    """
    log_loop_errors(asyncio.get_running_loop())
    providers = load_providers()
    rules = {name: provider.mapping.rules for name, provider in providers.items()}
    store = open_store(
        settings.database_url,
        key_file=settings.key_file_path,
        rules=rules,
        # The demo data loses nothing if its database begins anew.
        may_begin=settings.demo,
        on_batch=metrics.count_batch,
    )
    try:
        await _reject_moved_clocks(store, settings)
        gateway = Gateway(
            store,
            settings.public_url_at(settings.port),
            limits_rates=settings.rate_limits,
            test_mode=settings.is_for_tests,
            is_demo=settings.demo,
            now=store.now,
            trusted_proxies=settings.trusted_proxies,
            admin_token=settings.admin_token or (DEMO_ADMIN_TOKEN if settings.demo else None),
            lockouts=Lockouts(is_on=settings.lockouts, counts=counts, on_lock=metrics.count_lock),
            providers=providers,
            journal=Journal(settings.journal_size) if settings.journal_size else None,
            root_path=settings.prefix,
            signed_path=settings.signed_path,
            counts=counts,
            sends_mails=settings.smtp_url is not None,
            metrics=metrics,
            metrics_token=settings.metrics_token or (DEMO_METRICS_TOKEN if settings.demo else None),
        )
        await gateway.refresh()
        traces = traces_of(os.environ)
        yield gateway, GatewayApp(gateway, providers, observers=[*_observers(settings, traces)])
        await gateway.flush_journal()
        if traces is not None:
            await asyncio.to_thread(traces.close)
    finally:
        await store.close()


def _observers(settings: Settings, traces: Traces | None) -> Iterator[Observe]:
    """What observes each request besides the metrics."""
    if traces is not None:
        yield traces.observe
    if settings.access_log != "off":
        peers = settings.trusted_proxies if settings.access_log == "peers" else None
        yield access_log(settings.log_format, peers)


async def _prepare(settings: Settings, gateway: Gateway) -> list[LoadedCredential]:
    """Warn of dangerous settings, and load the seeds."""
    for warning in settings.warnings():
        logger.warning("%s", warning)
    return await _load_seeds(settings, gateway)


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
        await seeds.load(admin, seed_files.demo_seed(gateway.providers))
    if is_new and gateway.test_mode:
        await keep_initial(gateway.store, DEFAULT_NAMESPACE)
    return generated


async def _reject_moved_clocks(store: Store, settings: Settings) -> None:
    if not settings.is_for_tests and await store.read(namespaces.has_moved_clocks):
        raise SettingError(
            "PROFILEGATE_TEST_MODE",
            "the clock of a namespace was set forward in test mode; serve with --test-mode, or "
            "drop the namespace",
        )


class _Server(uvicorn.Server):
    """uvicorn that tells the address at start, and stops without losing requests."""

    def __init__(self, app: GatewayApp, gateway: Gateway, settings: Settings) -> None:
        self._connections = Connections(
            connections_max=connections_possible(),
            is_unlimited=partial(is_trusted, trusted=settings.trusted_proxies),
        )
        super().__init__(
            uvicorn.Config(
                app,
                loop="none",
                http=protocol_of(self._connections, test_mode=gateway.test_mode),
                ws="none",
                lifespan="off",
                access_log=False,
                # http/logs.py configures all loggers.
                log_config=None,
                # http/client_address.py reads the headers of proxies, malformed ones too.
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_MAX_SECONDS,
            )
        )
        self._gateway = gateway
        self._settings = settings
        self._stop_at = inf

    async def run_at(
        self,
        listener: socket.socket,
        on_start: Callable[[str], None],
        *jobs: Coroutine[Any, Any, None],
    ) -> None:
        """Serve at a socket, with jobs in the background; ``on_start`` is given the address."""
        self._on_start = on_start
        tune_garbage_collection()
        jobs = (self._connections.sweep(), *_jobs(self._settings, self._gateway), *jobs)
        async with _background(*jobs):
            await self.serve(sockets=[listener])

    def stop(self) -> None:
        """
        Stop after the time in which a load balancer notices (``drain_seconds``); a second time
        without it, and a third time at once.
        """
        if not self._gateway.is_stopping:
            self._gateway.is_stopping = True
            self._stop_at = monotonic() + self._settings.drain_seconds
        else:
            self.force_exit = self.should_exit
            self._stop_at = 0.0

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop; uvicorn asks ten times in a second. Count what waits."""
        if self._gateway.metrics is not None:
            self._gateway.metrics.flush()
        self.should_exit = self.should_exit or monotonic() >= self._stop_at
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle no signals: uvicorn's handlers would be gone before the store is closed."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and tell the address."""
        await super().startup(sockets)
        if self.started:
            listener = self.servers[0].sockets[0]
            self._gateway.public_url = self._settings.public_url_at(port_of(listener))
            self._on_start(address_of(listener))


def _print_start(is_demo: bool, generated: list[LoadedCredential], address: str) -> None:
    """Print the address, and the credentials that are shown here and nowhere else."""
    print(_greeting(address, demo=is_demo), flush=True)
    for each in generated:
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
    """
    Maintain the store and the lockouts at intervals, and measure for the process that Prometheus
    asks; an error is only logged.
    """
    while True:
        await asyncio.sleep(MAINTAIN_EVERY_SECONDS)
        try:
            await gateway.store.maintain()
            await gateway.refresh()
            await measure(gateway)
        except StoreUnavailableError as error:
            logger.error("maintenance: %s", error)
