"""Diadoc: the Authorization header, in its valid forms and in many invalid ones."""

import pytest

from tests.clients import DIADOC_TOKEN, DIADOC_USER
from tests.diadoc.page import CLIENT_INVALID, NAME, TOKEN_INVALID
from tests.diadoc.samples import OTHER_TOKEN, post

CLIENT = "demo-api-client"
TOKEN = DIADOC_TOKEN


def header(text):
    """The header with this text."""
    return {"Authorization": text}


@pytest.mark.parametrize(
    "text",
    [
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={TOKEN}",
        f"DiadocAuth ddauth_api_client_id={CLIENT}, ddauth_token={TOKEN}",
        f"DiadocAuth ddauth_api_client_id={CLIENT} ,ddauth_token={TOKEN}",
        f"DiadocAuth ddauth_api_client_id={CLIENT}  ,\tddauth_token={TOKEN}",
        f"DiadocAuth   ddauth_api_client_id={CLIENT},ddauth_token={TOKEN}",
        f"DiadocAuth ddauth_token={TOKEN},ddauth_api_client_id={CLIENT}",
    ],
    ids=[
        "as its clients write it",
        "as the page writes it",
        "a blank before the comma",
        "blanks and a tab",
        "blanks after the scheme",
        "the other way round",
    ],
)
def test_a_user_is_authenticated(gateway, text):
    """
    Two named parameters, separated by a comma with optional blanks around it.
    """
    response = post(gateway, NAME, header(text))

    assert (200, DIADOC_USER) == (response.status, response.json()["UserId"])


@pytest.mark.parametrize("token", ["a+b/c==", "+", "/", "a=b", "====", "ddauth_token=x"])
def test_a_token_may_have_every_character_of_base64(gateway, token):
    """
    A token is base64 with `+`, `/` and `=`, so a parameter is split at its first `=` only.
    """
    gateway.put_credential("diadoc", "token", token, external_id=DIADOC_USER)
    text = f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={token}"
    response = post(gateway, NAME, header(text))

    assert (200, DIADOC_USER) == (response.status, response.json()["UserId"])


NO_CLIENT = {
    "no header": {},
    "an empty header": header(""),
    "the scheme alone": header("DiadocAuth"),
    "another scheme": header(f"Basic ddauth_api_client_id={CLIENT},ddauth_token={TOKEN}"),
    "no scheme": header(f"ddauth_api_client_id={CLIENT},ddauth_token={TOKEN}"),
    "the token alone": header(TOKEN),
    "no client id": header(f"DiadocAuth ddauth_token={TOKEN}"),
    "an empty client id": header(f"DiadocAuth ddauth_api_client_id=,ddauth_token={TOKEN}"),
    "an unknown client id": header(f"DiadocAuth ddauth_api_client_id=x,ddauth_token={TOKEN}"),
    "both unknown": header("DiadocAuth ddauth_api_client_id=x,ddauth_token=eA=="),
    "the two values exchanged": header(
        f"DiadocAuth ddauth_api_client_id={TOKEN},ddauth_token={CLIENT}"
    ),
    "a client id twice": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_api_client_id={CLIENT},"
        f"ddauth_token={TOKEN}"
    ),
    "no comma": header(f"DiadocAuth ddauth_api_client_id={CLIENT} ddauth_token={TOKEN}"),
    "a semicolon for a comma": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT};ddauth_token={TOKEN}"
    ),
    "a colon for an equals sign": header(
        f"DiadocAuth ddauth_api_client_id:{CLIENT},ddauth_token:{TOKEN}"
    ),
    "values without names": header(f"DiadocAuth {CLIENT},{TOKEN}"),
    "bytes beyond ASCII": header("DiadocAuth ddauth_api_client_id=\xe9,ddauth_token=\xff"),
}


NO_TOKEN = {
    "a token twice": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={TOKEN},ddauth_token={TOKEN}"
    ),
    "two tokens": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={TOKEN},ddauth_token={OTHER_TOKEN}"
    ),
    "a bearer without its token": header("Bearer "),
    "an unknown bearer": header("Bearer demo-access-tokem"),
    "a token of the other scheme": header(f"Bearer {TOKEN}"),
    "a bearer in the other scheme": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token=demo-access-token"
    ),
    "no token": header(f"DiadocAuth ddauth_api_client_id={CLIENT}"),
    "an empty token": header(f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token="),
    "an unknown token": header(f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token=eA=="),
    "a token in small letters": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={TOKEN.lower()}"
    ),
    "a token without its last =": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={TOKEN[:-1]}"
    ),
}

UNAUTHENTICATED = [
    *(pytest.param(headers, CLIENT_INVALID, id=name) for name, headers in NO_CLIENT.items()),
    *(pytest.param(headers, TOKEN_INVALID, id=name) for name, headers in NO_TOKEN.items()),
]


@pytest.mark.parametrize(("headers", "sentence"), UNAUTHENTICATED)
def test_an_unauthenticated_request_gets_the_sentence_of_the_service(gateway, headers, sentence):
    """
    "401 Unauthorized – в запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке
    содержатся некорректные авторизационные данные"; recorded answers are "Invalid API client id"
    and "Invalid auth token". None tells whether the body is valid.
    """
    before = gateway.fields("diadoc", DIADOC_USER)
    responses = [post(gateway, body, headers) for body in (NAME, b"{}", b"no JSON")]

    assert [(401, "text/plain; charset=utf-8", sentence)] * 3 == [
        (response.status, response.headers["content-type"], response.text) for response in responses
    ]
    assert before == gateway.fields("diadoc", DIADOC_USER)
