"""The client: what it sends is what the spec says, and what it receives is checked."""

import socket
from threading import Thread
from typing import Any

import httpx2
import pytest

from profilegate.client import BaseUrl, Client, SendOptions
from profilegate.errors import (
    CredentialsNotGivenError,
    InvalidFieldsError,
    MediaTypeUnsupportedError,
    ResponseTooLargeError,
    ServerUnreachableError,
    SettingError,
)
from profilegate.gateway.loading import load_double, load_signer, load_spec
from profilegate.openapi.messages import sentence
from profilegate.openapi.reader import parse_spec
from tests.clients import DIADOC_TOKEN, INDIVIDUAL, KRAKEN_USER, NAVIXY_HASH, KrakenPartner
from tests.running_gateway import RunningGateway

CREDENTIALS = {
    "navixy": {"hash": NAVIXY_HASH},
    "machnet": {"client_id": "demo-client", "client_secret": "demo-secret"},
    "diadoc": {"client_id": "demo-api-client", "token": DIADOC_TOKEN},
    "kraken": {"api_key": "demo-api-key", "private_key": KrakenPartner().private_key},
}

UPDATES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "navixy": (
        "update_personal_info",
        {},
        {"legal_type": "individual", "first_name": "Zoe", "middle_name": "", "last_name": "Doe"},
    ),
    "machnet": ("update_user", {"user_id": INDIVIDUAL}, {"occupation": "Banker"}),
    "diadoc": (
        "update_my_user",
        {},
        {"FullName": {"FullName": {"FirstName": "Ivan", "LastName": "Sidorov"}}},
    ),
    "kraken": ("update_user", {"user": "AA08 N84G CPAR UN7A"}, {"language": "en"}),
}
PROVIDERS = sorted(UPDATES)


def client_of(gateway: RunningGateway, provider: str) -> Client:
    """A client of the demo data."""
    return Client.of(provider, CREDENTIALS[provider], f"http://127.0.0.1:{gateway.port}")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_accepts_an_update_that_its_signer_authenticates(
    gateway: RunningGateway, provider: str
) -> None:
    """
    "Signs as the provider requires": the gateway authenticates it, and its response is as the spec
    says.
    """
    operation, parameters, body = UPDATES[provider]
    with client_of(gateway, provider) as client:
        response = client.call(operation, parameters, body=body)

    assert (200, [], []) == (response.status, response.problems, list(response.unknown_fields))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_unsigned_request_is_not_authenticated(gateway: RunningGateway, provider: str) -> None:
    """
    Without the signature the same request is rejected, in a way that the spec documents.
    """
    operation, parameters, body = UPDATES[provider]
    with client_of(gateway, provider) as client:
        unsigned = SendOptions(is_signed=False)
        response = client.call(operation, parameters, body=body, options=unsigned)

    assert (False, []) == (response.is_success, response.problems)


def test_one_body_is_sent_in_each_media_type(gateway: RunningGateway) -> None:
    """
    Diadoc takes protobuf and JSON: the caller writes the same value, and gets the same back.
    """
    operation, _, body = UPDATES["diadoc"]
    with client_of(gateway, "diadoc") as client:
        by_type = {
            word: client.call(operation, body=body, options=SendOptions(media_type=word))
            for word in ("json", "protobuf")
        }

    assert ["application/json; charset=utf-8", "application/x-protobuf"] == [
        each.headers["content-type"] for each in by_type.values()
    ]
    assert by_type["json"].value == by_type["protobuf"].value
    assert by_type["protobuf"].request.body != by_type["json"].request.body


def test_embed_v1_gets_its_nonce_in_the_body(gateway: RunningGateway) -> None:
    """
    Kraken's Go client "sets the nonce and otp in the body": the caller gives no body at all.
    """
    with client_of(gateway, "kraken") as client:
        response = client.call("get_user_v1", {"user": KRAKEN_USER})

    assert (200, []) == (response.status, response.problems)
    assert ["nonce"] == list(response.request.value)


def test_a_prepared_request_can_be_sent_again(gateway: RunningGateway) -> None:
    """
    A request is a value: a replayed nonce is the same bytes twice.
    """
    operation, parameters, body = UPDATES["kraken"]
    with client_of(gateway, "kraken") as client:
        request = client.prepare(operation, parameters, body=body)
        responses = [client.send(request), client.send(request)]

    assert [200, 401] == [each.status for each in responses]
    assert {"error": ["EAPI:Invalid nonce"]} == responses[1].value


def test_a_token_is_got_by_a_password(gateway: RunningGateway) -> None:
    """
    Page Authenticate: the client id alone authenticates it, and the token is the response.
    """
    with Client.of(
        "diadoc", {"client_id": "demo-api-client"}, f"http://127.0.0.1:{gateway.port}"
    ) as client:
        login = {"login": "login@kontur.ru", "password": "demo-password"}
        token = client.call("authenticate", {"type": "password"}, body=login).value
        client.credentials = {**client.credentials, "token": token}
        response = client.call("get_my_user")

    assert (200, "Sidorov") == (response.status, response.value["LastName"])


def test_all_violations_are_told_at_once_and_nothing_is_sent() -> None:
    """
    "Validates before sending": those of the parameters and those of the body together.
    """
    client = Client.of("machnet", CREDENTIALS["machnet"], transport=NoNetwork())
    body = {"email": 7, "country": "X"}
    with pytest.raises(InvalidFieldsError) as caught:
        client.call("update_user", {"user": "1"}, body=body)

    told = {each.field: sentence(each) for each in caught.value.violations}
    assert {
        "user": "is not a name that is known here; there are user_id",
        "user_id": "is required",
        "email": "must be text or null",
        "country": "must match ^[A-Z]{2}$",
    } == told


def test_an_unchecked_request_is_sent_as_it_is(gateway: RunningGateway) -> None:
    """
    For tests of a server: what the spec forbids, and bytes that are no JSON.
    """
    unchecked = SendOptions(is_checked=False)
    with client_of(gateway, "machnet") as client:
        responses = [
            client.call("update_user", {"user_id": INDIVIDUAL}, body=body, options=unchecked)
            for body in ({"email": 7}, b"{")
        ]

    assert [400, 400] == [each.status for each in responses]


@pytest.mark.parametrize(
    ("credentials", "what"),
    [
        ({}, "this operation needs the credentials client_id and token, or access_token"),
        (
            {"client_id": "a"},
            "this operation needs the credentials client_id and token, or access_token",
        ),
        ({"client_id": "a", "token": "b\r\nX-Admin: 1"}, "Authorization"),
    ],
    ids=["none", "a part of one", "one that would end its header"],
)
def test_a_credential_that_cannot_be_sent_is_told_by_its_name(
    credentials: dict[str, str], what: str
) -> None:
    """
    The message names the parts of the credential, and never their values.
    """
    client = Client.of("diadoc", credentials, transport=NoNetwork())
    with pytest.raises((CredentialsNotGivenError, InvalidFieldsError), match=what) as caught:
        client.call("get_my_user")

    assert "X-Admin" not in str(caught.value)


def test_a_hash_in_the_body_needs_no_other_credential() -> None:
    """
    Navixy takes the hash from the body first: the empty requirement of its spec.
    """
    client = Client.of("navixy", {}, transport=NoNetwork())

    assert "Authorization" not in client.prepare("get_info", body={"hash": NAVIXY_HASH}).headers


def test_null_is_as_good_as_absent_where_the_spec_says_so() -> None:
    """
    ``x-null: absent``: Diadoc's clients send null for what they leave out.
    """
    client = Client.of("diadoc", CREDENTIALS["diadoc"], transport=NoNetwork())
    request = client.prepare("update_my_user", body={**UPDATES["diadoc"][2], "Login": None})

    assert b'"Login":null' in (request.body or b"")


def test_an_unknown_media_type_is_told_with_those_that_there_are() -> None:
    """
    The operation's own media types are the way out.
    """
    client = Client.of("diadoc", CREDENTIALS["diadoc"], transport=NoNetwork())
    with pytest.raises(MediaTypeUnsupportedError) as caught:
        client.call("update_my_user", body={}, options=SendOptions(media_type="xml"))

    assert ("application/x-protobuf", "application/json") == caught.value.supported


def test_a_server_that_is_not_there_is_an_error_of_its_own() -> None:
    """
    No response is neither a success nor a response that breaks the spec.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    client = Client.of("machnet", CREDENTIALS["machnet"], f"http://127.0.0.1:{port}")
    with pytest.raises(ServerUnreachableError, match=r"127\.0\.0\.1"):
        client.call("get_user", {"user_id": INDIVIDUAL})


# --- Responses ---------------------------------------------------------------------------


def answering(
    status: int = 200, body: bytes = b"{}", media_type: str = "application/json"
) -> httpx2.MockTransport:
    """A server that sends one response."""
    headers = {"Content-Type": media_type} if media_type else {}
    return httpx2.MockTransport(
        lambda request: httpx2.Response(status, content=body, headers=headers)
    )


@pytest.mark.parametrize(
    ("server", "problems"),
    [
        (answering(418), ["status is 418, which the specification does not have"]),
        (answering(body=b"<p>", media_type="text/html"), ["content-type must be application/json"]),
        (answering(body=b"<p>"), ["body cannot be read: the body is not application/json"]),
        (answering(body=b'{"error": [], "result": 1}'), ["result must be an object"]),
        (answering(body=b'{"error": []}'), ["result is required"]),
    ],
    ids=["undocumented status", "other media type", "not JSON", "wrong type", "missing field"],
)
def test_a_response_that_breaks_the_spec_says_how(
    server: httpx2.MockTransport, problems: list[str]
) -> None:
    """
    "Validates the response": the status, the media type, and the body by its schema.
    """
    client = Client.of("kraken", CREDENTIALS["kraken"], transport=server)
    response = client.call("get_user_v1", {"user": KRAKEN_USER})

    assert problems == response.problems


WITH_HEADERS = """
openapi: "3.0.3"
info: {title: Shop, version: "1"}
paths:
  /items:
    get:
      operationId: list_items
      responses:
        "204":
          description: Nothing
          headers:
            X-Total: {required: true, schema: {type: integer}}
"""


@pytest.mark.parametrize(
    ("headers", "problems"),
    [
        ({"X-Total": "7"}, []),
        ({"X-Total": "many"}, ["X-Total must be a whole number"]),
        ({}, ["X-Total is required"]),
    ],
    ids=["right", "of another type", "missing"],
)
def test_the_headers_of_a_response_are_checked(
    headers: dict[str, str], problems: list[str]
) -> None:
    """
    OpenAPI 3.0.3, Response Object: ``headers``, each with its schema.
    """
    transport = httpx2.MockTransport(lambda request: httpx2.Response(204, headers=headers))
    with Client(parse_spec("shop", WITH_HEADERS), transport=transport) as client:
        response = client.call("list_items")

    assert problems == response.problems


def test_a_response_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A server cannot fill the memory of the client.
    """
    monkeypatch.setattr("profilegate.client.sending.RESPONSE_SIZE_MAX_BYTES", 10)
    client = Client.of("kraken", CREDENTIALS["kraken"], transport=answering(body=b" " * 11))
    with pytest.raises(ResponseTooLargeError):
        client.call("get_user", {"user": KRAKEN_USER})


def test_fields_that_the_spec_does_not_have_are_no_violation_but_told() -> None:
    """
    OpenAPI permits further properties; a search for personal data needs their names.
    """
    server = answering(body=b'{"result": {"ssn": "123456789"}}')
    client = Client.of("kraken", CREDENTIALS["kraken"], transport=server)
    response = client.call("get_user", {"user": KRAKEN_USER})

    assert ["result.ssn"] == list(response.unknown_fields)


def test_a_request_has_what_it_shows_and_nothing_else() -> None:
    """
    No header of the library, and no cookie of an earlier response.
    """
    seen: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, headers={"Set-Cookie": "sid=1; Path=/"})

    client = Client.of("kraken", CREDENTIALS["kraken"], transport=httpx2.MockTransport(respond))
    requests = [client.prepare("get_user", {"user": KRAKEN_USER}) for _ in range(2)]
    for request in requests:
        client.send(request)

    expected = {"user-agent", "host", *(name.lower() for name in requests[1].headers)}
    assert expected == seen[1].headers.keys()


def test_a_redirect_is_not_followed() -> None:
    """
    Credentials are for one server: another one that it names does not get them.
    """
    seen: list[str] = []

    def redirect(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url.host)
        return httpx2.Response(302, headers={"Location": "https://elsewhere.example/"})

    client = Client.of("kraken", CREDENTIALS["kraken"], transport=httpx2.MockTransport(redirect))
    response = client.call("get_user", {"user": KRAKEN_USER})

    assert (302, ["127.0.0.1"]) == (response.status, seen)


# --- Any spec ----------------------------------------------------------------------------

FOREIGN = """
openapi: "3.0.3"
info: {title: Shop, version: "1"}
servers: [{url: "https://api.shop.example/v1"}]
security: [SECURITY]
components: {securitySchemes: {Mine: SCHEME}}
paths:
  /items/{id}:
    get:
      operationId: get_item
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: id, in: query, schema: {type: integer}}
        - {name: tags, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: filter, in: query, style: deepObject, schema: {type: object}}
        - {name: X-Trace, in: header, schema: {type: boolean}}
        - {name: theme, in: cookie, schema: {type: string}}
      responses: {"204": {description: Nothing}}
"""


@pytest.mark.parametrize(
    ("scheme", "credentials", "place", "expected"),
    [
        ("{type: http, scheme: bearer}", {"mine": "t"}, "authorization", "Bearer t"),
        ("{type: oauth2, flows: {}}", {"mine": "t"}, "authorization", "Bearer t"),
        (
            "{type: http, scheme: basic}",
            {"mine_username": "me", "mine_password": "p:w"},
            "authorization",
            "Basic bWU6cDp3",
        ),
        ("{type: apiKey, in: header, name: X-Key}", {"mine": "k"}, "x-key", "k"),
        ("{type: apiKey, in: query, name: key}", {"mine": "k&"}, "query", "id=3&key=k%26"),
        ("{type: apiKey, in: cookie, name: sid}", {"mine": "k"}, "cookie", "sid=k"),
    ],
    ids=["bearer", "OAuth 2", "basic", "key in a header", "key in the query", "key in a cookie"],
)
def test_any_spec_is_signed_without_a_line_of_code(
    scheme: str, credentials: dict[str, str], place: str, expected: str
) -> None:
    """
    "The ready-made schemes of a foreign spec": each puts the credential where OpenAPI says.
    """
    values = {"id": "1", "id_query": 3}
    received = sent("{Mine: []}", scheme, credentials, values)

    found = received.url.query.decode() if place == "query" else received.headers[place]
    assert expected == found


def test_parameters_are_written_in_their_styles() -> None:
    """
    OpenAPI 3.0.3, Style Values; and one name in two places stays two parameters.
    """
    values = {
        "id": "a/b ?",
        "id_query": 7,
        "tags": ["x", "y z"],
        "filter": {"size": {"min": 3}},
        "X-Trace": True,
        "theme": "dark",
    }
    received = sent("", "{type: http, scheme: bearer}", {}, values)

    assert b"/v1/items/a%2Fb%20%3F?id=7&tags=x%2Cy%20z&filter%5Bsize%5D%5Bmin%5D=3" == (
        received.url.raw_path
    )
    assert "api.shop.example" == received.url.host
    assert ("true", "theme=dark") == (received.headers["x-trace"], received.headers["cookie"])


def sent(security: str, scheme: str, credentials: Any, parameters: Any) -> httpx2.Request:
    """The request that arrives at the network, of the one operation of a spec."""
    text = FOREIGN.replace("SECURITY", security).replace("SCHEME", scheme)
    arrived: list[httpx2.Request] = []

    def note(request: httpx2.Request) -> httpx2.Response:
        arrived.append(request)
        return httpx2.Response(204)

    transport = httpx2.MockTransport(note)
    with Client(parse_spec("shop", text), credentials, transport=transport) as client:
        client.call("get_item", parameters)
    return arrived[0]


def test_the_target_is_sent_as_it_was_signed() -> None:
    """
    A signature covers the target byte for byte: no library on the way may normalise it.
    """
    seen: list[bytes] = []

    def listen(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            seen.append(connection.recv(65536).split(b" ")[1])
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=listen, args=(listening,))
        thread.start()
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with Client.of("kraken", CREDENTIALS["kraken"], base_url) as client:
            request = client.prepare(
                "get_user", {"user": "../a%|é"}, options=SendOptions(is_checked=False)
            )
            request.path = request.path.replace("..%2F", "../")
            client.send(request)
        thread.join()

    assert [b"/b2b/users/../a%25%7C%C3%A9"] == seen


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        (None, "http://127.0.0.1:8080/v2/user/get_info"),
        ("https://api.eu.navixy.com", "https://api.eu.navixy.com/v2/user/get_info"),
        ("https://api.eu.navixy.com/api-v2/", "https://api.eu.navixy.com/api-v2/user/get_info"),
        ("https://own.example/", "https://own.example/user/get_info"),
    ],
    ids=["a gateway on this machine", "no path: that of the spec", "a path", "the root"],
)
def test_a_base_url_takes_the_place_of_the_servers(base_url: str | None, expected: str) -> None:
    """
    OpenAPI 3.0.3, Paths Object: "The path is appended to the expanded URL from the Server Object".
    """
    client = Client.of("navixy", CREDENTIALS["navixy"], base_url)

    assert expected == client.prepare("get_info").url


def test_a_gateway_finds_a_provider_by_its_host() -> None:
    """
    Of two providers with the same paths one has a host of its own (``x-routing``).
    """
    text = WITH_HEADERS + "x-routing: {host: shop.localhost}\n"
    gateway = BaseUrl.of_gateway("http://127.0.0.1:8080/below")
    request = Client(parse_spec("shop", text), base_url=gateway).prepare("list_items")

    assert "http://127.0.0.1:8080/below/items" == request.url
    assert "shop.localhost" == request.headers["Host"]


@pytest.mark.parametrize(
    "url", ["api.example", "ftp://a", "https://", "https://a/?b", "https://me:p@a", "https://a b"]
)
def test_a_wrong_base_url_is_told(url: str) -> None:
    """
    It says what one looks like, before anything is sent.
    """
    with pytest.raises(SettingError, match="it must look like"):
        Client.of("navixy", {}, url)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_credential_has_the_names_that_it_has_in_tests(provider: str) -> None:
    """
    The double of a provider and its signer call the parts of a credential the same.
    """
    names = load_signer(load_spec(provider)).names

    assert load_double(provider).credentials.keys() == names.keys()


class NoNetwork(httpx2.BaseTransport):
    """A network that must not be used."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Fail."""
        raise AssertionError("nothing was to be sent")


def test_a_proxy_that_cannot_be_used_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The environment names it, so the error names the variables.
    """
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    client = Client.of("machnet", {"client_id": "a", "client_secret": "b"}, "http://127.0.0.1:1")

    with pytest.raises(SettingError, match="ALL_PROXY"):
        client.call("get_user", {"user_id": INDIVIDUAL})
