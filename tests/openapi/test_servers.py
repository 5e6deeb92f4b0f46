"""Servers and collisions: at which paths and hosts the operations of a spec are served."""

from typing import Any

import pytest

from profilegate.errors import SpecError
from profilegate.openapi import Spec
from profilegate.openapi.collisions import check_collisions

OPERATION = {"operationId": "get_user", "responses": {"204": {"description": "Done."}}}


def spec(name: str = "acme", path: str = "/users", **document: Any) -> Spec:
    """A spec with one operation."""
    return Spec(name, {"paths": {path: {"get": OPERATION}}, **document})


def paths(*servers: Any) -> tuple[str, ...]:
    """The paths of an operation with some servers."""
    return spec(servers=list(servers)).operations()[0].paths


SERVERS: dict[str, tuple[list[Any], tuple[str, ...]]] = {
    "none": ([], ("/users",)),
    "relative": ([{"url": "/"}, {"url": "/v2/"}], ("/users", "/v2/users")),
    "absolute": ([{"url": "https://api.acme.example/v3"}], ("/v3/users",)),
    "absolute without a path": ([{"url": "https://api.acme.example"}], ("/users",)),
    "relative without a slash": ([{"url": "v4"}], ("/v4/users",)),
    "twice the same path": (
        [{"url": "https://eu.acme.example/v3"}, {"url": "https://us.acme.example/v3"}],
        ("/v3/users",),
    ),
    "a variable with its values": (
        [
            {
                "url": "https://{region}.acme.example/{version}",
                "variables": {
                    "region": {"default": "eu"},
                    "version": {"default": "v2", "enum": ["v1", "v2"]},
                },
            }
        ],
        ("/v2/users", "/v1/users"),
    ),
}


@pytest.mark.parametrize(("servers", "expected"), SERVERS.values(), ids=SERVERS)
def test_operations_are_served_below_the_paths_of_the_servers(
    servers: list[Any], expected: tuple[str, ...]
) -> None:
    """
    OpenAPI 3.0.3, Paths Object: "The path is appended (no relative URL resolution) to the expanded
    URL from the Server Object's url field".
    """
    assert expected == paths(*servers)


def test_servers_of_an_operation_replace_those_of_its_path_and_of_the_document() -> None:
    """
    OpenAPI 3.0.3, Operation Object, servers: "it will be overridden by this value".
    """
    item = {
        "servers": [{"url": "/path"}],
        "get": OPERATION,
        "put": {**OPERATION, "operationId": "put_user", "servers": [{"url": "/operation"}]},
    }
    found = Spec("acme", {"servers": [{"url": "/v1"}], "paths": {"/users": item}}).operations()

    assert {"get_user": ("/path/users",), "put_user": ("/operation/users",)} == {
        operation.id: operation.paths for operation in found
    }


@pytest.mark.parametrize(
    ("server", "pointer"),
    [
        ({"url": "/{version}"}, "/servers/0/url"),
        (
            {
                "url": "/{a}",
                "variables": {"a": {"default": "0", "enum": [str(n) for n in range(99)]}},
            },
            "/servers",
        ),
    ],
    ids=["a variable without a default", "too many paths"],
)
def test_wrong_servers_are_rejected(server: Any, pointer: str) -> None:
    """
    OpenAPI 3.0.3, Server Variable Object: the default is required.
    """
    with pytest.raises(SpecError) as caught:
        paths(server)

    assert pointer == caught.value.pointer


def test_two_specs_with_one_path_collide() -> None:
    """
    All providers share one origin; the names of parameters do not tell paths apart.
    """
    with pytest.raises(SpecError) as caught:
        check_collisions([spec("one", "/users/{id}"), spec("two", "/users/{user}")])

    assert ("specs/two.yaml", "/paths/~1users~1{user}") == (caught.value.file, caught.value.pointer)
    assert "specs/one.yaml has an operation at this path already" in str(caught.value)


@pytest.mark.parametrize(
    "other",
    [
        spec("two", servers=[{"url": "/v2"}]),
        Spec("two", {**spec().document, "x-routing": {"host": "two.localhost"}}),
    ],
    ids=["another base path", "a host of its own"],
)
def test_another_base_path_or_host_ends_a_collision(other: Spec) -> None:
    """
    What the hint of the error says.
    """
    check_collisions([spec("one"), other])
