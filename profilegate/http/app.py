"""The ASGI app: Connexion's middleware stack with our stages, built and linked at start."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from connexion.middleware import ConnexionMiddleware, MiddlewarePosition, SpecMiddleware
from starlette.types import ASGIApp

from profilegate.errors import OptionNotSupportedError
from profilegate.gateway.admin_token import ADMIN_API
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.prefixes import reject_hidden
from profilegate.gateway.provider import Provider
from profilegate.http.error_responses import ErrorResponseMiddleware
from profilegate.http.faults import FaultMiddleware
from profilegate.http.health import HealthPages
from profilegate.http.metrics_page import MetricsPage
from profilegate.http.observing import Observe, observer_of
from profilegate.http.operation import OperationApp
from profilegate.http.pages.explorer import Explorer
from profilegate.http.pages.inspector import Inspector
from profilegate.http.pages.journal import JournalPages
from profilegate.http.pages.routes import Route
from profilegate.http.pages.serving import Pages
from profilegate.http.pages.sign_in import SignIn
from profilegate.http.pages.signed_in import SignedIn
from profilegate.http.provider_api import ProviderApi, full_id
from profilegate.http.recording import RecordingMiddleware
from profilegate.http.routing import TableRoutingMiddleware
from profilegate.http.security import AuthenticationMiddleware
from profilegate.http.validation import ValidationMiddleware
from profilegate.openapi import Node

NOT_SUPPORTED: Mapping[str, str] = {
    "arguments": "specs are not templates: write the values into the spec",
    "auth_all_paths": "a path outside of the specs belongs to no provider",
    "jsonifier": "JSON is encoded in profilegate/http/responses.py",
    "lifespan": "the server opens and closes the store",
    "middlewares": "add a middleware with add_middleware",
    "pythonic_params": "give each parameter of the spec the name of its Python argument",
    "resolver": "an operation's handler is the function of its name in handlers/<name>",
    "resolver_error": "a missing handler stops the start",
    "security_map": "add an authenticator to handlers/<name>, by its scheme's name in SCHEMES",
    "specification_dir": "specs are read from specs/",
    "strict_validation": "parameters that the spec does not have are ignored",
    "swagger_ui_options": "Swagger UI is one of the pages of profilegate/http/pages",
    "uri_parser_class": "parameters are read in profilegate/http/parameters.py",
    "validate_responses": "the tests check responses against the specs",
    "validator_map": "media types are decoded in profilegate/http/bodies.py",
}
"""Options of Connexion that our stages ignore -> what to do instead."""


class GatewayApp(ConnexionMiddleware):
    """
    The whole gateway as an ASGI app, from Connexion's stack of middlewares.

    The constructor compiles every operation, so a mistake in a spec or a handler stops the start.
    ``observers`` learn of each request when it has ended, as the gateway's metrics do.
    ``options`` are Connexion's own; the gateway supports none of them (ADR 2 gives the reasons).

    Raises:
        ConfigurationError: a spec or a handler is wrong, or an option is not supported.
    """

    def __init__(
        self,
        gateway: Gateway,
        providers: Mapping[str, Provider],
        *,
        observers: Sequence[Observe] = (),
        **options: Any,
    ) -> None:
        for option in options:
            hint = NOT_SUPPORTED.get(option, "Connexion has no such option")
            raise OptionNotSupportedError(option, hint)
        health = HealthPages(gateway)
        routes = [
            Route.of("/health/live", GET=health.live),
            Route.of("/health/ready", GET=health.ready),
        ]
        if gateway.metrics is not None:
            metrics = MetricsPage(gateway, gateway.metrics, health)
            routes.append(Route.of("/metrics", GET=metrics.respond))
        if (admin_api := providers.get(ADMIN_API)) is not None:
            signed_in = SignedIn(gateway, admin_api)
            routes += SignIn(signed_in).routes()
            routes += Inspector(signed_in).routes()
            routes += JournalPages(signed_in).routes()
        pages = Pages(gateway, [Explorer.of(each, gateway) for each in providers.values()], routes)
        reject_hidden(gateway.root_path, providers)
        observe = observer_of(gateway, observers)
        outermost: Any = partial(ErrorResponseMiddleware, observe=observe)
        if gateway.journal is not None:
            outermost = partial(
                RecordingMiddleware, gateway=gateway, journal=gateway.journal, observe=observe
            )
        stages: list[Any] = [
            outermost,
            partial(TableRoutingMiddleware, pages=pages, gateway=gateway),
            AuthenticationMiddleware,
            *([FaultMiddleware] if gateway.test_mode else []),
            ValidationMiddleware,
        ]
        super().__init__(OperationApp(), import_name="profilegate", middlewares=stages)
        for provider in providers.values():
            super().add_api(
                _outline(provider),
                base_path="",
                resolver=partial(_handler, provider),
                api=ProviderApi.of(provider, gateway),
            )
        self._build()

    def _build(self) -> None:
        """
        Wrap the stages around each other, then compile every operation, innermost stage first.

        Connexion does the same in a private method, but only at the first request.
        """
        app: ASGIApp = OperationApp()
        stack = [app]
        for middleware in reversed(self.middlewares):
            app = middleware(app)  # type: ignore[call-arg, arg-type, assignment]
            stack.append(app)
        for stage in stack:
            if isinstance(stage, SpecMiddleware):
                for api in self.apis:
                    stage.add_api(api.specification, base_path=api.base_path, **api.kwargs)
        self.app, self.middleware_stack = app, stack[::-1]

    def add_middleware(
        self,
        middleware_class: Any,
        *,
        position: MiddlewarePosition = MiddlewarePosition.BEFORE_CONTEXT,
        **options: Any,
    ) -> None:
        """
        Add an ASGI middleware before a stage, or (BEFORE_CONTEXT) between the last and the handler.

        The security stage consumes the body: a middleware after it finds the body in the ``Call``.

        Raises:
            OptionNotSupportedError: no stage has this position.
        """
        stages: list[Any] = [getattr(stage, "func", stage) for stage in self.middlewares]
        before = [n for n, stage in enumerate(stages) if issubclass(stage, position.value)]
        if not before and position is not MiddlewarePosition.BEFORE_CONTEXT:
            raise OptionNotSupportedError(position.name, "choose the position of another stage")
        at = before[0] if before else len(stages)
        stage: Any = partial(middleware_class, **options)
        self.middlewares.insert(at, stage)
        self._build()

    def add_api(self, *_: Any, **__: Any) -> None:
        """
        Not supported: an API is a spec with its handlers.

        Raises:
            OptionNotSupportedError: always.
        """
        raise OptionNotSupportedError("add_api", "write specs/<name>.yaml and handlers/<name>")

    def add_error_handler(self, *_: Any, **__: Any) -> None:
        """
        Not supported: each provider words its errors itself.

        Raises:
            OptionNotSupportedError: always.
        """
        raise OptionNotSupportedError(
            "add_error_handler", "error responses are made in handlers/<name>/error_responses.py"
        )


def _outline(provider: Provider) -> Node:
    """
    The document for Connexion: paths, methods, and operation ids that no other spec has.

    Connexion resolves every ``$ref`` that it finds, in examples too, and opens files and URLs for
    it. All rules of a spec are read in ``profilegate/openapi``, so Connexion gets none of them.
    """
    spec = provider.spec
    paths: dict[str, Node] = {path: {} for path in spec.document.get("paths", {})}
    for operation in spec.operations():
        paths[operation.path][operation.method.lower()] = {
            "operationId": full_id(provider, operation),
            "responses": {"default": {"description": "see the spec"}},
        }
    info = {"title": spec.name, "version": "1"}
    return {"openapi": "3.0.3", "info": info, "paths": paths}


def _handler(provider: Provider, operation_id: str) -> Callable[..., Any]:
    """The handler of an operation, by its full id."""
    handler: Callable[..., Any] = getattr(provider.operations, operation_id.partition(".")[2])
    return handler
