"""The gateway's own origin, as a browser sees it: behind a proxy too."""

from typing import Final
from urllib.parse import urlsplit

from starlette.types import Scope

from profilegate.gateway.gateway import Gateway
from profilegate.http.client_address import is_trusted, peer_of

OWN_SITES: Final = (b"same-origin", b"none")
"""Values of Sec-Fetch-Site for a page of ours, and for an address that the user has typed."""


def is_https(scope: Scope, gateway: Gateway) -> bool:
    """Whether the browser came by https: a trusted proxy says so, or else our public URL."""
    protocol = _of_proxy(scope, gateway, b"x-forwarded-proto")
    if protocol is not None:
        return protocol.lower() == "https"
    return scope.get("scheme") == "https" or gateway.public_url.startswith("https://")


def is_from_own_page(scope: Scope, gateway: Gateway) -> bool:
    """
    Whether a request with an effect was caused by one of our own pages, or by no page at all.

    A browser says so in Sec-Fetch-Site (W3C Fetch Metadata), an older one in Origin (RFC 6454, 7);
    a client without either is no browser.
    """
    headers = dict(scope["headers"])
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in OWN_SITES
    origin = headers.get(b"origin")
    return origin is None or _host(origin.decode("latin-1")) in _own_hosts(scope, gateway)


def _own_hosts(scope: Scope, gateway: Gateway) -> set[str]:
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    named = _of_proxy(scope, gateway, b"x-forwarded-host")
    hosts = {host.lower(), _host(gateway.public_url), (named or "").lower()}
    return hosts - {""}


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _of_proxy(scope: Scope, gateway: Gateway, name: bytes) -> str | None:
    """What a trusted proxy says in a header; None without one line of it."""
    values = [value.decode("latin-1").strip() for key, value in scope["headers"] if key == name]
    is_said = len(values) == 1 and is_trusted(peer_of(scope), gateway.trusted_proxies)
    return values[0] if is_said else None
