"""Security, an operation's first stage: authenticates the caller and reads the body."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from connexion.middleware.security import SecurityAPI, SecurityMiddleware
from connexion.operations import AbstractOperation
from msgspec.structs import replace
from starlette.types import ASGIApp, Receive, Scope, Send

from profilegate.errors import (
    CredentialError,
    CredentialMissingError,
    CredentialUnknownError,
    SignatureWrongError,
)
from profilegate.gateway.call import Call
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.provider import NO_SCHEME, Authenticate, Provider
from profilegate.gateway.request import Request
from profilegate.http.bodies import read_body
from profilegate.http.client_address import compile_client_address
from profilegate.http.decoders import compile_body_reader
from profilegate.http.exchange import EXCHANGE, REJECTED
from profilegate.http.http_rules import check_head, combined_lines
from profilegate.http.limits import BODY_SIZE_MAX_BYTES, UPLOAD_SIZE_MAX_BYTES
from profilegate.http.rate_limits import rate_limit_of
from profilegate.http.stages import LinkedAPI, LinkedMiddleware
from profilegate.openapi import Node, Operation
from profilegate.store import DEFAULT_NAMESPACE

ANONYMOUS = Caller()

NAMESPACE = b"x-profilegate-namespace"
"""The header by which a client names the namespace that it means."""


class AuthenticationAPI(LinkedAPI, SecurityAPI):
    """One spec's security requirements, compiled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        api = kwargs["api"]
        limits_rates, counts = api.gateway.limits_rates, api.gateway.counts
        self.limit = rate_limit_of(api.provider.spec, counts) if limits_rates else None
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:  # type: ignore[override]
        """Compile one operation's authentication, which makes the ``Call``."""
        following = self.following(operation)
        ours = self.operation_of(operation)
        singletons, limit, is_for_tests = (
            self.api.singletons,
            self.limit,
            self.api.gateway.test_mode,
        )
        new_context = self.api.new_context
        authenticate = compile_security(self.api.provider, ours)
        client_address = compile_client_address(self.api.gateway.trusted_proxies)
        decode = compile_body_reader(self.api.provider.spec, ours, self.api.messages)
        requires = ours.requires
        signed_targets = partial(targets_below, signed_path=self.api.gateway.signed_path)
        reads_body_first = authenticate is None or self.api.provider.authenticates_body
        size_max_bytes = ours.body_size_max_bytes or BODY_SIZE_MAX_BYTES
        if ours.body_size_max_bytes is None and ours.takes_files and not reads_body_first:
            size_max_bytes = UPLOAD_SIZE_MAX_BYTES
        if reads_body_first:
            check_anonymous_size(self.api.provider, ours, size_max_bytes)

        async def authenticate_caller(scope: Scope, receive: Receive, send: Send) -> None:
            exchange = scope[EXCHANGE]
            exchange.peer = peer = client_address(scope)
            exchange.context = context = new_context()
            # Tests run side by side, all from one peer: there a peer is counted in a namespace.
            if limit is not None and not is_for_tests:
                limit.count_peer(context, peer)
            headers = combined_lines(scope["headers"], singletons)
            check_head(scope["http_version"], headers)
            if NAMESPACE in headers:
                await context.enter(headers[NAMESPACE].decode("latin-1"), is_chosen=True)
            elif is_for_tests:
                await context.enter(DEFAULT_NAMESPACE)
            exchange.request = request = Request(
                scope["method"], raw_target(scope), headers, b"", decode, peer, receive
            )
            if exchange.prefix:
                request.public_targets = signed_targets(request.target, exchange.prefix)
            if reads_body_first:
                request.body = await read_body_of(scope, receive, headers, size_max_bytes)
            try:
                caller = ANONYMOUS if authenticate is None else await authenticate(request, context)
            except (CredentialUnknownError, SignatureWrongError):
                await context.count_failure(request)
                raise
            if limit is not None:
                if is_for_tests:
                    limit.count_peer(context, peer)
                limit.count_user(context, caller)
            if not reads_body_first:
                request.body = await read_body_of(scope, receive, headers, size_max_bytes)
            exchange.call = Call(context, caller, request, requires, exchange.request_id)
            await following(scope, receive, send)

        return authenticate_caller


class AuthenticationMiddleware(LinkedMiddleware, SecurityMiddleware):
    """
    Connexion's security stage, on the raw bytes and the raw target, which signatures cover.

    It consumes the body: a middleware after it finds the body in ``Call.request``.
    """

    api_cls = AuthenticationAPI


async def read_body_of(
    scope: Scope, receive: Receive, headers: Mapping[bytes, bytes], size_max_bytes: int
) -> bytes:
    """
    The body of a request.

    Raises:
        RequestError: as ``read_body``, or because the server cannot read the body to its end.
    """
    body = await read_body(receive, headers, size_max_bytes)
    if REJECTED in scope:
        raise scope[REJECTED]
    return body


def check_anonymous_size(provider: Provider, operation: Operation, size_max_bytes: int) -> None:
    """
    Check that a body which is read before its caller is authenticated is small.

    Raises:
        SpecError: the operation permits more than BODY_SIZE_MAX_BYTES.
    """
    if size_max_bytes > BODY_SIZE_MAX_BYTES:
        raise provider.spec.error(
            ("paths", operation.path, operation.method.lower(), "x-body-size-max-bytes"),
            f"callers of this operation are not authenticated before their body is read, so it "
            f"has at most {BODY_SIZE_MAX_BYTES} bytes",
            "permit less, or authenticate by headers alone",
        )


def raw_target(scope: Scope) -> bytes:
    """The request target byte for byte: Kraken signs the percent-encoded path and the query."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def targets_below(target: bytes, prefix: str, *, signed_path: str) -> tuple[bytes, ...]:
    """The targets that a client may sign below a prefix, by the setting (SIGNED_PATHS)."""
    public = prefix.encode() + target
    return {"public": (public,), "local": (target,), "either": (public, target)}[signed_path]


def compile_security(provider: Provider, operation: Operation) -> Authenticate | None:
    """
    The function that authenticates an operation's caller; None for a public operation.

    OpenAPI 3.0.3, Security Requirement Object: a caller must satisfy one requirement of the list,
    and all schemes of that requirement; an empty requirement allows anonymous callers.

    Raises:
        SpecError: a requirement names a scheme that the spec does not have.
    """
    requirements = provider.spec.requirements(operation)
    # For each requirement, the functions that must all succeed. Schemes that share a function call
    # it once.
    alternatives = list(
        dict.fromkeys(_all_of(provider, operation, requirement) for requirement in requirements)
    )
    is_optional = () in alternatives
    alternatives = [functions for functions in alternatives if functions]
    if not alternatives:
        return None
    if len(alternatives) == 1 and not is_optional:
        return _every(alternatives[0])
    return _any([_every(functions) for functions in alternatives], is_optional=is_optional)


def _all_of(
    provider: Provider, operation: Operation, requirement: Node
) -> tuple[Authenticate, ...]:
    """The distinct functions that check one requirement."""
    spec = provider.spec
    known = spec.security_schemes
    for name in requirement:
        if name not in known:
            raise spec.error(
                ("paths", operation.path, operation.method.lower(), "security"),
                f"there is no security scheme {name}",
                "describe it in components/securitySchemes, or fix its name",
            )
    if not requirement:
        return tuple(filter(None, [provider.schemes.get(NO_SCHEME)]))
    functions = [provider.schemes.get(name, provider.authenticate) for name in requirement]
    return tuple(dict.fromkeys(filter(None, functions)))


def _every(functions: Sequence[Authenticate]) -> Authenticate:
    """An authenticator that requires all of these functions to succeed."""
    if len(functions) == 1:
        return functions[0]

    async def authenticate(request: Request, context: ProviderContext) -> Caller:
        caller = ANONYMOUS
        for function in functions:
            caller = _merged(caller, await function(request, context))
        return caller

    return authenticate


def _merged(one: Caller, other: Caller) -> Caller:
    """
    The caller that two credentials identify together.

    Raises:
        CredentialUnknownError: they belong to different tenants or accounts.
    """
    facts: dict[str, Any] = {}
    for name in Caller.__struct_fields__:
        values = [v for v in (getattr(one, name), getattr(other, name)) if v is not None]
        if len(values) == 2 and values[0] != values[1] and name in ("tenant", "external_id"):
            raise CredentialUnknownError(name)
        facts[name] = values[0] if values else None
    return replace(one, **facts)


def _any(functions: Sequence[Authenticate], *, is_optional: bool) -> Authenticate:
    """
    An authenticator that requires one of these functions to succeed, and returns the first caller.

    If none succeeds, it raises the error of the first wrong credential or, if all are missing, of
    the first missing one. If the requirements are optional, a caller without any credential is
    anonymous.
    """

    async def authenticate(request: Request, context: ProviderContext) -> Caller:
        errors: list[CredentialError] = []
        for function in functions:
            try:
                return await function(request, context)
            except CredentialError as error:
                errors.append(error)
        wrong = [error for error in errors if not isinstance(error, CredentialMissingError)]
        if is_optional and not wrong:
            return ANONYMOUS
        raise (wrong or errors)[0]

    return authenticate
