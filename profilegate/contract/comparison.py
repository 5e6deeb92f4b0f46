"""Comparison: the same examples at a server and at this gateway, without what is never the same."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from msgspec import UNSET

from profilegate.admin.rule_places import Rule, at_place
from profilegate.client import Response
from profilegate.contract.findings import Check, Finding
from profilegate.contract.provider_rules import Subject
from profilegate.contract.sequences import values_of
from profilegate.contract.verification import Plan, examples_of, find_subject, send_example
from profilegate.openapi import Operation
from profilegate.openapi.media_types import bare
from profilegate.profile.fields import ACCOUNT_PREFIX

NAME: Final = "comparison with this gateway"

Key = tuple[str, int]
"""An operation's id, and the number of the example."""

Parts = dict[str, Any]
"""The parts of a response by their paths: its status, its media type, and each value of its body.

An object or a list has its type in place of a value.
"""


def compare(plan: Plan, subject: Subject, references: Sequence[Plan]) -> Check:
    """
    Send the examples to a server and to two namespaces of this gateway, and compare.

    What differs between the two namespaces is never the same: ids, times, tokens. The other
    differences are warnings: the spec allows both. Of a user who is not new only what an update
    writes is compared, and no operation whose parameters name what only that user has.
    """
    check = Check(plan.caller.provider.name, NAME)
    started = time.perf_counter()
    first, second = (_responses(e, Check("", ""), find_subject(_as_ours(e))[1]) for e in references)
    # What the conversations have left is not in the namespaces.
    theirs = _responses(plan, check, find_subject(plan)[1] if plan.writes else subject)
    for key, parts in theirs.items():
        stable = {
            name for name, each in first.get(key, {}).items() if second[key].get(name) == each
        }
        volatile = first.get(key, {}).keys() | second.get(key, {}).keys()
        for name, detail in _differences(parts, first.get(key, {}), stable, volatile - stable):
            plan.caller.add(check, _finding(plan, key, name, detail))
    check.seconds = time.perf_counter() - started
    return check


def _as_ours(plan: Plan) -> Plan:
    """The plan of a namespace, in which a user may be created whatever the server permits."""
    return replace(plan, writes=True)


def _responses(plan: Plan, check: Check, subject: Subject) -> dict[Key, Parts]:
    """The parts of the responses to all examples, updates first: they level what was there."""
    found: dict[Key, Parts] = {}
    operations = sorted(plan.spec.operations(), key=lambda each: not each.is_update)
    own_names = frozenset(subject.parameters)
    for operation in operations:
        if not plan.rules.subject_is_new and any(e.name in own_names for e in operation.parameters):
            continue
        for number, (parameters, body) in enumerate(examples_of(plan, operation, subject)):
            response = send_example(plan, check, operation, parameters, body)
            if response is not None:
                found[operation.id, number] = dict(_parts(plan, operation, response))
    if subject.restore is not None and plan.writes:
        subject.restore()
    return found


def _parts(plan: Plan, operation: Operation, response: Response) -> Iterator[tuple[str, Any]]:
    yield "status", response.status
    yield "content-type", bare(response.headers.get("content-type", ""))
    # A user who is only read has other data.
    if not response.is_success or response.value is UNSET or not plan.writes:
        return
    if plan.rules.subject_is_new:
        yield from _flat(response.value, "")
    elif operation.response is not None:
        shown = values_of(plan.spec, operation.response, response.value, {}).values
        for path, (value, own) in shown.items():
            if not path.startswith(ACCOUNT_PREFIX):
                yield own.name, value


def _flat(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield at, "an object"
        for name, each in value.items():
            yield from _flat(each, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list):
        yield at, f"a list of {len(value)}"
        for place, each in enumerate(value):
            yield from _flat(each, f"{at}[{place}]")
    else:
        yield at, value


def _differences(
    theirs: Parts, ours: Parts, stable: set[str], volatile: set[str]
) -> Iterator[tuple[str, str]]:
    """What differs, in words without the values of a body."""
    for name in ("status", "content-type"):
        if name in stable and theirs.get(name) != ours[name]:
            yield name, f"{name} is {theirs.get(name) or 'none'}; here it is {ours[name] or 'none'}"
            return
    for name in sorted((theirs.keys() | stable) - volatile):
        if name not in theirs:
            yield name, f"{name} is not shown; this gateway shows it"
        elif name not in ours:
            yield name, f"{name} is shown; this gateway does not show it"
        elif theirs[name] != ours[name]:
            yield name, f"{name or 'the body'} is another one than this gateway shows"


def _finding(plan: Plan, key: Key, name: str, detail: str) -> Finding:
    operation = next(each for each in plan.spec.operations() if each.id == key[0])
    at = ("paths", operation.path, operation.method.lower())
    rule = at_place(plan.spec, Rule(name, "differs", detail), at)
    where = f"{NAME}: {operation.method} {operation.path}"
    return Finding(plan.spec.name, operation.id, where, "response", rule, is_warning=True)
