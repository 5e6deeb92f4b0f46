"""specs/diadoc.yaml against Diadoc's page "UpdateMyUser"."""

import json
from typing import Any

import pytest

from profilegate.openapi.validator import compile_validator
from tests.diadoc.page import (
    BAD_REQUEST,
    CLIENT_INVALID,
    INTERNAL_ERROR,
    LOGIN_AND_NAME,
    LOGIN_TAKEN,
    NAME,
    RESPONSE,
    TOKEN_INVALID,
    UNAUTHORIZED,
    UNREADABLE,
    WRONG_METHOD,
)
from tests.specs.all_specs import SPECS

SPEC = SPECS["diadoc"]
SCHEMAS = SPEC.schemas()
OPERATION = SPEC.document["paths"]["/UpdateMyUser"]["post"]

STATUSES = {
    200: ["Операция успешно завершена"],
    400: [BAD_REQUEST],
    401: [UNAUTHORIZED],
    405: [WRONG_METHOD, LOGIN_TAKEN],
    500: ["При обработке запроса возникла непредвиденная ошибка"],
}
"""The page's "Status Codes"; it lists 405 twice, and its sentences begin with a small letter."""

SENT = {
    400: [UNREADABLE],
    401: [CLIENT_INVALID, TOKEN_INVALID],
    405: [WRONG_METHOD, LOGIN_TAKEN],
    500: [INTERNAL_ERROR],
}
"""What an error response says: what the service was seen to send, else the page's sentence."""

OURS = {413, 415, 429, 503}
"""Statuses of HTTP for cases that the page does not mention."""

SAMPLES: dict[str, dict[str, Any]] = {
    "published_login_and_name": json.loads(LOGIN_AND_NAME),
    "published_name": json.loads(NAME),
}
FULL_NAME: dict[str, str] = SAMPLES["published_name"]["FullName"]["FullName"]
SHOWN: dict[str, Any] = json.loads(RESPONSE)

BODIES: dict[str, tuple[Any, bool]] = {
    "login and name": (SAMPLES["published_login_and_name"], True),
    "the name alone": (SAMPLES["published_name"], True),
    "the login alone": ({"Login": {"Login": "newLogin@kontur.ru"}}, True),
    "no middle name": ({"FullName": {"FullName": {"FirstName": "A", "LastName": "B"}}}, True),
    "neither": ({}, False),
    "a field that is not known, alone": ({"Phone": "1"}, False),
    "a login patch without login": ({"Login": {}}, False),
    "an empty login": ({"Login": {"Login": ""}}, False),
    "a login that is no e-mail address": ({"Login": {"Login": "login"}}, False),
    "a name patch without name": ({"FullName": {}}, False),
    "no last name": ({"FullName": {"FullName": {"FirstName": "A"}}}, False),
    "no first name": ({"FullName": {"FullName": {"LastName": "B"}}}, False),
    "an empty last name": ({"FullName": {"FullName": {"FirstName": "A", "LastName": ""}}}, False),
    "null": ({"Login": None, "FullName": {"FullName": FULL_NAME}}, False),
}


def test_the_statuses_are_the_pages() -> None:
    """
    The page's five; besides them those that every HTTP server has.
    """

    assert set(STATUSES) == {int(status) for status in OPERATION["responses"]} - OURS


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(status, text) for status, texts in STATUSES.items() for text in texts],
)
def test_the_spec_quotes_the_pages_sentence(status: int, sentence: str) -> None:
    """
    Word for word, beside the status that it belongs to.
    """
    response = SPEC.resolve(OPERATION["responses"][str(status)])

    assert sentence[0].lower() + sentence[1:] in response["x-note"]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(status, text) for status, texts in SENT.items() for text in texts],
)
def test_an_example_of_each_error_response_says_its_sentence(status: int, sentence: str) -> None:
    """
    An error is one sentence; a recorded answer has priority over the page's description of it.
    """
    response = SPEC.resolve(OPERATION["responses"][str(status)])
    [media] = response["content"].values()
    words = [SPEC.resolve(example)["value"] for example in media["examples"].values()]

    assert any(sentence in text for text in words)


@pytest.mark.parametrize(("name", "body"), SAMPLES.items(), ids=SAMPLES)
def test_the_published_examples_are_the_pages_samples(name: str, body: dict[str, Any]) -> None:
    """
    "Пример запроса", and "Пример запроса для обновления ФИО".
    """
    content = OPERATION["requestBody"]["content"]["application/json"]

    assert body == SPEC.resolve(content["examples"][name])["value"]


def test_the_responses_media_types_are_the_pages() -> None:
    """
    "Content-Type: application/json; charset=utf-8" in the sample; before it stands what is
    meant if nobody says anything: "По умолчанию все структуры ожидаются в формате Protocol
    Buffers".
    """
    content = SPEC.resolve(OPERATION["responses"]["200"])["content"]

    assert ["application/x-protobuf", "application/json; charset=utf-8"] == list(content)


def test_the_response_is_the_pages_with_keys_in_its_order() -> None:
    """
    "Пример ответа".
    """
    content = SPEC.resolve(OPERATION["responses"]["200"])["content"]
    examples = content["application/json; charset=utf-8"]["examples"]
    value = SPEC.resolve(examples["published"])["value"]

    assert (SHOWN, list(SHOWN), list(FULL_NAME)) == (
        value,
        list(value),
        list(value["FullName"]),
    )


@pytest.mark.parametrize(
    ("schema", "keys", "required"),
    [
        ("UserToUpdate", ["Login", "FullName"], None),
        ("UserLoginPatch", ["Login"], ["Login"]),
        ("UserFullNamePatch", ["FullName"], ["FullName"]),
        ("FullName", ["FirstName", "LastName", "MiddleName"], ["FirstName", "LastName"]),
        ("UserV2", ["UserId", "Login", "FullName", "IsRegistered"], ["UserId", "IsRegistered"]),
    ],
)
def test_a_structure_has_the_pages_keys(
    schema: str, keys: list[str], required: list[str] | None
) -> None:
    """
    In the order of the page's JSON; required as Diadoc's pages on the structures say.
    """

    assert (keys, required) == (
        list(SCHEMAS[schema]["properties"]),
        SCHEMAS[schema].get("required"),
    )


@pytest.mark.parametrize(("body", "is_good"), BODIES.values(), ids=BODIES)
def test_a_body_is_taken_or_not(body: Any, is_good: bool) -> None:
    """
    "В запросе достаточно передать значения только тех реквизитов пользователя, которые
    необходимо изменить": one of the two suffices, and one there must be.
    """

    assert is_good != bool(
        compile_validator(SPEC, {"$ref": "#/components/schemas/UserToUpdate"})(body)
    )


def test_one_header_says_who_calls() -> None:
    """
    "Authorization: DiadocAuth ddauth_api_client_id=key, ddauth_token=token"; newer documentation
    adds "Authorization: Bearer <access_token>".
    """
    assert [{"DiadocAuth": []}, {"OpenIdConnect": []}] == OPERATION["security"]
    schemes = SPEC.document["components"]["securitySchemes"]

    assert ("header", "Authorization") == tuple(
        schemes["DiadocAuth"][key] for key in ("in", "name")
    )
    assert ("http", "bearer") == tuple(schemes["OpenIdConnect"][key] for key in ("type", "scheme"))
