"""Parameters of path, query and header: checked together with the body, handed over by name."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from profilegate.errors import Fault
from profilegate.provider import Request
from profilegate.serving.faults import FindFaults, compile_check, nul_faults
from profilegate.spec import Node, Spec

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)
"""A number as JSON writes it, of no more digits than 64 bits have."""

CheckParameters = Callable[[Request, Mapping[str, str], list[Fault]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    place: str
    required: bool
    find_faults: FindFaults
    header_names: tuple[bytes, ...]
    exploded: bool
    is_integer: bool

    def read(self, request: Request, path: Mapping[str, str]) -> Any:
        """What was sent for it, or None."""
        if self.exploded:
            # An object whose properties are parameters of the query by themselves.
            return dict(request.query())
        if self.place == "path":
            return self._typed(path[self.name])
        if self.place == "query":
            return self._typed(request.query().get(self.name))
        for name in self.header_names:
            if (value := request.header(name)) is not None:
                return value
        return None

    def _typed(self, text: str | None) -> str | int | None:
        """The number, where one is wanted and the text is one; else the text, to be refused."""
        if self.is_integer and text is not None and INTEGER.fullmatch(text):
            return int(text)
        return text


def compile_parameters(spec: Spec, parameters: Sequence[Node]) -> CheckParameters:
    """
    A function that reads an operation's parameters, adds their faults to a list, and gives
    the path's and query's values by name (headers are checked, handlers do not need them).
    """
    compiled = [
        _Parameter(
            name=node["name"],
            place=node["in"],
            required=bool(node.get("required")),
            find_faults=compile_check(
                spec, node["schema"], () if _is_exploded(node) else (node["name"],)
            ),
            exploded=_is_exploded(node),
            is_integer=spec.resolve(node["schema"]).get("type") == "integer",
            header_names=tuple(
                name.lower().encode() for name in (node["name"], *node.get("x-also-named", ()))
            ),
        )
        for node in parameters
    ]

    def check(request: Request, path: Mapping[str, str], faults: list[Fault]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for parameter in compiled:
            value = parameter.read(request, path)
            if value is not None:
                at = () if parameter.exploded else (parameter.name,)
                found = parameter.find_faults(value) or nul_faults(value, at)
                faults += [replace(fault, is_parameter=True) for fault in found]
            elif parameter.required:
                faults.append(Fault((parameter.name,), "required", is_parameter=True))
            if parameter.place != "header" and value is not None:
                values[parameter.name] = value
        return values

    return check


def _is_exploded(node: Node) -> bool:
    """Whether a parameter is an object that lies spread over the query (``explode: true``)."""
    return bool(node.get("explode")) and node["in"] == "query"
