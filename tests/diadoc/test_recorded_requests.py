"""Diadoc: the captured requests of a real client, byte for byte."""

import pytest

from profilegate.gateway.passwords import digest_password
from tests.diadoc.messages import user_v2
from tests.wire import Wire

USER_ID = "11111111-2222-4333-8444-555555555555"

# As captured from the client.
LOGIN_BODY = bytes.fromhex("0a0e75736572406b6f6e7475722e727512027077")
UPDATE_BODY = bytes.fromhex(
    "0a140a126e65774c6f67696e406b6f6e7475722e7275"
    "122c0a2a0a0b4e65774c6173744e616d65120c4e657746697273744e616d651a0d4e65774d6964646c654e616d65"
)

GO = b"Host: diadoc-api.kontur.ru\r\nUser-Agent: Go-http-client/1.1\r\n"
GZIP = b"Accept-Encoding: gzip\r\n"


@pytest.fixture
def captured_gateway(gateway):
    """
    A gateway with the client and the user of the captured requests.
    """
    gateway.put_credential("diadoc", "api-client", "key-1")
    gateway.create(
        "diadoc",
        USER_ID,
        {
            "name.family": "Ivanova",
            "name.given": "Anna",
            "account.login": "user@kontur.ru",
            "account.registered": True,
        },
    )
    gateway.put_credential(
        "diadoc", "password", USER_ID, external_id=USER_ID, secret=digest_password("pw")
    )
    return gateway


def test_the_captured_requests_get_the_captured_responses(captured_gateway):
    """
    Log in, send a new login and a new name, read back: no Content-Type, no Accept, one
    connection. The responses are protobuf, and show the old login until the new one is confirmed.
    """
    with Wire(captured_gateway.port) as wire:
        wire.write(
            b"POST /V3/Authenticate?type=password HTTP/1.1\r\n" + GO + b"Content-Length: 20\r\n"
            b"Authorization: DiadocAuth ddauth_api_client_id=key-1\r\n"
            + GZIP
            + b"\r\n"
            + LOGIN_BODY
        )
        logged_in = wire.read()
        authorization = b"Authorization: DiadocAuth ddauth_api_client_id=key-1,ddauth_token="
        authorization += logged_in.body + b"\r\n"
        wire.write(
            b"POST /UpdateMyUser HTTP/1.1\r\n"
            + GO
            + b"Content-Length: 68\r\n"
            + authorization
            + GZIP
            + b"\r\n"
            + UPDATE_BODY
        )
        updated = wire.read()
        wire.write(b"GET /V2/GetMyUser HTTP/1.1\r\n" + GO + authorization + GZIP + b"\r\n")
        read = wire.read()
    user = user_v2(
        {
            "UserId": USER_ID,
            "Login": "user@kontur.ru",
            "FullName": {
                "LastName": "NewLastName",
                "FirstName": "NewFirstName",
                "MiddleName": "NewMiddleName",
            },
            "IsRegistered": True,
        }
    )

    assert (20, 68) == (len(LOGIN_BODY), len(UPDATE_BODY))
    assert [200, 200, 200] == [logged_in.status, updated.status, read.status]
    assert user == updated.body
    assert user == read.body
    assert "application/x-protobuf" == updated.headers["content-type"]
    assert ["newLogin@kontur.ru"] == [mail.to for mail in captured_gateway.mails()]
