"""Requests: raw bytes and headers, as authenticators and handlers receive them."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from msgspec import UNSET, Struct, UnsetType

from profilegate.errors import BodyUnreadableError, ParameterRepeatedError
from profilegate.gateway.lockouts import Claim

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
"""ASGI's function that waits for the next message about a request."""


class ClientGoneError(Exception):
    """The client closed the connection before it got its response; no response is sent."""


class ConnectionDroppedError(ConnectionError):
    """A scripted fault ends the connection, but the app was called without one, as httpx can."""


class Request(Struct, eq=False):
    """A request in raw bytes, because signatures cover them.

    ``target`` is the raw request target (percent-encoded path, ``?query`` if there is one);
    ``headers`` have lower-case names, with several lines of one header joined by commas; ``body``
    is the whole body; ``decode`` decodes it by its media type. ``peer`` is the client's address;
    ``receive`` waits for the client to leave.
    """

    method: str
    target: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    decode: "Callable[[Request], Any]"
    peer: str
    receive: Receive
    media_type: str = ""
    """The media type of the spec by which the body was decoded."""
    claim: Claim | None = None
    """The credential that the request claims to have, set by its authenticator."""
    public_targets: tuple[bytes, ...] = ()
    """What the client may have signed in the place of ``target``, below a prefix."""
    _decoded: Any = UNSET
    _query: dict[str, list[str]] | UnsetType = UNSET

    def __repr__(self) -> str:
        """Without what was sent: a traceback or a log must not hold it."""
        return f"<Request {self.method}>"

    @property
    def signed_targets(self) -> tuple[bytes, ...]:
        """The targets of which a client may have signed one: mostly ``target`` alone."""
        return self.public_targets or (self.target,)

    def header(self, name: bytes) -> str | None:
        """A header's value as text (Latin-1), or None without the header.

        White space around the value is not part of it (RFC 9110, 5.5), but httptools keeps the
        trailing one.
        """
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1").strip(" \t")

    def query(self) -> Mapping[str, Sequence[str]]:
        """
        The query's parameters: every name with its values.

        Raises:
            BodyUnreadableError: the query is not UTF-8.
        """
        if self._query is UNSET:
            text = self.target.partition(b"?")[2].decode("latin-1")
            try:
                self._query = parse_qs(text, keep_blank_values=True, errors="strict")
            except UnicodeDecodeError:
                raise BodyUnreadableError("the query is not UTF-8") from None
        return self._query

    def query_value(self, name: str, *, in_any_case: bool = False) -> str | None:
        """
        The value of a query parameter, or None without it; its name may be in any letter case.

        Raises:
            ParameterRepeatedError: it appears twice, as a key in JSON or a field of a form must not
                (ADR 6).
            BodyUnreadableError: the query is not UTF-8.
        """
        query = self.query()
        values = query.get(name, ())
        if in_any_case:
            values = [one for key in query if key.lower() == name.lower() for one in query[key]]
        if len(values) > 1:
            raise ParameterRepeatedError(name)
        return values[0] if values else None

    def decoded(self) -> Any:
        """
        The body, decoded at the first call.

        Raises:
            MediaTypeUnsupportedError: the operation does not accept this media type.
            BodyUnreadableError: the body is malformed for its media type.
        """
        if self._decoded is UNSET:
            self._decoded = self.decode(self)
        return self._decoded

    async def client_left(self) -> None:
        """Wait until the client has closed the connection."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
