"""What a value can be at each path of the shared profile, as checks that are put together.

A check yields the faults of a value that lies at a place: the rule and what it asks for, never
the value, nor a name that nobody knows, for either may be somebody's own.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from profilegate.errors import Fault
from profilegate.profile.fields import DOCUMENTS, FIELDS

At = tuple[str | int, ...]

Check = Callable[[At, Any], Iterator[Fault]]

COUNT_MAX = 999_999_999
"""The largest count that a door takes (Machnet: nine digits)."""

NUL = "\0"


def any_text(at: At, value: Any) -> Iterator[Fault]:
    """Any text without NUL."""
    if not isinstance(value, str):
        yield Fault(at, "type", "string")
    elif NUL in value:
        yield Fault(at, "nul")


def day(at: At, value: Any) -> Iterator[Fault]:
    """A day that there is, as YYYY-MM-DD."""
    try:
        is_day = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_day = False
    if not is_day:
        yield Fault(at, "format", "date")


def count(at: At, value: Any) -> Iterator[Fault]:
    """A whole number from 0 to COUNT_MAX."""
    if type(value) is not int:
        yield Fault(at, "type", "integer")
    elif value < 0:
        yield Fault(at, "minimum", 0)
    elif value > COUNT_MAX:
        yield Fault(at, "maximum", COUNT_MAX)


def text_or_written(at: At, value: Any) -> Iterator[Fault]:
    """Text, or what a door wrote that has no common form: ``{"country-name": "Wakanda"}``."""
    if not isinstance(value, dict):
        yield from any_text(at, value)
    elif len(value) != 1 or any(True for key in value for _ in any_text(at, key)):
        yield Fault(at, "written")
    else:
        for written in value.values():
            yield from any_text(at, written)


def list_of(check: Check) -> Check:
    """A list whose items are all of a kind."""

    def faults(at: At, value: Any) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(at, "type", "array")
            return
        for place, item in enumerate(value):
            yield from check((*at, place), item)

    return faults


def object_of(members: Mapping[str, Check]) -> Check:
    """An object with these members, all of them, and no other."""

    def faults(at: At, value: Any) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(at, "type", "object")
            return
        if value.keys() - members.keys():
            yield Fault(at, "members", ", ".join(members))
        for name, check in members.items():
            if name in value:
                yield from check((*at, name), value[name])
            else:
                yield Fault((*at, name), "required")

    return faults


def texts_with(*required: str) -> Check:
    """An object of texts, some of which are required."""

    def faults(at: At, value: Any) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(at, "type", "object")
            return
        for name in required:
            if name not in value:
                yield Fault((*at, name), "required")
        if any(True for item in (*value, *value.values()) for _ in any_text(at, item)):
            yield Fault(at, "texts")

    return faults


CHECKS: Mapping[str, Check] = {
    **dict.fromkeys(FIELDS, any_text),
    **{path: text_or_written for path in FIELDS if path.endswith(".country")},
    **dict.fromkeys(DOCUMENTS, list_of(texts_with("id", "type"))),
    "phone": text_or_written,
    "birth.date": day,
    "organization.formed_on": day,
    "nationalities": list_of(any_text),
    "tax.ids": list_of(object_of({"id": any_text, "country": any_text})),
    "activity.transactions_per_month": count,
}
"""What the value at each path must be."""
