"""Who may call Machnet's API, which users they reach, what an error response reveals: nothing."""

from itertools import product
from typing import Any

import pytest

from tests.clients import BUSINESS_VERIFIED, INDIVIDUAL, JSON, MACHNET, MACHNET_OTHER
from tests.machnet.calls import error, patch
from tests.running_gateway import RunningGateway

NOBODY = "99999999-9999-4999-8999-999999999999"
UPDATE = b'{"occupation": "Banker"}'

NOT_LET_IN = error(401, "UNAUTHORIZED", "X-Client-Id or X-Client-Secret is missing or wrong")
NOT_FOUND = error(404, "NOT_FOUND", "User not found")

CLIENT_IDS = {
    "its id": "demo-client",
    "another's id": "other-client",
    "nobody's id": "nobody",
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
LET_IN = {("its id", "its secret"), ("another's id", "another's secret")}
REJECTED = [pair for pair in product(CLIENT_IDS, SECRETS) if pair not in LET_IN]


def credentials(client_id: str | None, secret: str | None) -> dict[str, str]:
    """The headers that are there."""
    headers = {"X-Client-Id": client_id, "X-Client-Secret": secret}
    return {name: value for name, value in headers.items() if value is not None}


@pytest.mark.parametrize(
    ("client_id", "secret"), REJECTED, ids=[f"{one}, {other}" for one, other in REJECTED]
)
def test_a_caller_that_is_not_authenticated_gets_one_response(
    gateway: RunningGateway, client_id: str, secret: str
):
    """
    Whatever is missing or wrong, and whether the user exists or the body is good: one response,
    and nothing is written.
    """
    headers = credentials(CLIENT_IDS[client_id], SECRETS[secret])
    before = gateway.fields("machnet", INDIVIDUAL)
    responses = [
        patch(gateway, INDIVIDUAL, UPDATE, headers),
        patch(gateway, NOBODY, UPDATE, headers),
        patch(gateway, INDIVIDUAL, b"{", headers),
        patch(gateway, INDIVIDUAL, {"email": None}, headers),
    ]

    assert [(401, NOT_LET_IN)] * 4 == [(response.status, response.json()) for response in responses]
    assert before == gateway.fields("machnet", INDIVIDUAL)


def test_header_names_have_no_case(gateway: RunningGateway):
    """
    HTTP's header names are the same in any case.
    """
    headers = {"x-client-id": "demo-client", "X-CLIENT-SECRET": "demo-secret"}

    assert 200 == patch(gateway, INDIVIDUAL, UPDATE, headers).status


@pytest.mark.parametrize(
    "user_id",
    [NOBODY, "not-a-uuid", INDIVIDUAL.upper(), f"{INDIVIDUAL}%20", "%2E%2E", "0"],
    ids=["nobody's id", "no UUID", "capital letters", "a blank after", "dots", "a digit"],
)
def test_nobodys_id_is_not_found(gateway: RunningGateway, user_id: str):
    """
    No user has this id.
    """
    response = patch(gateway, user_id, UPDATE)

    assert (404, NOT_FOUND) == (response.status, response.json())


@pytest.mark.parametrize("body", [UPDATE, b"{}", b"{", b'{"id": "another"}', b'{"email": null}'])
def test_another_clients_user_is_answered_as_nobodys(gateway: RunningGateway, body: bytes):
    """
    Ids cannot be tried out: the two responses are the same, byte for byte, whatever was sent.
    """
    before = gateway.fields("machnet", INDIVIDUAL)
    anothers = patch(gateway, INDIVIDUAL, body, MACHNET_OTHER)
    nobodys = patch(gateway, NOBODY, body, MACHNET_OTHER)

    assert (nobodys.status, nobodys.body) == (anothers.status, anothers.body)
    assert 400 <= anothers.status < 500
    assert before == gateway.fields("machnet", INDIVIDUAL)


def test_another_clients_user_is_not_found(gateway: RunningGateway):
    """
    The other client has no such user.
    """
    response = patch(gateway, INDIVIDUAL, UPDATE, MACHNET_OTHER)

    assert (404, NOT_FOUND) == (response.status, response.json())


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_path_takes_get_and_patch_only(gateway: RunningGateway, method: str):
    """
    The page documents ``PATCH /users/{user_id}``; of its companions one reads at
    the same path; another method is told which two there are.
    """
    response = gateway.send(
        method, f"/users/{INDIVIDUAL}", body=UPDATE, headers={**MACHNET, **JSON}
    )

    assert 405 == response.status
    assert "GET, PATCH" == response.headers["allow"]
    assert error(405, "METHOD_NOT_ALLOWED", "This method is not allowed here") == response.json()


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "application/jsonx",
        "application/json; charset=iso-8859-1",
        "json",
    ],
)
def test_a_body_of_another_media_type_is_not_read(gateway: RunningGateway, media_type: str):
    """
    The page's samples send ``Content-Type: application/json``.
    """
    headers = {**MACHNET, "Content-Type": media_type}
    response = gateway.send("PATCH", f"/users/{INDIVIDUAL}", body=UPDATE, headers=headers)

    assert 415 == response.status
    assert (
        error(415, "UNSUPPORTED_MEDIA_TYPE", "The body must be application/json") == response.json()
    )


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"', None]
)
def test_json_is_json_however_it_is_written(gateway: RunningGateway, media_type: str | None):
    """
    A charset that JSON has anyway, capital letters, and no media type at all are all JSON.
    """
    headers = MACHNET if media_type is None else {**MACHNET, "Content-Type": media_type}
    response = gateway.send("PATCH", f"/users/{INDIVIDUAL}", body=UPDATE, headers=headers)

    assert 200 == response.status
    assert "Banker" == response.json()["occupation"]


SECRET = "c4n4ry"

GIVEAWAYS: dict[str, Any] = {
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


@pytest.mark.parametrize("body", GIVEAWAYS.values(), ids=GIVEAWAYS)
def test_an_error_response_never_repeats_a_value(gateway: RunningGateway, body: Any):
    """
    A message tells which fields and why; what was sent is nobody's business.
    """
    response = patch(gateway, BUSINESS_VERIFIED, body)

    assert 400 == response.status
    assert SECRET not in response.text.lower()
    assert "1999-09-09" not in response.text


def test_an_error_response_never_repeats_credentials_or_ids(gateway: RunningGateway):
    """
    Neither does the response to somebody unknown, or about somebody unknown.
    """
    unknown_client = patch(gateway, SECRET, UPDATE, credentials(SECRET, SECRET))
    unknown_user = patch(gateway, SECRET, UPDATE)

    assert [401, 404] == [unknown_client.status, unknown_user.status]
    assert SECRET not in unknown_client.text + unknown_user.text
