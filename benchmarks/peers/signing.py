"""API-Sign, verified by one function for everybody whom the gateway is measured against."""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from starlette.types import Scope

NONCE_MAX = 2**63 - 1
"""What fits into a column of 64 bits with a sign; the gateway takes one bit more."""


class UnauthenticatedError(Exception):
    """The key, the signature or the nonce is missing or wrong."""


class Signed(NamedTuple):
    """What a request signs, and how."""

    key: str
    nonce: str
    signature: str
    target: bytes
    body: bytes

    @classmethod
    def of(cls, scope: Scope, body: bytes) -> "Signed":
        """Take it from a request; what is missing is empty."""
        headers = dict(scope["headers"])
        target = scope["raw_path"]
        if scope["query_string"]:
            target += b"?" + scope["query_string"]
        key, nonce, signature = (
            headers.get(name, b"").decode("latin-1")
            for name in (b"api-key", b"api-nonce", b"api-sign")
        )
        return cls(key, nonce, signature, target, body)

    def verify(self, secret: bytes, last_nonce: int) -> int:
        """
        The nonce, if the signature is that of the key's secret, and it is larger than the last one.

        Raises:
            UnauthenticatedError: it is not.
        """
        digest = hashlib.sha256(self.nonce.encode() + self.body).digest()
        expected = base64.b64encode(hmac.digest(secret, self.target + digest, "sha512"))
        if not hmac.compare_digest(expected, self.signature.encode()):
            raise UnauthenticatedError
        if not (self.nonce.isascii() and self.nonce.isdigit()):
            raise UnauthenticatedError
        nonce = int(self.nonce)
        if not last_nonce < nonce <= NONCE_MAX:
            raise UnauthenticatedError
        return nonce


Accept = Callable[[Signed, str, Callable[[], Mapping[str, Any]]], Awaitable[None]]
"""Verify a request, use up its nonce, and keep the changes of a user, if anything is kept. The
changes are asked for only then. Raises UnauthenticatedError."""
