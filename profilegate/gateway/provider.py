"""Providers: the interface that a handler package implements."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from msgspec import Struct
from msgspec.json import Encoder
from msgspec.structs import replace

from profilegate.errors import ProfilegateError
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.gateway import ProviderDescription
from profilegate.gateway.request import Request

JSON = "application/json"

_encode_json = Encoder().encode


class ErrorResponse(Struct, frozen=True):
    """An error in a provider's envelope: status, media type, body, and further headers."""

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
    """Authenticates a request by its raw bytes and its raw target."""

    def __call__(self, request: Request, context: ProviderContext) -> Awaitable[Caller]:
        """
        The caller of a request.

        Raises:
            CredentialError: a credential is missing or wrong.
            BodyUnreadableError: the body, which holds the credential, cannot be decoded.
        """
        ...


class ToErrorResponse(Protocol):
    """Makes a provider's error response for any ``ProfilegateError``."""

    def __call__(self, error: ProfilegateError) -> ErrorResponse:
        """The error response for an error."""
        ...


class Sign(Protocol):
    """Signs a request as the provider's clients do, for providers with signed requests."""

    def __call__(
        self, target: str, *, key: str, secret: str, body: str, nonce: str | None = None
    ) -> dict[str, str]:
        """
        The headers to send with the request.

        Raises:
            SettingError: the secret or the nonce is malformed.
        """
        ...


NO_SCHEME = ""
"""In ``Provider.schemes``: the authenticator of an empty security requirement (``{}``), for a
credential that OpenAPI cannot describe, like one in the body."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Provider(ProviderDescription):
    """
    A provider with its handler package.

    ``operations`` has a function for each operation of the spec. ``messages`` are the descriptors
    of its protobuf messages; empty if it has none. ``authenticate`` checks every security scheme of
    the spec but those in ``schemes``, which have authenticators of their own; it needs the body if
    ``authenticates_body``: the body holds the credential, or a signature covers it. ``challenge``
    is the value of WWW-Authenticate in its 401 responses.
    """

    operations: Any
    authenticate: Authenticate
    to_error_response: ToErrorResponse
    messages: bytes = b""
    schemes: Mapping[str, Authenticate] = field(default_factory=dict)
    authenticates_body: bool = False
    challenge: str | None = None
