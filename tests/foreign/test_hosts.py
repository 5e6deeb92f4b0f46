"""Two providers with the same paths, one of them at a host of its own."""

from pathlib import Path
from typing import Any

from profilegate.openapi import Spec
from tests.foreign.acme import Acme, document, read


def users(name: str, word: str, **more: Any) -> Spec:
    """A provider with /users/{id}, which responds with a word."""
    responses = {"200": {"description": "D", "content": {"application/json": {"example": word}}}}
    item = {
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "get": {"operationId": "act", "responses": responses},
    }
    return read(document({"/users/{id}": item}, **more), name)


def test_a_host_chooses_the_provider(tmp_path: Path) -> None:
    """
    RFC 9110, 7.2: Host tells which of several origins at one address is meant; its letter case and
    its port do not count.
    """
    plain = users("plain", "plain")
    own = users("own", "own", **{"x-routing": {"host": "own.localhost", "owns": "users"}})
    with Acme(tmp_path, plain, own) as acme:

        def at(host: str, target: str = "/users/7") -> tuple[int, Any]:
            response = acme.send("GET", target, headers={"Host": host})
            return response.status_code, response.json()

        assert (200, "plain") == at("127.0.0.1:8080")
        assert (200, "own") == at("own.localhost")
        assert (200, "own") == at("OWN.localhost:8080")
        assert (200, "plain") == at("other.localhost")
        assert "no operation has this path" == at("own.localhost", "/users")[1]["detail"]
        assert "detail" not in at("other.localhost", "/users")[1]
