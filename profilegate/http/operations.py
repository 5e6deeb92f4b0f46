"""Operations, compiled: each one composed at start into a single coroutine.

A request's way: size limit → who calls → decode → validate, all violations at once → handler →
store → response. There is no second, slower way for awkward requests. Connexion finds the
operations and resolves their handlers; what it would build anew for every request is built
here once, through its own extension point (``RoutedMiddleware.make_operation``).
"""

import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.errors import (
    BodyUnreadableError,
    InternalError,
    InvalidFieldsError,
    MediaTypeUnsupportedError,
    ProfilegateError,
    UnexpectedError,
    Violation,
)
from profilegate.gateway.call import Call, Caller, ProviderContext, Request
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.provider import Authenticate, Provider
from profilegate.http.bodies import (
    ClientGoneError,
    compile_decoder,
    compile_nul_hint,
    read_body,
)
from profilegate.http.cors import response_headers
from profilegate.http.parameters import compile_parameters
from profilegate.http.rate_limits import compile_limit
from profilegate.http.responses import compile_response, send_error_response
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Operation, Spec
from profilegate.openapi.validator import compile_validator, nul_violations

logger = logging.getLogger("profilegate")

ReadArguments = Callable[[Request, Mapping[str, str]], dict[str, Any]]

OPERATION_ID = "profilegate.operation_id"
"""Where routing leaves an operation's id in the scope; Connexion would copy the extensions."""

ANONYMOUS = Caller()


class OperationsAPI(RoutedAPI[ASGIApp]):
    """One spec's operations, compiled."""

    def __init__(
        self, *args: Any, gateway: Gateway, spec: Spec, provider: Provider, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.gateway = gateway
        self.provider = provider
        self.spec = spec
        self.by_id = {full_id(spec, operation): operation for operation in spec.operations()}
        self.messages = Messages(spec, provider.messages)
        self.count = compile_limit(spec) if gateway.limits_rates else None
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:
        """Compose one operation out of Connexion's description of it."""
        return compile_operation(self, self.by_id[operation.operation_id], operation.function)


class OperationsMiddleware(RoutedMiddleware[OperationsAPI]):
    """All specs' operations, found by the id that routing has put into the scope."""

    def __init__(self, app: ASGIApp, gateway: Gateway) -> None:
        super().__init__(app)
        self.gateway = gateway
        self.operations: dict[str, ASGIApp] = {}

    def add_api(self, specification: Any, **kwargs: Any) -> OperationsAPI:
        """Compile one spec's operations."""
        api = OperationsAPI(specification, next_app=self.app, gateway=self.gateway, **kwargs)
        self.operations.update({str(name): run for name, run in api.operations.items()})
        return api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the operation that the request was routed to."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.operations[scope[OPERATION_ID]](scope, receive, send)


def full_id(spec: Spec, operation: Operation) -> str:
    """An operation's id among all specs: Connexion takes the first of two that are equal."""
    return f"{spec.name}.{operation.id}"


def compile_operation(
    api: OperationsAPI, operation: Operation, handler: Callable[..., Awaitable[Any]]
) -> ASGIApp:
    """Compose an operation's whole way into one coroutine."""
    spec, count = api.spec, api.count
    context = ProviderContext(api.gateway, api.provider.name)
    authenticate = _authenticator(api.provider, spec, operation)
    to_error_response = api.provider.to_error_response
    name = api.provider.name
    method = operation.method
    requires = operation.requires
    read_arguments, decode = _compile_arguments(spec, operation, api.messages)
    common_headers = response_headers(spec)
    response = compile_response(*_success(spec, operation), api.messages, common_headers)

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            headers = dict(reversed(scope["headers"]))
            body = await read_body(receive, headers)
            request = Request(method, raw_target(scope), headers, body, decode)
            caller = ANONYMOUS if authenticate is None else await authenticate(request, context)
            if count is not None:
                count(caller)
            arguments = read_arguments(request, scope["path_params"])
            call = Call(context, caller, request, requires)
            result = await handler(call, **arguments)
        except ClientGoneError:
            return
        except InternalError as error:
            logger.error("%s.%s: %s", name, operation.id, error)
            await send_error_response(send, to_error_response(error), common_headers)
        except ProfilegateError as error:
            await send_error_response(send, to_error_response(error), common_headers)
        except Exception as error:
            log_unexpected(f"{name}.{operation.id}", error)
            await send_error_response(send, to_error_response(UnexpectedError()), common_headers)
        else:
            await response(send, request, result, call.response_headers)

    return run


def raw_target(scope: Scope) -> bytes:
    """The request target byte for byte: Kraken signs the percent-encoded path and the query."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def log_unexpected(where: str, error: Exception) -> None:
    """Log where an error came from; its message stays out, for it may quote what was sent."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: unexpected %s\n%s", where, type(error).__name__, frames)


def _authenticator(provider: Provider, spec: Spec, operation: Operation) -> Authenticate | None:
    """How an operation's caller is authenticated; None for a public one, which names no scheme."""
    everywhere: list[Node] = spec.document.get("security", [])
    requirements: list[Node] = operation.node.get("security", everywhere)
    names = [name for requirement in requirements for name in requirement]
    own = (provider.schemes[name] for name in names if name in provider.schemes)
    return next(own, provider.authenticate) if names else None


def _success(spec: Spec, operation: Operation) -> tuple[int, dict[str, Node]]:
    """Status and media types of an operation's first successful response; 204 has none."""
    for status, response in operation.node["responses"].items():
        content = spec.resolve(response).get("content", {})
        if status.startswith("2") and (content or status == "204"):
            # Encoders look at the schema: follow a reference to it once, here.
            resolved = {
                media_type: {**node, "schema": spec.resolve(node["schema"])}
                for media_type, node in content.items()
            }
            return int(status), resolved
    raise spec.error(
        ("paths", operation.paths[0], operation.method.lower(), "responses"),
        "there is no successful response with content",
        'add a "200", or a "204" where there is nothing to say',
    )


def _compile_arguments(
    spec: Spec, operation: Operation, messages: Messages
) -> tuple[ReadArguments, Callable[[Request], Any]]:
    """Two functions: a request to a handler's arguments, and a request to its decoded body."""
    check_parameters = compile_parameters(spec, operation.parameters)
    schema = operation.body

    def read_parameters(request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        violations: list[Violation] = []
        arguments = check_parameters(request, path, violations)
        if violations:
            raise InvalidFieldsError(violations)
        return arguments

    if schema is None:
        return read_parameters, lambda request: None

    content = spec.resolve(operation.node["requestBody"])["content"]
    decode = compile_decoder(content, messages)
    may_hold_nul = compile_nul_hint(content)
    validate = compile_validator(spec, schema)
    is_required = operation.is_body_required

    def read_all(request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        if not request.body and not is_required:
            return read_parameters(request, path)
        violations: list[Violation] = []
        arguments = check_parameters(request, path, violations)
        try:
            arguments["body"] = body = request.decoded()
        except (BodyUnreadableError, MediaTypeUnsupportedError):
            # One of the parameters may say what the body is (Diadoc's `type`): it is told first.
            if violations:
                raise InvalidFieldsError(violations) from None
            raise
        violations += validate(body, len(request.body))
        if may_hold_nul(request.body):
            violations += nul_violations(body)
        if violations:
            raise InvalidFieldsError(violations)
        return arguments

    if is_required:
        return read_all, decode
    return read_all, lambda request: decode(request) if request.body else None
