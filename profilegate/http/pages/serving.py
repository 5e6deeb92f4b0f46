"""Serving: the ASGI app of the gateway's own pages."""

import asyncio
from collections.abc import Sequence
from functools import lru_cache

from starlette.types import Receive, Scope, Send
from werkzeug.http import parse_etags, quote_etag

from profilegate.gateway.gateway import Gateway
from profilegate.http.exchange import exchange_of, send_response
from profilegate.http.http_rules import REQUEST_ID, HeaderList, request_id_headers
from profilegate.http.pages.explorer import Explorer
from profilegate.http.pages.kept import YAML, KeptPage, document_page, kept_pages
from profilegate.http.pages.routes import PageRequest, Route, Stream

NOT_FOUND = b'{"type": "about:blank", "title": "Not Found", "status": 404}'
NOT_ALLOWED = b'{"type": "about:blank", "title": "Method Not Allowed", "status": 405}'
PROBLEM = "application/problem+json"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""A page uses scripts and styles of this origin only, and none that are written into it. Swagger
UI has its pictures in its style sheet."""

SECURITY_HEADERS: HeaderList = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
]
"""Every page has them: a page shows how to use credentials. Without a referrer of its own a browser
would send ``Origin: null`` with a form (Fetch, 3.2)."""

PREFIXED_SPECS_KEPT_MAX = 16
"""Specs whose servers are below a prefix, which a proxy names with each request; we chose: enough
for one prefix."""


class Pages:
    """
    An ASGI app that serves the pages, and a 404 for every other path.

    It builds a kept page at the first request: most gateways never send the two megabytes of
    Swagger UI. Links in a page are relative, so a proxy may serve it below a prefix; the servers of
    a spec get the prefix of the request. ``routes`` are the pages that are made for each request.
    """

    def __init__(
        self, gateway: Gateway, explorers: Sequence[Explorer], routes: Sequence[Route]
    ) -> None:
        self._routes = routes
        self._specs = {
            f"/specs/{each.spec.name}.{form}": each.spec
            for each in explorers
            for form in ("json", "yaml")
        }
        self._find_below = lru_cache(PREFIXED_SPECS_KEPT_MAX)(self._make_below)
        self._makers = dict(kept_pages(gateway, explorers))
        self._made: dict[str, KeptPage] = {}

    def has(self, path: str) -> bool:
        """Whether there is a page at a path."""
        return path in self._makers or self._route_of(path) is not None

    def _route_of(self, path: str) -> tuple[Route, dict[str, str]] | None:
        matches = ((route, route.match(path)) for route in self._routes)
        return next(((route, found) for route, found in matches if found is not None), None)

    def _make_below(self, path: str, prefix: str) -> KeptPage:
        page = document_page(self._specs[path], prefix)
        return page if path.endswith(".json") else KeptPage.of(YAML, page.body)

    async def _find(self, path: str, prefix: str) -> KeptPage | None:
        if prefix and path in self._specs:
            return self._find_below(path, prefix)
        page = self._made.get(path)
        if page is None and path in self._makers:
            # Some need a tenth of a second, in which the event loop serves others.
            page = self._made[path] = await asyncio.to_thread(self._makers[path])
        return page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page at the path, or problem details (RFC 9457) with status 404 or 405."""
        routed = self._route_of(scope["path"])
        if routed is not None:
            route, parameters = routed
            respond = route.methods.get(scope["method"])
            if respond is None:
                await _send_not_allowed(scope, send, sorted(route.methods))
            else:
                response = await respond(PageRequest(scope, receive, parameters))
                if isinstance(response, Stream):
                    await _send_stream(scope, receive, send, response)
                else:
                    await _send(scope, send, *response)
            return
        page = await self._find(scope["path"], exchange_of(scope).prefix)
        if page is None:
            await _send(scope, send, 404, [(b"content-type", PROBLEM.encode())], NOT_FOUND)
        elif scope["method"] not in ("GET", "HEAD"):
            await _send_not_allowed(scope, send, ["GET", "HEAD"])
        else:
            await _send_kept(scope, send, page)


async def redirect_to_start(scope: Scope, send: Send) -> None:
    """Redirect to the start page: its links are relative to its folder, the path with a slash."""
    query: bytes = scope["query_string"]
    location = (b"location", b"/?" + query if query else b"/")
    await _send(scope, send, 308, [location], b"")


async def _send_kept(scope: Scope, send: Send, page: KeptPage) -> None:
    known = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
    headers: HeaderList = [
        (b"content-type", page.media_type.encode()),
        (b"etag", quote_etag(page.etag).encode()),
        (b"cache-control", b"no-cache"),
    ]
    if known and parse_etags(known).contains_weak(page.etag):
        await send_response(scope, send, 304, [*headers, *_own_headers(scope)], b"")
    else:
        await _send(scope, send, 200, headers, page.body)


async def _send_not_allowed(scope: Scope, send: Send, allowed: Sequence[str]) -> None:
    headers = [(b"content-type", PROBLEM.encode()), (b"allow", ", ".join(allowed).encode())]
    await _send(scope, send, 405, headers, NOT_ALLOWED)


async def _send(scope: Scope, send: Send, status: int, headers: HeaderList, body: bytes) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send_response(scope, send, status, [*headers, length, *_own_headers(scope)], body)


async def _send_stream(scope: Scope, receive: Receive, send: Send, stream: Stream) -> None:
    """Send the parts of a stream until they end, or the client leaves."""
    headers = [*stream.headers, *_own_headers(scope)]
    tasks = [
        asyncio.ensure_future(_send_parts(scope, send, headers, stream)),
        asyncio.ensure_future(_client_left(receive)),
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        stream.close()
    for task in done:
        task.result()


async def _send_parts(scope: Scope, send: Send, headers: HeaderList, stream: Stream) -> None:
    exchange = exchange_of(scope)
    exchange.note_response(200, headers)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["method"] != "HEAD":
        async for part in stream.parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _own_headers(scope: Scope) -> HeaderList:
    request_id = request_id_headers((REQUEST_ID,), exchange_of(scope).request_id)
    return [*request_id, *SECURITY_HEADERS]
