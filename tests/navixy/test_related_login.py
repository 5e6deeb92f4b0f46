"""Navixy: logging in (`auth`)."""

import re
from typing import Any

import pytest

from tests.clients import NAVIXY_HASH, NAVIXY_USER
from tests.navixy.client import (
    INDIVIDUAL,
    LOGIN,
    PASSWORD,
    WAYS,
    Way,
    by_form,
    by_json,
    error_response,
    log_in,
    user_info,
)
from tests.running_gateway import RunningGateway

WRONG = error_response(102, "Wrong login or password")


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_a_login_and_its_password_give_a_hash(gateway: RunningGateway, send: Way) -> None:
    """
    "User", auth: ``{"success": true, "type": "authenticated", "hash":
    "22eac1c27af4be7b9d04da2ce1af111b"}``; "Getting started": a "String containing 32 hexademical
    characters".
    """
    response = send(gateway, "auth", {"login": LOGIN, "password": PASSWORD})

    assert 200 == response.status
    assert ["success", "type", "hash"] == list(response.json())
    assert (True, "authenticated") == (response.json()["success"], response.json()["type"])
    assert re.fullmatch("[0-9a-f]{32}", response.json()["hash"])


def test_the_hash_authenticates_the_user(gateway: RunningGateway) -> None:
    """
    "Getting started": "This API method will return the hash you should use for all your next
    API calls".
    """
    response = by_json(gateway, "personal_info/update", {"hash": log_in(gateway), **INDIVIDUAL})

    assert {"success": True} == response.json()
    assert "individual" == gateway.fields("navixy", NAVIXY_USER)["account.legal_type"]


def test_every_login_opens_a_session_of_its_own(gateway: RunningGateway) -> None:
    """
    Two browsers of one user do not share a hash, and the second login does not end the first.
    """
    first, second = log_in(gateway), log_in(gateway)

    assert first != second
    assert user_info(gateway, first) == user_info(gateway, second)


def test_the_case_of_a_login_does_not_matter(gateway: RunningGateway) -> None:
    """
    "User email as login": the case of an e-mail address does not matter.
    """
    response = by_json(gateway, "auth", {"login": LOGIN.upper(), "password": PASSWORD})

    assert 200 == response.status


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"login": "nobody@example.com", "password": PASSWORD}, id="no such login"),
        pytest.param({"login": LOGIN, "password": "demo-passworD"}, id="another password"),
        pytest.param({"login": LOGIN, "password": "x" * 40}, id="the longest password"),
        pytest.param({"login": "", "password": PASSWORD}, id="an empty login"),
        pytest.param(
            {"login": "login@kontur.ru", "password": PASSWORD}, id="another provider's login"
        ),
    ],
)
def test_the_response_does_not_tell_which_of_the_two_is_wrong(
    gateway: RunningGateway, sent: dict[str, Any]
) -> None:
    """
    "User", errors of auth: "102 – Wrong login or password"; "default HTTP code is 400".
    """
    response = by_json(gateway, "auth", sent)

    assert (400, WRONG) == (response.status, response.json())


@pytest.mark.parametrize(
    ("sent", "parameters"),
    [
        pytest.param({"login": LOGIN}, ["password"], id="no password"),
        pytest.param({"password": PASSWORD}, ["login"], id="no login"),
        pytest.param({}, ["login", "password"], id="neither"),
        pytest.param({"login": LOGIN, "password": ""}, ["password"], id="an empty password"),
        pytest.param({"login": LOGIN, "password": "x" * 41}, ["password"], id="41 characters"),
        pytest.param({"login": LOGIN, "password": "a\tb"}, ["password"], id="a tab"),
        pytest.param({"login": LOGIN, "password": "a\x7f"}, ["password"], id="a delete"),
        pytest.param({"login": LOGIN, "password": "a\x85"}, ["password"], id="a C1 control"),
        pytest.param({"login": LOGIN, "password": "a\n"}, ["password"], id="a line's end"),
        pytest.param(
            {"login": LOGIN, "password": PASSWORD, "dealer_id": "seven"},
            ["dealer_id"],
            id="a dealer that is no number",
        ),
    ],
)
@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_parameters_that_break_their_rule_are_named(
    gateway: RunningGateway, send: Way, sent: dict[str, Any], parameters: list[str]
) -> None:
    """
    "User", parameters of auth: login "not null", password "not null, 1 to 40 printable
    characters", dealer_id "int"; "7 Invalid parameters".
    """
    response = send(gateway, "auth", sent)

    assert 400 == response.status
    assert error_response(7, "Invalid parameters")["status"] == response.json()["status"]
    assert parameters == [error["parameter"] for error in response.json()["errors"]]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"login": None, "password": PASSWORD}, id="null"),
        pytest.param({"login": 7, "password": PASSWORD}, id="a number"),
        pytest.param({"login": [LOGIN], "password": PASSWORD}, id="a list"),
    ],
)
def test_a_login_must_be_a_text(gateway: RunningGateway, sent: dict[str, Any]) -> None:
    """
    "User", parameters of auth: login is a "string", "not null".
    """
    response = by_json(gateway, "auth", sent)

    assert 7 == response.json()["status"]["code"]
    assert ["login"] == [error["parameter"] for error in response.json()["errors"]]


def test_a_password_is_never_repeated(gateway: RunningGateway) -> None:
    """
    An error response names the parameters and their rules, never a value.
    """
    secret = "not-to-be-seen" * 4

    response = by_json(gateway, "auth", {"login": 1, "password": secret})

    assert 400 == response.status
    assert "not-to-be-seen" not in response.text


def test_a_dealer_is_ignored(gateway: RunningGateway) -> None:
    """
    "If specified, API will check that user belongs to this dealer": there are no dealers here.
    """
    sent = {"login": LOGIN, "password": PASSWORD, "dealer_id": 5001}

    assert 200 == by_json(gateway, "auth", sent).status
    assert 200 == by_form(gateway, "auth", sent).status


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "NVX what?"}, {"Authorization": f"NVX {NAVIXY_HASH}"}],
    ids=["a broken one", "a good one"],
)
def test_a_hash_is_ignored_at_login(gateway: RunningGateway, headers: dict[str, str]) -> None:
    """
    "It does not need authentication/hash and is available at UNAUTHORIZED access level".
    """
    sent = {"login": LOGIN, "password": PASSWORD, "hash": "no hash"}

    assert 200 == by_json(gateway, "auth", sent, headers).status
