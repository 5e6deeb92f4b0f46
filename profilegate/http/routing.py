"""Routing: from method and path to an operation, by a table of path segments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from connexion.middleware.abstract import AbstractRoutingAPI
from connexion.middleware.routing import RoutingMiddleware
from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.errors import MethodNotAllowedError
from profilegate.gateway.provider import Provider
from profilegate.http.cors import is_preflight, response_headers, response_preflight
from profilegate.http.operations import OPERATION_ID, full_id
from profilegate.http.responses import send_error_response
from profilegate.openapi import Spec


@dataclass(slots=True)
class Route:
    """A path's end: whose it is, the operation of each method, the names of its parameters."""

    spec: Spec
    provider: Provider
    path: str
    parameters: tuple[str, ...]
    operations: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    """A place in the table: the next segments by text, the next one whatever its text, the end."""

    segments: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    route: Route | None = None

    def find(self, segments: Sequence[str], place: int, values: list[str]) -> Route | None:
        """The route below, with its parameters' values put into a list; a text wins over a
        parameter, unless it leads nowhere."""
        if place == len(segments):
            return self.route
        segment = segments[place]
        following = self.segments.get(segment)
        if following is not None:
            route = following.find(segments, place + 1, values)
            if route is not None:
                return route
        # An empty segment is no value: /users/ is not a user.
        if self.parameter is None or not segment:
            return None
        values.append(segment)
        route = self.parameter.find(segments, place + 1, values)
        if route is None:
            values.pop()
        return route


class RouteTable:
    """All specs' paths in one table; two specs that claim one path are an error."""

    def __init__(self) -> None:
        self._root = _Node()
        # Found in one step, for a text wins over a parameter anyway: paths without parameters,
        # and, by what stands before it, those whose one parameter comes last.
        self._whole: dict[str, Route] = {}
        self._before_last: dict[str, Route] = {}

    def add(self, spec: Spec, provider: Provider, path: str, method: str, operation: str) -> None:
        """
        Enter an operation.

        Raises:
            SpecError: another spec has the path already.
        """
        node = self._root
        names = []
        for segment in path.split("/")[1:]:
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.segments.setdefault(segment, _Node())
        node.route = route = node.route or Route(spec, provider, path, tuple(names))
        if (
            route.provider.name != provider.name
            or route.parameters != tuple(names)
            or method in route.operations
        ):
            raise spec.error(
                ("paths", path),
                f"specs/{route.provider.name}.yaml has an operation at this path already",
                "all specs share one origin: give one of the two another path",
            )
        route.operations[method] = operation
        before, _, last = path.rpartition("/")
        if not names:
            self._whole[path] = route
        elif len(names) == 1 and last.startswith("{"):
            self._before_last[before] = route

    def find(self, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """
        The route at a percent-encoded path and its parameters, decoded; None for no route.

        A segment is decoded only after the path is split, so that ``%2F`` stays in its segment.
        """
        if (route := self._whole.get(raw_path)) is not None:
            return route, {}
        before, _, last = raw_path.rpartition("/")
        if last and "%" not in raw_path and (route := self._before_last.get(before)) is not None:
            return route, {route.parameters[0]: last}
        segments = raw_path.split("/")[1:]
        if "%" in raw_path:
            try:
                segments = [unquote(segment, errors="strict") for segment in segments]
            except UnicodeDecodeError:
                return None
        values: list[str] = []
        route = self._root.find(segments, 0, values)
        return None if route is None else (route, dict(zip(route.parameters, values, strict=True)))


class _TableAPI(AbstractRoutingAPI[str]):
    """Enters the operations that Connexion finds in one spec into the table."""

    def __init__(
        self, *args: Any, table: RouteTable, spec: Spec, provider: Provider, **kwargs: Any
    ) -> None:
        self.table = table
        self.spec = spec
        self.provider = provider
        self.paths_of = {full_id(spec, op): op.paths for op in spec.operations()}
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> str:
        """Routing needs no more of an operation than its id."""
        operation_id: str = operation.operation_id
        return operation_id

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        return path, path

    def _add_operation_internal(
        self, method: str, path: str, operation: str, name: str | None = None
    ) -> None:
        for place in self.paths_of[operation]:
            self.table.add(self.spec, self.provider, place, method.upper(), operation)

    def _handle_add_operation_error(self, path: str, method: str, exc: Exception) -> None:
        """The error's own sentence says it all; Connexion would log another one before it."""
        raise exc


class TableRoutingMiddleware(RoutingMiddleware):
    """Connexion's routing, with a table in the place of regular expressions.

    A known path with another method is rejected here, in the words of the provider whose path
    it is; an unknown path goes to the gateway's own pages.
    """

    def __init__(self, app: ASGIApp, pages: ASGIApp) -> None:
        self.app = app
        self.pages = pages
        self.table = RouteTable()

    def add_api(self, specification: Any, *args: Any, **kwargs: Any) -> None:
        """Enter one spec's operations."""
        _TableAPI(specification, *args, table=self.table, **kwargs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the operation's id and the path's parameters into the scope, and go on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        found = self.table.find(raw_path.decode("latin-1"))
        if found is None:
            await self.pages(scope, receive, send)
            return
        route, scope["path_params"] = found
        scope[OPERATION_ID] = operation_id = route.operations.get(scope["method"])
        if operation_id is not None:
            await self.app(scope, receive, send)
        elif is_preflight(route.spec, scope):
            await response_preflight(send, route.spec, list(route.operations))
        else:
            await _reject_method(route, send)


async def _reject_method(route: Route, send: Send) -> None:
    error = MethodNotAllowedError(list(route.operations))
    error_response = route.provider.to_error_response(error)
    allow = error_response.with_header("allow", ", ".join(error.allowed))
    await send_error_response(send, allow, response_headers(route.spec))
