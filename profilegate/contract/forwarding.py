"""Forwarding: sends a request to another server byte for byte, as RFC 9110 lets a proxy do it."""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from profilegate.contract.recorded import HeaderLines
from profilegate.errors import ResponseTooLargeError, ServerUnreachableError, SettingError

FORWARD_TIMEOUT_SECONDS: Final = 60.0
"""How long the proxy waits for the server; nginx's proxy_read_timeout has the same default."""

FORWARDED_BODY_MAX_BYTES: Final = 20 * 1024 * 1024
"""The largest body, in both directions: the pages' largest has 16 MiB."""

HOP_BY_HOP: Final = frozenset(
    b"connection keep-alive proxy-connection te transfer-encoding upgrade trailer "
    b"proxy-authenticate proxy-authorization proxy-authentication-info".split()
)
"""Headers of one connection, which a proxy does not forward (RFC 9110, 7.6.1)."""

NOT_FORWARDED: Final = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
"""Headers that the proxy writes itself; it has the whole body before it forwards the head."""

VIA: Final = "1.1 profilegate"
"""RFC 9110, 7.6.3: a gateway "MUST send an appropriate Via header field" with each request."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A response: its headers with lower-case names, in their order, and its whole body."""

    status: int
    headers: HeaderLines
    body: bytes


@dataclass(frozen=True, slots=True)
class Upstream:
    """The server to which a proxy forwards; ``origin`` is its scheme, host and port."""

    origin: str
    host: str
    is_encrypted: bool

    @classmethod
    def of(cls, url: str) -> "Upstream":
        """
        The server of a URL without a path.

        Raises:
            SettingError: it is not one.
        """
        try:
            parts = urlsplit(url)
            is_server = bool(parts.hostname) and parts.port != 0 and not parts.username
        except ValueError:
            is_server = False
        if not is_server or parts.scheme not in ("http", "https"):
            raise SettingError("--to", "it must look like https://api.example.com")
        if parts.path.strip("/") or parts.query or parts.fragment:
            what = "a path belongs to the client's base URL, because signatures cover it"
            raise SettingError("--to", what)
        return cls(f"{parts.scheme}://{parts.netloc}", parts.netloc, parts.scheme == "https")

    def send(self, method: str, target: str, headers: HeaderLines, body: bytes) -> Forwarded:
        """
        Send a request on a connection of its own, and read the whole response.

        The target and the body are sent as they are, so that signatures hold.

        Raises:
            ServerUnreachableError: there is no response.
            ResponseTooLargeError: its body is larger than FORWARDED_BODY_MAX_BYTES.
        """
        kind = http.client.HTTPSConnection if self.is_encrypted else http.client.HTTPConnection
        connection = kind(self.host, timeout=FORWARD_TIMEOUT_SECONDS)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", self.host)
            for name, value in end_to_end(headers, without=NOT_FORWARDED):
                connection.putheader(name.decode("latin-1"), value)
            connection.putheader("Via", VIA)
            if body or has_length(headers):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            # Closing the connection does not close a response that ends with it.
            with connection.getresponse() as response:
                received = response.read(FORWARDED_BODY_MAX_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            why = str(error) or type(error).__name__
            raise ServerUnreachableError(self.origin, why) from error
        finally:
            connection.close()
        if len(received) > FORWARDED_BODY_MAX_BYTES:
            raise ResponseTooLargeError(FORWARDED_BODY_MAX_BYTES)
        lines = [
            (n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in response.getheaders()
        ]
        return Forwarded(response.status, lines, received)


def has_length(headers: HeaderLines) -> bool:
    """Whether a message has a body, even an empty one (RFC 9112, 6)."""
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in headers)


def end_to_end(
    headers: HeaderLines, *, without: frozenset[bytes] = HOP_BY_HOP
) -> Iterator[tuple[bytes, bytes]]:
    """The headers of a message that are for its last recipient, in their order."""
    named = {
        part.strip().lower()
        for name, value in headers
        if name == b"connection"
        for part in value.split(b",")
    }
    for name, value in headers:
        if name not in without and name not in named:
            yield name, value
