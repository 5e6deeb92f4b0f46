"""Routing: finds the operation for a method and a path, in a table of path segments."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from connexion.middleware.abstract import AbstractRoutingAPI
from connexion.middleware.routing import RoutingMiddleware
from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.errors import MethodNotAllowedError, PathUnknownError
from profilegate.http.cors import is_preflight, preflight_headers
from profilegate.http.exchange import REJECTED, exchange_of, send_response
from profilegate.http.pages import Pages
from profilegate.http.provider_api import ProviderApi
from profilegate.http.stages import following
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


@dataclass(slots=True)
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


class PathRules:
    """
    What one spec says of paths beyond OpenAPI's rules (``x-routing``).

    It answers only for paths that are in no spec as they are written.
    """

    def __init__(self, api: ProviderApi) -> None:
        """
        Compile a spec's rules.

        Raises:
            SpecError: ``owns`` is no regular expression.
        """
        rules = api.provider.spec.routing
        self.api = api
        self.host = api.provider.spec.host
        self.ignores = frozenset(rules.get("ignores", ()))
        self.table = RouteTable(ignores_case="letter-case" in self.ignores)
        try:
            self._owns = re.compile(rules["owns"]) if "owns" in rules else None
        except re.error:
            raise api.provider.spec.error(
                ("x-routing", "owns"), "this is no regular expression", "correct the pattern"
            ) from None

    def find(self, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """As ``RouteTable.find``, without the differences that the spec ignores."""
        return self.table.find(self._plain(raw_path)) if self.ignores else None

    def owns(self, raw_path: str) -> bool:
        """Whether an unknown path is the provider's: its first segment is one of the provider's."""
        segment = self._plain(raw_path).split("/")[1]
        return self._owns is not None and self._owns.fullmatch(unquote(segment)) is not None

    def _plain(self, raw_path: str) -> str:
        if "repeated-slashes" in self.ignores:
            raw_path = re.sub("//+", "/", raw_path)
        if "last-slash" in self.ignores and raw_path.endswith("/"):
            raw_path = raw_path[:-1] or "/"
        return raw_path


class TableRoutingAPI(AbstractRoutingAPI[str]):
    """Enters the operations that Connexion finds in one spec into the tables."""

    def __init__(self, *args: Any, table: RouteTable, api: ProviderApi, **kwargs: Any) -> None:
        self.tables = [table]
        self.rules = PathRules(api)
        if self.rules.ignores:
            self.tables.append(self.rules.table)
        self.api = api
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> str:
        """Return the operation's id: routing needs nothing else."""
        operation_id: str = operation.operation_id
        return operation_id

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        return path, path

    def _add_operation_internal(
        self, method: str, path: str, operation: str, name: str | None = None
    ) -> None:
        served = self.api.operations[operation]
        for table in self.tables:
            for place in served.paths:
                for each in served.methods:
                    table.add(self.api, place, each, operation)

    def _handle_add_operation_error(self, path: str, method: str, exc: Exception) -> None:
        """Raise the error as it is; Connexion would log a second one."""
        raise exc


class TableRoutingMiddleware(RoutingMiddleware):
    """
    Connexion's routing stage, with a table in the place of regular expressions.

    A wrong method at a known path is an error of the provider that has the path; an unknown path is
    one of the provider that owns its first segment. All others go to the gateway's own pages.
    """

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self.app = app
        self.pages = pages
        self.table = RouteTable()
        self.hosts: dict[str, RouteTable] = {}
        """The tables of the specs that have a host of their own (``x-routing``)."""
        self.rules: list[PathRules] = []
        self.operations: dict[str, ASGIApp] = {}

    def add_api(self, specification: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Enter one spec's operations; the next stage has compiled them already."""
        host = kwargs["api"].provider.spec.host
        table = self.table if host is None else self.hosts.setdefault(host, RouteTable())
        entered = TableRoutingAPI(specification, table=table, **kwargs)
        self.rules.append(entered.rules)
        self.operations |= {name: following(self.app, name) for name in entered.api.operations}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """
        Find the operation and the path's parameters, and call the next stage.

        Raises:
            MethodNotAllowedError: the path has no operation for the method.
            PathUnknownError: no spec has the path, and a provider owns it.
            RequestError: the server does not read the request.
        """
        raw_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        host = _host_of(scope) if self.hosts else None
        found = self._find(raw_path, host)
        if found is None:
            await self._serve_unknown(raw_path, host, scope, receive, send)
            return
        route, scope["path_params"] = found
        exchange = exchange_of(scope)
        exchange.api = route.api
        if REJECTED in scope:
            raise scope[REJECTED]
        operation_id = route.operations.get(scope["method"])
        if operation_id is not None:
            exchange.operation_id = operation_id
            await self.operations[operation_id](scope, receive, send)
        elif is_preflight(route.api.provider.spec, scope):
            await _send_preflight(route.api, route.operations, scope, send)
        else:
            raise MethodNotAllowedError(sorted(route.operations))

    def _find(self, raw_path: str, host: str | None) -> tuple[Route, dict[str, str]] | None:
        """The route of a path: that of the host's own specs first, then as it is written."""
        own = self.hosts.get(host) if host is not None else None
        if own is not None and (found := own.find(raw_path)) is not None:
            return found
        if (found := self.table.find(raw_path)) is not None:
            return found
        by_rules = (rules.find(raw_path) for rules in self._rules_at(host))
        return next(filter(None, by_rules), None)

    def _rules_at(self, host: str | None) -> list[PathRules]:
        return [rules for rules in self.rules if rules.host in (None, host)]

    async def _serve_unknown(
        self, raw_path: str, host: str | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Serve a path that no spec has: a page, a provider's error, or the gateway's own 404."""
        owner = next((rules.api for rules in self._rules_at(host) if rules.owns(raw_path)), None)
        if owner is None or self.pages.has(scope["path"]):
            if REJECTED in scope:
                raise scope[REJECTED]
            await self.pages(scope, receive, send)
            return
        exchange_of(scope).api = owner
        if REJECTED in scope:
            raise scope[REJECTED]
        if not is_preflight(owner.provider.spec, scope):
            raise PathUnknownError
        methods = {method for each in owner.operations.values() for method in each.methods}
        await _send_preflight(owner, sorted(methods), scope, send)


def _host_of(scope: Scope) -> str:
    """The host name of a request, in small letters and without its port."""
    for name, value in scope["headers"]:
        if name == b"host":
            text: str = value.decode("latin-1").strip(" \t").lower()
            return text if text.startswith("[") else text.partition(":")[0]
    return ""


async def _send_preflight(
    api: ProviderApi, methods: Iterable[str], scope: Scope, send: Send
) -> None:
    headers = preflight_headers(api.provider.spec, methods)
    await send_response(scope, send, 204, headers, b"")
