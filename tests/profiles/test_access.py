"""Access to the admin API: its one token is a setting."""

from collections.abc import Mapping

import pytest

from profilegate.gateway.gateway import Gateway
from tests.profiles.client import PROBLEM, TOKEN, gist, send
from tests.running_gateway import RunningGateway

REJECTED: Mapping[str, dict[str, str]] = {
    "no header": {},
    "an empty header": {"Authorization": ""},
    "a scheme alone": {"Authorization": "Bearer"},
    "a token alone": {"Authorization": TOKEN},
    "another scheme": {"Authorization": f"Basic {TOKEN}"},
    "another token": {"Authorization": "Bearer demo-admix"},
    "the beginning of the token": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "more than the token": {"Authorization": f"Bearer {TOKEN}1"},
    "a token that is not ASCII": {"Authorization": "Bearer d\xe9mo"},
    "the secret of a provider's client": {"Authorization": "Bearer demo-secret"},
}


@pytest.mark.parametrize("headers", REJECTED.values(), ids=REJECTED)
@pytest.mark.parametrize("target", ["/profiles", "/profiles/unknown", "/export", "/outbox"])
def test_without_the_token_nobody_is_authenticated(
    gateway: RunningGateway, headers: dict[str, str], target: str
) -> None:
    """
    RFC 9110, 15.5.2: a 401 "MUST send a WWW-Authenticate header field"; what there is behind it
    is not said.
    """
    response = gateway.send("GET", target, headers=headers)

    assert (401, "about:blank") == gist(response)
    assert "Bearer" == response.headers["www-authenticate"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_token_authenticates_however_its_scheme_is_written(
    gateway: RunningGateway, scheme: str
) -> None:
    """
    RFC 9110, 11.1: the scheme's name is "a case-insensitive token".
    """
    response = gateway.send("GET", "/profiles", headers={"Authorization": f"{scheme} {TOKEN}"})

    assert 200 == response.status


@pytest.mark.parametrize("token", [None, ""], ids=["not set", "empty"])
def test_without_the_setting_the_provider_is_shut(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    """
    "Without --demo there are no built-in credentials and no default token".
    """
    monkeypatch.setattr(gateway.gateway, "admin_token", token)

    responses = [
        gateway.send("GET", "/profiles", headers={"Authorization": f"Bearer {text}"})
        for text in (TOKEN, "", "None")
    ]

    assert [401, 401, 401] == [response.status for response in responses]


def test_the_token_is_not_shown_where_a_gateway_is_printed(gateway: RunningGateway) -> None:
    """
    A setting that is printed stands in a log.
    """

    assert isinstance(gateway.gateway, Gateway)
    assert TOKEN not in repr(gateway.gateway)


def test_rejected_is_rejected_before_the_body_is_looked_at(gateway: RunningGateway) -> None:
    """
    A caller that is not authenticated learns nothing about the request.
    """
    response = gateway.send("POST", "/profiles", body=b"not JSON")

    assert 401 == response.status
    assert PROBLEM == response.headers["content-type"]


def test_the_providers_of_the_providers_do_not_take_the_token(gateway: RunningGateway) -> None:
    """
    Each provider authenticates in its own way.
    """
    response = send(gateway, "PATCH", "/b2b/users/AA08N84GCPARUN7A", {"city_of_birth": "Oslo"})

    assert 401 == response.status
