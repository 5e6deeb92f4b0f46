"""Machnet: authentication, the users that a client can reach, and what errors never reveal."""

from itertools import product
from typing import Any

import pytest

from tests.clients import BUSINESS_VERIFIED, INDIVIDUAL, MACHNET_OTHER
from tests.machnet.calls import error, patch
from tests.machnet.registrations import SMALLEST, get, outcome, register
from tests.running_gateway import RunningGateway

UNKNOWN = "99999999-9999-4999-8999-999999999999"
UPDATE = b'{"occupation": "Banker"}'

UNAUTHORIZED = error(401, "UNAUTHORIZED", "X-Client-Id or X-Client-Secret is missing or wrong")
NOT_FOUND = error(404, "NOT_FOUND", "User not found")

CLIENT_IDS = {
    "its id": "demo-client",
    "another's id": "other-client",
    "an unknown id": "nobody",
    "an empty id": "",
    "no id": None,
}
SECRETS = {
    "its secret": "demo-secret",
    "another's secret": "other-secret",
    "a wrong secret": "demo-secreT",
    "a secret that is cut short": "demo-secre",
    "an empty secret": "",
    "no secret": None,
}
AUTHENTICATED = {("its id", "its secret"), ("another's id", "another's secret")}
REJECTED = [pair for pair in product(CLIENT_IDS, SECRETS) if pair not in AUTHENTICATED]


def credentials(client_id: str | None, secret: str | None) -> dict[str, str]:
    """The headers; None leaves one out."""
    headers = {"X-Client-Id": client_id, "X-Client-Secret": secret}
    return {name: value for name, value in headers.items() if value is not None}


@pytest.mark.parametrize(
    ("client_id", "secret"), REJECTED, ids=[f"{one}, {other}" for one, other in REJECTED]
)
def test_every_unauthenticated_request_gets_the_same_response(
    gateway: RunningGateway, client_id: str, secret: str
):
    """
    "You must [add] X-Client-Id and X-Client-Secret in every API request header": the response
    tells neither which of them is wrong, nor whether the user exists or the body is valid.
    """
    headers = credentials(CLIENT_IDS[client_id], SECRETS[secret])
    before = gateway.fields("machnet", INDIVIDUAL)
    responses = [
        patch(gateway, INDIVIDUAL, UPDATE, headers),
        patch(gateway, UNKNOWN, UPDATE, headers),
        patch(gateway, INDIVIDUAL, b"{", headers),
        patch(gateway, INDIVIDUAL, {"email": None}, headers),
        get(gateway, INDIVIDUAL, headers),
        register(gateway, SMALLEST["individual"], headers),
    ]

    assert [(401, UNAUTHORIZED)] * 6 == [
        (response.status, response.json()) for response in responses
    ]
    assert before == gateway.fields("machnet", INDIVIDUAL)


@pytest.mark.parametrize(
    "user_id",
    [UNKNOWN, "not-a-uuid", INDIVIDUAL.upper(), f"{INDIVIDUAL}%20", "%2E%2E", "0"],
    ids=["an unknown id", "no UUID", "capital letters", "a blank after", "dots", "a digit"],
)
def test_an_unknown_id_is_not_found(gateway: RunningGateway, user_id: str):
    """
    A user's id is the UUID of the response, compared letter by letter.
    """
    responses = [patch(gateway, user_id, UPDATE), get(gateway, user_id)]

    assert [(404, NOT_FOUND)] * 2 == [(one.status, one.json()) for one in responses]


@pytest.mark.parametrize("body", [UPDATE, b"{}", b"{", b'{"id": "another"}', b'{"email": null}'])
def test_another_clients_user_cannot_be_told_from_an_unknown_one(
    gateway: RunningGateway, body: bytes
):
    """
    Ids cannot be tried out: the two responses are the same, byte for byte, for every body.
    """
    before = gateway.fields("machnet", INDIVIDUAL)
    another = patch(gateway, INDIVIDUAL, body, MACHNET_OTHER)
    unknown = patch(gateway, UNKNOWN, body, MACHNET_OTHER)

    assert (unknown.status, unknown.body) == (another.status, another.body)
    assert 400 <= another.status < 500
    assert (404, NOT_FOUND) == outcome(get(gateway, INDIVIDUAL, MACHNET_OTHER))
    assert before == gateway.fields("machnet", INDIVIDUAL)


SECRET = "c4n4ry"

BODIES: dict[str, Any] = {
    "a value of each field": {
        "first_name": [SECRET],
        "mobile_phone": SECRET,
        "email": SECRET,
        "country": SECRET,
        "date_of_birth": SECRET,
        "gender": SECRET,
        "type": SECRET,
        "user_scope": SECRET,
        "ip_address": SECRET,
        "business": SECRET,
        "number_of_transaction_per_month": SECRET,
        "company_details": {"phone_number": SECRET},
        "mailing_address": SECRET,
        "physical_documents": [{"document_type": SECRET, "document_value": SECRET}],
        "virtual_documents": [{"document_type": SECRET, "document_value": f"*{SECRET}"}],
    },
    "a whole body": SECRET,
    "a list": [SECRET, SECRET],
    "no JSON": f'{{"email": {SECRET}}}'.encode(),
    "a body that breaks off": f'{{"email": "{SECRET}'.encode(),
    "an escape that is none": f'{{"email": "\\x{SECRET}"}}'.encode(),
    "a key that stands twice": f'{{"{SECRET}": "{SECRET}", "{SECRET}": 1}}'.encode(),
    "a NUL": {"occupation": f"{SECRET}\0", f"{SECRET}\0": 1},
    "an id": {"id": SECRET},
    "locked values": {
        "first_name": SECRET,
        "date_of_birth": "1999-09-09",
        "user_scope": SECRET.upper(),
        "business_type": SECRET.upper(),
        "virtual_documents": [{"document_type": "PASSPORT", "document_value": SECRET}],
    },
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_an_error_response_never_repeats_a_value(gateway: RunningGateway, body: Any):
    """
    A message names the fields and their rules, never what was sent.
    """
    response = patch(gateway, BUSINESS_VERIFIED, body)

    assert 400 == response.status
    assert SECRET not in response.text.lower()
    assert "1999-09-09" not in response.text


def test_an_error_response_never_repeats_credentials_or_ids(gateway: RunningGateway):
    """
    A 401 does not repeat the credentials, a 404 not the id.
    """
    unknown_client = patch(gateway, SECRET, UPDATE, credentials(SECRET, SECRET))
    unknown_user = patch(gateway, SECRET, UPDATE)

    assert [401, 404] == [unknown_client.status, unknown_user.status]
    assert SECRET not in unknown_client.text + unknown_user.text
