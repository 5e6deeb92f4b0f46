"""Diadoc: the Authorization header, in every form that is right and in many that are not."""

import pytest

from tests.clients import DIADOC_TOKEN, DIADOC_USER
from tests.diadoc.samples import NAME, OTHER_TOKEN, UNAUTHORIZED, post

CLIENT = "demo-api-client"
TOKEN = DIADOC_TOKEN


def header(text):
    """The header, written out."""
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
    Two named parameters, separated by a comma; blanks round it do not matter.
    """
    response = post(gateway, NAME, header(text))

    assert (200, DIADOC_USER) == (response.status, response.json()["UserId"])


@pytest.mark.parametrize("token", ["a+b/c==", "+", "/", "a=b", "====", "ddauth_token=x"])
def test_a_token_may_hold_what_base64_holds(gateway, token):
    """
    A token is base64 and may hold `+`, `/` and `=`: a parameter is split at its first `=` only.
    """
    gateway.put_credential("diadoc", "token", token, external_id=DIADOC_USER)
    text = f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={token}"
    response = post(gateway, NAME, header(text))

    assert (200, DIADOC_USER) == (response.status, response.json()["UserId"])


NOT_LET_IN = {
    "no header": {},
    "an empty header": header(""),
    "the scheme alone": header("DiadocAuth"),
    "another scheme": header(f"Bearer ddauth_api_client_id={CLIENT},ddauth_token={TOKEN}"),
    "no scheme": header(f"ddauth_api_client_id={CLIENT},ddauth_token={TOKEN}"),
    "the token alone": header(TOKEN),
    "no token": header(f"DiadocAuth ddauth_api_client_id={CLIENT}"),
    "no client id": header(f"DiadocAuth ddauth_token={TOKEN}"),
    "an empty token": header(f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token="),
    "an empty client id": header(f"DiadocAuth ddauth_api_client_id=,ddauth_token={TOKEN}"),
    "an unknown client id": header(f"DiadocAuth ddauth_api_client_id=x,ddauth_token={TOKEN}"),
    "an unknown token": header(f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token=eA=="),
    "both unknown": header("DiadocAuth ddauth_api_client_id=x,ddauth_token=eA=="),
    "a token in small letters": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={TOKEN.lower()}"
    ),
    "a token without its last =": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={TOKEN[:-1]}"
    ),
    "the two values exchanged": header(
        f"DiadocAuth ddauth_api_client_id={TOKEN},ddauth_token={CLIENT}"
    ),
    "a token twice": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={TOKEN},ddauth_token={TOKEN}"
    ),
    "two tokens": header(
        f"DiadocAuth ddauth_api_client_id={CLIENT},ddauth_token={TOKEN},ddauth_token={OTHER_TOKEN}"
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


@pytest.mark.parametrize("body", [NAME, b"{}", b"no JSON"], ids=["good", "empty", "unreadable"])
@pytest.mark.parametrize("headers", NOT_LET_IN.values(), ids=NOT_LET_IN)
def test_an_unauthenticated_request_gets_one_sentence(gateway, headers, body):
    """
    "401 Unauthorized – в запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке
    содержатся некорректные авторизационные данные": no hint which, and none about the body.
    """
    before = gateway.fields("diadoc", DIADOC_USER)
    response = post(gateway, body, headers)

    assert (401, "text/plain; charset=utf-8", UNAUTHORIZED) == (
        response.status,
        response.headers["content-type"],
        response.text,
    )
    assert before == gateway.fields("diadoc", DIADOC_USER)
