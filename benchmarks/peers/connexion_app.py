"""Stock Connexion's AsyncApp with this project's own spec of the operation."""

from typing import Any

import connexion
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from starlette.types import ASGIApp

from benchmarks.apps import Save
from benchmarks.peers.spec import read_document

PATH = "/b2b/users/{user}"


def create(save: Save | None) -> ASGIApp:
    """The app; security is taken out of the spec, for nobody signs here."""
    app = connexion.AsyncApp("connexion_app")
    app.add_api(
        _document(),
        resolver=Resolver(lambda _: _handler(save)),
        swagger_ui_options=SwaggerUIOptions(swagger_ui=False),
    )
    return app


def _document() -> dict[str, Any]:
    document: dict[str, Any] = read_document()
    operation = document["paths"][PATH]["patch"]
    document["paths"] = {PATH: {"patch": operation}}
    for node in (document, operation):
        node.pop("security", None)
    return document


def _handler(save: Save | None) -> Any:
    if save is None:

        async def response(user: str, body: dict[str, Any]) -> dict[str, str]:
            return {"result": "success"}

        return response

    # Not async: Connexion runs it in a thread, so that SQLite does not hold the event loop.
    def keep(user: str, body: dict[str, Any]) -> dict[str, str]:
        save(user, body)
        return {"result": "success"}

    return keep
