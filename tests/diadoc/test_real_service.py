"""Diadoc: requests as real clients send them, and answers as the real service was seen to give."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from profilegate.gateway import logins
from tests.clients import DIADOC_TOKEN, DIADOC_USER, diadoc_authorization
from tests.diadoc.messages import login_password, new_name
from tests.diadoc.page import (
    BAD_REQUEST,
    CLIENT_INVALID,
    INTERNAL_ERROR,
    LOGIN_UNREADABLE,
    LOGIN_WRONG,
    NAME,
    TOKEN_INVALID,
    UNREADABLE,
)
from tests.diadoc.samples import post, rename, update
from tests.profiles.client import ADMIN
from tests.running_gateway import Response, RunningGateway
from tests.wire import Wire, head

CLIENT = {"Authorization": "DiadocAuth ddauth_api_client_id=demo-api-client"}
LOGIN, PASSWORD = "login@kontur.ru", "demo-password"
JSON = {"Content-Type": "application/json"}


def log_in(gateway: RunningGateway, body: bytes, target: str = "", **headers: str) -> Response:
    """Log in with a body and headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    target = target or "/V3/Authenticate?type=password"
    return gateway.send("POST", target, body=body, headers={**CLIENT, **named})


# --- Log-ins -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/Authenticate", {"User-Agent": "Diadoc C# SDK=1.52.0", "Content-Length": "0"}),
        ("/V2/Authenticate", {"User-Agent": "Mozilla/4.0 (compatible; Synapse)"}),
        ("//V2/Authenticate", {"Content-Length": "0"}),
    ],
    ids=["an older C# client", "a Free Pascal client", "a base that ends in a slash"],
)
def test_older_clients_log_in_by_the_query(
    gateway: RunningGateway, path: str, headers: dict[str, str]
) -> None:
    """
    "POST /V2/Authenticate … login: имя учетной записи пользователя …; password: пароль …; тело
    запроса должно быть пустым; тело ответа следует интерпретировать как строку в кодировке UTF-8,
    содержащую авторизационный токен".
    """
    target = f"{path}?login=login%40kontur.ru&password={PASSWORD}"
    lines = [("Host", "diadoc-api.kontur.ru"), *CLIENT.items(), *headers.items()]
    with Wire(gateway.port) as wire:
        wire.write(head("POST", target, lines))
        response = wire.read()
    user = gateway.send("GET", "/V2/GetMyUser", headers=diadoc_authorization(response.text))

    assert (200, "text/plain; charset=utf-8") == (response.status, response.headers["content-type"])
    assert 200 == user.status


OLDER_LOG_INS = {
    "a wrong password": ("?login=login@kontur.ru&password=wrong", 401, LOGIN_WRONG),
    "an unknown login": (f"?login=nobody@kontur.ru&password={PASSWORD}", 401, LOGIN_WRONG),
    "no parameter": ("", 400, f"{BAD_REQUEST}: login, password"),
    "a certificate, or a key": ("?key=k&id=i", 400, f"{BAD_REQUEST}: login, password"),
    "no password": ("?login=login@kontur.ru", 400, f"{BAD_REQUEST}: password"),
    "a password twice": ("?login=a&password=b&Password=c", 400, BAD_REQUEST),
    "a query that is not UTF-8": ("?login=%FF&password=b", 400, BAD_REQUEST),
}


@pytest.mark.parametrize(("query", "status", "sentence"), OLDER_LOG_INS.values(), ids=OLDER_LOG_INS)
def test_a_wrong_older_log_in_is_rejected_as_the_newer_one(
    gateway: RunningGateway, query: str, status: int, sentence: str
) -> None:
    """
    "password … обязателен при наличии параметра login"; the recorded "Wrong password provided for
    login <login>." answered this log-in.
    """
    for path in ("/V2/Authenticate", "/Authenticate"):
        response = log_in(gateway, b"\x30\x82", path + query)

        assert (status, sentence) == (response.status, response.text)


def test_a_password_in_a_query_reaches_no_log_and_no_file(
    gateway: RunningGateway,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """
    Addresses are what servers log; here no log-in is, whether it is wrong, not allowed, or fails
    with an error that quotes it.
    """

    async def fail(*arguments: object) -> None:
        raise RuntimeError(f"{arguments}")

    caplog.set_level(0)
    secret = "Zaphod-4711-in-a-query"
    target = f"/V2/Authenticate?login={secret}&password={secret}"
    responses = [
        log_in(gateway, b"", target),
        log_in(gateway, b"", target, Authorization="x"),
        gateway.send("GET", target, headers=CLIENT),
    ]
    monkeypatch.setattr(logins, "log_in", fail)
    responses.append(log_in(gateway, b"", target))
    files = [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]

    assert [401, 401, 405, 500] == [response.status for response in responses]
    assert INTERNAL_ERROR == responses[-1].text
    assert "diadoc.authenticate_v2" in caplog.text
    assert not [each for each in responses if secret in each.text + str(each.headers)]
    assert secret not in caplog.text
    assert files
    assert not [each for each in files if secret.encode() in each]


def test_a_token_of_openid_connect_is_accepted(gateway: RunningGateway) -> None:
    """
    "Authorization: Bearer <access_token>": with UseOidc the official C# client sends this header,
    and no client id; the admin API issues what the OpenID provider would.
    """
    credential = {"provider": "diadoc", "external_id": DIADOC_USER, "kind": "bearer"}
    issued = gateway.send(
        "POST", "/credentials", body=json.dumps(credential).encode(), headers={**ADMIN, **JSON}
    ).json()
    headers = {
        "User-Agent": "Diadoc C# SDK=2.37.0",
        "Authorization": f"Bearer {issued['shown']['access_token']}",
    }
    read = gateway.send("GET", "/V2/GetMyUser", headers={**headers, "Accept": "application/json"})
    updated = gateway.send("POST", "/UpdateMyUser", body=new_name("B", "A"), headers=headers)
    logged_in = log_in(gateway, login_password(LOGIN, PASSWORD), **headers)

    assert ("bearer", DIADOC_USER) == (issued["kind"], issued["external_id"])
    assert (200, DIADOC_USER, 200) == (read.status, read.json()["UserId"], updated.status)
    assert (401, CLIENT_INVALID) == (logged_in.status, logged_in.text)


def test_an_access_token_ends_as_its_issuer_says(gateway: RunningGateway) -> None:
    """
    "Время жизни авторизационного токена access_token — 24 часа".
    """
    expires_at = (gateway.clock() + timedelta(hours=24)).isoformat()
    credential = {
        "provider": "diadoc",
        "external_id": DIADOC_USER,
        "kind": "bearer",
        "expires_at": expires_at,
    }
    issued = gateway.send(
        "POST", "/credentials", body=json.dumps(credential).encode(), headers={**ADMIN, **JSON}
    ).json()
    headers = {"Authorization": f"Bearer {issued['shown']['access_token']}"}
    before = gateway.send("GET", "/V2/GetMyUser", headers=headers).status
    gateway.clock.advance(timedelta(hours=24))
    after = gateway.send("GET", "/V2/GetMyUser", headers=headers)

    assert (200, 401, TOKEN_INVALID) == (before, after.status, after.text)


# --- Media types -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "application/octet-stream", "text/plain; charset=cp1251"],
)
def test_protobuf_is_read_under_the_media_types_that_clients_send(
    gateway: RunningGateway, media_type: str
) -> None:
    """
    "По умолчанию все структуры ожидаются в формате Protocol Buffers": libraries put a form's media
    type, or that of any bytes, beside a body that they do not know.
    """
    token = log_in(gateway, login_password(LOGIN, PASSWORD), Content_Type=media_type)
    headers = {**diadoc_authorization(token.text), "Content-Type": media_type}
    updated = gateway.send("POST", "/UpdateMyUser", body=new_name("B", "A"), headers=headers)

    assert (200, "application/x-protobuf") == (updated.status, updated.headers["content-type"])
    assert "B" == gateway.fields("diadoc", DIADOC_USER)["name.family"]


@pytest.mark.parametrize("media_type", ["text/json", "application/vnd.diadoc+json; charset=utf-8"])
def test_json_has_other_names_too(gateway: RunningGateway, media_type: str) -> None:
    """
    `text/json` of older clients, and the suffix of RFC 6839; the response is JSON then, as for
    application/json.
    """
    response = post(gateway, NAME, {**diadoc_authorization(), "Content-Type": media_type})

    assert (200, "NewLastName") == (response.status, response.json()["FullName"]["LastName"])


# --- Null, and letter case ---------------------------------------------------------------


def test_null_is_as_not_sent(gateway: RunningGateway) -> None:
    """
    Protobuf's JSON mapping: "null is an accepted value for all field types and treated as the
    default value of the corresponding field type"; serializers of C# write what is not set as null.
    """
    name = {"FirstName": "Ivan", "LastName": "Sidorov", "MiddleName": None}
    renamed = update(gateway, {"Login": None, "FullName": {"FullName": name}})
    asked = update(gateway, {"Login": {"Login": "new@kontur.ru"}, "FullName": None})

    assert [200, 200] == [renamed.status, asked.status]
    assert {"FirstName": "Ivan", "LastName": "Sidorov"} == renamed.json()["FullName"]
    assert ["new@kontur.ru"] == [mail.to for mail in gateway.mails()]


def test_a_name_is_passed_whole(gateway: RunningGateway) -> None:
    """
    "В запросе достаточно передать значения только тех реквизитов пользователя, которые необходимо
    изменить" speaks of Login and FullName; an omitted MiddleName is removed.
    """
    response = rename(gateway, FirstName="Ivan", LastName="Sidorov")

    assert {"FirstName": "Ivan", "LastName": "Sidorov"} == response.json()["FullName"]


@pytest.mark.parametrize("query", ["type=Password", "Type=password", "TYPE=PASSWORD"])
def test_the_type_of_a_log_in_has_any_letter_case(gateway: RunningGateway, query: str) -> None:
    """
    Servers of Diadoc's kind read names and words of a query without regard to case.
    """
    target = f"/V3/Authenticate?{query}"

    assert 200 == log_in(gateway, login_password(LOGIN, PASSWORD), target).status
    assert 400 == log_in(gateway, b"", f"{target}&type=password").status


def test_a_log_in_in_json_may_have_the_names_of_the_message(gateway: RunningGateway) -> None:
    """
    "required string Login = 1; required string Password = 2" stands beside { "login": … } on one
    page.
    """
    body = json.dumps({"Login": LOGIN, "PASSWORD": PASSWORD}).encode()

    assert 200 == log_in(gateway, body, **JSON).status


# --- The Authorization header ------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        f'ddauth_api_client_id="demo-api-client",ddauth_token="{DIADOC_TOKEN}"',
        f'ddauth_api_client_id=demo-api-client, ddauth_token="{DIADOC_TOKEN}"',
    ],
)
def test_quoted_parameters_are_accepted(gateway: RunningGateway, parameters: str) -> None:
    """
    Issue 990 of diadocapi-docs (2023): `curl … -H "Authorization: DiadocAuth
    ddauth_api_client_id=\\"…\\",ddauth_token=\\"…\\""` got the organizations of the user.
    """
    headers = {"Authorization": f"DiadocAuth {parameters}", "Accept": "application/json"}
    response = gateway.send("GET", "/V2/GetMyUser", headers=headers)

    assert (200, DIADOC_USER) == (response.status, response.json()["UserId"])


@pytest.mark.parametrize("value", ['"demo-api-client', 'demo-api-client"', '"demo"api-client"'])
def test_half_a_quotation_is_no_client_id(gateway: RunningGateway, value: str) -> None:
    """
    RFC 9110, 5.6.4: a quoted string ends as it begins.
    """
    headers = {"Authorization": f"DiadocAuth ddauth_api_client_id={value}"}
    response = log_in(gateway, login_password(LOGIN, PASSWORD), **headers)

    assert (401, CLIENT_INVALID) == (response.status, response.text)


# --- Error responses ---------------------------------------------------------------------


def read(gateway: RunningGateway, authorization: str) -> Response:
    """Read the user with a header."""
    headers = {"Authorization": f"DiadocAuth {authorization}"}
    return gateway.send("GET", "/V2/GetMyUser", headers=headers)


def test_errors_are_worded_as_the_service_was_seen_to_word_them(gateway: RunningGateway) -> None:
    """
    "AdditionalMessage=Invalid API client id, StatusCode=Unauthorized, DiadocErrorCode: Http.Auth"
    (2024); "Invalid auth token" (2021); "Wrong password provided for login <login>." (2019), here
    without the login; "AdditionalMessage=Can't deserialize request body into type: …,
    StatusCode=BadRequest, DiadocErrorCode: Http.BadRequest" (2018).
    """
    wrong_password = login_password(LOGIN, "wrong")
    responses = [
        read(gateway, f"ddauth_api_client_id=x,ddauth_token={DIADOC_TOKEN}"),
        read(gateway, "ddauth_api_client_id=demo-api-client,ddauth_token=eA=="),
        log_in(gateway, wrong_password),
        post(gateway, b"{", diadoc_authorization()),
        update(gateway, {"Login": {"Login": "x"}}),
        log_in(gateway, b"\xff"),
        log_in(gateway, b"", "/V3/Authenticate"),
    ]

    assert [
        (401, "Http.Auth", CLIENT_INVALID),
        (401, "Http.Auth", TOKEN_INVALID),
        (401, "Http.Auth", LOGIN_WRONG),
        (400, "Http.BadRequest", UNREADABLE),
        (400, "Http.BadRequest", f"{UNREADABLE}: Login.Login"),
        (400, "Http.BadRequest", LOGIN_UNREADABLE),
        (400, "Http.BadRequest", f"{BAD_REQUEST}: type, login, password"),
    ] == [(each.status, each.headers["x-diadoc-errorcode"], each.text) for each in responses]


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/V2/GetMyUser", 200), ("GET", "/UpdateMyUser", 405), ("POST", "/UpdateMyUser", 401)],
)
def test_each_response_has_the_trace_id_of_the_service(
    gateway: RunningGateway, method: str, target: str, status: int
) -> None:
    """
    A recorded answer (2019): "X-Kontur-Trace-Id: 49702ef08ea347569625bd189457ff87"; people name it
    to Diadoc's support. Here it is the request's id.
    """
    headers = diadoc_authorization() if status == 200 else {}
    response = gateway.send(method, target, headers=headers)

    assert (status, response.headers["x-request-id"]) == (
        response.status,
        response.headers["x-kontur-trace-id"],
    )
    assert 32 == len(response.headers["x-kontur-trace-id"])
