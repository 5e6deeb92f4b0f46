"""Diadoc: its clients, each with the headers that it really sends.

Only the address is changed: each client logs in, updates the user, reads the user back and gets
error responses, all on one connection.
"""

import json
from dataclasses import dataclass, field

import pytest

from tests.clients import DIADOC_USER
from tests.diadoc.messages import login_password, new_login, new_name, user_v2
from tests.diadoc.page import LOGIN_TAKEN, LOGIN_WRONG, TOKEN_INVALID, UNREADABLE
from tests.wire import Wire, chunked, head

HOST = "diadoc-api.kontur.ru"

LOGIN, PASSWORD = "login@kontur.ru", "demo-password"


NAME = {"LastName": "B", "FirstName": "A", "MiddleName": "C"}
USER = {
    "UserId": DIADOC_USER,
    "Login": LOGIN,
    "FullName": NAME,
    "IsRegistered": True,
}


def ask(wire, method, target, headers, body=None):
    """Send a request with exactly these headers and Host; Content-Length if there is a body."""
    lines = [("Host", HOST), *headers.items()]
    lines += [] if body is None else [("Content-Length", str(len(body)))]
    wire.write(head(method, target, lines) + (body or b""))
    return wire.read()


@dataclass(frozen=True)
class Client:
    """The headers of a client's requests, those of its GETs, and the form of its bodies."""

    name: str
    headers: dict[str, str]
    get_headers: dict[str, str] = field(default_factory=dict)
    speaks_json: bool = False
    log_in_path: str = "/V3/Authenticate"

    def __str__(self):
        """The client's name, for the names of tests."""
        return self.name

    def authorization(self, token=None):
        """The header; Diadoc's own clients write the comma without a blank."""
        fields = ["ddauth_api_client_id=demo-api-client"]
        fields += [] if token is None else [f"ddauth_token={token}"]
        return {"Authorization": f"DiadocAuth {','.join(fields)}"}

    def log_in(self, wire, password=PASSWORD):
        """Log in by login and password."""
        body = login_password(LOGIN, password)
        if self.speaks_json:
            body = json.dumps({"login": LOGIN, "password": password}).encode()
        target = f"{self.log_in_path}?type=password"
        return ask(wire, "POST", target, {**self.headers, **self.authorization()}, body)

    def update(self, wire, token, **patch):
        """Send a UserToUpdate: a ``login``, a ``name``, or nothing."""
        headers = {**self.headers, **self.authorization(token)}
        return ask(wire, "POST", "/UpdateMyUser", headers, self._body(**patch))

    def read(self, wire, token):
        """Read the user."""
        headers = {**self.headers, **self.get_headers, **self.authorization(token)}
        return ask(wire, "GET", "/V2/GetMyUser", headers)

    def user(self, response):
        """The user in a response, in the client's own form."""
        return response.json() if self.speaks_json else response.body

    def _body(self, login=None, name=None):
        if self.speaks_json:
            patch = {} if login is None else {"Login": {"Login": login}}
            if name is not None:
                keys = ("LastName", "FirstName", "MiddleName")
                patch["FullName"] = {"FullName": dict(zip(keys, name, strict=True))}
            return json.dumps(patch).encode()
        body = b"" if login is None else new_login(login)
        return body if name is None else body + new_name(*name)


# No Content-Type and no Accept, Content-Length always.
JAVA = Client(
    "the official Java client",
    {
        "Connection": "Keep-Alive",
        "User-Agent": "Diadoc SDK for Java v3.1.0;JRE=17.0.9",
        "Accept-Encoding": "gzip,deflate",
    },
    get_headers={"Content-Length": "0"},
)
CSHARP = Client(
    "the official C# client",
    {"User-Agent": "Diadoc C# SDK=2.1.0", "X-Solution-Info": "Accounting 8.3"},
)
GO = Client("a Go client", {"User-Agent": "Go-http-client/1.1", "Accept-Encoding": "gzip"})
# Content-Type also where there is no body.
TINKOFF = Client(
    "tinkoff-diadoc for Python",
    {
        "User-Agent": "python-requests/2.31.0",
        "Accept-Encoding": "gzip, deflate",
        "Accept": "application/json",
        "Connection": "keep-alive",
        "Content-Type": "application/json",
    },
    speaks_json=True,
    log_in_path="/v3/Authenticate",
)

CLIENTS = [JAVA, CSHARP, GO, TINKOFF]

every_client = pytest.mark.parametrize("client", CLIENTS, ids=str)


@every_client
def test_a_client_logs_in_updates_and_reads_back(gateway, client):
    """
    The whole session on one connection, with nothing changed but the address.
    """
    with Wire(gateway.port) as wire:
        token = client.log_in(wire).text
        updated = client.update(wire, token, login="newLogin@kontur.ru", name=("B", "A", "C"))
        read = client.read(wire, token)
    expected = USER if client.speaks_json else user_v2(USER)

    assert [200, 200] == [updated.status, read.status]
    assert [expected, expected] == [client.user(updated), client.user(read)]
    assert ["newLogin@kontur.ru"] == [mail.to for mail in gateway.mails()]


@every_client
def test_a_client_can_read_every_error_response(gateway, client):
    """
    All clients read the body as UTF-8 text; the C# client reads it only if Content-Length is
    above 0. The connection stays open after each error response.
    """
    with Wire(gateway.port) as wire:
        wrong_password = client.log_in(wire, password="wrong")
        token = client.log_in(wire).text
        nothing = client.update(wire, token)
        taken = client.update(wire, token, login="taken@kontur.ru")
        not_authenticated = client.read(wire, "ZGVhZA==")
        good = client.read(wire, token)
    error_responses = [wrong_password, nothing, taken, not_authenticated]

    assert [
        (401, LOGIN_WRONG),
        (400, f"{UNREADABLE}: Login, FullName"),
        (405, LOGIN_TAKEN),
        (401, TOKEN_INVALID),
    ] == [(response.status, response.text) for response in error_responses]
    assert {"text/plain; charset=utf-8"} == {
        response.headers["content-type"] for response in error_responses
    }
    assert 200 == good.status


def test_an_empty_update_has_no_body(gateway):
    """
    The Java client sends an empty UserToUpdate as Content-Length: 0: a legal message that lacks
    both parts.
    """
    with Wire(gateway.port) as wire:
        token = JAVA.log_in(wire).text
        headers = {**JAVA.headers, **JAVA.authorization(token), "Content-Length": "0"}
        response = ask(wire, "POST", "/UpdateMyUser", headers)

    assert (400, f"{UNREADABLE}: Login, FullName") == (response.status, response.text)


@pytest.fixture
def authenticated(gateway):
    """
    A connection, and the header of a user that has logged in on it.
    """
    with Wire(gateway.port) as wire:
        token = GO.log_in(wire).text
        yield wire, GO.authorization(token)


def update_head(authorization, *headers):
    """The head of an update with more headers."""
    named = [("Host", HOST), *authorization.items(), *headers]
    return head("POST", "/UpdateMyUser", named)


def test_an_empty_message_may_come_in_chunks(authenticated):
    """
    No chunk but the last is an empty message too.
    """
    wire, authorization = authenticated
    wire.write(update_head(authorization, ("Transfer-Encoding", "chunked")), chunked(b""))
    response = wire.read()

    assert (400, f"{UNREADABLE}: Login, FullName") == (response.status, response.text)
