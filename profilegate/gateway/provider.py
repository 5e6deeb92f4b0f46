"""Providers: the interface that a handler package implements."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from msgspec import Struct
from msgspec.json import Encoder
from msgspec.structs import replace

from profilegate.errors import ProfilegateError
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.gateway import ProviderDescription
from profilegate.gateway.request import Request
from profilegate.store import Credential, CredentialInfo

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


@dataclass(frozen=True, slots=True, repr=False)
class Finding:
    """What a provider can say of a request that it did not authenticate.

    ``sentences`` say what is wrong and what to do; ``facts`` are texts by their names. Neither has
    a secret in it. ``originals`` are facts from which a masked value, or a valid signature, could
    be learnt: they are shown with the originals only.
    """

    sentences: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    originals: Mapping[str, str] = field(default_factory=dict)


class KnownCredentials(Protocol):
    """The credentials of the provider and the namespace, for an explanation."""

    async def find(self, kind: str, text: str) -> Credential | None:
        """One credential; None if it is unknown or has expired."""
        ...

    async def secrets(self, kind: str) -> Sequence[tuple[CredentialInfo, bytes]]:
        """The newest credentials of a kind that have a secret, each with it."""
        ...


class ExplainSecurity(Protocol):
    """Explains why a request was not authenticated, for providers with security of their own."""

    def __call__(self, request: Request, known: KnownCredentials) -> Awaitable[Finding]:
        """What is wrong with the credentials of a request, as it was received."""
        ...


NO_SCHEME = ""
"""In ``Provider.schemes``: the authenticator of an empty security requirement (``{}``), for a
credential that OpenAPI cannot describe, like one in the body."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Provider(ProviderDescription):
    """
    A provider with its handler package.

    ``operations`` has a function for each operation of the spec. ``authenticate`` checks every
    security scheme of the spec but those in ``schemes``, which have authenticators of their own
    (None if they are all); it needs the body if ``authenticates_body``: the body holds the
    credential, or a signature covers it. ``challenge`` is the value of WWW-Authenticate in its 401
    responses. ``explain_security`` says why a request was not authenticated, if the package can.
    """

    operations: Any
    authenticate: Authenticate | None
    to_error_response: ToErrorResponse
    schemes: Mapping[str, Authenticate] = field(default_factory=dict)
    authenticates_body: bool = False
    challenge: str | None = None
    explain_security: ExplainSecurity | None = None
