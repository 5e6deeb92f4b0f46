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
from profilegate.openapi import Node, Operation, Spec
from profilegate.openapi.media_types import kind_of
from profilegate.openapi.validator import Validate, compile_validator

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

    def read_parameters(request: Request, path: Mapping[str, str]) -> dict[str, Any]:
        violations: list[Violation] = []
        arguments = check_parameters(request, path, violations)
        if violations:
            raise InvalidFieldsError(violations)
        return arguments

    if not operation.bodies:
        return read_parameters

    validators = _validators(spec, operation)
    name = spec.schema(operation.body or {}).name or ""
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
        violations += validators[request.media_type](body, len(request.body))
        if violations:
            raise InvalidFieldsError(violations, name)
        return arguments

    return read_all


def _validators(spec: Spec, operation: Operation) -> dict[str, Validate]:
    """The validator of each media type; media types with one schema share one."""
    made: list[tuple[Node, Validate]] = []
    found: dict[str, Validate] = {}
    for media_type, node in operation.bodies.items():
        schema = node["schema"]
        validate = next((each for known, each in made if known == schema), None)
        if validate is None:
            validate = compile_validator(spec, schema)
            made.append((schema, validate))
        has_files = kind_of(media_type, node, spec.resolve(schema)) in ("multipart", "binary")
        found[media_type] = _of_files(validate) if has_files else validate
    return found


def _of_files(validate: Validate) -> Validate:
    """A validator of a value with bytes in it, whose length is that of a text."""

    def textual(value: Any) -> Any:
        if isinstance(value, bytes):
            return value.decode("latin-1")
        if isinstance(value, dict):
            return {key: textual(each) for key, each in value.items()}
        return [textual(each) for each in value] if isinstance(value, list) else value

    return lambda value, size_bytes=None: validate(textual(value), size_bytes)
