"""Kraken Embed: authenticate by API key, nonce and a signature of the raw request."""

import base64
import hashlib
import hmac
from datetime import timedelta
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.hmac import HMAC

from profilegate.errors import (
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
    NonceNotIncreasingError,
    SignatureWrongError,
)
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.request import Request
from profilegate.store import NonceUse

KIND = "api-key"

CHALLENGE = 'API-Sign realm="Kraken"'
"""RFC 9110, 11.6.1: a 401 has a challenge. Kraken documents none; the scheme's name is ours."""

V1_PREFIX = "/0/"
"""The paths of Embed v1."""

NONCE_MAX = 2**64 - 1
NONCE_DIGITS_MAX = 20
KEYS_REMEMBERED_MAX = 512

LOCKOUT = timedelta(minutes=15)
"""Kraken's general errors: "EGeneral:Temporary lockout", after repeated invalid keys or signatures;
15 minutes are inferred."""


def sign(private_key: bytes, target: bytes, nonce: str, body: bytes) -> str:
    """
    The API-Sign of a request.

    The authentication guide: HMAC-SHA512 of the URI path and SHA256(nonce + body), with the
    decoded private key, in base64. The path is the one that is sent: percent-encoded, with the
    query if there is one, as Kraken's own client signs it.
    """
    code = _keyed(private_key).copy()
    code.update(target + hashlib.sha256(nonce.encode() + body).digest())
    return base64.b64encode(code.finalize()).decode()


@lru_cache(KEYS_REMEMBERED_MAX)
def _keyed(private_key: bytes) -> HMAC:
    """An HMAC that has read its key only: a copy of it costs less than half of a new one."""
    return HMAC(private_key, SHA512())


async def authenticate(request: Request, context: ProviderContext) -> Caller:
    """
    The partner of the key, if the signature is right and the nonce is acceptable.

    The nonce is only compared here; it is used up together with the update, so that a rejected
    request does not consume it.

    Raises:
        CredentialError: the key, the signature or the nonce is missing or wrong.
    """
    key = _header(request, b"api-key", "API-Key")
    signature = _header(request, b"api-sign", "API-Sign")
    nonce = _header(request, b"api-nonce", "API-Nonce")
    return await _signer(request, context, key, signature, nonce)


async def authenticate_v1(request: Request, context: ProviderContext) -> Caller:
    """
    As ``authenticate``, with the nonce of a JSON body.

    Raises:
        CredentialError: the key, the signature or the nonce is missing or wrong.
        MediaTypeUnsupportedError, BodyUnreadableError: the body is no JSON.
    """
    key = _header(request, b"api-key", "API-Key")
    signature = _header(request, b"api-sign", "API-Sign")
    body = request.decoded()
    nonce = body.get("nonce") if isinstance(body, dict) else None
    if isinstance(nonce, bool) or not isinstance(nonce, int | str):
        raise CredentialMissingError("nonce")
    return await _signer(request, context, key, signature, str(nonce))


async def _signer(
    request: Request, context: ProviderContext, key: str, signature: str, nonce: str
) -> Caller:
    await context.claim(request, KIND, key, first_lock=LOCKOUT)
    credential = await context.credential(KIND, key)
    if credential is None or credential.secret is None:
        raise CredentialUnknownError("API-Key")
    for target in request.signed_targets:
        expected = sign(credential.secret, target, nonce, request.body)
        if hmac.compare_digest(expected.encode(), signature.encode()):
            break
    else:
        raise SignatureWrongError
    value = number(nonce)
    if value is None:
        raise CredentialMalformedError("API-Nonce")
    use = NonceUse(credential.key, value, credential.nonce_window)
    if use.is_below(credential.nonce):
        raise NonceNotIncreasingError(credential.nonce, credential.nonce_window)
    return Caller(tenant=credential.tenant, nonce=use)


def _header(request: Request, name: bytes, shown: str) -> str:
    value = request.header(name)
    if not value:
        raise CredentialMissingError(shown)
    return value


def number(text: str) -> int | None:
    """A nonce's value, or None: "always increasing, unsigned 64-bit integer" (the guide)."""
    if not (text.isascii() and text.isdigit() and len(text) <= NONCE_DIGITS_MAX):
        return None
    value = int(text)
    return value if 0 < value <= NONCE_MAX else None
