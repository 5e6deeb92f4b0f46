"""Kraken's API-Key and API-Sign: which requests are authenticated."""

import base64
import importlib

import pytest

from tests.clients import JSON, KRAKEN_USER, KRAKEN_USER_OF_ANOTHER, KrakenPartner, kraken_signature
from tests.kraken.calls import (
    DOCUMENTED_API_KEY,
    DOCUMENTED_KEY,
    INVALID_KEY,
    INVALID_NONCE,
    INVALID_SIGNATURE,
    MISSING_KEY,
    SUCCESS,
    add_documented_key,
    error,
    outcome,
    patch,
    path_of,
)
from tests.running_gateway import Response, RunningGateway

UNKNOWN = "AA00NOBODY000000"

BODY = b'{"full_name":{"first_name":"Zoe","last_name":"Quinn"}}'
ANOTHER_BODY = b'{"full_name":{"first_name":"Zoe","last_name":"Quin"}}'

# Target, nonce, body, API-Sign; all under the documented private key.
PUBLISHED = (
    "/0/private/AddOrder",
    "1616492376594",
    b"nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25",
    "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==",
)
SPACED = (
    "/b2b/users/AA08%20N84G%20CPAR%20UN7A",
    "1700000000000",
    BODY,
    "vYn97RZpAReEV36S8Mr0Zb9RtgOnER8ZrTcmupBx921C5WmnEyLs5R7Xq7ZwDDe3AWyTagc6oB7VAUNo3Vv0AQ==",
)
UNSPACED = (
    "/b2b/users/AA08N84GCPARUN7A",
    "1700000000000",
    BODY,
    "PgAIuqM7/sljTFQYxg5fbDjch5zwnn6ASdLalxXAo1Bi8iJCcsaLm10aBAXz4V+8o8P1McWE8bNl3pNP5Hyicw==",
)

vectors = pytest.mark.parametrize(
    ("target", "nonce", "body", "signature"),
    [PUBLISHED, SPACED, UNSPACED],
    ids=["as published", "spaced", "unspaced"],
)


def send(
    gateway: RunningGateway, headers: dict[str, str], *, user: str = KRAKEN_USER, body: bytes = BODY
) -> Response:
    """Send a PATCH with these headers, which may sign something else."""
    return gateway.send("PATCH", path_of(user), body=body, headers={**headers, **JSON})


def signed(**other: str | bytes) -> dict[str, str]:
    """The headers of a request; ``other`` replaces a part of what the signature covers."""
    partner = KrakenPartner()
    target = str(other.get("target", path_of(KRAKEN_USER)))
    body = bytes(other.get("body", BODY))  # type: ignore[arg-type]
    headers = partner.headers(target, body, str(other.get("nonce", "1")))
    return {**headers, "API-Nonce": "1"}


# --- Vectors -----------------------------------------------------------------------------


@vectors
def test_the_tests_own_client_signs_as_documented(
    target: str, nonce: str, body: bytes, signature: str
):
    """
    The other tests here rely on it.
    """
    assert signature == kraken_signature(DOCUMENTED_KEY, target, nonce, body)


@vectors
def test_the_provider_signs_as_documented(target: str, nonce: str, body: bytes, signature: str):
    """
    "HMAC-SHA512 of (URI path + SHA256(nonce + POST data)) and base64 decoded secret API key".
    """
    auth = importlib.import_module("profilegate.handlers.kraken.auth")
    private_key = base64.b64decode(DOCUMENTED_KEY)

    assert signature == auth.sign(private_key, target.encode(), nonce, body)


@pytest.mark.parametrize(
    ("target", "nonce", "body", "signature"), [SPACED, UNSPACED], ids=["spaced", "unspaced"]
)
def test_a_documented_signature_authenticates_a_request(
    gateway: RunningGateway, target: str, nonce: str, body: bytes, signature: str
):
    """
    The signature is a literal, so no code of this project has made it.
    """
    add_documented_key(gateway)
    headers = {"API-Key": DOCUMENTED_API_KEY, "API-Nonce": nonce, "API-Sign": signature, **JSON}
    response = gateway.send("PATCH", target, body=body, headers=headers)

    assert (200, SUCCESS) == outcome(response)
    assert "Quinn" == gateway.fields("kraken", KRAKEN_USER)["name.family"]


# --- What is signed ----------------------------------------------------------------------

SIGNED_SOMETHING_ELSE: dict[str, dict[str, str | bytes]] = {
    "another user's path": {"target": path_of(KRAKEN_USER_OF_ANOTHER)},
    "the path in small letters": {"target": path_of(KRAKEN_USER).lower()},
    "the path with a slash behind": {"target": path_of(KRAKEN_USER) + "/"},
    "the path with an empty query": {"target": path_of(KRAKEN_USER) + "?"},
    "no path": {"target": ""},
    "another body": {"body": ANOTHER_BODY},
    "another nonce": {"nonce": "2"},
    "the nonce with a zero before": {"nonce": "01"},
}


@pytest.mark.parametrize("other", SIGNED_SOMETHING_ELSE.values(), ids=SIGNED_SOMETHING_ELSE)
def test_the_signature_covers_path_nonce_and_body(
    gateway: RunningGateway, other: dict[str, str | bytes]
):
    """
    "Using a signature generated with your private key, nonce, encoded payload, and URI path".
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    response = send(gateway, signed(**other))

    assert (401, error(INVALID_SIGNATURE)) == outcome(response)
    assert before == gateway.fields("kraken", KRAKEN_USER)


# --- Keys and signatures -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "word"),
    [("API-Key", MISSING_KEY), ("API-Sign", INVALID_SIGNATURE), ("API-Nonce", INVALID_NONCE)],
)
@pytest.mark.parametrize("is_there", [True, False], ids=["empty", "not there"])
def test_all_three_headers_are_needed(
    gateway: RunningGateway, missing: str, word: str, is_there: bool
):
    """
    The authentication guide, "Troubleshooting": "EAPI:Missing API-Key". The guide has no words for
    the others: a missing one gets the same response as a wrong value of it.
    """
    headers = signed()
    del headers[missing]
    if is_there:
        headers[missing] = ""

    assert (401, error(word)) == outcome(send(gateway, headers))


@pytest.mark.parametrize("api_key", ["nobody", "DEMO-API-KEY", "demo-api-key,", "\xff"])
def test_an_unknown_key_is_invalid(gateway: RunningGateway, api_key: str):
    """
    Keys are case-sensitive and compared as a whole.
    """
    response = patch(gateway, BODY, headers={"API-Key": api_key})

    assert (401, error(INVALID_KEY)) == outcome(response)


RIGHT = signed()["API-Sign"]

WRONG_SIGNATURES = {
    "one with another private key": kraken_signature(
        DOCUMENTED_KEY, path_of(KRAKEN_USER), "1", BODY
    ),
    "the page's placeholder": "<api-key>",
    "cut short": RIGHT[:-4],
    "without padding": RIGHT.rstrip("="),
    "with something behind": RIGHT + "A",
    "in capital letters": RIGHT.upper(),
    "in hexadecimal": base64.b64decode(RIGHT).hex(),
    "beyond ASCII": "\xe9" * 88,
}


@pytest.mark.parametrize("signature", WRONG_SIGNATURES.values(), ids=WRONG_SIGNATURES)
def test_another_signature_is_invalid(gateway: RunningGateway, signature: str):
    """
    A signature is 88 characters of base64; every other text is invalid.
    """
    response = send(gateway, {**signed(), "API-Sign": signature})

    assert (401, error(INVALID_SIGNATURE)) == outcome(response)


@pytest.mark.parametrize("user", [KRAKEN_USER, KRAKEN_USER_OF_ANOTHER, UNKNOWN, "short", "A" * 43])
@pytest.mark.parametrize("body", [BODY, b"{", b'{"phone": 1}'], ids=["good", "no JSON", "invalid"])
def test_an_unauthenticated_caller_learns_nothing(gateway: RunningGateway, user: str, body: bytes):
    """
    Only partners learn whether a user exists and what is wrong with a body.
    """
    headers = {**KrakenPartner().headers(path_of(user), body), "API-Sign": RIGHT}
    unsigned = gateway.send(
        "PATCH", path_of(user), body=body, headers={**headers, "API-Nonce": "9"}
    )
    keyless = gateway.send("PATCH", path_of(user), body=body)

    assert (401, error(INVALID_SIGNATURE)) == outcome(unsigned)
    assert (401, error(MISSING_KEY)) == outcome(keyless)
