"""Parameters as they are sent: each value in the place and the style that the spec says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from profilegate.errors import InvalidFieldsError, Violation
from profilegate.gateway.outgoing import OutgoingRequest
from profilegate.openapi import Operation
from profilegate.openapi.parameters import Parameter

_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}


def values_of(operation: Operation, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """
    The values of parameters, by their names in Python; and the names of those that are unknown.

    They are given by their names in the spec, or by those in Python, which tell apart two
    parameters of one name (``id``, ``id_query``).
    """
    arguments = {each.argument for each in operation.parameters}
    values: dict[str, Any] = {}
    used = set()
    for parameter in operation.parameters:
        for key in (parameter.argument, parameter.name):
            if key in given and (key == parameter.argument or key not in arguments):
                values.setdefault(parameter.argument, given[key])
                used.add(key)
    return values, [name for name in given if name not in used]


def put_parameter(request: OutgoingRequest, parameter: Parameter, value: Any) -> None:
    """
    Write a parameter's value into a request (OpenAPI 3.0.3, Style Values).

    Raises:
        InvalidFieldsError: the value makes another path of the path.
    """
    if parameter.media_type is not None:
        value = json.dumps(value)
    if parameter.location == "path":
        text = _in_path(parameter, value)
        if text in ("", ".", ".."):
            # A server or a proxy would take the path for another one, which is signed too.
            raise InvalidFieldsError([Violation((parameter.name,), "segment", is_parameter=True)])
        request.path = request.path.replace(f"{{{parameter.name}}}", text)
    elif parameter.location == "query":
        request.query += _in_query(parameter, value)
    elif parameter.location == "header":
        request.headers[parameter.name] = _simple(parameter, value, ",")
    else:
        request.cookies.append((parameter.name, _simple(parameter, value, ",")))


def text_of(value: Any) -> str:
    """A single value as text."""
    return value if isinstance(value, str) else json.dumps(value)


def nested(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """``{"a": {"b": 1}}`` as ``name[a][b]=1``."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from nested(f"{name}[{key}]", each)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from nested(f"{name}[{number}]", each)
    else:
        yield name, text_of(value)


def _in_path(parameter: Parameter, value: Any) -> str:
    name = parameter.name
    if parameter.style == "label":
        delimiter = "." if parameter.explode else ","
        return "." + quote(_simple(parameter, value, delimiter), safe=",=.")
    if parameter.style == "matrix":
        if parameter.explode and isinstance(value, list):
            return "".join(f";{name}={quote(text_of(each), safe='')}" for each in value)
        if parameter.explode and isinstance(value, dict):
            return "".join(f";{key}={quote(text_of(each), safe='')}" for key, each in value.items())
        return f";{name}=" + quote(_simple(parameter, value, ","), safe=",=")
    is_single = not isinstance(value, list | dict)
    return quote(_simple(parameter, value, ","), safe="" if is_single else ",=")


def _in_query(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    name = parameter.name
    if isinstance(value, list):
        if parameter.explode:
            return [(name, text_of(each)) for each in value]
        return [(name, _DELIMITERS.get(parameter.style, ",").join(map(text_of, value)))]
    if isinstance(value, dict):
        if parameter.style == "deepObject":
            return list(nested(name, value))
        if parameter.explode:
            return [
                (key, text_of(item))
                for key, each in value.items()
                for item in (each if isinstance(each, list) else [each])
            ]
        return [(name, _simple(parameter, value, ","))]
    return [(name, text_of(value))]


def _simple(parameter: Parameter, value: Any, delimiter: str) -> str:
    if isinstance(value, list):
        return delimiter.join(map(text_of, value))
    if isinstance(value, dict):
        sign = "=" if parameter.explode else ","
        return delimiter.join(f"{key}{sign}{text_of(each)}" for key, each in value.items())
    return text_of(value)
