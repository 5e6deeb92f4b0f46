"""Listening: the socket of the server, on an address or at a path."""

import errno
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from profilegate.errors import SettingError
from profilegate.gateway.settings import Settings
from profilegate.http.limits import BACKLOG_CONNECTIONS


@contextmanager
def listen(settings: Settings) -> Iterator[socket.socket]:
    """
    A listening socket, on the address or at the path of the settings.

    Raises:
        SettingError: it cannot be listened there.
    """
    if settings.unix_socket is None:
        with _listen(settings.host, settings.port) as listener:
            yield listener
        return
    path = Path(settings.unix_socket)
    with _listen_at(path, settings.socket_mode) as listener:
        own = path.stat().st_ino
        try:
            yield listener
        finally:
            with suppress(FileNotFoundError):
                # Another gateway may have its own socket there by now.
                if path.stat().st_ino == own:
                    path.unlink()


def address_of(settings: Settings, host: str, port: int) -> str:
    """The address of a gateway that listens, for people."""
    if settings.unix_socket is not None:
        return f"unix:{settings.unix_socket}"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


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
