"""The ``repr`` of every class that holds secrets or personal data."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import msgspec

import profilegate
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.profile.documents import DocumentRule

PACKAGES = ("admin", "client", "gateway", "http", "profile", "store")

PRIVATE_FIELDS = frozenset(
    "admin_token changed changes data document external_id fields login new_digest reference "
    "secret shown smtp_url subject tenant text to value".split()
)
"""Fields with secrets or personal data, in whatever class."""

PUBLIC = (AccountPolicy, DocumentRule)
"""Classes with such a field that holds a rule, not a value."""

MARK = "Qzjxvkwrepr"


def reprs() -> dict[str, str]:
    """The repr of each class with private fields, all of which hold MARK."""
    return {
        f"{found.__module__}.{found.__name__}": repr(_filled(found, names))
        for found in _classes()
        if (names := _fields_of(found)) and PRIVATE_FIELDS & set(names) and found not in PUBLIC
    }


def _classes() -> Iterator[type]:
    for package in PACKAGES:
        folder = importlib.import_module(f"profilegate.{package}").__path__
        for module in pkgutil.walk_packages(folder, f"{profilegate.__name__}.{package}."):
            for found in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(found) and found.__module__ == module.name:
                    yield found


def _fields_of(found: type) -> tuple[str, ...]:
    if issubclass(found, msgspec.Struct):
        return tuple(each for each in found.__struct_fields__ if not each.startswith("_"))
    if dataclasses.is_dataclass(found):
        return tuple(each.name for each in dataclasses.fields(found) if each.init)
    names: tuple[str, ...] = getattr(found, "_fields", ())
    return names


def _filled(found: type, names: tuple[str, ...]) -> object:
    return found(**{name: MARK if name in PRIVATE_FIELDS else None for name in names})
