"""Kraken Embed: signs requests by API key, nonce and private key, as the partners do."""

import base64
import hashlib
import json
import time
from collections.abc import Mapping

from msgspec import UNSET

from profilegate.errors import SettingError
from profilegate.gateway.outgoing import Credentials, OutgoingRequest, Signer

from .auth import NONCE_MAX, V1_PREFIX, number, sign
from .explain import FORMULA

BODY_OF_V1 = "a body of Embed v1 is a JSON object with a nonce"


class _Nonces:
    """Nonces for signed requests: the current time in nanoseconds, always increasing."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        """A nonce larger than all before."""
        self._last = max(self._last + 1, time.time_ns())
        return str(self._last)


_nonces = _Nonces()


def sign_request(
    target: str, *, key: str, secret: str, body: str, nonce: str | None = None
) -> dict[str, str]:
    """
    The headers of a signed request.

    Without a nonce it is the current time in nanoseconds, as in the samples of the authentication
    guide (``time.time_ns()``). Embed v1 has its nonce in the body, so it is taken from there.

    Raises:
        SettingError: the secret is not base64, the nonce is no unsigned 64-bit integer, or a body
            of Embed v1 has none.
    """
    private_key = _decoded("--secret", secret)
    is_v1 = target.startswith(V1_PREFIX)
    if is_v1:
        nonce = _nonce_of(body.encode(), "--data")
    if nonce is not None and number(nonce) is None:
        raise SettingError("--nonce", f"a nonce is a whole number from 1 to {NONCE_MAX}")
    nonce = nonce or _nonces.next()
    signature = sign(private_key, target.encode(), nonce, body.encode())
    nonces = {} if is_v1 else {"API-Nonce": nonce}
    return {"API-Key": key, **nonces, "API-Sign": signature}


def _decoded(name: str, private_key: str) -> bytes:
    try:
        return base64.b64decode(private_key, validate=True)
    except ValueError:
        raise SettingError(name, "a private key is base64 text") from None


def _nonce_of(body: bytes, name: str) -> str:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    nonce = value.get("nonce") if isinstance(value, dict) else None
    if isinstance(nonce, bool) or not isinstance(nonce, int | str):
        raise SettingError(name, BODY_OF_V1)
    return str(nonce)


# --- The client --------------------------------------------------------------------------


def _complete(request: OutgoingRequest, _: Credentials) -> None:
    """Embed v1 has its nonce in the body; one that is there stays."""
    body = {} if request.value is UNSET else request.value
    if "ApiSignV1" in request.schemes and isinstance(body, dict):
        request.value = {"nonce": _nonces.next(), **body}


def _sign(request: OutgoingRequest, credentials: Credentials) -> None:
    body = request.body or b""
    target = request.target.encode()
    is_v1 = "ApiSignV1" in request.schemes
    nonce = _nonce_of(body, "body") if is_v1 else _nonces.next()
    private_key = _decoded("private_key", credentials["private_key"])
    signature = sign(private_key, target, nonce, body)
    nonces = {} if is_v1 else {"API-Nonce": nonce}
    request.headers |= {"API-Key": credentials["api_key"], **nonces, "API-Sign": signature}
    request.signed = _facts(request.target, nonce, body)


def _facts(target: str, nonce: str, body: bytes) -> Mapping[str, str]:
    """What the signature covers, by the names that an explanation of the gateway has."""
    digest = hashlib.sha256(nonce.encode() + body).digest()
    return {
        "formula": FORMULA,
        "target": target,
        "nonce": nonce,
        "SHA256(nonce + body), in hexadecimal": digest.hex(),
        "length of the body": f"{len(body)} bytes",
        "length of the signed string": f"{len(target.encode()) + len(digest)} bytes",
        "signed string, in hexadecimal": (target.encode() + digest).hex(),
    }


_ALL = ("api_key", "private_key")

SIGNER = Signer(
    names={"api_key": "the API key", "private_key": "the private key, in base64"},
    required=dict.fromkeys(("ApiKey", "ApiSign", "ApiNonce", "ApiKeyV1", "ApiSignV1"), _ALL),
    sign=_sign,
    complete=_complete,
)
