"""Loading: reads each spec and imports the handler package of the same name."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from profilegate.errors import HandlerMissingError, SettingError, SpecError
from profilegate.gateway.provider import NO_SCHEME, Authenticate, Provider, Sign
from profilegate.openapi import Spec, read_spec
from profilegate.openapi.resources import DESCRIPTORS, spec_files, specs_folder

REQUIRED_NAMES = ("handlers", "authenticate", "to_error_response", "MAPPING")
"""The names that a handler package must have."""


def load_providers() -> dict[str, Provider]:
    """
    Every spec with its handlers, by the provider's name.

    Raises:
        SpecError, HandlerMissingError: as ``read_spec`` and ``load_provider``.
    """
    specs = [read_spec(path) for path in spec_files(specs_folder())]
    return {spec.name: load_provider(spec) for spec in specs}


def load_provider(spec: Spec) -> Provider:
    """
    The handlers for a spec: ``handlers/<name>`` for ``specs/<name>.yaml``.

    Raises:
        HandlerMissingError: an operation of the spec has no handler.
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
    return Provider(
        spec=spec,
        operations=package.handlers,
        authenticate=package.authenticate,
        to_error_response=package.to_error_response,
        mapping=package.MAPPING,
        messages=_messages(package),
        schemes=_schemes(spec, package),
        authenticates_body=getattr(package, "AUTHENTICATES_BODY", False),
        challenge=getattr(package, "CHALLENGE", None),
        policy=getattr(package, "ACCOUNT_POLICY", None),
        new_login=getattr(package, "new_login", None),
    )


def _messages(package: ModuleType) -> bytes:
    file = Path(package.__path__[0]) / DESCRIPTORS
    return file.read_bytes() if file.exists() else b""


def _schemes(spec: Spec, package: ModuleType) -> Mapping[str, Authenticate]:
    schemes: Mapping[str, Authenticate] = getattr(package, "SCHEMES", {})
    known = spec.document.get("components", {}).get("securitySchemes", {})
    for name in schemes:
        if name not in known and name != NO_SCHEME:
            raise spec.error(
                ("components", "securitySchemes"),
                f"there is no scheme {name}, which handlers/{spec.name} names in SCHEMES",
                "use the same name in both",
            )
    return schemes


def load_signer(name: str) -> Sign:
    """
    The function that signs requests to a provider.

    Raises:
        SettingError: the provider's requests are not signed, or there is no such provider.
    """
    sign: Sign | None = getattr(_package(name), "sign", None)
    if sign is None:
        raise SettingError(name, "no provider of this name signs its requests")
    return sign


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
