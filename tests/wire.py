"""A connection that sends bytes as they are given, for tests of what clients really send.

::

    with Wire(gateway.port) as wire:
        wire.write(b"GET / HTTP/1.1\\r\\nHost: gateway\\r\\n\\r\\n")
        response = wire.read()
"""

import http.client
import select
import socket
import struct
from collections.abc import Iterable
from types import TracebackType

from tests.running_gateway import RESPONSE_TIMEOUT_SECONDS, Response

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Wire:
    """A connection to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(
            ("127.0.0.1", port), timeout=RESPONSE_TIMEOUT_SECONDS
        )
        # Send small pieces at once.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def reset_at_the_end(self) -> None:
        """Close with a reset, which drops what is not sent or read yet."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def write(self, *pieces: bytes) -> None:
        """Send bytes."""
        for piece in pieces:
            self._socket.sendall(piece)

    def read(self) -> Response:
        """The next response; the connection stays open."""
        with http.client.HTTPResponse(self._socket) as response:
            response.begin()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, headers, response.read())

    def ends(self) -> bool:
        """Whether the server ends the connection; drops what it sends before."""
        try:
            while self._socket.recv(65536):
                pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    def is_open(self) -> bool:
        """Whether the server has neither sent anything nor ended the connection."""
        return not select.select([self._socket], [], [], 0)[0]

    def read_exactly(self, expected: bytes) -> bytes:
        """Read as many bytes as are expected; fewer if the connection ends."""
        found = b""
        while len(found) < len(expected):
            piece = self._socket.recv(len(expected) - len(found))
            if not piece:
                break
            found += piece
        return found


def head(method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """A request's first lines, up to the body; the headers in their order and case."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")


def chunked(body: bytes, size: int = 7) -> bytes:
    """A body in chunks, with an extension on each and a trailer, as HTTP allows."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x;piece=1\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return chunks + b"0\r\nX-Trailer: 1\r\n\r\n"
