"""Sending: one request over HTTP, byte by byte as it was signed, and what comes back."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx2

from profilegate.errors import ResponseTooLargeError, ServerUnreachableError, SettingError
from profilegate.gateway.outgoing import OutgoingRequest

TIMEOUT_SECONDS: Final = 30.0
"""How long the client waits for a connection, and then for each part of a response; we chose it."""

TIMEOUT_MAX_SECONDS: Final = 86_400.0
"""A day; we chose it: a longer time is a mistake."""

RESPONSE_SIZE_MAX_BYTES: Final = 64 * 1024 * 1024
"""The largest response that is read, decompressed; we chose more than an export has."""


@dataclass(frozen=True, slots=True, repr=False)
class Received:
    """What a server sent; ``headers`` have lower-case names, ``seconds`` is how long it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Sender:
    """
    Connections to servers, which stay open between requests.

    ``transport`` sends in place of the network. No redirect is followed: credentials are for one
    server.
    """

    def __init__(self, transport: httpx2.BaseTransport | None, timeout_seconds: float) -> None:
        self._transport = transport
        self._timeout_seconds = timeout_seconds
        self._http: httpx2.Client | None = None

    def send(self, request: OutgoingRequest, headers: Mapping[str, str]) -> Received:
        """
        Send a request with these headers, and read the response to its end.

        Raises:
            ServerUnreachableError, ResponseTooLargeError: there is no response.
            SettingError: the environment names a proxy that cannot be used.
        """
        http = self._connected()
        started = time.perf_counter()
        try:
            outgoing = http.build_request(
                request.method,
                request.url,
                headers={name.encode(): value.encode() for name, value in headers.items()},
                content=request.body,
                # The library would normalise it, and a signature covers it.
                extensions={"target": request.target.encode()},
            )
            response = http.send(outgoing, stream=True)
            try:
                body = _read(response)
            finally:
                response.close()
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            why = str(error) or type(error).__name__
            raise ServerUnreachableError(request.origin, why) from error
        seconds = time.perf_counter() - started
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Received(response.status_code, lower, body, seconds)

    def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            self._http.close()

    def _connected(self) -> httpx2.Client:
        if self._http is None:
            try:
                self._http = httpx2.Client(
                    timeout=self._timeout_seconds,
                    transport=self._transport,
                    follow_redirects=False,
                    # A request is what it shows: it has no cookie of an earlier response.
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                )
            except (ImportError, ValueError) as error:
                raise SettingError("ALL_PROXY, HTTP_PROXY, HTTPS_PROXY", str(error)) from error
            self._http.headers.clear()
        return self._http


def _read(response: httpx2.Response) -> bytes:
    parts: list[bytes] = []
    size_bytes = 0
    for part in response.iter_bytes():
        size_bytes += len(part)
        if size_bytes > RESPONSE_SIZE_MAX_BYTES:
            raise ResponseTooLargeError(RESPONSE_SIZE_MAX_BYTES)
        parts.append(part)
    return b"".join(parts)
