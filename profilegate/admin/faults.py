"""Fault actions: script what goes wrong in a namespace, list it, and remove it."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from profilegate.admin.context import Admin
from profilegate.admin.validation import reject_invalid
from profilegate.errors import Violation
from profilegate.gateway.fault_matching import compile_pattern
from profilegate.openapi.documented_errors import errors_of
from profilegate.store import faults
from profilegate.store.faults import Effect, Fault

RANGES: Mapping[str, tuple[float, float]] = {
    "status": (400, 599),
    "delay_seconds": (0, faults.DELAY_MAX_SECONDS),
    "body_seconds": (0, faults.DELAY_MAX_SECONDS),
    "times": (1, 1_000_000),
    "match.nth": (1, 1_000_000),
    "match.probability": (0, 1),
    "match.seed": (0, 2**53 - 1),
}
"""The least and the largest value of each number, as the admin API has them."""

EFFECTS = ("error", "status", "delay_seconds", "body_seconds", "broken")


def to_fault(document: Mapping[str, Any]) -> Fault:
    """The fault of a document as the admin API has it: one level for the fault and its effect."""
    effect = {name: document[name] for name in Effect.__struct_fields__ if name in document}
    return msgspec.convert({**document, "effect": effect}, Fault)


def to_document(fault: Fault) -> dict[str, Any]:
    """The document of a fault; only what it says, and how many requests it will still affect."""
    said = msgspec.to_builtins(fault)
    effect, hits, _ = said.pop("effect"), said.pop("hits", 0), said.pop("calls", 0)
    document: dict[str, Any] = {"id": said.pop("id"), **said, **effect}
    if fault.times is not None:
        document["remaining"] = fault.times - hits
    return document


async def add(admin: Admin, fault: Fault) -> Fault:
    """
    Script a fault, which is tried after those that exist; return it with its id.

    A fault of the nth request affects this one alone, unless ``times`` says more.

    Raises:
        TestModeRequiredError: the gateway is not in test mode.
        InvalidFieldsError: there is no such provider, operation or documented error, the fault has
            no effect, or two of its fields contradict each other.
        NamespaceLimitExceededError: the namespace has too many faults already.
    """
    admin.require_test_mode()
    admin.policy(fault.provider)
    of_names, of_effect = _name_violations(admin, fault), _effect_violations(fault.effect)
    reject_invalid([*of_names, *of_effect, *_match_violations(fault), *_range_violations(fault)])
    if fault.match.nth is not None and fault.times is None:
        fault = replace(fault, times=1)
    return await admin.store.write(faults.put, admin.namespace, fault)


async def find_all(admin: Admin) -> list[Fault]:
    """
    The scripted faults of the namespace, in the order in which they are tried.

    Raises:
        TestModeRequiredError: the gateway is not in test mode.
    """
    admin.require_test_mode()
    return await admin.store.read(faults.find_all, admin.namespace)


async def remove(admin: Admin, fault_id: str) -> None:
    """
    Remove a scripted fault.

    Raises:
        TestModeRequiredError: the gateway is not in test mode.
        FaultUnknownError: there is no such fault (any more).
    """
    admin.require_test_mode()
    await admin.store.write(faults.remove, admin.namespace, fault_id)


async def remove_all(admin: Admin) -> int:
    """
    Remove all scripted faults of the namespace; return how many there were.

    Raises:
        TestModeRequiredError: the gateway is not in test mode.
    """
    admin.require_test_mode()
    return await admin.store.write(faults.remove_all, admin.namespace)


def _name_violations(admin: Admin, fault: Fault) -> Iterator[Violation]:
    """Those of the operation and of the error, which the provider's spec names."""
    documented = errors_of(admin.providers[fault.provider].spec)
    if fault.operation is not None and fault.operation not in documented:
        yield Violation(("operation",), "enum", tuple(documented))
        return
    operations = documented if fault.operation is None else [fault.operation]
    names = dict.fromkeys(name for each in operations for name in documented[each])
    if fault.effect.error is not None and fault.effect.error not in names:
        yield Violation(("error",), "documented", tuple(names))


def _effect_violations(effect: Effect) -> Iterator[Violation]:
    if not any(getattr(effect, name) for name in EFFECTS):
        yield Violation((), "effect", EFFECTS)
    if effect.error is not None and effect.status is not None:
        yield Violation(("status",), "beside", "error")


def _match_violations(fault: Fault) -> Iterator[Violation]:
    for place, header in enumerate(fault.match.headers):
        at = ("match", "headers", place, "pattern")
        if header.pattern is not None and header.value is not None:
            yield Violation(at, "beside", "value")
        elif header.pattern is not None and not _is_pattern(header.pattern):
            yield Violation(at, "regex")
    if fault.match.seed is not None and fault.match.probability is None:
        yield Violation(("match", "seed"), "without", "probability")


def _range_violations(fault: Fault) -> Iterator[Violation]:
    for name, (least, most) in RANGES.items():
        *place, last = name.split(".")
        part = fault.match if place else fault.effect if last != "times" else fault
        value = getattr(part, last)
        # Neither is true of NaN, which a command and a test can give.
        if value is not None and not value >= least:
            yield Violation((*place, last), "minimum", least)
        elif value is not None and not value <= most:
            yield Violation((*place, last), "maximum", most)


def _is_pattern(text: str) -> bool:
    try:
        compile_pattern(text)
    except ValueError:
        return False
    return True
