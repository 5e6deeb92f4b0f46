"""Serving: the proxy's own server, which runs until a signal."""

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from profilegate.errors import SettingError
from profilegate.http.connections import Connections
from profilegate.http.limits import BACKLOG_CONNECTIONS
from profilegate.http.transport import protocol_of


async def serve(app: ASGIApp, host: str, port: int, started: Callable[[str], None]) -> None:
    """
    Serve until a signal; ``started`` is called with the address.

    Raises:
        SettingError: the address is in use or not one of this machine.
    """
    with _listen(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        server = _Server(app, lambda: started(f"http://{shown}:{listener.getsockname()[1]}"))
        await server.serve(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG_CONNECTIONS)
    except (OSError, OverflowError) as error:
        why = (getattr(error, "strerror", None) or "no such port").partition(" (")[0]
        raise SettingError("--port", f"cannot listen on {host}, port {port} ({why})") from error


class _Server(uvicorn.Server):
    """uvicorn that tells when it listens, and returns after a signal."""

    def __init__(self, app: ASGIApp, started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="none",
                http=protocol_of(Connections(), test_mode=False),
                ws="none",
                lifespan="off",
                access_log=False,
                log_level="warning",
                proxy_headers=False,
                server_header=False,
                date_header=False,
            )
        )
        self._tell = started

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop on a signal, and at once on a second one; uvicorn's own would raise it again."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and tell so."""
        await super().startup(sockets)
        self._tell()
