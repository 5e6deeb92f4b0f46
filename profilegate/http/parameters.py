"""Parameters: reads and checks those of path, query and headers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from profilegate.errors import BodyUnreadableError, Violation
from profilegate.gateway.request import Request
from profilegate.openapi import Node, Spec
from profilegate.openapi.validator import Validate, compile_validator

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)
"""An integer as JSON writes it, with at most the 19 digits of 64 bits."""

ReadParameter = Callable[[Request, Mapping[str, str]], Any]
"""Takes a request and its path parameters; returns one parameter's value, or None."""

CheckParameters = Callable[[Request, Mapping[str, str], list[Violation]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    required: bool
    is_argument: bool
    read: ReadParameter
    validate: Validate


def compile_parameters(spec: Spec, parameters: Sequence[Node]) -> CheckParameters:
    """
    The function that reads an operation's parameters and appends their violations to a list.

    It returns the parameters of path and query by name. It only checks headers.
    """
    compiled = [_compile_parameter(spec, node) for node in parameters]

    def check(
        request: Request, path: Mapping[str, str], violations: list[Violation]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for parameter in compiled:
            value = parameter.read(request, path)
            if value is not None:
                if found := parameter.validate(value):
                    violations += [replace(violation, is_parameter=True) for violation in found]
                if parameter.is_argument:
                    values[parameter.name] = value
            elif parameter.required:
                violations.append(Violation((parameter.name,), "required", is_parameter=True))
        return values

    return check


def _compile_parameter(spec: Spec, node: Node) -> _Parameter:
    name, place = node["name"], node["in"]
    # Each property of an exploded object is a query parameter: the object's name is never sent.
    is_spread = place == "query" and bool(node.get("explode"))
    at = () if is_spread else (name,)
    read: ReadParameter = _read_whole_query if is_spread else _READERS[place](node)
    if spec.resolve(node["schema"]).get("type") == "integer":
        read = _as_integer(read)
    return _Parameter(
        name=name,
        required=bool(node.get("required")),
        is_argument=place != "header",
        read=read,
        validate=compile_validator(spec, node["schema"], at),
    )


def _as_integer(read: ReadParameter) -> ReadParameter:
    """A reader that returns an integer; or the text if it is not one, for the schema to reject."""

    def read_integer(request: Request, path: Mapping[str, str]) -> Any:
        text = read(request, path)
        return int(text) if text is not None and INTEGER.fullmatch(text) else text

    return read_integer


def _read_whole_query(request: Request, path: Mapping[str, str]) -> dict[str, str]:
    query = request.query()
    if any(len(values) > 1 for values in query.values()):
        raise BodyUnreadableError("the query is ambiguous: a parameter appears twice")
    return {name: values[0] for name, values in query.items()}


def _reader_of_path(node: Node) -> ReadParameter:
    name = node["name"]
    return lambda request, path: path[name]


def _reader_of_query(node: Node) -> ReadParameter:
    name = node["name"]
    if "x-any-case" not in node:
        return lambda request, path: request.query_value(name)
    words = {word.lower(): word for word in node["schema"].get("enum", ())}

    def read_in_any_case(request: Request, path: Mapping[str, str]) -> str | None:
        value = request.query_value(name, in_any_case=True)
        return value if value is None else words.get(value.lower(), value)

    return read_in_any_case


def _reader_of_header(node: Node) -> ReadParameter:
    names = [name.lower().encode() for name in (node["name"], *node.get("x-also-named", ()))]

    def read(request: Request, path: Mapping[str, str]) -> str | None:
        for name in names:
            if name in request.headers:
                return request.header(name)
        return None

    return read


_READERS = {"path": _reader_of_path, "query": _reader_of_query, "header": _reader_of_header}
