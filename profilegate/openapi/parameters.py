"""Parameters of an operation: where each is sent, in which style, and its name in Python."""

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from profilegate.openapi.schema import Node

Location = Literal["path", "query", "header", "cookie"]

IGNORED_HEADERS: Final = frozenset({"accept", "content-type", "authorization"})
"""OpenAPI 3.0.3, Parameter Object: definitions of these header parameters "SHALL be ignored"."""

TAKEN_ARGUMENTS: Final = frozenset({"self", "call", "body", "timeout"})
"""Names of arguments that every handler has; and ``timeout``, which in an asynchronous function
says how long it may take."""

_STYLES: Final[Mapping[str, str]] = {
    "path": "simple",
    "query": "form",
    "header": "simple",
    "cookie": "form",
}
"""OpenAPI 3.0.3, Parameter Object: the default style of each location."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    One parameter.

    ``name`` is its name in requests, ``argument`` that of the handler's argument. ``schema`` is its
    schema; a ``media_type`` says that its value is encoded so (``content``).
    """

    name: str
    argument: str
    location: Location
    is_required: bool
    style: str
    explode: bool
    schema: Node = field(repr=False)
    media_type: str | None
    node: Node = field(repr=False)

    @property
    def is_argument(self) -> bool:
        """Whether handlers receive it; headers and cookies are only checked."""
        return self.location in ("path", "query")


def parameters_of(inherited: Sequence[Node], own: Sequence[Node]) -> tuple[Parameter, ...]:
    """
    The parameters of an operation, references resolved; one of its own replaces that of its path.

    OpenAPI 3.0.3, Operation Object: "a unique parameter is defined by a combination of a name and
    location".
    """
    nodes: dict[tuple[str, str], Node] = {}
    for node in (*inherited, *own):
        name = node["name"].lower() if node["in"] == "header" else node["name"]
        if node["in"] != "header" or name not in IGNORED_HEADERS:
            nodes[node["in"], name] = node
    found: list[Parameter] = []
    taken = set(TAKEN_ARGUMENTS)
    for node in nodes.values():
        argument = python_name(node["name"])
        if argument in taken:
            argument = f"{argument.rstrip('_')}_{'' if argument in TAKEN_ARGUMENTS else node['in']}"
        taken.add(argument)
        found.append(_parameter(node, argument))
    return tuple(found)


def _parameter(node: Node, argument: str) -> Parameter:
    style = node.get("style", _STYLES[node["in"]])
    media_type, content = next(iter(node.get("content", {}).items()), (None, node))
    return Parameter(
        name=node["name"],
        argument=argument,
        location=node["in"],
        is_required=bool(node.get("required")),
        style=style,
        explode=bool(node.get("explode", style == "form")),
        schema=content.get("schema", {}),
        media_type=media_type,
        node=node,
    )


def python_name(name: str) -> str:
    """A name of a request as one of Python: ``from`` -> ``from_``, ``$top`` -> ``top``."""
    words = re.sub(r"\W+", "_", name).strip("_") or "value"
    if words[0].isdigit():
        words = f"value_{words}"
    return f"{words}_" if keyword.iskeyword(words) else words
