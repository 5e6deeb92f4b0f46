"""Diadoc: the samples of the page, and the rules of a name."""

import json

import pytest

from tests.clients import DIADOC_TOKEN, DIADOC_USER, diadoc_authorization
from tests.diadoc.page import LOGIN_AND_NAME, NAME, RESPONSE, UNREADABLE
from tests.diadoc.samples import (
    LINKED_USER,
    NEW_LOGIN,
    OLD_LOGIN,
    post,
    rename,
    request_login,
    target_of_last_mail,
    update,
)

# The page writes a blank after the comma.
AUTHORIZATION = diadoc_authorization(comma=", ")

NEW_NAME = {"FirstName": "NewFirstName", "LastName": "NewLastName", "MiddleName": "NewMiddleName"}


def name(gateway, user=DIADOC_USER):
    """The stored parts of a user's name."""
    fields = gateway.fields("diadoc", user)
    return {path: fields[path] for path in fields if path.startswith("name.")}


@pytest.mark.parametrize(
    ("body", "mailed"),
    [(LOGIN_AND_NAME, [NEW_LOGIN]), (NAME, [])],
    ids=["login and name", "name"],
)
def test_a_published_sample_is_answered_as_published(gateway, body, mailed):
    """
    The page's "Пример ответа" has the new name and the old login: "будет обновлено ФИО, а также
    на адрес newLogin@kontur.ru будет направлено письмо"; "будет обновлено только ФИО".
    """
    before = gateway.fields("diadoc", DIADOC_USER)
    response = post(gateway, body, AUTHORIZATION)

    assert (200, "application/json; charset=utf-8", json.loads(RESPONSE)) == (
        response.status,
        response.headers["content-type"],
        response.json(),
    )
    assert mailed == [mail.to for mail in gateway.mails()]
    assert {
        **before,
        "name.given": "NewFirstName",
        "name.middle": "NewMiddleName",
        "name.family": "NewLastName",
    } == gateway.fields("diadoc", DIADOC_USER)


def test_the_response_shows_the_new_login_once_the_link_was_opened(gateway):
    """
    "До тех пор, пока пользователь не перейдет по ссылке в высланном при смене логина письме, в
    ответе будет указано старое значение логина".
    """
    post(gateway, LOGIN_AND_NAME, AUTHORIZATION)
    before = post(gateway, NAME, AUTHORIZATION).json()["Login"]
    gateway.send("GET", target_of_last_mail(gateway))
    after = post(gateway, NAME, AUTHORIZATION).json()["Login"]

    assert (OLD_LOGIN, NEW_LOGIN) == (before, after)


def test_a_login_alone_leaves_the_name(gateway):
    """
    "В запросе достаточно передать значения только тех реквизитов пользователя, которые
    необходимо изменить".
    """
    response = request_login(gateway, NEW_LOGIN)

    assert {
        "UserId": DIADOC_USER,
        "Login": OLD_LOGIN,
        "FullName": {"FirstName": "Ivan", "LastName": "Sidorov", "MiddleName": "Petrovich"},
        "IsRegistered": True,
    } == response.json()


def test_a_name_without_a_middle_name_removes_it(gateway):
    """
    FullName replaces the whole name; there is no other way to remove a middle name.
    """
    response = rename(gateway, FirstName="Ivan", LastName="Sidorov")

    assert {"FirstName": "Ivan", "LastName": "Sidorov"} == response.json()["FullName"]
    assert {"name.given": "Ivan", "name.family": "Sidorov"} == name(gateway)


def test_an_empty_middle_name_is_kept(gateway):
    """
    Only the middle name may be empty, and an empty one is not an absent one.
    """
    response = rename(gateway, FirstName="Ivan", LastName="Sidorov", MiddleName="")

    assert {"FirstName": "Ivan", "LastName": "Sidorov", "MiddleName": ""} == response.json()[
        "FullName"
    ]
    assert {"name.given": "Ivan", "name.family": "Sidorov", "name.middle": ""} == name(gateway)


def test_any_letters_come_back_as_they_were_sent(gateway):
    """
    The page documents no alphabet, so every text is read back unchanged.
    """
    sent = {"FirstName": "Ё" * 255, "LastName": "O'Brien-Ng 😀", "MiddleName": "\t\u202e"}
    response = rename(gateway, **sent)

    assert sent == response.json()["FullName"]


def test_unknown_fields_are_ignored(gateway):
    """
    Neither the id nor the status of a user can be written; an unknown field changes nothing.
    """
    before = gateway.fields("diadoc", DIADOC_USER)
    body = {
        "UserId": "5b2f0a7e-3c0e-4a8a-9b67-2f3f4d1f8a10",
        "IsRegistered": False,
        "Position": "Director",
        "FullName": {
            "FullName": {
                "FirstName": "Ivan",
                "LastName": "Sidorov",
                "MiddleName": "Petrovich",
                "Title": "Dr",
            },
            "Login": "x",
        },
    }
    response = update(gateway, body)

    assert (200, before) == (response.status, gateway.fields("diadoc", DIADOC_USER))


# --- Missing and empty parts -------------------------------------------------------------


def part(**names):
    """A body with a name alone."""
    return {"FullName": {"FullName": names}}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param({}, ["Login", "FullName"], id="nothing to update"),
        pytest.param({"login": {}}, ["Login", "FullName"], id="keys in small letters"),
        pytest.param({"Login": {}}, ["Login.Login"], id="a login without a login"),
        pytest.param({"Login": {"Login": ""}}, ["Login.Login"], id="an empty login"),
        pytest.param({"Login": {"Login": "login"}}, ["Login.Login"], id="no e-mail address"),
        pytest.param({"Login": {"Login": "a@b.ru\n"}}, ["Login.Login"], id="a line end after it"),
        pytest.param(
            {"Login": {"Login": "a@b.ru\r\nBcc: c@d.ru"}}, ["Login.Login"], id="another mail header"
        ),
        pytest.param({"Login": {"Login": "a@b.ru,c@d.ru"}}, ["Login.Login"], id="two addresses"),
        pytest.param(
            {"Login": {"Login": "Ivan <a@b.ru>"}}, ["Login.Login"], id="a name and an address"
        ),
        pytest.param(
            {"Login": {"Login": "Ivan <taken@kontur.ru> "}},
            ["Login.Login"],
            id="a name and an address that is taken",
        ),
        pytest.param({"Login": {"Login": 5}}, ["Login.Login"], id="a number for a login"),
        pytest.param({"Login": NEW_LOGIN}, ["Login"], id="a login that is not nested"),
        pytest.param({"Login": None}, ["Login", "FullName"], id="null for a login"),
        pytest.param({"Login": {"Login": None}}, ["Login.Login"], id="null for a login in a patch"),
        pytest.param({"FullName": {"FullName": None}}, ["FullName.FullName"], id="null for a name"),
        pytest.param({"FullName": {}}, ["FullName.FullName"], id="a name without a name"),
        pytest.param(
            {"FullName": {"FirstName": "A", "LastName": "B"}},
            ["FullName.FullName"],
            id="a name that is not nested",
        ),
        pytest.param(
            part(), ["FullName.FullName.FirstName", "FullName.FullName.LastName"], id="no parts"
        ),
        pytest.param(part(FirstName="A"), ["FullName.FullName.LastName"], id="no last name"),
        pytest.param(part(LastName="B"), ["FullName.FullName.FirstName"], id="no first name"),
        pytest.param(
            part(FirstName="", LastName="B"), ["FullName.FullName.FirstName"], id="no first letter"
        ),
        pytest.param(
            part(FirstName="A", LastName=""), ["FullName.FullName.LastName"], id="no last letter"
        ),
        pytest.param(
            part(FirstName="A", LastName="B", MiddleName=5),
            ["FullName.FullName.MiddleName"],
            id="a number for a middle name",
        ),
        pytest.param(
            {"Login": {"Login": "login"}, **part(LastName="")},
            ["Login.Login", "FullName.FullName.FirstName", "FullName.FullName.LastName"],
            id="all at once",
        ),
        pytest.param(
            {"Login": {"Login": NEW_LOGIN}, **part(FirstName="A")},
            ["FullName.FullName.LastName"],
            id="a good login beside a bad name",
        ),
    ],
)
def test_each_missing_or_invalid_part_is_named(gateway, body, fields):
    """
    "400 Bad Request – данные в запросе имеют неверный формат или отсутствуют обязательные
    параметры": every invalid part stands after the sentence of the service; nothing is stored and
    no mail is sent.
    """
    before = gateway.fields("diadoc", DIADOC_USER)
    response = update(gateway, body)
    words, _, named = response.text.rpartition(": ")

    assert (400, UNREADABLE, sorted(fields)) == (response.status, words, sorted(named.split(", ")))
    assert (before, []) == (gateway.fields("diadoc", DIADOC_USER), gateway.mails())


def test_a_token_changes_its_own_user_only(gateway):
    """
    The user "от имени которого делается запрос" is the one whose token is sent.
    """
    before = gateway.fields("diadoc", LINKED_USER)
    rename(gateway, DIADOC_TOKEN, FirstName="A", LastName="B")

    assert before == gateway.fields("diadoc", LINKED_USER)
