"""HTTP's own rules (RFC 9110 and 9111) for every request and response of every provider."""

from collections.abc import Mapping, Sequence

from profilegate.errors import (
    CredentialMalformedError,
    HeaderRepeatedError,
    MethodNotAllowedError,
    ProfilegateError,
    RateLimitExceededError,
    StoreUnavailableError,
)
from profilegate.gateway.provider import ErrorResponse
from profilegate.openapi import Spec

HeaderList = list[tuple[bytes, bytes]]

NO_STORE = (b"cache-control", b"no-store")
"""Goes with every response of an operation: each holds personal data, a secret, or an error about
either. RFC 9111, 3.5 protects responses to requests with ``Authorization`` only."""

VARY_ACCEPT = (b"vary", b"Accept")
"""RFC 9110, 12.5.5: goes with a response whose media type was chosen by the request's Accept."""

REQUEST_ID = b"x-request-id"
"""The request's id in every response of an operation, the same as in the profile's history."""

STORE_RETRY_AFTER_SECONDS = 1
"""The store rejects while its queue is full or its disk does not write; both may pass at once."""

SINGLETONS = (b"content-length", b"content-type", b"host")
"""RFC 9110, 5.3: a header that is no list must not have several lines; 8.3 tells that recipients
of several Content-Type lines disagree about which of them counts."""


# --- Requests ----------------------------------------------------------------------------


def singletons_of(spec: Spec) -> Mapping[bytes, str | None]:
    """
    The headers of which a request may have one line only: lower-case name to credential.

    Headers that carry a credential have its name as the spec spells it (``API-Key``); the others
    have None.
    """
    found: dict[bytes, str | None] = dict.fromkeys(SINGLETONS)
    found[b"authorization"] = "Authorization"
    for scheme in spec.document.get("components", {}).get("securitySchemes", {}).values():
        if scheme.get("in") == "header":
            found[scheme["name"].lower().encode()] = scheme["name"]
    return found


def combined_lines(
    lines: Sequence[tuple[bytes, bytes]], singletons: Mapping[bytes, str | None]
) -> dict[bytes, bytes]:
    """
    A request's headers by name, several lines of one header joined by commas (RFC 9110, 5.3).

    Raises:
        CredentialMalformedError: a header that carries a credential has several lines.
        HeaderRepeatedError: another header that is no list has several lines.
    """
    headers = dict(lines)
    if len(headers) == len(lines):
        return headers
    headers = {}
    for name, value in lines:
        if name not in headers:
            headers[name] = value
        elif name not in singletons:
            headers[name] += b", " + value
        elif (credential := singletons[name]) is not None:
            raise CredentialMalformedError(credential)
        else:
            raise HeaderRepeatedError(name.decode("latin-1"))
    return headers


# --- Responses ---------------------------------------------------------------------------


def error_headers(
    error: ProfilegateError, response: ErrorResponse, challenge: str | None
) -> HeaderList:
    """
    The headers that HTTP wants with an error response, beside those that it has already.

    ``challenge`` is the value of WWW-Authenticate at this provider.
    """
    headers: HeaderList = []
    if response.status == 401 and challenge is not None:
        # RFC 9110, 15.5.2: a 401 "MUST send a WWW-Authenticate header field".
        headers.append((b"www-authenticate", challenge.encode()))
    if isinstance(error, MethodNotAllowedError):
        # RFC 9110, 15.5.6: a 405 "MUST generate an Allow header field".
        headers.append((b"allow", ", ".join(error.allowed).encode()))
    # RFC 6585, 4 and RFC 9110, 15.6.4: how long to wait is said by Retry-After.
    if isinstance(error, RateLimitExceededError):
        headers.append((b"retry-after", b"%d" % error.seconds))
    elif isinstance(error, StoreUnavailableError):
        headers.append((b"retry-after", b"%d" % STORE_RETRY_AFTER_SECONDS))
    return headers
