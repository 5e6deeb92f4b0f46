"""The work: requests as they go over the wire, signed beforehand.

A ``Work`` makes the requests of one connection. Every server gets the same requests, those that
look at no signature too.
"""

import base64
import hashlib
import hmac
import itertools
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.names import (
    CLIENT_SECRET,
    DIADOC_USERS,
    MACHNET_USERS,
    TENANT,
    diadoc_token,
    kraken_key,
    kraken_secret,
    kraken_user,
    machnet_user,
)

SMALL_DOCUMENT_BYTES = 2_000
LARGE_DOCUMENT_BYTES = 2_000_000

REJECTED_OF_MIX = 10
"""One of so many requests of the mix is one that is rejected."""

# Nonces and values only ever rise, whatever was measured before.
_numbers = itertools.count(time.time_ns())

VARYING = "<another one each time>"

Requests = Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Work:
    """What one connection sends: ``requests(connection, profiles)`` never ends.

    ``different`` is how many there are, over all connections, where they may be sent again;
    ``seconds_min`` how long it must go on to say anything.
    """

    name: str
    requests: Callable[[int, int], Requests]
    is_signed: bool = False
    different: int = 4096
    seconds_min: float = 0.0


def kraken_body(employer: str) -> dict[str, Any]:
    """A valid body with all fields, the published sample's values made lifelike."""
    return {
        "tos_version_accepted": 123,
        "full_name": {"first_name": "Zoe", "last_name": "Quinn", "middle_name": "Ada"},
        "date_of_birth": "1990-05-04",
        "city_of_birth": "Bergen",
        "country_of_birth": "NO",
        "residence": {
            "line1": "Karl Johans gate 22",
            "city": "Oslo",
            "postal_code": "0026",
            "country": "NO",
            "line2": "2nd floor",
            "province": "Oslo",
        },
        "phone": "+4722123456",
        "nationalities": ["NO", "DE"],
        "tax_ids": [{"id": "12345678901", "issuing_country": "NO"}],
        "occupation": "science",
        "employer_name": employer,
        "client_identifier": {
            "type": "concat",
            "value": "NO19900504ZOE##QUINN",
            "calculated_at": "2025-11-07T05:31:56Z",
        },
        "language": "nb",
    }


INVALID: dict[str, dict[str, Any]] = {
    "a country that there is not": {"country_of_birth": "XX"},
    "a text for a number": {"tos_version_accepted": "many"},
    "an address without its city": {
        "residence": {"line1": "1 Main St", "postal_code": "1", "country": "NO"}
    },
    "a phone number with a letter": {"phone": "+47x2123456"},
    "a list of numbers for one of countries": {"nationalities": [1, 2]},
}
"""What is put into a valid body to make it one that every server must reject."""


def kraken_request(connection: int, user: str, body: bytes) -> bytes:
    """A signed request, with the next nonce of the connection's own key."""
    target = f"/b2b/users/{user}".encode()
    nonce = b"%d" % next(_numbers)
    digest = hashlib.sha256(nonce + body).digest()
    signature = hmac.digest(kraken_secret(connection), target + digest, "sha512")
    return _request(
        b"PATCH",
        target,
        b"Content-Type: application/json\r\nAPI-Key: %b\r\nAPI-Nonce: %b\r\nAPI-Sign: %b\r\n"
        % (kraken_key(connection).encode(), nonce, base64.b64encode(signature)),
        body,
    )


def _request(method: bytes, target: bytes, headers: bytes, body: bytes) -> bytes:
    return b"%b %b HTTP/1.1\r\nHost: 127.0.0.1\r\n%bContent-Length: %d\r\n\r\n%b" % (
        method,
        target,
        headers,
        len(body),
        body,
    )


def _template(body: dict[str, Any]) -> tuple[bytes, bytes]:
    """A body's text before and behind the value that varies."""
    before, after = json.dumps(body).encode().split(VARYING.encode())
    return before, after


def _kraken_users(profiles: int) -> Iterator[str]:
    """Anybody, and others in each round: nothing that remembers the last ones gains by it."""
    chance = random.Random(next(_numbers))  # noqa: S311 - no secret
    while True:
        yield kraken_user(chance.randrange(profiles))


def _kraken_good(connection: int, profiles: int) -> Requests:
    before, after = _template(kraken_body(VARYING))
    users = _kraken_users(profiles)
    while True:
        yield kraken_request(connection, next(users), before + b"%d" % next(_numbers) + after)


def _kraken_rejected(connection: int, profiles: int) -> Requests:
    users = _kraken_users(profiles)
    for violation in itertools.cycle(INVALID.values()):
        body = json.dumps({**kraken_body("ACME"), **violation}).encode()
        yield kraken_request(connection, next(users), body)


def _kraken_forged(connection: int, profiles: int) -> Requests:
    for request in _kraken_good(connection, profiles):
        yield request.replace(b"API-Sign: ", b"API-Sign: AAAA", 1)


def _kraken_mix(connection: int, profiles: int) -> Requests:
    good, rejected = _kraken_good(connection, profiles), _kraken_rejected(connection, profiles)
    for number in itertools.count(connection):
        yield next(rejected if number % REJECTED_OF_MIX == 0 else good)


def _machnet(document_bytes: int) -> Callable[[int, int], Requests]:
    def requests(connection: int, profiles: int) -> Requests:
        body: dict[str, Any] = {
            "address_line1": VARYING,
            "city": "San Francisco",
            "zipcode": "94105",
            "mobile_phone": "4155550100",
            "occupation": "Banker",
        }
        if document_bytes:
            content = base64.b64encode(bytes(document_bytes * 3 // 4)).decode()
            value = f"data:image/jpeg;base64,{content}"
            body["physical_documents"] = [
                {"document_type": "BANK_STATEMENT", "document_value": value}
            ]
        before, after = _template(body)
        headers = f"X-Client-Id: {TENANT}\r\nX-Client-Secret: {CLIENT_SECRET}\r\n".encode()
        headers += b"Content-Type: application/json\r\n"
        users = random.Random(connection)  # noqa: S311 - no secret
        while True:
            target = f"/users/{machnet_user(users.randrange(MACHNET_USERS))}".encode()
            text = before + b"%d" % next(_numbers) + after
            yield _request(b"PATCH", target, headers, text)

    return requests


def _diadoc(connection: int, profiles: int) -> Requests:
    for number in itertools.count(connection):
        token = diadoc_token(number % DIADOC_USERS)
        headers = (
            f"Authorization: DiadocAuth ddauth_api_client_id={TENANT},ddauth_token={token}\r\n"
            "Content-Type: application/x-protobuf\r\n"
        ).encode()
        name = _part(1, b"Quinn") + _part(2, b"Zoe") + _part(3, b"%d" % next(_numbers))
        # UserToUpdate.FullName (2), in it UserFullNamePatch.FullName (1): specs/diadoc.proto.
        yield _request(b"POST", b"/UpdateMyUser", headers, _part(2, _part(1, name)))


def _part(number: int, content: bytes) -> bytes:
    """A field of a protobuf message: a text or a message of less than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


KRAKEN = Work("Kraken PATCH", _kraken_good, is_signed=True)
KRAKEN_REJECTED = Work("Kraken PATCH, all rejected", _kraken_rejected, is_signed=True)
KRAKEN_FORGED = Work("Kraken PATCH, wrong signature", _kraken_forged, is_signed=True)
KRAKEN_MIX = Work("Kraken PATCH, 10 % rejected", _kraken_mix, is_signed=True)
MACHNET = Work("Machnet PATCH, no document", _machnet(0))
MACHNET_SMALL = Work("Machnet PATCH, document of 2 kB", _machnet(SMALL_DOCUMENT_BYTES))
MACHNET_LARGE = Work(
    "Machnet PATCH, document of 2 MB", _machnet(LARGE_DOCUMENT_BYTES), different=16, seconds_min=2.0
)
DIADOC = Work("Diadoc update, protobuf", _diadoc)
