"""Diadoc: GetMyUser in both versions and both media types."""

import pytest

from tests.clients import DIADOC_USER, diadoc_authorization
from tests.diadoc.messages import full_name, new_name
from tests.media.wire_format import boolean, message, text

LOGIN = "login@kontur.ru"

USER_V2 = {
    "UserId": DIADOC_USER,
    "Login": LOGIN,
    "FullName": {"FirstName": "Ivan", "LastName": "Sidorov", "MiddleName": "Petrovich"},
    "IsRegistered": True,
}
USER = {
    "Id": DIADOC_USER,
    "LastName": "Sidorov",
    "FirstName": "Ivan",
    "MiddleName": "Petrovich",
}
USER_V2_BYTES = (
    text(1, DIADOC_USER)
    + text(2, LOGIN)
    + message(3, full_name("Sidorov", "Ivan", "Petrovich"))
    + boolean(4, True)
)
USER_BYTES = text(1, DIADOC_USER) + text(2, "Sidorov") + text(3, "Ivan") + text(4, "Petrovich")


def read(gateway, path, **headers):
    """Read the user of the usual token."""
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return gateway.send("GET", path, headers={**diadoc_authorization(), **shown})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "*/*"},
        {"Accept": "application/x-protobuf"},
        {"Content_Type": "application/json"},
    ],
    ids=["no Accept", "everything", "protobuf", "a media type for no body"],
)
@pytest.mark.parametrize(
    ("path", "expected"),
    [("/GetMyUser", USER_BYTES), ("/V2/GetMyUser", USER_V2_BYTES)],
    ids=["v1", "v2"],
)
def test_a_user_is_shown_in_protobuf(gateway, path, expected, headers):
    """
    "По умолчанию все структуры ожидаются в формате Protocol Buffers"; numbers as in Diadoc's
    own client libraries.
    """
    response = read(gateway, path, **headers)

    assert (200, "application/x-protobuf", expected) == (
        response.status,
        response.headers["content-type"],
        response.body,
    )


@pytest.mark.parametrize(
    ("path", "expected"), [("/GetMyUser", USER), ("/V2/GetMyUser", USER_V2)], ids=["v1", "v2"]
)
def test_a_user_is_shown_in_json_if_accept_names_it(gateway, path, expected):
    """
    "Accept: application/json - указывается для получения структур в формате JSON".
    """
    response = read(gateway, path, Accept="application/json")

    assert (200, "application/json; charset=utf-8", expected) == (
        response.status,
        response.headers["content-type"],
        response.json(),
    )


def test_an_absent_field_is_left_out(gateway):
    """
    Every field of User is optional; a user without a middle name has three.
    """
    gateway.send("POST", "/UpdateMyUser", body=new_name("B", "A"), headers=diadoc_authorization())
    first = read(gateway, "/GetMyUser", Accept="application/json")
    second = read(gateway, "/V2/GetMyUser")

    assert {"Id": DIADOC_USER, "LastName": "B", "FirstName": "A"} == first.json()
    assert (
        text(1, DIADOC_USER) + text(2, LOGIN) + message(3, full_name("B", "A")) + boolean(4, True)
        == second.body
    )


def test_an_unregistered_user_is_shown_as_such(gateway):
    """
    "required bool IsRegistered": false is sent, or Diadoc's own clients throw; a user without a
    name has no FullName, whose parts are required.
    """
    user = "11111111-2222-4333-8444-555555555555"
    gateway.create("diadoc", user, {"account.login": "new@kontur.ru", "account.registered": False})
    gateway.put_credential("diadoc", "token", "bmV3", external_id=user)
    response = gateway.send("GET", "/V2/GetMyUser", headers=diadoc_authorization("bmV3"))

    assert text(1, user) + text(2, "new@kontur.ru") + boolean(4, False) == response.body
