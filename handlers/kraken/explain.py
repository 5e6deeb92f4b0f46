"""Kraken Embed: explains a wrong signature by the usual mistakes of clients."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any
from urllib.parse import unquote_to_bytes

from profilegate.gateway.provider import Finding, KnownCredentials
from profilegate.gateway.request import Request
from profilegate.store import CredentialInfo

from .auth import KIND, NONCE_MAX, V1_PREFIX, number

SIGNATURE_SIZE_BYTES = 64
"""HMAC-SHA512."""

Variant = tuple[str, bytes]
"""What a client may have signed instead, and the mistake; the first one of a list is right."""

KEY_UNKNOWN = "No credential of this namespace has this API-Key, or it has expired."
NO_MISTAKE = (
    "None of the usual mistakes gives the received signature. Compare the lengths below, and in "
    "test mode the hash (--originals), with those of the string that your client signs."
)
NO_SIGNATURE = "API-Sign is not a signature: that is the base64 of 64 bytes."
FORMULA = "API-Sign = base64(HMAC-SHA512(decoded private key, target + SHA256(nonce + body)))"


async def explain_security(request: Request, known: KnownCredentials) -> Finding:
    """What is wrong with API-Key, API-Nonce and API-Sign."""
    key = request.header(b"api-key") or ""
    received = request.header(b"api-sign") or ""
    nonce = _nonce(request)
    if not (key and received and nonce):
        return Finding(("A signed request has API-Key, API-Sign and a nonce.",))
    if number(nonce) is None:
        return Finding((f"A nonce is a whole number from 1 to {NONCE_MAX}.",))
    credential = await known.find(KIND, key)
    if credential is None or credential.secret is None:
        return Finding((KEY_UNKNOWN,))
    digest = hashlib.sha256(nonce.encode() + request.body).digest()
    signed = request.target + digest
    expected = _signature(credential.secret, signed)
    if hmac.compare_digest(expected.encode(), received.encode()):
        return Finding((), {"nonce": nonce})
    facts = {
        "formula": FORMULA,
        "nonce": nonce,
        "last accepted nonce": str(credential.nonce),
        "nonce window": str(credential.nonce_window),
        "length of the body": f"{len(request.body)} bytes",
        "length of the signed string": f"{len(signed)} bytes",
    }
    # Who knows the hash can try bodies, and the signature makes the request valid.
    originals = {
        "SHA256(nonce + body), in hexadecimal": digest.hex(),
        "expected signature": expected,
    }
    if _is_signature(received):
        facts["received signature"] = received
    mistakes = _mistakes(request, nonce, credential.secret, received, await known.secrets(KIND))
    if not mistakes and "received signature" not in facts:
        mistakes = (NO_SIGNATURE,)
    return Finding(mistakes or (NO_MISTAKE,), facts, originals)


def _mistakes(
    request: Request,
    nonce: str,
    secret: bytes,
    received: str,
    others: Sequence[tuple[CredentialInfo, bytes]],
) -> tuple[str, ...]:
    """The fewest mistakes that together give the received signature; none if no usual ones do."""
    texts = _texts(nonce.encode(), request.body)
    digests = [(mistake, hashlib.sha256(text).digest()) for mistake, text in texts]
    tried = product(_targets(request.target), digests, _keys(secret, others))
    # A client with one mistake is likelier than one with three.
    for variants in sorted(tried, key=lambda each: sum(bool(mistake) for mistake, _ in each)):
        (_, target), (_, digest), (_, key) = variants
        for mistake, form in _forms(hmac.digest(key, target + digest, "sha512")):
            if hmac.compare_digest(form, received.encode()):
                found = (*(each for each, _ in variants), mistake)
                return tuple(f"The received signature is that of {each}." for each in found if each)
    return ()


def _targets(target: bytes) -> Iterator[Variant]:
    path, mark, query = target.partition(b"?")
    yield "", target
    yield (
        "the decoded path: sign it as it is sent, percent-encoded",
        unquote_to_bytes(path) + (mark + query),
    )
    if mark:
        yield "the path without the query: sign the query too", path
        yield (
            "the decoded path without the query: sign both, as they are sent",
            unquote_to_bytes(path),
        )
    yield "a path with a newline at its end", target + b"\n"
    yield "no path: it comes before the hash", b""


def _texts(nonce: bytes, body: bytes) -> Iterator[Variant]:
    yield "", nonce + body
    yield "a hash without the nonce: hash the nonce and then the body", body
    yield "a hash of the body and then the nonce: the nonce comes first", body + nonce
    yield "an empty body: hash the body that you send", nonce
    yield "a body with a newline at its end, which was not sent", nonce + body + b"\n"
    if body != body.rstrip(b"\r\n"):
        yield "a body without the newline at its end, which was sent", nonce + body.rstrip(b"\r\n")
    for again in _serialised_anew(body):
        yield "a body that was serialised anew: sign the very bytes that you send", nonce + again


def _serialised_anew(body: bytes) -> Iterator[bytes]:
    """The same JSON as other settings of the usual libraries write it."""
    try:
        value: Any = json.loads(body)
    except ValueError:
        return
    settings = product((False, True), (True, False), ((", ", ": "), (",", ":")), (None, 2, 4))
    for sort_keys, ensure_ascii, separators, indent in settings:
        text = json.dumps(
            value,
            sort_keys=sort_keys,
            ensure_ascii=ensure_ascii,
            separators=separators if indent is None else (",", ": "),
            indent=indent,
        ).encode()
        if text != body:
            yield text


def _keys(secret: bytes, others: Sequence[tuple[CredentialInfo, bytes]]) -> Iterator[Variant]:
    yield "", secret
    text = base64.b64encode(secret)
    yield "a private key that was not decoded: decode its base64 first", text
    yield "a private key with a newline at its end", text + b"\n"
    yield "a private key with a newline after its base64 was decoded", secret + b"\n"
    for info, other in others:
        if other != secret:
            yield f"another key: the credential {info.id} of the tenant {info.tenant}", other


def _forms(code: bytes) -> Iterator[Variant]:
    encoded = base64.b64encode(code)
    yield "", encoded
    yield "the code in hexadecimal: send it in base64", code.hex().encode()
    yield "the code in the base64 of URLs: send it in plain base64", base64.urlsafe_b64encode(code)
    yield "the code in base64 without its padding", encoded.rstrip(b"=")


def _is_signature(text: str) -> bool:
    """Whether a text has the form of a signature; any other may be somebody's secret."""
    try:
        return len(base64.b64decode(text, validate=True)) == SIGNATURE_SIZE_BYTES
    except ValueError:
        return False


def _signature(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.digest(key, text, "sha512")).decode()


def _nonce(request: Request) -> str:
    """The nonce: that of the header or, in Embed v1, that of the body."""
    if not request.target.startswith(V1_PREFIX.encode()):
        return request.header(b"api-nonce") or ""
    try:
        value: Any = json.loads(request.body)
    except ValueError:
        return ""
    return str(value.get("nonce", "")) if isinstance(value, dict) else ""
