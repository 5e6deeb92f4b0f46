"""Who is let into our own API: whoever has the one token, which a setting names."""

from collections.abc import Mapping

import pytest

from profilegate.gateway.gateway import Gate
from tests.profiles.client import PROBLEM, TOKEN, gist, send
from tests.running_gateway import RunningGate

REFUSED: Mapping[str, dict[str, str]] = {
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


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("target", ["/profiles", "/profiles/unknown", "/export", "/outbox"])
def test_without_the_token_nobody_is_let_in(
    gate: RunningGate, headers: dict[str, str], target: str
) -> None:
    """
    RFC 9110, 15.5.2: a 401 "MUST send a WWW-Authenticate header field"; what there is behind it
    is not said.
    """
    answer = gate.send("GET", target, headers=headers)

    assert (401, "about:blank") == gist(answer)
    assert "Bearer" == answer.headers["www-authenticate"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_token_lets_in_however_its_scheme_is_written(gate: RunningGate, scheme: str) -> None:
    """
    RFC 9110, 11.1: the scheme's name is "a case-insensitive token".
    """
    answer = gate.send("GET", "/profiles", headers={"Authorization": f"{scheme} {TOKEN}"})

    assert 200 == answer.status


@pytest.mark.parametrize("token", [None, ""], ids=["not set", "empty"])
def test_without_the_setting_the_door_is_shut(
    gate: RunningGate, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    """
    "Without --demo there are no built-in credentials and no default token."
    """
    monkeypatch.setattr(gate.gate, "admin_token", token)

    answers = [
        gate.send("GET", "/profiles", headers={"Authorization": f"Bearer {text}"})
        for text in (TOKEN, "", "None")
    ]

    assert [401, 401, 401] == [answer.status for answer in answers]


def test_the_token_is_not_shown_where_a_gate_is_printed(gate: RunningGate) -> None:
    """
    A setting that is printed stands in a log.
    """

    assert isinstance(gate.gate, Gate)
    assert TOKEN not in repr(gate.gate)


def test_refused_is_refused_before_the_body_is_looked_at(gate: RunningGate) -> None:
    """
    Who is not let in learns nothing of what the request is worth.
    """
    answer = gate.send("POST", "/profiles", body=b"not JSON")

    assert 401 == answer.status
    assert PROBLEM == answer.headers["content-type"]


def test_the_doors_of_the_providers_do_not_take_the_token(gate: RunningGate) -> None:
    """
    Each door has its own way to be let in.
    """
    answer = send(gate, "PATCH", "/b2b/users/AA08N84GCPARUN7A", {"city_of_birth": "Oslo"})

    assert 401 == answer.status
