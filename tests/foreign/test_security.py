"""Security of a foreign spec: ready-made schemes, alternatives, and what is optional."""

import base64
from pathlib import Path
from typing import Any

import pytest

from profilegate.errors import SpecError
from tests.foreign.acme import Acme, document, operation, read

SCHEMES: dict[str, Any] = {
    "Header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "Query": {"type": "apiKey", "in": "query", "name": "key"},
    "Cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "Basic": {"type": "http", "scheme": "basic"},
    "Bearer": {"type": "http", "scheme": "bearer"},
    "OAuth": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "https://acme.example/token", "scopes": {}}},
    },
    "OpenId": {"type": "openIdConnect", "openIdConnectUrl": "https://acme.example/oidc"},
}


def basic(text: str) -> dict[str, str]:
    """The header of a user name and a password."""
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


def secured(*requirements: Any) -> Any:
    """A document with an operation that needs a credential."""
    names = {name for requirement in requirements for name in requirement}
    schemes = {name: node for name, node in SCHEMES.items() if name in names}
    return document(operation(security=list(requirements)), components={"securitySchemes": schemes})


BEARER = {"Authorization": "Bearer good"}
GOOD: dict[str, tuple[str, dict[str, str]]] = {
    "Header": ("/acme", {"X-Key": "good"}),
    "Query": ("/acme?key=good", {}),
    "Cookie": ("/acme", {"Cookie": "a=b; session=good"}),
    "Basic": ("/acme", basic("good:secret:with:colons")),
    "Bearer": ("/acme", BEARER),
    "OAuth": ("/acme", {"Authorization": "bearer good"}),
    "OpenId": ("/acme", BEARER),
}
WRONG: dict[str, tuple[str, dict[str, str]]] = {
    "Header": ("/acme", {"X-Key": "bad"}),
    "Query": ("/acme?key=bad", {}),
    "Cookie": ("/acme", {"Cookie": "session=bad"}),
    "Basic": ("/acme", basic("good:guess")),
    "Bearer": ("/acme", {"Authorization": "Basic good"}),
    "OAuth": ("/acme", {"Authorization": "Bearer bad"}),
    "OpenId": ("/acme", {"Authorization": "Bearer"}),
}


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_needs_no_code(tmp_path: Path, name: str) -> None:
    """
    OpenAPI 3.0.3, Security Scheme Object; RFC 7617 and 6750.
    """
    with Acme(tmp_path, read(secured({name: []}))) as acme:
        acme.add_credential(name, "good", b"secret:with:colons")

        answers = [
            acme.send("GET", target, headers=headers)
            for target, headers in (GOOD[name], WRONG[name], ("/acme", {}))
        ]

        assert [200, 401, 401] == [answer.status_code for answer in answers]


@pytest.mark.parametrize(
    ("sent", "status"),
    [("notbase64!", 401), (base64.b64encode(b"no colon").decode(), 401), ("/+8=", 401)],
    ids=["no base64", "no colon", "no UTF-8"],
)
def test_a_malformed_user_and_password_are_rejected(tmp_path: Path, sent: str, status: int) -> None:
    """
    RFC 7617, 2: base64 of user-id ":" password.
    """
    with Acme(tmp_path, read(secured({"Basic": []}))) as acme:
        response = acme.send("GET", "/acme", headers={"Authorization": f"Basic {sent}"})

        assert status == response.status_code
        assert 'Basic realm="acme", charset="UTF-8"' == response.headers["www-authenticate"]


REQUIREMENTS: dict[str, tuple[list[Any], dict[str, int]]] = {
    "either": ([{"Header": []}, {"Query": []}], {"": 401, "h": 200, "q": 200, "hq": 200}),
    "both": ([{"Header": [], "Query": []}], {"": 401, "h": 401, "q": 401, "hq": 200}),
    "optional": ([{}, {"Header": []}], {"": 200, "h": 200, "x": 401}),
    "optional, the other way round": ([{"Header": []}, {}], {"": 200, "h": 200, "x": 401}),
    "public": ([], {"": 200}),
}
SENT = {
    "": ("/acme", {}),
    "h": ("/acme", {"X-Key": "good"}),
    "q": ("/acme?key=good", {}),
    "hq": ("/acme?key=good", {"X-Key": "good"}),
    "x": ("/acme", {"X-Key": "bad"}),
}


@pytest.mark.parametrize(("requirements", "expected"), REQUIREMENTS.values(), ids=REQUIREMENTS)
def test_requirements_are_alternatives_of_schemes_together(
    tmp_path: Path, requirements: list[Any], expected: dict[str, int]
) -> None:
    """
    OpenAPI 3.0.3, Security Requirement Object: "only one of the Security Requirement Objects in the
    list needs to be satisfied", with all of its schemes; an empty one makes security optional.
    """
    with Acme(tmp_path, read(secured(*requirements))) as acme:
        acme.add_credential("Header", "good")
        acme.add_credential("Query", "good")

        found = {
            key: acme.send("GET", SENT[key][0], headers=SENT[key][1]).status_code
            for key in expected
        }

        assert expected == found


def test_a_scheme_that_does_not_exist_is_rejected(tmp_path: Path) -> None:
    """
    A misspelt scheme must not leave an operation open, or closed, by accident.
    """
    spec = read(document(operation(security=[{"Nope": []}])))
    with pytest.raises(SpecError) as caught:
        Acme(tmp_path, spec)

    assert "there is no security scheme Nope" in str(caught.value)


def test_a_scheme_that_is_not_known_is_rejected(tmp_path: Path) -> None:
    """
    It needs an authenticator of its own.
    """
    schemes = {"Digest": {"type": "http", "scheme": "digest"}}
    spec = read(
        document(operation(security=[{"Digest": []}]), components={"securitySchemes": schemes})
    )
    with pytest.raises(SpecError) as caught:
        Acme(tmp_path, spec)

    assert "there is no ready-made authenticator for this scheme" in str(caught.value)
