"""Diadoc: logging in by login and password, and what the token is worth for how long."""

import base64
import json
from datetime import timedelta

import pytest

from tests.clients import DIADOC_USER, diadoc_authorization
from tests.diadoc.messages import login_password, new_login
from tests.media.wire_format import UNKNOWN, VARINT, message, tag, text, varint

TARGET = "/V3/Authenticate?type=password"
CLIENT = {"Authorization": "DiadocAuth ddauth_api_client_id=demo-api-client"}
JSON = {"Content-Type": "application/json"}

LOGIN, PASSWORD = "login@kontur.ru", "demo-password"

BAD_REQUEST = "Данные в запросе имеют неверный формат или отсутствуют обязательные параметры"
# Page Authenticate, 401, with a capital letter.
CLIENT_UNKNOWN = (
    "В запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке отсутствует параметр "
    "ddauth_api_client_id, или переданный в нем ключ разработчика не зарегистрирован в Диадоке"
)
LOGIN_WRONG = "Неверный логин или пароль"


def log_in(gateway, body=None, *, target=TARGET, headers=None):
    """Log in; the right way unless something else is said."""
    body = login_password(LOGIN, PASSWORD) if body is None else body
    return gateway.send("POST", target, body=body, headers=CLIENT if headers is None else headers)


def whose(gateway, token):
    """The status of a read with a token, and the user that it shows."""
    response = gateway.send(
        "GET",
        "/V2/GetMyUser",
        headers={**diadoc_authorization(token), "Accept": "application/json"},
    )
    return response.status, response.json()["UserId"] if response.status == 200 else None


RIGHT = {
    "protobuf, without a media type": {},
    "protobuf, by its media type": {
        "headers": {**CLIENT, "Content-Type": "application/x-protobuf"}
    },
    "JSON": {
        "headers": {**CLIENT, **JSON},
        "body": json.dumps({"login": LOGIN, "password": PASSWORD}).encode(),
    },
    "JSON with a charset, and an Accept": {
        "headers": {
            **CLIENT,
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
        },
        "body": json.dumps({"login": LOGIN, "password": PASSWORD}).encode(),
    },
    "the path in small letters": {"target": "/v3/Authenticate?type=password"},
    "the login in capital letters": {"body": login_password(LOGIN.upper(), PASSWORD)},
    "the two fields the other way round": {"body": text(2, PASSWORD) + text(1, LOGIN)},
    "unknown fields beside": {
        "body": b"".join([*UNKNOWN.values(), *[text(1, LOGIN)]]) + text(2, PASSWORD)
    },
    "an older token beside the client id": {"headers": diadoc_authorization()},
    "a dead token beside the client id": {"headers": diadoc_authorization("ZGVhZA==")},
}


@pytest.mark.parametrize("request_", RIGHT.values(), ids=RIGHT)
def test_the_response_is_the_bare_token(gateway, request_):
    """
    "В теле ответа метод вернет авторизационный токен": base64 text, nothing round it.
    """
    response = log_in(gateway, **request_)

    assert (200, "text/plain; charset=utf-8") == (response.status, response.headers["content-type"])
    assert (
        response.text == base64.b64encode(base64.b64decode(response.text, validate=True)).decode()
    )
    assert (200, DIADOC_USER) == whose(gateway, response.text)


def test_a_token_looks_like_diadocs(gateway):
    """
    The sample of page Authorization ends in "==": clients that split at every "=" find out here.
    """

    assert log_in(gateway).text.endswith("==")


def test_each_login_gives_another_token_and_all_of_them_work(gateway):
    """
    "авторизационные токены можно кэшировать": a new one does not end the older one.
    """
    first, second = log_in(gateway).text, log_in(gateway).text

    assert first != second
    assert [(200, DIADOC_USER)] * 2 == [whose(gateway, first), whose(gateway, second)]


def test_a_token_is_good_for_24_hours(gateway):
    """
    "Полученный токен остается действительным в течение 24 часов".
    """
    token = log_in(gateway).text
    gateway.clock.advance(timedelta(hours=24, seconds=-1))
    before = whose(gateway, token)
    gateway.clock.advance(timedelta(seconds=1))

    assert (200, DIADOC_USER) == before
    assert (401, None) == whose(gateway, token)


NOT_LET_IN = {
    "a wrong password": ({"body": login_password(LOGIN, "wrong")}, LOGIN_WRONG),
    "the password in capital letters": (
        {"body": login_password(LOGIN, PASSWORD.upper())},
        LOGIN_WRONG,
    ),
    "an empty password": ({"body": login_password(LOGIN, "")}, LOGIN_WRONG),
    "a login that nobody has": (
        {"body": login_password("nobody@kontur.ru", PASSWORD)},
        LOGIN_WRONG,
    ),
    "an empty login": ({"body": login_password("", PASSWORD)}, LOGIN_WRONG),
    "a login of another provider": (
        {"body": login_password("charles.pearson@example.com", PASSWORD)},
        LOGIN_WRONG,
    ),
    "no header": ({"headers": {}}, CLIENT_UNKNOWN),
    "another scheme": (
        {"headers": {"Authorization": "Basic ddauth_api_client_id=demo-api-client"}},
        CLIENT_UNKNOWN,
    ),
    "a token alone": (
        {"headers": {"Authorization": "DiadocAuth ddauth_token=ZGVtby10b2tlbitmb3IvbG9naW4="}},
        CLIENT_UNKNOWN,
    ),
    "an unknown client id": (
        {"headers": {"Authorization": "DiadocAuth ddauth_api_client_id=unknown"}},
        CLIENT_UNKNOWN,
    ),
    "an unknown client id and an unreadable body": (
        {"headers": {"Authorization": "DiadocAuth ddauth_api_client_id=unknown"}, "body": b"\xff"},
        CLIENT_UNKNOWN,
    ),
    "an unknown client id and another type": (
        {
            "headers": {"Authorization": "DiadocAuth ddauth_api_client_id=unknown"},
            "target": "/V3/Authenticate?type=sid",
        },
        CLIENT_UNKNOWN,
    ),
}


@pytest.mark.parametrize(("request_", "sentence"), NOT_LET_IN.values(), ids=NOT_LET_IN)
def test_an_unauthenticated_request_gets_one_sentence(gateway, request_, sentence):
    """
    "401: в запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке отсутствует
    параметр ddauth_api_client_id, или переданный в нем ключ разработчика не зарегистрирован";
    of a login and its password it is not said which is wrong.
    """
    response = log_in(gateway, **request_)

    assert (401, sentence, "text/plain; charset=utf-8", str(len(sentence.encode()))) == (
        response.status,
        response.text,
        response.headers["content-type"],
        response.headers["content-length"],
    )


MALFORMED = {
    "an empty message": ({"body": b""}, ["login", "password"]),
    "no password": ({"body": text(1, LOGIN)}, ["password"]),
    "a login that is a number": (
        {"body": tag(1, VARINT) + varint(5) + text(2, PASSWORD)},
        ["login"],
    ),
    "a login that is not UTF-8": ({"body": message(1, b"\xff") + text(2, PASSWORD)}, ["login"]),
    "a NUL in the login": ({"body": login_password("a\0b", PASSWORD)}, ["login"]),
    "a message that is cut short": ({"body": login_password(LOGIN, PASSWORD)[:-1]}, []),
    "JSON with the names of protobuf": (
        {
            "headers": {**CLIENT, **JSON},
            "body": json.dumps({"Login": LOGIN, "Password": PASSWORD}).encode(),
        },
        ["login", "password"],
    ),
    "JSON under the media type of protobuf": (
        {"body": json.dumps({"login": LOGIN, "password": PASSWORD}).encode()},
        [],
    ),
    "no type": ({"target": "/V3/Authenticate"}, ["type"]),
    "an empty type": ({"target": "/V3/Authenticate?type="}, ["type"]),
    "a type that there is not": ({"target": "/V3/Authenticate?type=magic"}, ["type"]),
    "a certificate": (
        {
            "target": "/V3/Authenticate?type=certificate",
            "headers": {**CLIENT, "Content-Type": "application/octet-stream"},
            "body": b"\x30\x82\x03\x01",
        },
        ["type"],
    ),
    "a certificate without a media type": (
        {"target": "/V3/Authenticate?type=certificate", "body": b"\x30\x82\x03\x01"},
        ["type"],
    ),
    "a sid": (
        {
            "target": "/V3/Authenticate?type=sid",
            "headers": {**CLIENT, "Content-Type": "text/plain"},
            "body": b"0123456789abcdef",
        },
        ["type"],
    ),
    "trust": (
        {"target": "/V3/Authenticate?type=trust", "body": b""},
        ["type", "login", "password"],
    ),
}


@pytest.mark.parametrize(("request_", "fields"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_named(gateway, request_, fields):
    """
    "400: данные в запросе имеют неверный формат или отсутствуют обязательные параметры"; of the
    documented types certificate, sid and trust the gateway says that it does not know them.
    """
    response = log_in(gateway, **request_)
    sentence = f"{BAD_REQUEST}: {', '.join(fields)}" if fields else BAD_REQUEST

    assert (400, sentence, "text/plain; charset=utf-8") == (
        response.status,
        response.text,
        response.headers["content-type"],
    )


def test_another_media_type_is_not_read(gateway):
    """
    A form, which curl sends unless told otherwise, is neither of the two.
    """
    form = {**CLIENT, "Content-Type": "application/x-www-form-urlencoded"}
    response = log_in(gateway, b"login=a&password=b", headers=form)

    assert (415, "Тип содержимого запроса не поддерживается") == (response.status, response.text)


@pytest.mark.parametrize("target", [TARGET, "/v3/Authenticate?type=password"])
def test_another_method_is_answered_with_the_right_one(gateway, target):
    """
    "405: используется неподходящий HTTP-метод", with the Allow header that RFC 9110 demands.
    """
    response = gateway.send("GET", target, headers=CLIENT)

    assert (405, "POST", "Используется неподходящий HTTP-метод") == (
        response.status,
        response.headers["allow"],
        response.text,
    )


def test_the_client_id_alone_opens_nothing_else(gateway):
    """
    A header without a token is good for logging in only.
    """
    update = gateway.send("POST", "/UpdateMyUser", body=new_login("a@b.ru"), headers=CLIENT)
    reads = [gateway.send("GET", path, headers=CLIENT) for path in ("/GetMyUser", "/V2/GetMyUser")]

    assert [401, 401, 401] == [response.status for response in (update, *reads)]


def test_one_logs_in_by_the_login_that_is_in_force(gateway):
    """
    A new login is good from the moment in which its link is opened, and the old one is not.
    """
    asked = gateway.send(
        "POST",
        "/UpdateMyUser",
        body=new_login("newLogin@kontur.ru"),
        headers=diadoc_authorization(log_in(gateway).text),
    )
    old, new = login_password(LOGIN, PASSWORD), login_password("newlogin@kontur.ru", PASSWORD)
    before = [log_in(gateway, old).status, log_in(gateway, new).status]
    [mail] = gateway.mails()
    link = next(word for word in mail.text.split() if "confirm?token=" in word)
    gateway.send("GET", link[link.index("/UpdateMyUser") :])
    after = [log_in(gateway, old).status, log_in(gateway, new).status]

    assert 200 == asked.status
    assert ([200, 401], [401, 200]) == (before, after)


def test_a_client_that_repeats_on_401_comes_to_an_end(gateway):
    """
    A Go client logs in again on every 401 and repeats without end: with a right
    login the second try must be good, however its token ended.
    """
    token = log_in(gateway).text
    gateway.clock.advance(timedelta(days=3))
    statuses = []
    for _ in range(3):
        status, _user = whose(gateway, token)
        statuses.append(status)
        if status == 401:
            token = log_in(gateway).text

    assert [401, 200, 200] == statuses


def test_the_password_is_not_repeated(gateway):
    """
    No error response says what was sent.
    """
    secret = "Zaphod-4711"
    bodies = [login_password(LOGIN, secret), text(2, secret), login_password(secret, f"{secret}\0")]
    responses = [log_in(gateway, body) for body in bodies]

    assert [401, 400, 400] == [response.status for response in responses]
    assert not [response for response in responses if secret in response.text]
