"""Changes between two specs, and the lines in which they are told."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

VALUES_SHOWN_MAX: Final = 20
"""A longer list of values is told by its length; it stands in the spec."""

OPERATIONS_SHOWN_MAX: Final = 3
"""More do not fit in a line; programs get all of them (``--json``)."""


@dataclass(frozen=True, slots=True)
class Change:
    """
    One difference between two specs.

    ``is_breaking``: a client that keeps the old contract may fail under the new one. ``rule`` is
    the keyword that differs, ``text`` says how. ``field`` is a path in a body (``address.city``),
    ``part`` what it is a part of ("request body", "response 200"); empty for the whole.
    ``operations`` are those that have the change, as ``PATCH /users/{id}``; none for the document.
    """

    is_breaking: bool
    rule: str
    text: str
    field: str = ""
    part: str = ""
    operations: tuple[str, ...] = ()

    def below(self, step: str) -> "Change":
        """The change as one of a part of the field ``step``."""
        joint = "" if not self.field or self.field.startswith("[") else "."
        return replace(self, field=f"{step}{joint}{self.field}")

    def __str__(self) -> str:
        words = [
            _names(self.operations),
            self.part,
            f"`{self.field}`" if self.field else "",
            self.text,
        ]
        return ": ".join(word for word in words if word)


def _names(operations: Sequence[str]) -> str:
    more = len(operations) - OPERATIONS_SHOWN_MAX
    named = ", ".join(operations[:OPERATIONS_SHOWN_MAX])
    return f"{named} and {more} more" if more > 0 else named


def breaking(rule: str, text: str) -> Change:
    """A change under which a client may fail."""
    return Change(is_breaking=True, rule=rule, text=text)


def harmless(rule: str, text: str) -> Change:
    """A change that no client notices."""
    return Change(is_breaking=False, rule=rule, text=text)


def grouped(changes: Iterable[Change]) -> list[Change]:
    """The changes, breaking ones first, each once with all of its operations."""
    found: dict[Change, dict[str, None]] = {}
    for change in changes:
        names = found.setdefault(replace(change, operations=()), {})
        names.update(dict.fromkeys(change.operations))
    merged = [replace(change, operations=tuple(names)) for change, names in found.items()]
    return sorted(merged, key=lambda each: not each.is_breaking)


def between(rule: str, old: Any, new: Any) -> str:
    """A rule before and after: ``maxLength is now 10, was 15``; None is no rule."""
    if old is None:
        return f"{rule} is now {shown(new)}, was not limited"
    if new is None:
        return f"{rule} is no longer limited, was {shown(old)}"
    return f"{rule} is now {shown(new)}, was {shown(old)}"


def shown(value: Any) -> str:
    """A value of a spec in a line."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        words = [shown(each) for each in value]
        if len(words) > VALUES_SHOWN_MAX:
            return f"{len(words)} values"
        return ", ".join(words) if words else "nothing"
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def lines(changes: Iterable[Change]) -> Iterator[str]:
    """The lines of a changelog: breaking changes first, each under its heading."""
    found = list(changes)
    is_first = True
    for heading, is_breaking in (("Breaking", True), ("Compatible", False)):
        chosen = [each for each in found if each.is_breaking is is_breaking]
        if chosen:
            yield from () if is_first else ("",)
            is_first = False
            yield f"{heading}:"
            yield from (f"- {each}" for each in chosen)
