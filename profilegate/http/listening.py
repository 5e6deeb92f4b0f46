"""Listening: the sockets of a server, on an address or at a path, and what they are called."""

import errno
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from profilegate.errors import SettingError
from profilegate.gateway.settings import Settings
from profilegate.http.limits import BACKLOG_CONNECTIONS


@contextmanager
def listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """
    A listening socket for each worker, on the address or at the path of the settings.

    Raises:
        SettingError: the gateway cannot listen there.
    """
    with ExitStack() as stack:
        if settings.unix_socket is None:
            sockets = _listen_for(settings.workers, settings.host, settings.port)
        else:
            path = Path(settings.unix_socket)
            one = stack.enter_context(_listen_at(path, settings.socket_mode))
            sockets = [one.dup() for _ in range(settings.workers)]
            stack.callback(_remove, path, path.stat().st_ino)
        for each in sockets:
            stack.enter_context(each)
        yield sockets


def address_of(listener: socket.socket) -> str:
    """The address of a listening socket, as a URL; that of a Unix socket begins with ``unix:``."""
    name = listener.getsockname()
    if listener.family == socket.AF_UNIX:
        return f"unix:{name}"
    host, port = name[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def port_of(listener: socket.socket) -> int | None:
    """The port of a listening socket; None for a Unix socket."""
    return None if listener.family == socket.AF_UNIX else int(listener.getsockname()[1])


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


def _listen_for(workers: int, host: str, port: int) -> list[socket.socket]:
    """
    A listening socket for each worker; all have the same address.

    The kernel spreads connections over sockets of one address (``SO_REUSEPORT``, Linux only). With
    one socket for all, the worker that wakes up first takes nearly all connections of a burst.

    Raises:
        SettingError: as ``_listen``; also if another program shares its port with others.
    """
    if workers == 1:
        return [_listen(host, port)]
    with _listen(host, port) as alone:
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


def _listen_at(path: Path, mode: int) -> socket.socket:
    """
    A listening Unix socket. One that nobody listens at any more is replaced.

    Raises:
        SettingError: somebody listens there, it is no socket, or it cannot be made.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_stale(path)
        listener.bind(str(path))
        # Nobody can connect before it listens.
        path.chmod(mode)
        listener.listen(BACKLOG_CONNECTIONS)
    except OSError as error:
        listener.close()
        raise _not_listening(path, error.strerror or str(error)) from error
    except SettingError:
        listener.close()
        raise
    return listener


def _remove_stale(path: Path) -> None:
    try:
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except FileNotFoundError:
        return
    if not is_socket:
        raise _not_listening(path, "a file that is no socket has this path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        found = probe.connect_ex(str(path))
    if found != errno.ECONNREFUSED:
        raise _not_listening(path, "another process listens there")
    path.unlink()


def _not_listening(path: Path, why: str) -> SettingError:
    return SettingError(
        "PROFILEGATE_UNIX_SOCKET",
        f"the gateway cannot listen at {path} ({why}); set another path",
    )


def _remove(path: Path, number: int) -> None:
    """Remove our socket; another gateway may have its own there by now."""
    with suppress(FileNotFoundError):
        if path.stat().st_ino == number:
            path.unlink()
