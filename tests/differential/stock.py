"""A stock Connexion app on a spec: its own routing, security and validation, and no handlers.

Every credential that is there is authenticated, and every operation responses what its spec calls
success; so whatever is rejected, Connexion itself has rejected.

It is told two things that our specs say and that it does not read: in which other spellings a path
is served (``servers``, ``x-routing``), and that an object may be spread over the query. How both
are judged is left to it.
"""

import copy
from collections.abc import Callable
from typing import Any

import connexion
from connexion.lifecycle import ConnexionResponse
from connexion.options import SwaggerUIOptions
from connexion.uri_parsing import OpenAPIURIParser

from profilegate.openapi import Node, Operation, Spec


def stock_app(spec: Spec) -> connexion.AsyncApp:
    """The app; it serves one spec, since Connexion takes two ``update_user`` for one."""
    document: Node = copy.deepcopy(spec.document)
    for scheme in document["components"].get("securitySchemes", {}).values():
        scheme["x-apikeyInfoFunc"] = f"{__name__}.authenticated"
    document["paths"] = {
        spelling: document["paths"][operation.path]
        for operation in spec.operations()
        for spelling in spellings(spec, operation)
    }
    del document["servers"]
    app = connexion.AsyncApp(
        "stock",
        swagger_ui_options=SwaggerUIOptions(swagger_ui=False, serve_spec=False),
        uri_parser_class=SpreadObjects,  # type: ignore[arg-type]  # says "object", means class
    )
    app.add_api(document, base_path="", resolver=_responses(spec), validate_responses=False)
    return app


def spellings(spec: Spec, operation: Operation) -> list[str]:
    """Paths at which an operation is served; of those that ``x-routing`` adds, one of each kind."""
    ignored = spec.routing.get("ignores", ())
    first = operation.paths[0]
    others = {
        "letter-case": first.lower(),
        "repeated-slashes": f"/{first}",
        "last-slash": f"{first}/",
    }
    return [*operation.paths, *(others[kind] for kind in ignored)]


class SpreadObjects(OpenAPIURIParser):
    """Puts an object that is spread over the query together under the name of its parameter.

    OpenAPI 3.0.3, "Style Examples": `form` with `explode` writes an object as `R=100&G=200&B=150`;
    Connexion looks for a parameter of the object's name there. It judges what is put together as
    any other object, by the whole schema: a list of single parameters could not say that a field
    is required of one kind of user only.
    """

    def resolve_query(self, query_data: dict[str, list[str]]) -> dict[str, Any]:
        """The parameters as Connexion reads them, and the spread objects besides."""
        query: dict[str, Any] = super().resolve_query(query_data)
        for name, node in self.param_defns.items():
            if node["in"] == "query" and node.get("explode"):
                members = property_names(node["schema"])
                # Of a member that stands twice the last, as everywhere in Connexion.
                spread = {key: texts[-1] for key, texts in query_data.items() if key in members}
                if spread:
                    query[name] = spread
        return query


def property_names(schema: Node) -> set[str]:
    """The names that a schema gives to properties, in whichever of its parts."""
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())]
    return set(schema.get("properties", ())).union(*map(property_names, parts))


def authenticated(api_key: str, required_scopes: object = None) -> dict[str, Any]:
    """Take any credential for a good one."""
    return {"sub": api_key}


def _responses(spec: Spec) -> Callable[[str], Callable[..., Any]]:
    statuses = {
        operation.id: next(
            int(status) for status in operation.node["responses"] if str(status).startswith("2")
        )
        for operation in spec.operations()
    }

    def handler_of(operation_id: str) -> Callable[..., Any]:
        async def response(**arguments: Any) -> ConnexionResponse:
            return ConnexionResponse(
                status_code=statuses[operation_id], content_type="text/plain", body=b"done"
            )

        return response

    return handler_of
