"""Base classes of the stages: Connexion's middlewares, each linked to the next stage."""

from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.http.exchange import EXCHANGE
from profilegate.http.provider_api import ProviderApi
from profilegate.openapi import Operation


class LinkedAPI(RoutedAPI[Any]):
    """
    One spec's operations at one stage; a mixin for Connexion's API classes.

    Connexion builds a middleware's operations from the innermost middleware outwards, so the next
    stage is complete when this one is compiled.
    """

    def __init__(self, *args: Any, api: ProviderApi, **kwargs: Any) -> None:
        # Connexion's constructors call make_operation, which needs the API.
        self.api = api
        super().__init__(*args, **kwargs)

    def operation_of(self, operation: AbstractOperation) -> Operation:
        """Our model of an operation, for Connexion's model of it."""
        return self.api.operations[operation.operation_id]

    def following(self, operation: AbstractOperation) -> ASGIApp:
        """The ASGI app that follows this stage for an operation."""
        return following(self.next_app, operation.operation_id)


class LinkedMiddleware(RoutedMiddleware[Any]):
    """
    A stage; a mixin for Connexion's middleware classes.

    The previous stage calls this stage's operations directly. It calls the middleware itself only
    if another ASGI middleware stands between the two.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.operations: dict[str, ASGIApp] = {}

    def add_api(self, specification: Any, **kwargs: Any) -> Any:
        """Compile one spec's operations."""
        api = super().add_api(specification, **kwargs)
        self.operations.update(api.operations)
        return api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run this stage for the operation that routing has found."""
        await self.operations[scope[EXCHANGE].operation_id](scope, receive, send)


def following(app: ASGIApp, operation_id: str) -> ASGIApp:
    """
    The ASGI app to call after a stage: the next stage's operation, or ``app`` itself.

    ``app`` is the app that the stage wraps: the next stage, or a middleware between the two.
    """
    return app.operations[operation_id] if isinstance(app, LinkedMiddleware) else app
