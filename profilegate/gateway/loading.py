"""Loading: reads each spec and imports the handler package of the same name."""

import inspect
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from profilegate.errors import (
    HandlerMissingError,
    HandlerSignatureError,
    SettingError,
    SpecError,
)
from profilegate.gateway.doubles import DoubleRules
from profilegate.gateway.outgoing import Signer, ready_made_signer
from profilegate.gateway.problems import to_problem
from profilegate.gateway.provider import NO_SCHEME, Authenticate, Provider, Sign
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.gateway.schemes import challenge_of, default_policy, ready_made
from profilegate.openapi import Operation, Spec, read_spec
from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.resources import DESCRIPTORS, spec_files, specs_folder

REQUIRED_NAMES = ("handlers", "MAPPING")
"""The names that a handler package must have."""


def load_providers() -> dict[str, Provider]:
    """
    Every spec with its handlers, by the provider's name.

    Raises:
        SpecError, SpecsRejectedError: with all errors of all specs.
        HandlerMissingError, HandlerSignatureError: as ``load_provider``.
    """
    errors = ErrorList()
    specs = []
    for path in spec_files(specs_folder()):
        with errors.collecting():
            specs.append(read_spec(path))
    errors.raise_errors()
    return {spec.name: load_provider(spec) for spec in specs}


def load_provider(spec: Spec) -> Provider:
    """
    The handlers for a spec: ``handlers/<name>`` for ``specs/<name>.yaml``.

    Raises:
        HandlerMissingError: an operation of the spec has no handler.
        HandlerSignatureError: a handler does not take the arguments of its operation.
        SpecError: there is no such package, or one of its names is missing.
    """
    package = _import(spec)
    for name in REQUIRED_NAMES:
        if not hasattr(package, name):
            raise SpecError(
                spec.file, "", f"handlers/{spec.name} has no {name}", "add it, as other handlers do"
            )
    for operation in spec.operations():
        if not hasattr(package.handlers, operation.id):
            raise HandlerMissingError(spec.name, operation.id)
        _check_signature(spec, operation, getattr(package.handlers, operation.id))
    has_own = hasattr(package, "authenticate")
    return Provider(
        spec=spec,
        operations=package.handlers,
        authenticate=getattr(package, "authenticate", None),
        to_error_response=getattr(package, "to_error_response", to_problem),
        mapping=package.MAPPING,
        messages=load_descriptors(spec.name),
        schemes={**({} if has_own else ready_made(spec)), **_schemes(spec, package)},
        authenticates_body=getattr(package, "AUTHENTICATES_BODY", False),
        challenge=getattr(package, "CHALLENGE", None) if has_own else challenge_of(spec),
        policy=getattr(package, "ACCOUNT_POLICY", None) if has_own else _policy(spec, package),
        new_login=getattr(package, "new_login", None),
        explain_security=getattr(package, "explain_security", None),
    )


def _check_signature(spec: Spec, operation: Operation, handler: Any) -> None:
    """A handler takes the call first, and then by keyword what the operation has."""
    given = {each.argument for each in operation.parameters if each.is_argument}
    if operation.bodies:
        given.add("body")
    try:
        inspect.signature(handler).bind(None, **dict.fromkeys(given))
    except TypeError as error:
        why = f"cannot be called: {error}"
        raise HandlerSignatureError(spec.name, operation.id, why) from None


def _policy(spec: Spec, package: ModuleType) -> AccountPolicy:
    own: AccountPolicy | None = getattr(package, "ACCOUNT_POLICY", None)
    return default_policy(spec) if own is None else own


def _schemes(spec: Spec, package: ModuleType) -> Mapping[str, Authenticate]:
    schemes: Mapping[str, Authenticate] = getattr(package, "SCHEMES", {})
    for name in schemes:
        if name not in spec.security_schemes and name != NO_SCHEME:
            raise spec.error(
                ("components", "securitySchemes"),
                f"there is no scheme {name}, which handlers/{spec.name} names in SCHEMES",
                "use the same name in both",
            )
    return schemes


def spec_names() -> list[str]:
    """The names of all providers, without reading their specs."""
    return [path.stem for path in spec_files(specs_folder())]


def load_spec(name: str) -> Spec:
    """
    The spec of one provider; the others are not read.

    Raises:
        SpecError, SpecsRejectedError: as ``read_spec``.
        SettingError: there is no such provider.
    """
    files = {path.stem: path for path in spec_files(specs_folder())}
    if name not in files:
        raise SettingError(name, f"there is no such provider; there are {', '.join(files)}")
    return read_spec(files[name])


def load_descriptors(name: str) -> bytes:
    """The descriptors of a provider's protobuf messages; empty if it has none."""
    package = _package(name)
    file = None if package is None else Path(package.__path__[0]) / DESCRIPTORS
    return b"" if file is None or not file.exists() else file.read_bytes()


def load_signer(spec: Spec) -> Signer:
    """How clients authenticate: as the handler package says, or as the schemes of the spec do."""
    signer: Signer | None = getattr(_package(spec.name), "SIGNER", None)
    return ready_made_signer(spec) if signer is None else signer


def load_sign(name: str) -> Sign:
    """
    The function that signs requests to a provider for another client.

    Raises:
        SettingError: the provider's requests are not signed, or there is no such provider.
    """
    sign: Sign | None = getattr(_package(name), "sign", None)
    if sign is None:
        raise SettingError(name, "no provider of this name signs its requests")
    return sign


def load_double(name: str) -> DoubleRules:
    """The words of a provider's test double; those of its credentials' headers by default."""
    module = f"profilegate.handlers.{name}.testing"
    if _package(name) is None or find_spec(module) is None:
        return DoubleRules()
    rules: DoubleRules = import_module(module).DOUBLE
    return rules


def _import(spec: Spec) -> ModuleType:
    package = _package(spec.name)
    if package is None:
        raise SpecError(
            spec.file,
            "",
            f"there is no handler package handlers/{spec.name}",
            "run `make generate`, then write its operations, auth and error responses",
        )
    return package


def _package(name: str) -> ModuleType | None:
    full_name = f"profilegate.handlers.{name}"
    if find_spec("profilegate.handlers") is None or find_spec(full_name) is None:
        return None
    return import_module(full_name)
