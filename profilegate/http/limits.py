"""Limits: what one request, one connection and one peer may use, before anybody is authenticated.

The limits of texts, lists and numbers are in the specs. Those of bodies are
``x-body-size-max-bytes`` of an operation, or BODY_SIZE_MAX_BYTES.
"""

from typing import Final

# --- One request -------------------------------------------------------------------------

HEAD_SIZE_MAX_BYTES: Final = 16 * 1024
"""The request line and the headers together; h11 has the same limit, nginx 4 times 8 KiB."""

TARGET_SIZE_MAX_BYTES: Final = 8 * 1024
"""RFC 9112, 3: recipients should support request lines of at least 8,000 octets."""

HEADER_LINES_MAX: Final = 100
"""Apache and Node have the same limit or a higher one; browsers send about twenty."""

BODY_SIZE_MAX_BYTES: Final = 64 * 1024
"""An operation that needs more says so (``x-body-size-max-bytes``). A body that is read before its
caller is authenticated, because it holds or is covered by the credential, never has more."""

UPLOAD_SIZE_MAX_BYTES: Final = 16 * 1024 * 1024
"""A body with files, of an operation that says no size of its own and authenticates its callers by
headers: as large as the largest body of the providers' pages."""

LARGE_BODIES_MAX_BYTES: Final = 256 * 1024 * 1024
"""All bodies of more than BODY_SIZE_MAX_BYTES that are being received at the same time: sixteen of
the largest. A partner with many connections could fill the memory otherwise."""

FORM_FIELDS_MAX: Final = 100
"""The largest form of a spec has twenty."""

PIPELINED_REQUESTS_MAX: Final = 64
"""Requests that wait behind an unfinished one on their connection; no browser sends any."""

# --- One connection ----------------------------------------------------------------------

HEAD_MAX_SECONDS: Final = 20.0
"""From the first byte of a request, or from the beginning of the connection, to the end of its
head; Apache's mod_reqtimeout has the same limit."""

IDLE_MAX_SECONDS: Final = 60.0
"""Between a response and the next request; nginx has 75. A longer time means fewer clients that
write to a connection that is being closed."""

BODY_GRACE_SECONDS: Final = 10.0
BODY_RATE_MIN_BYTES_PER_SECOND: Final = 500
"""A body has the grace and, for each of its bytes, the time at this rate; mod_reqtimeout and
Kestrel have about the same limits."""

LAST_REQUEST_GRACE_SECONDS: Final = 0.5
"""How long an idle connection stays when the server stops, for a request that is on its way. We
chose it: longer than most networks take."""

FRAMING_RATIO_MAX: Final = 8
"""Bytes of chunk sizes, extensions and trailers for each byte of a body, beside the size of a head;
a chunk of one byte has five."""

SEND_STALL_MAX_SECONDS: Final = 30.0
"""The time in which a client reads nothing of a response that waits for it."""

LINGER_MAX_SECONDS: Final = 2.0
LINGER_SIZE_MAX_BYTES: Final = 32 * 1024 * 1024
"""RFC 9112, 9.6: a server that closes reads on for a while, or else the client may lose the
response. These bound for how long, and how much."""

UNREAD_BODY_MAX_BYTES: Final = BODY_SIZE_MAX_BYTES
"""A connection stays open after a response if not more of the request's body is left than this."""

# --- All connections ---------------------------------------------------------------------

CONNECTIONS_MAX: Final = 10_000
"""Fewer if the process may not open as many descriptors (``RLIMIT_NOFILE``)."""

DESCRIPTORS_RESERVED: Final = 320
"""Descriptors for the database, logs and mails, and for connections that are accepted before the
oldest waiting one is closed (BACKLOG_CONNECTIONS)."""

BACKLOG_CONNECTIONS: Final = 256
"""Connections that the kernel keeps until the server accepts them."""

PEER_SHARE: Final = 0.5
"""The share of all connections that one peer address may have; trusted proxies may have all."""
