"""Navixy: single requests as its clients send them, in every documented form."""

from typing import Any

import pytest

from profilegate.gateway import passwords
from tests.clients import JSON, NAVIXY_HASH, NAVIXY_USER
from tests.navixy.client import (
    FORM,
    INDIVIDUAL,
    LOGIN,
    PASSWORD,
    WAYS,
    Way,
    by_query,
    error_response,
    log_in,
)
from tests.running_gateway import RunningGateway

# The parameters of each action besides the hash.
PARAMETERS: dict[str, dict[str, Any]] = {
    "get_info": {},
    "session/renew": {},
    "logout": {},
    "personal_info/update": INDIVIDUAL,
}

UPDATE = (
    f"hash={NAVIXY_HASH}&legal_type=individual&first_name=Zo%C3%AB&middle_name=&last_name=Li+Po"
)


@pytest.fixture
def session(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> str:
    """
    The hash of a new session, without the password check, which takes long on purpose.
    """
    right = passwords.PasswordCheck(is_right=True)
    monkeypatch.setattr(passwords, "check_password", lambda password, stored: right)
    return log_in(gateway)


# --- The samples ---------------------------------------------------------------------------


def test_the_default_of_curl_is_a_form(gateway: RunningGateway) -> None:
    """
    "Getting started": ``curl -X POST '[api_base_url]/resource/sub_resource/action' -d
    'param1=value' -d 'hash=…'``; curl joins them and says it is a form.
    """
    headers = {"User-Agent": "curl/8.5.0", "Accept": "*/*", **FORM}

    response = gateway.send(
        "POST", "/v2/user/personal_info/update", body=UPDATE.encode(), headers=headers
    )

    assert (200, {"success": True}) == (response.status, response.json())
    assert "Li Po" == gateway.fields("navixy", NAVIXY_USER)["name.family"]


def test_an_action_may_be_opened_in_a_browser(gateway: RunningGateway) -> None:
    """
    "Getting started": ``[api_base_url]/tracker/list/?hash=…``, with a slash before the query.
    """
    response = gateway.send("GET", f"/v2/user/get_info/?hash={NAVIXY_HASH}")

    assert 1001 == response.json()["user_info"]["id"]


def test_an_update_by_query_is_an_update(gateway: RunningGateway) -> None:
    """
    "Getting started": the query of a GET may have all parameters; plus is a blank there.
    """
    response = gateway.send("GET", f"/v2/user/personal_info/update?{UPDATE}")

    assert (200, {"success": True}) == (response.status, response.json())
    stored = gateway.fields("navixy", NAVIXY_USER)
    assert ("Zoë", "Li Po") == (stored["name.given"], stored["name.family"])


def test_an_update_by_query_needs_the_plugin_too(gateway: RunningGateway) -> None:
    """
    "222 - Plugin not found - when plugin 45 not available for user", for a GET too.
    """
    sent = {"hash": "a6aa75587e5c59c32d347da438505fc3", **INDIVIDUAL}

    response = by_query(gateway, "personal_info/update", sent)

    assert (400, error_response(222, "Plugin not found")) == (response.status, response.json())


def test_an_update_by_query_names_every_violation(gateway: RunningGateway) -> None:
    """
    A parameter has the same rules in every form.
    """
    query = {"hash": NAVIXY_HASH, "legal_type": "individual", "phone": "+49"}

    response = by_query(gateway, "personal_info/update", query)

    assert (400, 7) == (response.status, response.json()["status"]["code"])
    assert {"first_name", "last_name", "phone"} == {
        error["parameter"] for error in response.json()["errors"]
    }


# --- Addresses and empty bodies ------------------------------------------------------------


@pytest.mark.parametrize("action", ["auth", *PARAMETERS])
@pytest.mark.parametrize("address", ["/v2/user/{}", "/v2/user/{}/", "/user/{}", "/user/{}/"])
@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_every_action_has_all_its_addresses_and_forms(
    gateway: RunningGateway, session: str, send: Way, address: str, action: str
) -> None:
    """
    "Getting started": with and without the last slash; on-premise without /v2; JSON, form, GET.
    """
    sent = {"login": LOGIN, "password": PASSWORD} if action == "auth" else PARAMETERS[action]

    response = send(gateway, address.format(action), {"hash": session, **sent})

    assert (200, True) == (response.status, response.json()["success"])


@pytest.mark.parametrize("action", ["get_info", "session/renew", "logout"])
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no header about a body"),
        pytest.param({"Content-Length": "0"}, id="a body of no bytes"),
        pytest.param({"Content-Length": "0", **JSON}, id="JSON of no bytes"),
        pytest.param({"Content-Length": "0", **FORM}, id="a form of no bytes"),
        pytest.param({"Content-Length": "0", "Content-Type": "text/plain"}, id="text of no bytes"),
        pytest.param({"Transfer-Encoding": "chunked"}, id="no chunks"),
    ],
)
def test_an_action_without_parameters_needs_no_body(
    gateway: RunningGateway, session: str, action: str, headers: dict[str, str]
) -> None:
    """
    The hash may stand in the header, and these actions have no other parameters: libraries post
    an empty body, each in its own way.
    """
    body = b"0\r\n\r\n" if "Transfer-Encoding" in headers else None
    credential = {"Authorization": f"NVX {session}"}

    response = gateway.send("POST", f"/v2/user/{action}", body=body, headers=headers | credential)

    assert (200, True) == (response.status, response.json()["success"])
