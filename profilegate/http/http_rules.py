"""HTTP's own rules (RFC 9110 and 9111) for every request and response of every provider."""

from collections.abc import Mapping, Sequence
from string import ascii_letters, digits

from profilegate.errors import (
    BodyTooLargeError,
    CredentialLockedError,
    CredentialMalformedError,
    HeaderRepeatedError,
    LoginQueueFullError,
    MailLimitExceededError,
    MethodNotAllowedError,
    ProfilegateError,
    RateLimitExceededError,
    RequestMalformedError,
    RequestTooSlowError,
    StoreUnavailableError,
)
from profilegate.gateway.provider import ErrorResponse
from profilegate.openapi import Spec

HeaderList = list[tuple[bytes, bytes]]

NO_STORE = (b"cache-control", b"no-store")
"""A header of every response of an operation, because each may hold personal data or secrets.
RFC 9111, 3.5 protects only the responses to requests with ``Authorization``."""

VARY_ACCEPT = (b"vary", b"Accept")
"""RFC 9110, 12.5.5: a header of each response whose media type depends on Accept."""

REQUEST_ID = b"x-request-id"
"""Each response of an operation carries the request's id; so does the profile's history. A provider
may have another name for it (``x-request-id-header``); then the response has both headers."""

STORE_RETRY_AFTER_SECONDS = 1
"""The store is unavailable while its queue is full or its disk fails; both may pass soon."""

WITH_DELAY = (
    CredentialLockedError,
    LoginQueueFullError,
    MailLimitExceededError,
    RateLimitExceededError,
)
"""The errors that tell after how many ``seconds`` the same request may succeed."""

SINGLETONS = (b"content-length", b"content-type", b"host")
"""RFC 9110, 5.3: only a header whose value is a list may have several lines. 8.3: recipients
disagree about which of several Content-Type lines counts."""


# --- Requests ----------------------------------------------------------------------------


def singletons_of(spec: Spec) -> Mapping[bytes, str | None]:
    """
    The headers that a request may have once only: lower-case name -> name of a credential.

    The name of the credential is the header's name as the spec spells it (``API-Key``); it is None
    for a header that carries no credential.
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
    A request's headers by name; commas join several lines of one header (RFC 9110, 5.3).

    Raises:
        CredentialMalformedError: a header that carries a credential has several lines.
        HeaderRepeatedError: another header that is not a list has several lines.
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


HOST_CHARACTERS = (ascii_letters + digits + "-._~%!$&'()*+,;=:[]").encode()
"""RFC 9110, 7.2: ``uri-host [ ":" port ]``; the characters are those of RFC 3986, 3.2.2."""


def check_head(http_version: str, headers: Mapping[bytes, bytes]) -> None:
    """
    Check what RFC 9112 requires of a request's head, beyond its syntax.

    Raises:
        RequestMalformedError: the version is not 1.x (2.3); there is no valid Host (3.2); or a
            transfer coding other than chunked is used, which the server does not decode (6.1).
    """
    host = headers.get(b"host")
    if host is None:
        is_valid = http_version == "1.0"
    else:
        is_valid = http_version in ("1.1", "1.0") and not host.translate(None, HOST_CHARACTERS)
    coding = headers.get(b"transfer-encoding")
    if not is_valid or (coding is not None and coding.strip().lower() != b"chunked"):
        raise RequestMalformedError


# --- Responses ---------------------------------------------------------------------------


def request_id_names(spec: Spec) -> tuple[bytes, ...]:
    """The names of the headers that carry a request's id, in lower case."""
    name = spec.document.get("x-request-id-header")
    return (REQUEST_ID,) if name is None else (REQUEST_ID, name.lower().encode())


def request_id_headers(names: Sequence[bytes], request_id: str) -> HeaderList:
    """The headers of a response that carry its request's id."""
    value = request_id.encode()
    return [(name, value) for name in names]


def error_headers(
    error: ProfilegateError, response: ErrorResponse, challenge: str | None
) -> HeaderList:
    """
    The headers that HTTP requires with an error response, in addition to ``response.headers``.

    ``challenge`` is the provider's value of WWW-Authenticate, None if it sends none.
    """
    headers: HeaderList = []
    if response.status == 401 and challenge is not None:
        # RFC 9110, 15.5.2: a 401 "MUST send a WWW-Authenticate header field".
        headers.append((b"www-authenticate", challenge.encode()))
    if isinstance(error, MethodNotAllowedError):
        # RFC 9110, 15.5.6: a 405 "MUST generate an Allow header field".
        headers.append((b"allow", ", ".join(error.allowed).encode()))
    if isinstance(error, BodyTooLargeError | RequestTooSlowError):
        # RFC 9110, 15.5.14 and 15.5.9: what follows on the connection is not read.
        headers.append((b"connection", b"close"))
    # RFC 6585, 4 and RFC 9110, 15.6.4: Retry-After is the number of seconds to wait.
    if isinstance(error, WITH_DELAY):
        headers.append((b"retry-after", b"%d" % error.seconds))
    elif isinstance(error, StoreUnavailableError):
        headers.append((b"retry-after", b"%d" % STORE_RETRY_AFTER_SECONDS))
    return headers
