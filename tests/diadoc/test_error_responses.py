"""Diadoc: error responses are one sentence of plain text, which repeats no value."""

import json

import pytest

from tests.clients import diadoc_authorization
from tests.diadoc.page import CLIENT_INVALID, LOGIN_TAKEN, NAME, UNREADABLE, WRONG_METHOD
from tests.diadoc.samples import CONFIRM, LINKED_TOKEN, OTHER_LOGIN, PATH, PUBLISHED_TYPE

PRIVATE = "Zaphod-4711"
AUTHENTICATED = {**PUBLISHED_TYPE, **diadoc_authorization()}


def posted(body, **headers):
    """An authenticated request; its body is a JSON value, or bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ("POST", PATH, {"body": raw, "headers": {**AUTHENTICATED, **headers}})


def of_type(content_type):
    """A valid body under some media type."""
    return posted(NAME, **{"Content-Type": content_type})


# What http/ tests for every provider is not repeated here: unreadable bodies, media types, sizes,
# methods.
CASES = {
    "nothing to update": (posted({}), 400, f"{UNREADABLE}: Login, FullName"),
    "no credentials": (("POST", PATH, {"body": NAME}), 401, CLIENT_INVALID),
    "an unknown link": (
        ("GET", f"{CONFIRM}?token=x", {}),
        404,
        "Ссылка для подтверждения логина не найдена",
    ),
    "another user's login": (posted({"Login": {"Login": OTHER_LOGIN}}), 405, LOGIN_TAKEN),
    "POST in the place of GET": (("POST", f"{CONFIRM}?token=x", {"body": b""}), 405, WRONG_METHOD),
}


@pytest.mark.parametrize(("request_", "status", "sentence"), CASES.values(), ids=CASES)
def test_every_error_response_is_one_sentence_of_plain_text(gateway, request_, status, sentence):
    """
    The sentence of the service or of the page; UTF-8, and with the length that Diadoc's own C#
    client needs to read a body.
    """
    method, target, what = request_
    response = gateway.send(method, target, **what)

    assert (status, sentence) == (response.status, response.text)
    assert ("text/plain; charset=utf-8", str(len(sentence.encode()))) == (
        response.headers["content-type"],
        response.headers["content-length"],
    )


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
            id="a locked name",
        ),
        pytest.param(("GET", f"{CONFIRM}?token={PRIVATE}", {}), id="an unknown link"),
        pytest.param(("GET", f"{CONFIRM}?token={PRIVATE}%00", {}), id="a NUL in a link"),
    ],
)
def test_an_error_response_never_repeats_a_value(gateway, request_):
    """
    It names the invalid part, never its value.
    """
    method, target, what = request_
    response = gateway.send(method, target, **what)

    assert response.status in (400, 401, 404)
    assert PRIVATE not in response.text


def test_an_error_response_does_not_reveal_the_user_of_a_login(gateway):
    """
    It names neither the login nor the user that has it.
    """
    method, target, what = posted({"Login": {"Login": OTHER_LOGIN.upper()}})
    response = gateway.send(method, target, **what)

    assert LOGIN_TAKEN == response.text
    assert OTHER_LOGIN not in response.text.lower()
