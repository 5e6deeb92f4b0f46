"""Request validation, an operation's second stage: reports all violations at once."""

from collections.abc import Callable, Mapping
from typing import Any

from connexion.middleware.request_validation import (
    RequestValidationAPI,
    RequestValidationMiddleware,
)
from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.errors import (
    BodyUnreadableError,
    InvalidFieldsError,
    MediaTypeUnsupportedError,
    Violation,
)
from profilegate.gateway.request import Request
from profilegate.http.exchange import EXCHANGE
from profilegate.http.parameters import compile_parameters
from profilegate.http.stages import LinkedAPI, LinkedMiddleware
from profilegate.openapi import Operation, Spec
from profilegate.openapi.validator import compile_validator

ReadArguments = Callable[[Request, Mapping[str, str]], dict[str, Any]]
"""Takes a request and its path parameters; returns the handler's arguments by name."""


class ValidationAPI(LinkedAPI, RequestValidationAPI):
    """One spec's request validation, compiled."""

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:  # type: ignore[override]
        """Compile one operation's validation, which sets ``Call.arguments``."""
        following = self.following(operation)
        read_arguments = compile_arguments(self.api.provider.spec, self.operation_of(operation))

        async def validate_request(scope: Scope, receive: Receive, send: Send) -> None:
            call = scope[EXCHANGE].call
            call.arguments = read_arguments(call.request, scope["path_params"])
            await following(scope, receive, send)

        return validate_request


class ValidationMiddleware(LinkedMiddleware, RequestValidationMiddleware):
    """Connexion's request validation stage; it reports all violations of a request at once."""

    api_cls = ValidationAPI  # type: ignore[assignment]


def compile_arguments(spec: Spec, operation: Operation) -> ReadArguments:
    """
    The function that reads and checks an operation's arguments.

    That function raises ``InvalidFieldsError`` with every violation, and ``BodyUnreadableError`` or
    ``MediaTypeUnsupportedError`` for a body that it cannot decode.

    Raises:
        SpecError: a schema cannot be checked.
    """
    check_parameters = compile_parameters(spec, operation.parameters)
    schema = operation.body

    def read_parameters(request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        violations: list[Violation] = []
        arguments = check_parameters(request, path, violations)
        if violations:
            raise InvalidFieldsError(violations)
        return arguments

    if schema is None:
        return read_parameters

    validate = compile_validator(spec, schema)
    name = spec.schema(schema).name or ""
    is_required = operation.is_body_required

    def read_all(request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        if not request.body and not is_required:
            return read_parameters(request, path)
        violations: list[Violation] = []
        arguments = check_parameters(request, path, violations)
        try:
            arguments["body"] = body = request.decoded()
        except (BodyUnreadableError, MediaTypeUnsupportedError) as error:
            # A parameter may determine how to read the body (Diadoc's `type`): report it first.
            if violations:
                raise InvalidFieldsError(violations) from None
            if isinstance(error, BodyUnreadableError):
                error.schema = name
            raise
        violations += validate(body, len(request.body))
        if violations:
            raise InvalidFieldsError(violations, name)
        return arguments

    return read_all
