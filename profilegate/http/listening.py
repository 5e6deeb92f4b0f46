"""Listening: the socket of a server, and its address."""

import socket
import sys

from profilegate.errors import SettingError
from profilegate.http.limits import BACKLOG_CONNECTIONS


def listen(host: str, port: int) -> socket.socket:
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


def listen_for(workers: int, host: str, port: int) -> list[socket.socket]:
    """
    A listening socket for each worker; all have the same address.

    The kernel spreads connections over sockets of one address (``SO_REUSEPORT``, Linux only). With
    one socket for all, the worker that wakes up first takes nearly all connections of a burst.

    Raises:
        SettingError: as ``listen``; also if another program shares its port with others.
    """
    with listen(host, port) as alone:
        # This one would not have got the address if another program had it.
        host, port = alone.getsockname()[:2]
        family = alone.family
        if sys.platform != "linux":
            return [alone.dup() for _ in range(workers)]
    return [
        socket.create_server(
            (host, port), family=family, backlog=BACKLOG_CONNECTIONS, reuse_port=True
        )
        for _ in range(workers)
    ]


def address_of(listener: socket.socket) -> str:
    """The address of a listening socket, as a URL."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
