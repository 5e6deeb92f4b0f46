"""What we ask of a provider's handler package."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from msgspec import Struct
from msgspec.json import Encoder
from msgspec.structs import replace

from profilegate.errors import ProfilegateError
from profilegate.gateway.call import Caller, ProviderContext, Request
from profilegate.gateway.gateway import ProviderDescription

JSON = "application/json"

_encode_json = Encoder().encode


class ErrorResponse(Struct, frozen=True):
    """An error in a provider's words: a status, a media type, a body, and more headers."""

    status: int
    media_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def json(cls, status: int, body: Any, media_type: str = JSON) -> "ErrorResponse":
        """An error response whose body is written as JSON."""
        return cls(status, media_type, _encode_json(body))

    def with_header(self, name: str, value: str) -> "ErrorResponse":
        """The same error response with one more header."""
        return replace(self, headers=(*self.headers, (name, value)))


class Authenticate(Protocol):
    """Find out who calls, on the raw bytes and the raw target."""

    def __call__(self, request: Request, context: ProviderContext) -> Awaitable[Caller]:
        """
        Let the caller in.

        Raises:
            CredentialError: the caller is not let in; nothing else is said.
        """
        ...


class ToErrorResponse(Protocol):
    """Say an error in the provider's words; every ``ProfilegateError`` can come."""

    def __call__(self, error: ProfilegateError) -> ErrorResponse:
        """The error response for an error."""
        ...


class Sign(Protocol):
    """Sign a request as the provider's clients do; only for providers whose requests are signed."""

    def __call__(self, target: str, *, key: str, secret: str, body: str) -> dict[str, str]:
        """The headers to send with the request."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Provider(ProviderDescription):
    """A provider with its handler package: operations, authentication, error responses.

    ``messages`` are the descriptors of its protobuf messages, if it has any; ``schemes`` are the
    security schemes, by their names in the spec, that authenticate otherwise than
    ``authenticate``.
    """

    operations: Any
    authenticate: Authenticate
    to_error_response: ToErrorResponse
    messages: bytes = b""
    schemes: Mapping[str, Authenticate] = field(default_factory=dict)
