"""Diadoc: every error response as one sentence of plain text, without a word of what was sent."""

import json

import pytest

from tests.clients import diadoc_authorization
from tests.diadoc.samples import (
    BAD_REQUEST,
    CONFIRM,
    LINKED_TOKEN,
    LOGIN_TAKEN,
    NAME,
    OTHER_LOGIN,
    PATH,
    PUBLISHED_TYPE,
    UNAUTHORIZED,
    WRONG_METHOD,
)

PRIVATE = "Zaphod-4711"
LET_IN = {**PUBLISHED_TYPE, **diadoc_authorization()}
UNSUPPORTED = "Тип содержимого запроса не поддерживается"


def posted(body, **headers):
    """A request that is authenticated; its body a JSON value, or bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ("POST", PATH, {"body": raw, "headers": {**LET_IN, **headers}})


def of_type(content_type):
    """A good body under some media type."""
    return posted(NAME, **{"Content-Type": content_type})


CASES = {
    "nothing to update": (posted({}), 400, f"{BAD_REQUEST}: Login, FullName"),
    "JSON that is cut short": (posted(NAME[:-3]), 400, BAD_REQUEST),
    "no body": (posted(b""), 400, BAD_REQUEST),
    "a list": (posted([]), 400, BAD_REQUEST),
    "JSON that is not UTF-8": (posted(NAME.replace(b"New", b"\xff")), 400, BAD_REQUEST),
    "no credentials": (("POST", PATH, {"body": NAME}), 401, UNAUTHORIZED),
    "an unknown link": (
        ("GET", f"{CONFIRM}?token=x", {}),
        404,
        "Ссылка для подтверждения логина не найдена",
    ),
    "another user's login": (posted({"Login": {"Login": OTHER_LOGIN}}), 405, LOGIN_TAKEN),
    "too large": (
        ("POST", PATH, {"headers": {**LET_IN, "Content-Length": "99999999999"}}),
        413,
        "Размер тела запроса превышает допустимый",
    ),
    "a form": (of_type("application/x-www-form-urlencoded"), 415, UNSUPPORTED),
    "XML": (of_type("text/xml"), 415, UNSUPPORTED),
    "another charset": (of_type("application/json; charset=windows-1251"), 415, UNSUPPORTED),
    **{
        f"{method} in the place of POST": (
            (method, PATH, {"body": NAME, "headers": LET_IN}),
            405,
            WRONG_METHOD,
        )
        for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS")
    },
    "POST in the place of GET": (("POST", f"{CONFIRM}?token=x", {"body": b""}), 405, WRONG_METHOD),
}


@pytest.mark.parametrize(("request_", "status", "sentence"), CASES.values(), ids=CASES)
def test_every_error_response_is_one_sentence_of_plain_text(gateway, request_, status, sentence):
    """
    The page's sentence for the status; UTF-8, and with the length that Diadoc's own C# client
    needs to read a body.
    """
    method, target, what = request_
    response = gateway.send(method, target, **what)

    assert (status, sentence) == (response.status, response.text)
    assert ("text/plain; charset=utf-8", str(len(sentence.encode()))) == (
        response.headers["content-type"],
        response.headers["content-length"],
    )


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("GET", PATH, "POST"), ("POST", CONFIRM, "GET")]
)
def test_a_wrong_method_is_answered_with_the_right_one(gateway, method, path, allowed):
    """
    "405 Method Not Allowed – используется неподходящий HTTP-метод", with the Allow header that
    RFC 9110 (15.5.6) demands beside it.
    """
    response = gateway.send(method, path, body=b"")

    assert (405, allowed) == (response.status, response.headers["allow"])


def named(**names):
    """A request for a new name."""
    return posted({"FullName": {"FullName": names}})


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(posted({"Login": {"Login": PRIVATE}}), id="no e-mail address"),
        pytest.param(posted({"Login": {"Login": f"{PRIVATE}@b.ru\n"}}), id="a line end"),
        pytest.param(posted({"Login": PRIVATE}), id="a login that is not nested"),
        pytest.param(posted({"Login": {"Login": [PRIVATE]}}), id="a list"),
        pytest.param(posted({PRIVATE: PRIVATE}), id="an unknown field alone"),
        pytest.param(named(FirstName=PRIVATE), id="a name that lacks a part"),
        pytest.param(named(FirstName=f"{PRIVATE}\0", LastName="B"), id="a NUL"),
        pytest.param(posted(PRIVATE.encode()), id="plain text"),
        pytest.param(posted(f'{{"Login": "{PRIVATE}'.encode()), id="JSON that is cut short"),
        pytest.param(of_type(f"application/{PRIVATE}"), id="a media type"),
        pytest.param(posted(NAME, **diadoc_authorization(PRIVATE)), id="an unknown token"),
        pytest.param(posted(NAME, Authorization=f"Basic {PRIVATE}"), id="another scheme"),
        pytest.param(
            posted(
                {"FullName": {"FullName": {"FirstName": PRIVATE, "LastName": PRIVATE}}},
                **diadoc_authorization(LINKED_TOKEN),
            ),
            id="a name that is held fixed",
        ),
        pytest.param(("GET", f"{CONFIRM}?token={PRIVATE}", {}), id="an unknown link"),
        pytest.param(("GET", f"{CONFIRM}?token={PRIVATE}%00", {}), id="a NUL in a link"),
    ],
)
def test_an_error_response_never_repeats_what_was_sent(gateway, request_):
    """
    It tells which part is invalid; the value stays with the caller.
    """
    method, target, what = request_
    response = gateway.send(method, target, **what)

    assert response.status in (400, 401, 404, 415)
    assert PRIVATE not in response.text


def test_an_error_response_does_not_tell_whose_the_login_is(gateway):
    """
    The login that is taken, and the user that has it, stay unnamed.
    """
    method, target, what = posted({"Login": {"Login": OTHER_LOGIN.upper()}})
    response = gateway.send(method, target, **what)

    assert LOGIN_TAKEN == response.text
    assert OTHER_LOGIN not in response.text.lower()
