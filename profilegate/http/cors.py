"""CORS headers and preflight responses, for the specs that allow other origins (``x-cors``)."""

from collections.abc import Iterable

from starlette.types import Scope

from profilegate.http.http_rules import HeaderList
from profilegate.openapi import Node, Spec


def cors_headers(spec: Spec) -> HeaderList:
    """The CORS headers of every response and error response of a provider."""
    rule: Node | None = spec.document.get("x-cors")
    return [] if rule is None else [(b"access-control-allow-origin", rule["allow_origin"].encode())]


def is_preflight(spec: Spec, scope: Scope) -> bool:
    """Whether a request is a CORS preflight, at a spec that has ``x-cors``."""
    return (
        "x-cors" in spec.document
        and scope["method"] == "OPTIONS"
        and any(name == b"access-control-request-method" for name, _ in scope["headers"])
    )


def preflight_headers(spec: Spec, methods: Iterable[str]) -> HeaderList:
    """The headers of the response to a preflight; ``methods`` are those of the path."""
    rule: Node = spec.document["x-cors"]
    return [
        *cors_headers(spec),
        (b"access-control-allow-methods", ", ".join(methods).encode()),
        (b"access-control-allow-headers", ", ".join(rule["allow_headers"]).encode()),
        (b"access-control-max-age", b"%d" % rule["max_age_seconds"]),
    ]
