"""CORS: let browsers on other origins call the operations of a spec that says so (``x-cors``)."""

from starlette.types import Scope, Send

from profilegate.http.responses import HeaderList
from profilegate.openapi import Node, Spec


def response_headers(spec: Spec) -> HeaderList:
    """The headers with which every response and error response of a provider goes."""
    rule: Node | None = spec.document.get("x-cors")
    return [] if rule is None else [(b"access-control-allow-origin", rule["allow_origin"].encode())]


def is_preflight(spec: Spec, scope: Scope) -> bool:
    """Whether a browser asks beforehand what it may send."""
    return (
        "x-cors" in spec.document
        and scope["method"] == "OPTIONS"
        and any(name == b"access-control-request-method" for name, _ in scope["headers"])
    )


async def response_preflight(send: Send, spec: Spec, methods: list[str]) -> None:
    """Tell a browser what it may send."""
    rule: Node = spec.document["x-cors"]
    headers = [
        *response_headers(spec),
        (b"access-control-allow-methods", ", ".join(methods).encode()),
        (b"access-control-allow-headers", ", ".join(rule["allow_headers"]).encode()),
        (b"access-control-max-age", b"%d" % rule["max_age_seconds"]),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
