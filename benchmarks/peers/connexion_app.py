"""Stock Connexion's AsyncApp with this project's own spec of the operation."""

from typing import Any

import connexion
from connexion.exceptions import Unauthorized
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.apps.response import read
from benchmarks.peers.signing import Accept, Signed, UnauthenticatedError
from benchmarks.peers.spec import read_document

PATH = "/b2b/users/{user}"


def create(accept: Accept) -> ASGIApp:
    """The app; security is taken out of the spec, for Connexion has no scheme that sees a body."""
    app = connexion.AsyncApp("connexion_app")
    app.add_api(
        _document(),
        resolver=Resolver(lambda _: _handler(accept)),
        swagger_ui_options=SwaggerUIOptions(swagger_ui=False),
    )
    return _with_signed(app)


def _document() -> dict[str, Any]:
    document: dict[str, Any] = read_document()
    operation = document["paths"][PATH]["patch"]
    document["paths"] = {PATH: {"patch": operation}}
    for node in (document, operation):
        node.pop("security", None)
    return document


def _with_signed(app: ASGIApp) -> ASGIApp:
    """Keep what is signed, the raw body with it, for the handler: Connexion gives it none."""

    async def keep(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        body = await read(receive)
        scope["state"] = {"signed": Signed.of(scope, body)}
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def replay() -> Any:
            return next(messages, None) or await receive()

        await app(scope, replay, send)

    return keep


def _handler(accept: Accept) -> Any:
    async def keep(user: str, body: dict[str, Any]) -> dict[str, str]:
        try:
            await accept(connexion.request.scope["state"]["signed"], user, lambda: body)
        except UnauthenticatedError:
            raise Unauthorized from None
        return {"result": "success"}

    return keep
