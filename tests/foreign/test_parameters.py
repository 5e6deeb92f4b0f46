"""Parameters of a foreign spec: every location, style and type."""

from pathlib import Path
from typing import Any

import pytest

from tests.foreign.acme import Acme, document, operation, read

INTEGERS = {"type": "array", "items": {"type": "integer"}}
POINT = {
    "type": "object",
    "required": ["x"],
    "properties": {"x": {"type": "integer"}, "y": {"type": "number"}, "on": {"type": "boolean"}},
}

Case = tuple[dict[str, Any], str, dict[str, str], Any]


def query(schema: Any, **more: Any) -> dict[str, Any]:
    """A parameter of the query."""
    return {"name": "v", "in": "query", "schema": schema, **more}


def path(schema: Any, **more: Any) -> dict[str, Any]:
    """A parameter of the path."""
    return {"name": "v", "in": "path", "required": True, "schema": schema, **more}


READ: dict[str, Case] = {
    "a boolean": (query({"type": "boolean"}), "?v=true", {}, True),
    "false": (query({"type": "boolean"}), "?v=false", {}, False),
    "a number": (query({"type": "number"}), "?v=1.5", {}, 1.5),
    "a whole number": (query({"type": "number"}), "?v=2", {}, 2),
    "an integer": (query({"type": "integer"}), "?v=-7", {}, -7),
    "a text of digits": (query({"type": "string"}), "?v=007", {}, "007"),
    "an enumeration of numbers": (query({"enum": [1, 2]}), "?v=2", {}, 2),
    "one of several types": (
        query({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}), "?v=true", {}, True,
    ),
    "a text or an integer": (
        query({"oneOf": [{"type": "integer"}, {"type": "string", "enum": ["all"]}]}),
        "?v=5", {}, 5,
    ),
    "a list by repetition, the default": (query(INTEGERS), "?v=1&v=2", {}, [1, 2]),
    "a list of one": (query(INTEGERS), "?v=1", {}, [1]),
    "a list with commas": (query(INTEGERS, explode=False), "?v=1,2", {}, [1, 2]),
    "a list with blanks": (
        query(INTEGERS, style="spaceDelimited", explode=False), "?v=1%202", {}, [1, 2],
    ),
    "a list with pipes": (
        query(INTEGERS, style="pipeDelimited", explode=False), "?v=1%7C2", {}, [1, 2],
    ),
    "an object, spread": (query(POINT), "?x=1&y=2.5&on=true", {}, {"x": 1, "y": 2.5, "on": True}),
    "an object with commas": (query(POINT, explode=False), "?v=x,1,y,2", {}, {"x": 1, "y": 2}),
    "a deep object": (
        query(POINT, style="deepObject", explode=True), "?v[x]=1&v%5By%5D=2", {},
        {"x": 1, "y": 2},
    ),
    "a deeper object": (
        query({"type": "object", "properties": {"p": POINT, "l": INTEGERS}}, style="deepObject"),
        "?v[p][x]=1&v[l][]=1&v[l][]=2", {}, {"p": {"x": 1}, "l": [1, 2]},
    ),
    "JSON": (
        {"name": "v", "in": "query", "content": {"application/json": {"schema": POINT}}},
        "?v=%7B%22x%22%3A1%7D", {}, {"x": 1},
    ),
    "a boolean in the path": (path({"type": "boolean"}), "/true", {}, True),
    "a number in the path": (path({"type": "number"}), "/1.5", {}, 1.5),
    "a list in the path": (path(INTEGERS), "/1,2", {}, [1, 2]),
    "a list with dots": (path(INTEGERS, style="label", explode=True), "/.1.2", {}, [1, 2]),
    "a matrix": (path({"type": "integer"}, style="matrix"), "/;v=5", {}, 5),
    "a list in a matrix": (
        path(INTEGERS, style="matrix", explode=True), "/;v=1;v=2", {}, [1, 2],
    ),
    "an object in a matrix": (
        path(POINT, style="matrix", explode=True), "/;x=1;y=2", {}, {"x": 1, "y": 2},
    ),
    "an object in the path": (path(POINT), "/x,1,y,2", {}, {"x": 1, "y": 2}),
    "an exploded object in the path": (path(POINT, explode=True), "/x=1,y=2", {}, {"x": 1, "y": 2}),
}  # fmt: skip


@pytest.mark.parametrize(("parameter", "target", "headers", "value"), READ.values(), ids=READ)
def test_a_parameter_is_read_by_its_schema_and_style(
    tmp_path: Path, parameter: dict[str, Any], target: str, headers: dict[str, str], value: Any
) -> None:
    """
    OpenAPI 3.0.3, Parameter Object, Style Values and Style Examples.
    """
    place = "/acme/{v}" if parameter["in"] == "path" else "/acme"
    spec = read(document(operation(path=place, parameters=[parameter])))

    with Acme(tmp_path, spec) as acme:
        response = acme.send("GET", f"/acme{target}", headers=headers)

        assert 200 == response.status_code, response.text
        assert [{"v": value}] == acme.calls


SPREAD = {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}}
OTHER = {"type": "object", "properties": {"z": {"type": "string"}}}

BESIDE: dict[str, tuple[str, int, dict[str, Any]]] = {
    "none of its members": ("", 200, {}),
    "another parameter": ("?q=5", 200, {"q": 5}),
    "a member of another object": ("?z=1", 200, {"w": {"z": "1"}}),
    "a deep object": ("?d[z]=1", 200, {"d": {"z": "1"}}),
    "a member": ("?x=1&z=1&q=5", 200, {"v": {"x": 1}, "w": {"z": "1"}, "q": 5}),
    "a wrong member": ("?x=a&q=5", 400, {}),
}


@pytest.mark.parametrize(("target", "status", "arguments"), BESIDE.values(), ids=BESIDE)
def test_other_parameters_are_no_members_of_an_object(
    tmp_path: Path, target: str, status: int, arguments: dict[str, Any]
) -> None:
    """
    An optional object that is spread over the query is missing if none of its members is there.
    """
    rules = {"maxProperties": 1, "additionalProperties": {"type": "boolean"}}
    parameters = [
        query({**SPREAD, **rules}),
        {**query({**OTHER, "additionalProperties": False}), "name": "w"},
        {**query({"type": "integer"}), "name": "q"},
        {**query(OTHER, style="deepObject"), "name": "d"},
    ]
    with Acme(tmp_path, read(document(operation(parameters=parameters)))) as acme:
        response = acme.send("GET", f"/acme{target}")

        assert (status, [arguments] if status == 200 else []) == (
            response.status_code,
            acme.calls,
        )


REJECTED: dict[str, Case] = {
    "no boolean": (query({"type": "boolean"}), "?v=yes", {}, {"v": "must be true or false"}),
    "no number": (query({"type": "number"}), "?v=1e", {}, {"v": "must be a number"}),
    "a wrong item": (query(INTEGERS), "?v=1&v=a", {}, {"v[1]": "must be a whole number"}),
    "a wrong member": (query(POINT), "?x=a", {}, {"x": "must be a whole number"}),
    "a member that is missing": (
        query(POINT, style="deepObject"), "?v[y]=1", {}, {"v.x": "is required"},
    ),
    "a required parameter": (
        query({"type": "string"}, required=True), "", {}, {"v": "is required"},
    ),
    "a wrong header": (
        {"name": "X-Dry", "in": "header", "schema": {"type": "boolean"}}, "", {"X-Dry": "maybe"},
        {"X-Dry": "must be true or false"},
    ),
    "a wrong list in a header": (
        {"name": "X-List", "in": "header", "schema": INTEGERS}, "", {"X-List": "1, b"},
        {"X-List[1]": "must be a whole number"},
    ),
    "a wrong cookie": (
        {"name": "size", "in": "cookie", "schema": {"type": "integer"}}, "", {"Cookie": "size=a"},
        {"size": "must be a whole number"},
    ),
    "a member too many": (
        query({**POINT, "additionalProperties": False}), "?x=1&z=1", {},
        {"": "must have no fields but those in the specification"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("parameter", "target", "headers", "errors"), REJECTED.values(), ids=REJECTED
)
def test_a_wrong_parameter_is_named(
    tmp_path: Path, parameter: dict[str, Any], target: str, headers: dict[str, str], errors: Any
) -> None:
    """
    All violations at once, each by the provider's own name.
    """
    spec = read(document(operation(parameters=[parameter])))

    with Acme(tmp_path, spec) as acme:
        response = acme.send("GET", f"/acme{target}", headers=headers)

        assert 400 == response.status_code, response.text
        assert errors == {each["field"]: each["detail"] for each in response.json()["errors"]}
        assert [] == acme.calls


ACCEPTED = {
    "a good header": (
        {"name": "X-Dry", "in": "header", "schema": {"type": "boolean"}}, {"x-dry": "true"},
    ),
    "a list in a header": ({"name": "X-L", "in": "header", "schema": INTEGERS}, {"X-L": "1, 2"}),
    "a cookie": (
        {"name": "size", "in": "cookie", "schema": {"type": "integer"}},
        {"Cookie": "a=b; size=5"},
    ),
    "headers that OpenAPI ignores": (
        {"name": "Accept", "in": "header", "required": True, "schema": {"enum": ["a/b"]}}, {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("parameter", "headers"), ACCEPTED.values(), ids=ACCEPTED)
def test_headers_and_cookies_are_checked(
    tmp_path: Path, parameter: dict[str, Any], headers: dict[str, str]
) -> None:
    """
    OpenAPI 3.0.3: definitions of Accept, Content-Type and Authorization "SHALL be ignored".
    """
    with Acme(tmp_path, read(document(operation(parameters=[parameter])))) as acme:
        assert 200 == acme.send("GET", "/acme", headers=headers).status_code


def test_the_name_in_requests_is_the_providers(tmp_path: Path) -> None:
    """
    Only the argument is renamed where a name is none in Python (`from`, `$top`).

    One name in two places is two arguments; an operation's own parameter replaces its path's.
    """
    word = {"type": "string"}
    item = {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": word}],
        "get": {
            "operationId": "act",
            "responses": {"204": {"description": "D"}},
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                {"name": "id", "in": "query", "schema": word},
                {"name": "from", "in": "query", "schema": word},
                {"name": "$top", "in": "query", "schema": {"type": "integer"}},
                {"name": "call", "in": "query", "schema": word},
            ],
        },
    }
    with Acme(tmp_path, read(document({"/acme/{id}": item}))) as acme:
        response = acme.send("GET", "/acme/7?id=q&from=here&$top=5&call=me")

        assert 204 == response.status_code
        assert [{"id": 7, "id_query": "q", "from_": "here", "top": 5, "call_": "me"}] == acme.calls
