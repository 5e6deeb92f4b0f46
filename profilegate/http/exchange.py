"""The exchange: the state that all stages share about one request and its response."""

from time import perf_counter

from msgspec import Struct, field
from starlette.types import Scope, Send

from profilegate.gateway.call import Call, new_request_id
from profilegate.gateway.context import ProviderContext
from profilegate.gateway.request import Request
from profilegate.http.http_rules import HeaderList
from profilegate.http.provider_api import ProviderApi
from profilegate.store import DEFAULT_NAMESPACE
from profilegate.store.journal import Failure

EXCHANGE = "profilegate.exchange"
"""The key of the ``Exchange`` in the ASGI scope."""

REJECTED = "profilegate.rejected"
"""The key, in the ASGI scope, of the error of a request that the server does not read: the error
belongs to the provider that has the path."""

END_CONNECTION = "profilegate.end_connection"
"""The extension of ASGI whose function ``end`` ends the client's connection; the server of a
gateway in test mode has it."""


Response = tuple[int, HeaderList, bytes]
"""A response: its status, its headers and its body."""


class Exchange(Struct, eq=False):
    """
    One request and its response, from the outermost stage to the handler and back.

    The outermost stage puts it into the ASGI scope. It is mutable, so that a middleware that copies
    the scope still shares it.
    """

    request_id: str = field(default_factory=new_request_id)
    """The id that the response, the history and all lines of the log carry."""
    api: ProviderApi | None = None
    """The provider API that has the requested path; None before routing, and for own pages."""
    operation_id: str = ""
    """The operation's id with its provider's name (``kraken.update_user``), set by routing."""
    context: ProviderContext | None = None
    """The context of the request, set by the security stage."""
    peer: str = ""
    """The client's address, set by the security stage."""
    request: Request | None = None
    """The request before it is authenticated, set by the security stage."""
    call: Call | None = None
    """The authenticated request, set by the security stage."""
    prefix: str = ""
    """The prefix that the request's path has in public (``/people``), found by routing."""
    response_started: bool = False
    """Whether the status line is sent: no other response can follow."""
    response: Response | None = None
    """The response, once it is sent."""
    streams_since: float | None = None
    """When a response began whose body is a stream (``perf_counter``): what took time before it is
    the duration of the request; that of a stream is up to its client."""
    error: str = ""
    """The name of the error that the request ended with."""
    failure: Failure | None = None
    """The error that the request ended with, set only if there is a journal."""

    def note_response(self, status: int, headers: HeaderList) -> None:
        """Note that a response begins whose body is a stream."""
        self.response_started = True
        self.response = (status, headers, b"")
        self.streams_since = perf_counter()

    @property
    def namespace(self) -> str:
        """The namespace of the request: the one that its client named, or that of its caller."""
        return DEFAULT_NAMESPACE if self.context is None else self.context.namespace


def exchange_of(scope: Scope) -> Exchange:
    """The exchange that the outermost stage has put into the scope."""
    exchange: Exchange = scope[EXCHANGE]
    return exchange


def call_of(scope: Scope) -> Call:
    """The call that the security stage has made."""
    call: Call = scope[EXCHANGE].call
    return call


async def send_response(
    scope: Scope, send: Send, status: int, headers: HeaderList, body: bytes
) -> None:
    """Send a whole response; a response to HEAD has the headers only (RFC 9110, 9.3.2)."""
    exchange = scope[EXCHANGE]
    exchange.response_started = True
    if exchange.prefix:
        headers = [
            (name, exchange.prefix.encode() + value if _is_link(name, value) else value)
            for name, value in headers
        ]
    if status >= 400 and any(name == b"expect" for name, _ in scope["headers"]):
        # RFC 9110, 10.1.1: the client may or may not send its body now.
        headers = [*headers, (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    content = b"" if scope["method"] == "HEAD" else body
    exchange.response = (status, headers, content)
    await send({"type": "http.response.body", "body": content})


def _is_link(name: bytes, value: bytes) -> bool:
    """Whether a header is a link to a path of the gateway."""
    return name in (b"location", b"content-location") and value.startswith(b"/")
