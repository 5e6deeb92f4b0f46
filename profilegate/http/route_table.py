"""The table of paths: finds the operations at a path, in a tree of its segments."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from profilegate.http.provider_api import ProviderApi
from profilegate.openapi.collisions import collision


@dataclass(slots=True)
class Route:
    """
    The operations at one path.

    ``parameters`` are the names of the path's parameters in their order; ``operations`` maps each
    method to the full id of its operation.
    """

    api: ProviderApi
    path: str
    parameters: tuple[str, ...]
    operations: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    """
    A node of the tree of segments: its children by fixed segments and by templates, and its route.

    ``parameter`` is the child for a segment that is a parameter as a whole, ``templates`` are those
    for segments with fixed parts (``{id}.json``).
    """

    segments: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    templates: list["_Template"] = field(default_factory=list)
    route: Route | None = None


@dataclass(slots=True, repr=False)
class _Template:
    """A segment with parameters and fixed parts: ``text`` without the names of its parameters."""

    text: str
    pattern: re.Pattern[str]
    node: _Node = field(default_factory=_Node)


_PARAMETER = re.compile(r"\{([^{}]*)\}")


def _is_whole(segment: str) -> bool:
    return _PARAMETER.fullmatch(segment) is not None


class RouteTable:
    """Paths in one table: a tree of path segments."""

    def __init__(self, *, ignores_case: bool = False) -> None:
        self._root = _Node()
        self._ignores_case = ignores_case

    def add(self, api: ProviderApi, path: str, method: str, operation_id: str) -> None:
        """
        Enter an operation.

        Raises:
            SpecError: another operation has the path and the method already.
        """
        node = self._root
        names = []
        for segment in path.split("/")[1:]:
            names += _PARAMETER.findall(segment)
            if _is_whole(segment):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            elif "{" in segment:
                node = self._template(node, segment)
            else:
                key = segment.lower() if self._ignores_case else segment
                node = node.segments.setdefault(key, _Node())
        node.route = route = node.route or Route(api, path, tuple(names))
        owner = route.api.provider.spec
        if (
            owner.name != api.provider.name
            or route.parameters != tuple(names)
            or method in route.operations
        ):
            raise collision(api.provider.spec, owner, path)
        route.operations[method] = operation_id

    def _template(self, node: _Node, segment: str) -> _Node:
        """The child for a segment with fixed parts; the longest fixed parts are tried first."""
        text = _PARAMETER.sub("{}", segment)
        for template in node.templates:
            if template.text == text:
                return template.node
        parts = map(re.escape, text.split("{}"))
        flags = re.DOTALL | (re.IGNORECASE if self._ignores_case else 0)
        template = _Template(text, re.compile("(.+?)".join(parts), flags))
        node.templates.append(template)
        node.templates.sort(key=lambda each: len(each.text.replace("{}", "")), reverse=True)
        return template.node

    def find(self, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """
        The route at a percent-encoded path, and its decoded parameters by name; None for no route.

        It decodes the segments after it splits the path, so that ``%2F`` stays in its segment.
        """
        segments = raw_path.split("/")[1:]
        if "%" in raw_path:
            try:
                segments = [unquote(segment, errors="strict") for segment in segments]
            except UnicodeDecodeError:
                return None
        keys = [segment.lower() for segment in segments] if self._ignores_case else segments
        # A fixed segment has priority over a parameter (OpenAPI 3.0.3, Paths Object), and one with
        # fixed parts over one without. If it leads to no route, the search returns to the last
        # alternative that it passed over.
        alternatives: list[tuple[_Node, int, tuple[str, ...]]] = [(self._root, 0, ())]
        while alternatives:
            node, place, values = alternatives.pop()
            for segment in segments[place:]:
                below = node.segments.get(keys[place])
                place += 1
                if node.templates:
                    alternatives += _alternatives(node, below, segment, place, values)
                    break
                # An empty segment is not a parameter's value: /users/ names no user.
                if node.parameter is not None and segment:
                    if below is None:
                        below, values = node.parameter, (*values, segment)
                    else:
                        alternatives.append((node.parameter, place, (*values, segment)))
                if below is None:
                    break
                node = below
            else:
                if (route := node.route) is not None:
                    return route, dict(zip(route.parameters, values, strict=True))
        return None


def _alternatives(
    node: _Node, below: _Node | None, segment: str, place: int, values: tuple[str, ...]
) -> list[tuple[_Node, int, tuple[str, ...]]]:
    """The ways to go on below a node with templates; the best one is the last."""
    found = []
    if node.parameter is not None and segment:
        found.append((node.parameter, place, (*values, segment)))
    for template in reversed(node.templates):
        if (match := template.pattern.fullmatch(segment)) is not None:
            found.append((template.node, place, (*values, *match.groups())))
    if below is not None:
        found.append((below, place, values))
    return found
