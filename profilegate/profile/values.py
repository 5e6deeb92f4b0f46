"""What a value can be at each path of the shared profile, as checks that are put together.

A check yields the violations of a value that lies at a place: the rule and what it asks for, never
the value, nor a name that nobody knows, for either may be somebody's own.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from profilegate.errors import Violation
from profilegate.profile.fields import DOCUMENTS, FIELDS

At = tuple[str | int, ...]

Check = Callable[[At, Any], Iterator[Violation]]

COUNT_MAX = 999_999_999
"""The largest count that a provider takes (Machnet: nine digits)."""

NUL = "\0"


def any_text(at: At, value: Any) -> Iterator[Violation]:
    """Any text without NUL."""
    if not isinstance(value, str):
        yield Violation(at, "type", "string")
    elif NUL in value:
        yield Violation(at, "nul")


def day(at: At, value: Any) -> Iterator[Violation]:
    """A day that there is, as YYYY-MM-DD."""
    try:
        is_day = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_day = False
    if not is_day:
        yield Violation(at, "format", "date")


def count(at: At, value: Any) -> Iterator[Violation]:
    """A whole number from 0 to COUNT_MAX."""
    if type(value) is not int:
        yield Violation(at, "type", "integer")
    elif value < 0:
        yield Violation(at, "minimum", 0)
    elif value > COUNT_MAX:
        yield Violation(at, "maximum", COUNT_MAX)


def text_or_written(at: At, value: Any) -> Iterator[Violation]:
    """Text, or what a provider wrote that has no common form: ``{"country-name": "Wakanda"}``."""
    if not isinstance(value, dict):
        yield from any_text(at, value)
    elif len(value) != 1 or any(True for key in value for _ in any_text(at, key)):
        yield Violation(at, "written")
    else:
        for written in value.values():
            yield from any_text(at, written)


def list_of(check: Check) -> Check:
    """A list whose items are all of a kind."""

    def violations(at: At, value: Any) -> Iterator[Violation]:
        if not isinstance(value, list):
            yield Violation(at, "type", "array")
            return
        for place, item in enumerate(value):
            yield from check((*at, place), item)

    return violations


def object_of(members: Mapping[str, Check]) -> Check:
    """An object with these members, all of them, and no other."""

    def violations(at: At, value: Any) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield Violation(at, "type", "object")
            return
        if value.keys() - members.keys():
            yield Violation(at, "members", ", ".join(members))
        for name, check in members.items():
            if name in value:
                yield from check((*at, name), value[name])
            else:
                yield Violation((*at, name), "required")

    return violations


def texts_with(*required: str) -> Check:
    """An object of texts, some of which are required."""

    def violations(at: At, value: Any) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield Violation(at, "type", "object")
            return
        for name in required:
            if name not in value:
                yield Violation((*at, name), "required")
        if any(True for item in (*value, *value.values()) for _ in any_text(at, item)):
            yield Violation(at, "texts")

    return violations


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
