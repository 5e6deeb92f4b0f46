"""Names of documented errors: from the examples of any spec, or from the status."""

from typing import Any

import pytest

from profilegate.openapi import Node, Spec
from profilegate.openapi.documented_errors import errors_of
from profilegate.openapi.validator import compile_validator
from tests.specs.all_specs import SPECS

PROBLEM: Node = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": {"type": "integer", "minimum": 1}},
}


def found(responses: Node) -> dict[str, tuple[int, str, Any]]:
    """The errors of an operation with these responses: name -> status, media type, body."""
    operation = {"operationId": "read", "responses": {"200": {"description": "Read."}, **responses}}
    spec = Spec("test", {"paths": {"/things": {"get": operation}}})
    return {
        name: (error.status, error.media_type, error.value)
        for name, error in errors_of(spec)["read"].items()
    }


def response(schema: Node = PROBLEM, **media: Any) -> Node:
    """A response in JSON."""
    content = {"application/json": {"schema": schema, **media}}
    return {"description": "It failed.", "content": content}


CASES: dict[str, tuple[Node, dict[str, tuple[int, str, Any]]]] = {
    "examples have names, written in one way": (
        {
            "400": response(
                examples={"Bad Input": {"value": {"code": 1}}, "userGone": {"value": {"code": 2}}}
            )
        },
        {
            "bad_input": (400, "application/json", {"code": 1}),
            "user_gone": (400, "application/json", {"code": 2}),
        },
    ),
    "one example without a name": (
        {"404": response(example={"code": 7})},
        {"status_404": (404, "application/json", {"code": 7})},
    ),
    "no example: a body is made": (
        {"503": response()},
        {"status_503": (503, "application/json", {"code": 1})},
    ),
    "no body": ({"503": {"description": "Busy."}}, {"status_503": (503, "", None)}),
    "a name at two statuses": (
        {
            "400": response(examples={"error": {"value": {"code": 1}}}),
            "409": response(examples={"error": {"value": {"code": 2}}}),
        },
        {
            "error_400": (400, "application/json", {"code": 1}),
            "error_409": (409, "application/json", {"code": 2}),
        },
    ),
    "an example that breaks the schema is none": (
        {
            "400": response(
                examples={"wrong": {"value": {"code": "x"}}, "right": {"value": {"code": 3}}}
            ),
            "409": response(example={"code": 0}),
        },
        {
            "right": (400, "application/json", {"code": 3}),
            "status_409": (409, "application/json", {"code": 1}),
        },
    ),
    "a name without a letter": (
        {"400": response(examples={"№": {"value": {"code": 1}}})},
        {"status_400": (400, "application/json", {"code": 1})},
    ),
    "ranges and the rest": (
        {
            "4XX": response(),
            "5xx": {"description": "Ours."},
            "default": response(example={"code": 9}),
        },
        {
            "status_4xx": (400, "application/json", {"code": 1}),
            "status_5xx": (500, "", None),
            "default": (500, "application/json", {"code": 9}),
        },
    ),
    "a media type that cannot be written": (
        {"400": {"description": "", "content": {"application/xml": {"schema": PROBLEM}}}},
        {"status_400": (400, "", None)},
    ),
    "the first media type that has the example": (
        {
            "400": {
                "description": "",
                "content": {
                    "text/plain": {"schema": {"type": "string"}, "examples": {"a": {"value": "A"}}},
                    "application/json": {
                        "schema": PROBLEM,
                        "examples": {"a": {"value": {"code": 1}}},
                    },
                },
            }
        },
        {"a": (400, "text/plain", "A")},
    ),
    "redirections are no errors": ({"302": {"description": "Elsewhere."}}, {}),
}


@pytest.mark.parametrize(("responses", "expected"), CASES.values(), ids=CASES)
def test_an_error_of_any_spec_has_a_name(
    responses: Node, expected: dict[str, tuple[int, str, Any]]
) -> None:
    """
    "Foreign specs must work as well: names from their examples, or made from the status".
    """
    assert expected == found(responses)


def test_the_only_response_is_no_error() -> None:
    """
    A spec that documents "default" alone means every response by it, the successful one first.
    """
    operation = {"operationId": "read", "responses": {"default": {"description": "Read."}}}
    spec = Spec("test", {"paths": {"/things": {"get": operation}}})

    assert {} == errors_of(spec)["read"]


@pytest.mark.parametrize("name", SPECS)
def test_a_documented_error_is_valid(name: str) -> None:
    """
    "They must be valid by the spec": a client that checks responses accepts each of them.
    """
    spec = SPECS[name]
    errors = {
        f"{operation}: {error.name}": compile_validator(spec, error.media["schema"])(error.value)
        for operation, found in errors_of(spec).items()
        for error in found.values()
    }

    assert errors
    assert {} == {error: violations for error, violations in errors.items() if violations}
