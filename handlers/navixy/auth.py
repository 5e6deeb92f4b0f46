"""Navixy: authenticate by a hash in the body, the query or a header, in this order."""

import re

from profilegate.errors import (
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
)
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.request import Request

from .sessions import KIND

HASH = re.compile(r"[0-9A-Fa-f]{32}")
"""Getting started: "A string containing 32 hexadecimal characters"."""

HEADER = re.compile(r"NVX ([0-9A-Fa-f]{32})")
"""Getting started: "NVX" + " " + 32 hexadecimal characters, exactly one blank."""


async def authenticate(request: Request, context: ProviderContext) -> Caller:
    """
    The user of an API key or a session's hash.

    Raises:
        CredentialMissingError: there is no hash in any of the three places.
        CredentialMalformedError: the first one that was sent is no hash.
        CredentialUnknownError: the hash is unknown, or its session has ended.
        BodyUnreadableError: the body, the first place of the hash, cannot be decoded.
    """
    text = _hash(request).lower()
    await context.claim(request, KIND, text)
    credential = await context.credential(KIND, text)
    if credential is None:
        raise CredentialUnknownError("hash")
    return Caller(external_id=credential.external_id, credential=credential.key)


def _hash(request: Request) -> str:
    body = request.decoded()
    sent = body.get("hash") if isinstance(body, dict) else None
    if sent is None:
        sent = request.query_value("hash")
    if sent is None and (header := request.header(b"authorization")) is not None:
        match = HEADER.fullmatch(header)
        sent = match[1] if match else ""
    if sent is None:
        raise CredentialMissingError("hash")
    if not isinstance(sent, str) or not HASH.fullmatch(sent):
        raise CredentialMalformedError("hash")
    return sent
