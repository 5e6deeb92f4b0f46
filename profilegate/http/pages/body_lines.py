"""Body lines: a body as indented JSON, each line with the rules that its field breaks."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from profilegate.errors import Violation
from profilegate.openapi.messages import sentence

Place = tuple[str | int, ...]


@dataclass(slots=True, repr=False)
class BodyLine:
    """
    One line of a body.

    ``at`` is the path of the value that begins in it, None for the end of an object or a list.
    """

    at: Place | None
    depth: int
    text: str
    violations: list[str] = field(default_factory=list)


def body_lines(value: Any, violations: Sequence[Violation]) -> list[BodyLine]:
    """
    The lines of a body.

    A violation stands at its field, or at the nearest one around it: a field may be missing.
    """
    lines = list(_lines(value, (), "", ""))
    starts = {line.at: line for line in lines if line.at is not None}
    for violation in violations:
        if not violation.is_parameter:
            at = violation.at
            while at not in starts:
                at = at[:-1]
            starts[at].violations.append(f"{violation.field or 'the body'} {sentence(violation)}")
    return lines


def _lines(value: Any, at: Place, before: str, after: str) -> Iterator[BodyLine]:
    depth = len(at)
    if not isinstance(value, dict | list) or not value:
        text = json.dumps(value, ensure_ascii=False)
        yield BodyLine(at, depth, f"{before}{text}{after}")
        return
    items: list[tuple[str | int, Any]]
    if isinstance(value, dict):
        items, marks = list(value.items()), "{}"
    else:
        items, marks = list(enumerate(value)), "[]"
    yield BodyLine(at, depth, before + marks[0])
    for number, (step, each) in enumerate(items, start=1):
        name = "" if isinstance(step, int) else f"{json.dumps(step, ensure_ascii=False)}: "
        yield from _lines(each, (*at, step), name, "," if number < len(items) else "")
    yield BodyLine(None, depth, marks[1] + after)
