"""Recorded exchanges: a request and its response in plain bytes, whatever recorded them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from profilegate.store.journal import Entry

HeaderLines = list[tuple[bytes, bytes]]
"""The lines of a head: names in lower case, and values."""

NOTHING: Final = msgspec.UNSET
"""In place of a body's value: it is decoded from the bytes."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Recorded:
    """
    One exchange.

    ``number`` is its place in the recording, from 1. ``request_body`` and ``response_body`` are
    None if the recording does not have them (whole). ``status`` is 0 without a response.
    ``started`` and ``ended`` are seconds of one clock.

    A recording that hides what is personal has values in place of bodies: ``request_value``,
    ``response_value``.
    """

    number: int
    method: str
    url: str
    headers: HeaderLines
    request_body: bytes | None
    status: int
    response_headers: HeaderLines
    response_body: bytes | None
    started: float
    ended: float
    request_value: Any = NOTHING
    response_value: Any = NOTHING

    @property
    def target(self) -> bytes:
        """The raw path with the query."""
        parts = urlsplit(self.url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{parts.path or '/'}{query}".encode()

    def joined_headers(self) -> dict[bytes, bytes]:
        """The request's headers; lines of one name are joined by commas (RFC 9110, 5.2)."""
        return _joined(self.headers)

    def joined_response_headers(self) -> dict[bytes, bytes]:
        """The same of the response."""
        return _joined(self.response_headers)

    def entry(self, provider: str, operation: str, path: Mapping[str, str]) -> Entry:
        """The exchange as the journal has it."""
        request, response = self.request_body or b"", self.response_body or b""
        return Entry(
            str(self.number),
            self.started,
            provider,
            operation,
            self.status,
            self.method,
            self.target,
            dict(path),
            self.headers,
            request,
            len(request),
            self.response_headers,
            response,
            len(response),
            1000 * (self.ended - self.started),
            [],
        )


def _joined(lines: HeaderLines) -> dict[bytes, bytes]:
    joined: dict[bytes, bytes] = {}
    for name, value in lines:
        joined[name] = joined[name] + b", " + value if name in joined else value
    return joined
