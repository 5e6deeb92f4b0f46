"""Validation: every fault of a request at once, none of them repeating what was sent."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema_rs

from profilegate.errors import Fault
from profilegate.spec import Node, Spec, json_schema

FindFaults = Callable[[Any], list[Fault]]

_LIMIT_OF_RULE = {
    "required": "property",
    "enum": "options",
    "const": "expected_value",
    "format": "format",
    "pattern": "pattern",
    "type": "types",
}
"""Where jsonschema-rs keeps what a rule asks for; all other rules call it ``limit``."""

FAULTS_MAX = 100
"""More are not told: nobody reads them, and an answer must not grow with what was sent."""

NUL = "\0"


def compile_check(spec: Spec, node: Node, at: tuple[str, ...] = ()) -> FindFaults:
    """
    A function from a value to its faults (an empty list for a good one).

    ``at`` is put before every fault's place. Formats are really checked.
    """
    validator = jsonschema_rs.Draft202012Validator(json_schema(spec, node), validate_formats=True)
    is_valid = validator.is_valid

    def find_faults(value: Any) -> list[Fault]:
        if is_valid(value):
            return []
        faults: dict[Fault, None] = {}
        for error in validator.iter_errors(value):
            for fault in _faults(error, at):
                faults.setdefault(fault)
            if len(faults) >= FAULTS_MAX:
                break
        return list(faults)

    return find_faults


def _faults(error: jsonschema_rs.ValidationError, at: tuple[str, ...]) -> Iterator[Fault]:
    """One error of the validator as our fault."""
    rule = error.kind.name
    place = (*at, *error.instance_path)
    facts: Mapping[str, Any] = error.kind.as_dict()
    limit = facts.get(_LIMIT_OF_RULE.get(rule, "limit"))
    if rule == "required":
        yield Fault((*place, str(limit)), rule)
    elif isinstance(limit, list):
        yield Fault(place, rule, tuple(limit))
    else:
        yield Fault(place, rule, limit)


def nul_faults(value: Any, at: tuple[str | int, ...] = ()) -> list[Fault]:
    """A fault for each text below a value that holds the NUL character, which no provider takes."""
    faults: list[Fault] = []
    waiting: list[tuple[tuple[str | int, ...], Any]] = [(at, value)]
    while waiting:
        place, item = waiting.pop(0)
        if isinstance(item, str):
            if NUL in item:
                faults.append(Fault(place, "nul"))
        elif isinstance(item, dict):
            # A key that holds NUL cannot be a field's name, and is not repeated either.
            faults += [Fault(place, "nul") for key in item if NUL in key]
            waiting += [((*place, key), child) for key, child in item.items() if NUL not in key]
        elif isinstance(item, list):
            waiting += [((*place, index), child) for index, child in enumerate(item)]
    return faults
