"""A gateway for tests, in a thread of this process or in another one, with its own database.

Tests control it by the actions of ``admin/``, in the event loop of its thread.
"""

import asyncio
import atexit
import shutil
import tempfile
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from profilegate.admin.context import Admin, admin_of
from profilegate.errors import InvalidFieldsError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.journal import Journal
from profilegate.gateway.loading import load_providers
from profilegate.gateway.lockouts import Lockouts
from profilegate.gateway.provider import Provider
from profilegate.gateway.settings import Settings
from profilegate.http.app import GatewayApp
from profilegate.http.embedded import EmbeddedServer
from profilegate.openapi.messages import sentence
from profilegate.store import DEFAULT_NAMESPACE, Origin
from profilegate.store.opening import open_store
from profilegate.testing.process import GatewayProcess
from profilegate.testing.quick_start import quick_start

T = TypeVar("T")

CHANNEL = "test"
"""The channel that histories record for what a test creates."""

CALL_TIMEOUT_SECONDS = 30.0
"""An action that takes longer hangs; each takes milliseconds."""


class LocalGateway:
    """
    One gateway for all tests of a process; each test works in a namespace of its own.

    ``limits`` is whether the providers' rate limits and the lockouts apply: tests send from one
    address, so they would reach those limits together. ``in_process`` serves in another process.
    """

    def __init__(self, *, limits: bool = False, in_process: bool = False) -> None:
        self._limits = limits
        self._in_process = in_process
        self._folder = Path(tempfile.mkdtemp(prefix="profilegate-"))
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: EmbeddedServer | GatewayProcess | None = None
        self._is_open = True
        self._providers = load_providers()
        rules = {name: each.mapping.rules for name, each in self._providers.items()}
        self._gateway = self.run(self._opened(rules))
        self._lock = threading.Lock()
        atexit.register(self._leave)

    async def _opened(self, rules: Mapping[str, Any]) -> Gateway:
        store = open_store(
            f"sqlite:///{self._folder / 'profiles.db'}",
            key_file=self._folder / "master.key",
            rules=rules,
            survives_power_cut=False,
        )
        return Gateway(
            store,
            "http://127.0.0.1",
            limits_rates=self._limits,
            test_mode=True,
            now=store.now,
            lockouts=Lockouts(is_on=self._limits),
            journal=Journal(Settings(test_mode=True).journal_size),
            providers=self._providers,
        )

    @cached_property
    def app(self) -> GatewayApp:
        """The ASGI app; it runs in the event loop of the gateway."""
        return GatewayApp(self._gateway, self._providers)

    @property
    def is_listening(self) -> bool:
        """Whether a test has used ``url``."""
        return self._server is not None

    @property
    def url(self) -> str:
        """The address of the gateway, which listens from the first use of it on."""
        with self._lock:
            if self._server is None:
                self._server = self._serve()
                self._gateway.public_url = self._server.url
        return self._server.url

    def _serve(self) -> EmbeddedServer | GatewayProcess:
        if self._in_process:
            return GatewayProcess(self._folder, limits=self._limits)
        with quick_start():
            return self.run(EmbeddedServer.start(self.app))

    def admin(self) -> Admin:
        """An admin of the gateway."""
        return admin_of(self._gateway, DEFAULT_NAMESPACE, Origin(CHANNEL, "", ""))

    @property
    def providers(self) -> Mapping[str, Provider]:
        """The providers that have a double, by their names: those with accounts."""
        return {name: each for name, each in self._providers.items() if each.policy}

    def store_exchanges(self) -> None:
        """Let the process that serves store the exchanges that it has in its memory."""
        if isinstance(self._server, GatewayProcess):
            self._server.store_exchanges()

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Start a coroutine in the gateway's event loop, in which the app and the store run."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """
        Run a coroutine in the gateway's event loop, and wait for its result.

        Raises:
            ValueError: a field breaks its rules; the message names each one and its rule.
        """
        __tracebackhide__ = True
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("the event loop of the gateway cannot wait for itself")
        try:
            return self.submit(work).result(CALL_TIMEOUT_SECONDS)
        except InvalidFieldsError as error:
            found = (f"{each.field or 'this'} {sentence(each)}" for each in error.violations)
            raise ValueError("; ".join(found)) from None

    def close(self) -> None:
        """Stop serving, and remove the database."""
        if not self._is_open:
            return
        self._is_open = False
        self.run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        atexit.unregister(self._leave)
        self._leave()

    async def _end(self) -> None:
        """Stop listening, end the requests whose clients have not waited, and close the store."""
        if isinstance(self._server, EmbeddedServer):
            await self._server.stop()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._gateway.store.close()

    def _leave(self) -> None:
        """Stop the process and remove the database; the thread ends with the program."""
        if isinstance(self._server, GatewayProcess):
            self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
