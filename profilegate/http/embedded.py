"""The server within another program: it listens on a free port of loopback, for tests."""

import asyncio
import socket
from typing import Self

import uvicorn

from profilegate.http.app import GatewayApp
from profilegate.http.connections import Connections
from profilegate.http.limits import BACKLOG_CONNECTIONS
from profilegate.http.transport import protocol_of

LOOPBACK = "127.0.0.1"


class EmbeddedServer:
    """A running server; ``url`` is its address."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket) -> None:
        self._server = server
        self._serving = asyncio.create_task(server.serve([listener]))
        self.url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"

    @classmethod
    async def start(cls, app: GatewayApp) -> Self:
        """Listen in the event loop of a thread; there uvicorn leaves the signals alone."""
        listener = socket.create_server((LOOPBACK, 0), backlog=BACKLOG_CONNECTIONS)
        connections = Connections(is_unlimited=lambda _: True)
        config = uvicorn.Config(
            app,
            loop="none",
            http=protocol_of(connections, test_mode=True),
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            # A request that is cancelled at the end is no error of a test.
            log_level="critical",
            proxy_headers=False,
            server_header=False,
        )
        running = cls(uvicorn.Server(config), listener)
        # uvicorn has no event for it.
        while not running._server.started and not running._serving.done():  # noqa: ASYNC110
            await asyncio.sleep(0)
        return running

    async def stop(self) -> None:
        """Close the connections, and stop listening."""
        self._server.should_exit = True
        self._server.force_exit = True
        await self._serving
