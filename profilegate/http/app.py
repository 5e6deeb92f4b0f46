"""The app: Connexion in charge of specs and operations, our routing and operations inside it."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import connexion
from starlette.types import Receive, Scope, Send

from profilegate.errors import HandlerMissingError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.provider import Provider
from profilegate.http.operations import OperationsMiddleware, full_id
from profilegate.http.pages import Pages
from profilegate.http.routing import TableRoutingMiddleware
from profilegate.openapi import Node, Spec, read_spec
from profilegate.openapi.resources import spec_files, specs_folder


@dataclass(frozen=True, slots=True)
class Source:
    """A spec, and the file that it was read from, byte for byte."""

    spec: Spec
    text: bytes


def load_sources() -> dict[str, Source]:
    """
    Every spec by its provider's name.

    Raises:
        SpecError: one of them cannot be read.
    """
    return {
        path.stem: Source(read_spec(path), path.read_bytes()) for path in spec_files(specs_folder())
    }


class GatewayApp:
    """The whole gateway as an ASGI app.

    Building it compiles every operation: whatever is wrong stops it here, with a sentence
    (``ConfigurationError``), and not at the first request.
    """

    def __init__(
        self, gateway: Gateway, sources: Mapping[str, Source], providers: Mapping[str, Provider]
    ) -> None:
        pages = Pages({name: (source.spec, source.text) for name, source in sources.items()})
        app = connexion.AsyncApp(
            "profilegate",
            middlewares=[
                partial(TableRoutingMiddleware, pages=pages),
                partial(OperationsMiddleware, gateway=gateway),
            ],
        )
        for name, source in sources.items():
            app.add_api(
                _with_full_ids(source.spec),
                base_path="",
                resolver=partial(_handler, providers[name]),
                spec=source.spec,
                provider=providers[name],
            )
        # Connexion builds its stack at the first request; we want every mistake to show now.
        self._stack = app.middleware
        self._stack.app, self._stack.middleware_stack = self._stack._build_middleware_stack()
        self._app = self._stack.app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        await self._app(scope, receive, send)


def _with_full_ids(spec: Spec) -> Node:
    """The document for Connexion, with operation ids that no other spec has."""
    document = copy.deepcopy(spec.document)
    for operation in spec.operations():
        document["paths"][operation.paths[0]][operation.method.lower()]["operationId"] = full_id(
            spec, operation
        )
    return document


def _handler(provider: Provider, operation_id: str) -> Callable[..., Any]:
    """The handler of an operation, by its full id."""
    name = operation_id.split(".", 1)[1]
    handler: Callable[..., Any] | None = getattr(provider.operations, name, None)
    if handler is None:
        raise HandlerMissingError(provider.name, name)
    return handler
