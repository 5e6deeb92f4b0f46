"""Routing: finds the operation of a request, or the provider that answers for an unknown path."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from connexion.middleware.abstract import AbstractRoutingAPI
from connexion.middleware.routing import RoutingMiddleware
from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.errors import MethodNotAllowedError, PathUnknownError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.prefixes import strip
from profilegate.http.cors import is_preflight, preflight_headers
from profilegate.http.exchange import REJECTED, exchange_of, send_response
from profilegate.http.negotiation import asks_for_page
from profilegate.http.pages.serving import Pages, redirect_to_start
from profilegate.http.prefixes import compile_prefix
from profilegate.http.provider_api import ProviderApi
from profilegate.http.route_table import Route, RouteTable
from profilegate.http.stages import following


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
        _, slash, rest = self._plain(raw_path).partition("/")
        segment = unquote(rest.partition("/")[0])
        return bool(slash) and self._owns is not None and self._owns.fullmatch(segment) is not None

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

    def __init__(self, app: ASGIApp, pages: Pages, gateway: Gateway) -> None:
        self.app = app
        self.pages = pages
        self._root_path = gateway.root_path
        self._prefix_of = compile_prefix(gateway.root_path, gateway.trusted_proxies)
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
        if self._prefix_of is not None:
            exchange_of(scope).prefix = self._prefix_of(scope)
            if self._root_path and (rest := strip(raw_path, self._root_path)) is not None:
                if not rest:
                    await redirect_to_start(scope, send)
                    return
                raw_path = rest
                scope["raw_path"] = raw_path.encode("latin-1")
                scope["path"] = scope["path"].removeprefix(self._root_path)
        host = _host_of(scope) if self.hosts else None
        found = self._find(raw_path, host)
        if found is None:
            await self._serve_unknown(raw_path, host, scope, receive, send)
            return
        route, scope["path_params"] = found
        if route.api.provider.policy is None and self._is_page(scope):
            await self.pages(scope, receive, send)
            return
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

    def _is_page(self, scope: Scope) -> bool:
        """
        Whether a request to a path of the admin API is for the page at the same path: a browser
        gets ``/journal`` as a page, a client as JSON. A provider's own paths are never pages.
        """
        accepts = [value for name, value in scope["headers"] if name == b"accept"]
        return (
            REJECTED not in scope
            and self.pages.has(scope["path"])
            and asks_for_page(b",".join(accepts))
        )

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
