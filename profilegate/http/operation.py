"""The operation itself, the last stage: calls the handler, encodes and sends its response."""

from typing import Any

from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.http.exchange import EXCHANGE, send_response
from profilegate.http.responses import compile_response
from profilegate.http.stages import LinkedAPI, LinkedMiddleware
from profilegate.openapi import Node, Operation, Spec


class OperationAPI(LinkedAPI):
    """One spec's handlers, compiled with the encoders of their responses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:
        """Compile one operation's handler call and response."""
        handler = operation.function
        status, content = successful_response(self.api.provider.spec, self.operation_of(operation))
        encode = compile_response(content, self.api)

        async def operate(scope: Scope, receive: Receive, send: Send) -> None:
            call = scope[EXCHANGE].call
            result = await handler(call, **call.arguments)
            headers, body = encode(call, result)
            await send_response(scope, send, status, headers, body)

        return operate


class OperationApp(LinkedMiddleware):
    """The innermost app, in the place of Connexion's ``AsyncMiddlewareApp``: the handlers."""

    api_cls = OperationAPI

    def __init__(self) -> None:
        super().__init__(_nothing)


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for the app that Connexion's constructor requires; the innermost stage has none."""
    raise NotImplementedError


def successful_response(spec: Spec, operation: Operation) -> tuple[int, dict[str, Node]]:
    """
    The status and the media types of an operation's first successful response.

    A 204 has no media types.

    Raises:
        SpecError: the spec describes no successful response.
    """
    for status, response in operation.node["responses"].items():
        content = spec.resolve(response).get("content", {})
        if status.startswith("2") and (content or status == "204"):
            # Encoders read the schema: resolve its reference once, here.
            resolved = {
                media_type: {**node, "schema": spec.resolve(node["schema"])}
                for media_type, node in content.items()
            }
            return int(status), resolved
    raise spec.error(
        ("paths", operation.path, operation.method.lower(), "responses"),
        "there is no successful response with content",
        'add a "200", or a "204" where there is nothing to say',
    )
