"""The gateway's own pages: an overview, Swagger UI for each provider, and the specs."""

import html
import importlib.resources
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from starlette.types import Receive, Scope, Send
from werkzeug.http import generate_etag, parse_etags, quote_etag

from profilegate.http.exchange import Response, exchange_of, send_response
from profilegate.http.http_rules import REQUEST_ID, HeaderList, request_id_headers
from profilegate.openapi import Spec
from profilegate.openapi.resources import specs_folder
from profilegate.openapi.servers import below

HTML = "text/html; charset=utf-8"
YAML = "application/yaml"
NOT_FOUND = b'{"type": "about:blank", "title": "Not Found", "status": 404}'
NOT_ALLOWED = b'{"type": "about:blank", "title": "Method Not Allowed", "status": 405}'
PROBLEM = "application/problem+json"

ASSETS: Mapping[str, tuple[str, str]] = {
    "docs.js": ("assets", "text/javascript; charset=utf-8"),
    "page.css": ("assets", "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": ("swagger_ui", "text/javascript; charset=utf-8"),
    "swagger-ui.css": ("swagger_ui", "text/css; charset=utf-8"),
    "favicon-32x32.png": ("swagger_ui", "image/png"),
}
"""The files below ``/docs/assets/``: their folder here, and their media type."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""A page uses scripts and styles of this origin only, and none that are written into it. Swagger
UI has its pictures in its style sheet."""

SECURITY_HEADERS: HeaderList = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]
"""Every page has them: a page shows how to use credentials."""

PREFIXED_SPECS_KEPT_MAX = 16
"""Specs whose servers are below a prefix, which a proxy names with each request; we chose: enough
for one prefix."""

Respond = Callable[[Scope], Awaitable[Response]]
"""Makes the response of a path whose content changes."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{head}
</head>
<body>
{body}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class _Page:
    media_type: str
    body: bytes
    etag: str

    @classmethod
    def of(cls, media_type: str, body: bytes) -> "_Page":
        return cls(media_type, body, generate_etag(body))


class Pages:
    """
    An ASGI app that serves the pages, and a 404 for every other path.

    It builds a page at the first request and keeps it: most gateways never send the two megabytes
    of Swagger UI. Links in a page are relative, so a proxy may serve it below a prefix; the servers
    of a spec get the prefix of the request.
    ``changing`` are the paths whose responses are made for each request.
    """

    def __init__(self, specs: Mapping[str, Spec], changing: Mapping[str, Respond]) -> None:
        self._changing = changing
        self._specs = {
            f"/specs/{name}.{form}": spec
            for name, spec in specs.items()
            for form in ("json", "yaml")
        }
        self._find_below = lru_cache(PREFIXED_SPECS_KEPT_MAX)(self._make_below)
        self._makers: dict[str, Callable[[], _Page]] = {"/": partial(_start_page, specs.values())}
        for name, spec in specs.items():
            self._makers |= {
                f"/specs/{name}.json": partial(_document, spec),
                f"/specs/{name}.yaml": partial(_source, spec),
                f"/docs/{name}": partial(_swagger_page, spec),
            }
        for file, (folder, media_type) in ASSETS.items():
            self._makers[f"/docs/assets/{file}"] = partial(_asset, folder, file, media_type)
        self._made: dict[str, _Page] = {}

    def has(self, path: str) -> bool:
        """Whether there is a page at a path."""
        return path in self._makers or path in self._changing

    def _make_below(self, path: str, prefix: str) -> _Page:
        page = _document(self._specs[path], prefix)
        return page if path.endswith(".json") else _Page.of(YAML, page.body)

    def _find(self, path: str, prefix: str) -> _Page | None:
        if prefix and path in self._specs:
            return self._find_below(path, prefix)
        page = self._made.get(path)
        if page is None and path in self._makers:
            page = self._made[path] = self._makers[path]()
        return page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page at the path, or problem details (RFC 9457) with status 404 or 405."""
        respond = self._changing.get(scope["path"])
        page = None if respond else self._find(scope["path"], exchange_of(scope).prefix)
        if page is None and respond is None:
            await _send(scope, send, 404, [(b"content-type", PROBLEM.encode())], NOT_FOUND)
        elif scope["method"] not in ("GET", "HEAD"):
            headers = [(b"content-type", PROBLEM.encode()), (b"allow", b"GET, HEAD")]
            await _send(scope, send, 405, headers, NOT_ALLOWED)
        elif respond is not None:
            await _send(scope, send, *await respond(scope))
        elif page is not None:
            await self._send_page(scope, send, page)

    @staticmethod
    async def _send_page(scope: Scope, send: Send, page: _Page) -> None:
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


async def redirect_to_start(scope: Scope, send: Send) -> None:
    """Redirect to the start page: its links are relative to its folder, the path with a slash."""
    query: bytes = scope["query_string"]
    location = (b"location", b"/?" + query if query else b"/")
    await _send(scope, send, 308, [location], b"")


async def _send(scope: Scope, send: Send, status: int, headers: HeaderList, body: bytes) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send_response(scope, send, status, [*headers, length, *_own_headers(scope)], body)


def _own_headers(scope: Scope) -> HeaderList:
    request_id = request_id_headers((REQUEST_ID,), exchange_of(scope).request_id)
    return [*request_id, *SECURITY_HEADERS]


def _source(spec: Spec) -> _Page:
    """The spec's file, byte for byte; one that has parts elsewhere, as one document."""
    if spec.is_bundled or not spec.file.endswith((".yaml", ".yml")):
        # JSON is YAML.
        return _Page.of(YAML, _document(spec).body)
    file = specs_folder() / spec.file.removeprefix("specs/")
    return _Page.of(YAML, file.read_bytes())


def _document(spec: Spec, prefix: str = "") -> _Page:
    document = below(spec.document, prefix) if prefix else spec.document
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _Page.of("application/json", text.encode())


def _asset(folder: str, file: str, media_type: str) -> _Page:
    files = importlib.resources.files("profilegate.http.pages") / folder
    return _Page.of(media_type, files.joinpath(file).read_bytes())


def _start_page(specs: Iterable[Spec]) -> _Page:
    rows = "\n".join(
        f"<tr><td>{html.escape(spec.document['info']['title'])}</td><td>"
        + "<br>".join(
            f"<code>{operation.method} {html.escape(operation.paths[0])}</code>"
            for operation in spec.operations()
        )
        + f'</td><td><a href="docs/{spec.name}">try it</a></td>'
        f'<td><a href="specs/{spec.name}.json">JSON</a> '
        f'<a href="specs/{spec.name}.yaml">YAML</a></td></tr>'
        for spec in specs
    )
    body = (
        "<h1>Profilegate</h1>\n"
        "<p>User APIs of providers, at their real paths, over one shared profile.</p>\n"
        "<table>\n<tr><th>Provider</th><th>Operations</th><th>Swagger UI</th><th>Spec</th></tr>\n"
        f"{rows}\n</table>"
    )
    head = '<link rel="stylesheet" href="docs/assets/page.css">'
    return _Page.of(HTML, _PAGE.format(title="Profilegate", head=head, body=body).encode())


def _swagger_page(spec: Spec) -> _Page:
    head = (
        '<link rel="stylesheet" href="assets/swagger-ui.css">\n'
        '<link rel="icon" href="assets/favicon-32x32.png">'
    )
    body = (
        f'<div id="swagger-ui" data-spec="../specs/{spec.name}.json"></div>\n'
        '<script src="assets/swagger-ui-bundle.js"></script>\n'
        '<script src="assets/docs.js"></script>'
    )
    title = html.escape(spec.document["info"]["title"])
    return _Page.of(HTML, _PAGE.format(title=title, head=head, body=body).encode())
