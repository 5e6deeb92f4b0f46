"""Routes: the pages that are made for each request, and what they read of it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.routing import compile_path
from starlette.types import Receive, Scope
from werkzeug.http import parse_cookie

from profilegate.http.bodies import read_body
from profilegate.http.exchange import Exchange, Response, exchange_of
from profilegate.http.http_rules import HeaderList

FORM_SIZE_MAX_BYTES: Final = 64 * 1024
"""We chose: more than the longest legal values of all fields of a form."""


@dataclass(frozen=True, slots=True, repr=False)
class PageRequest:
    """A request for a page; ``parameters`` are those of its path."""

    scope: Scope
    receive: Receive
    parameters: Mapping[str, str]

    @property
    def path(self) -> str:
        """The path below the prefix, decoded."""
        path: str = self.scope["path"]
        return path

    @property
    def exchange(self) -> Exchange:
        """The state that all stages share: the request's id, its prefix."""
        return exchange_of(self.scope)

    @property
    def headers(self) -> dict[bytes, bytes]:
        """The headers, with names in small letters; the last line of a repeated one."""
        return dict(self.scope["headers"])

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query; the last value of a repeated one."""
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1")))

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies; the last value of a repeated one."""
        # RFC 6265, 4.1.1: a cookie is ASCII.
        text = self.headers.get(b"cookie", b"").decode("ascii", "ignore")
        return dict(parse_cookie(text).items())

    async def form(self) -> dict[str, str]:
        """
        The fields of a form (``application/x-www-form-urlencoded``), the last value of each.

        Raises:
            RequestError: the body is too large or too slow.
        """
        raw = await read_body(self.receive, self.headers, FORM_SIZE_MAX_BYTES)
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Stream:
    """
    A response with status 200 whose body has no end yet.

    It ends with its parts, or when the client leaves; then ``close`` is called.
    """

    headers: HeaderList
    parts: AsyncIterator[bytes]
    close: Callable[[], None]


Respond = Callable[[PageRequest], Awaitable[Response | Stream]]
"""Makes the response to a request."""


@dataclass(frozen=True, slots=True)
class Route:
    """A path (``/inspect/{profile}``), and what responds to each of its methods."""

    pattern: re.Pattern[str]
    methods: Mapping[str, Respond]

    @classmethod
    def of(cls, path: str, **methods: Respond) -> "Route":
        """A route: ``Route.of("/inspect", GET=show)``; GET stands for HEAD too."""
        pattern, _, _ = compile_path(path)
        head = {"HEAD": methods["GET"]} if "GET" in methods else {}
        return cls(pattern, {**methods, **head})

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters of a path; None if it is none of this route's."""
        found = self.pattern.match(path)
        return None if found is None else found.groupdict()
