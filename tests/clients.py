"""Credentials of the demo data, sent as each provider's documents say."""

import base64
import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, field

JSON = {"Content-Type": "application/json"}

NAVIXY_HASH = "22eac1c27af4be7b9d04da2ce1af111b"
NAVIXY_USER = "1001"
NAVIXY_HASH_WITHOUT_PLUGIN = "a6aa75587e5c59c32d347da438505fc3"

MACHNET = {"X-Client-Id": "demo-client", "X-Client-Secret": "demo-secret"}
MACHNET_OTHER = {"X-Client-Id": "other-client", "X-Client-Secret": "other-secret"}
INDIVIDUAL = "f45680e1-014d-42c7-be86-3b2899e911c3"
INDIVIDUAL_VERIFIED = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e01"
BUSINESS = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e02"
BUSINESS_VERIFIED = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e03"

DIADOC_TOKEN = "ZGVtby10b2tlbitmb3IvbG9naW4="
DIADOC_USER = "d064f6ba-7b81-432d-a41d-93b23eebe579"

KRAKEN_USER = "AA08N84GCPARUN7A"
KRAKEN_USER_OF_ANOTHER = "AA52E25PMHAWYANF"


def diadoc_authorization(
    token: str = DIADOC_TOKEN, client_id: str = "demo-api-client", comma: str = ","
) -> dict[str, str]:
    """Diadoc's header; its clients write the comma without a blank, its pages with one."""
    fields = f"ddauth_api_client_id={client_id}{comma}ddauth_token={token}"
    return {"Authorization": f"DiadocAuth {fields}"}


@dataclass
class KrakenPartner:
    """A partner that signs its requests as Kraken's authentication guide says."""

    api_key: str = "demo-api-key"
    private_key: str = "ZGVtby1zZWNyZXQtZm9yLXByb2ZpbGVnYXRlLW9ubHktbm90LWEtcmVhbC1rZXkh"
    nonces: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def headers(self, target: str, body: bytes, nonce: int | str | None = None) -> dict[str, str]:
        """The three headers of a request; without a nonce, the next one."""
        number = str(next(self.nonces) if nonce is None else nonce)
        return {
            "API-Key": self.api_key,
            "API-Nonce": number,
            "API-Sign": kraken_signature(self.private_key, target, number, body),
        }


def with_nonce(body: bytes, nonce: int | str) -> bytes:
    """A body of Embed v1: a JSON object with the nonce in it; another body as it is."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(value, dict):
        return body
    return json.dumps({**value, "nonce": str(nonce)}, separators=(",", ":")).encode()


def kraken_signature(private_key: str, target: str, nonce: str, body: bytes) -> str:
    """base64(HMAC-SHA512(base64decode(key), path + SHA256(nonce + body)))."""
    message = target.encode() + hashlib.sha256(nonce.encode() + body).digest()
    mac = hmac.new(base64.b64decode(private_key), message, hashlib.sha512)
    return base64.b64encode(mac.digest()).decode()
